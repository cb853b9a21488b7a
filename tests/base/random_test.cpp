// SplitMix64: its published first outputs, bounds and moments.
#include "base/random.hpp"

#include <doctest/doctest.h>

using namespace intelia;

TEST_CASE("SplitMix64: the published outputs for seed 1234567") {
  // Rosetta Code, "Pseudo-random numbers/Splitmix64".
  Random random(1234567);
  CHECK(random.next() == 6457827717110365317ULL);
  CHECK(random.next() == 3203168211198807973ULL);
  CHECK(random.next() == 9817491932198370423ULL);
}

TEST_CASE("below() covers its whole range; normal() has mean 0 and variance 1") {
  Random random(1);
  int seen[7] = {};
  for (int i = 0; i < 7000; ++i) ++seen[random.below(7)];
  for (int count : seen) CHECK(count > 850);
  double sum = 0, squares = 0;
  for (int i = 0; i < 100000; ++i) {
    const double x = random.normal();
    sum += x;
    squares += x * x;
  }
  CHECK(sum / 100000 == doctest::Approx(0).epsilon(0.02).scale(1));
  CHECK(squares / 100000 == doctest::Approx(1).epsilon(0.03));
}
