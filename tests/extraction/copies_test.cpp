#include "extraction/copies.hpp"

#include <doctest/doctest.h>

#include <string>

#include "base/error.hpp"

using namespace intelia;
using namespace intelia::extraction;

TEST_CASE("duplicates are counted, also over several parts") {
  CopyFinder finder;
  constexpr int kNumIds = 1'100'000;
  for (int i = 0; i < kNumIds; ++i) finder.add("c-" + std::to_string(i));
  for (int i = 0; i < kNumIds; i += 100'000) finder.add("c-" + std::to_string(i));
  finder.add("c-0");
  finder.find();
  CHECK(finder.num_copies("c-0") == 3);
  CHECK(finder.num_copies("c-100000") == 2);
  CHECK(finder.num_copies("c-1") == 1);
  CHECK(finder.num_copies("absent") == 1);
}

TEST_CASE("ids that do not identify conversations are an error") {
  CopyFinder finder;
  for (int i = 0; i < 300'000; ++i) finder.add(std::to_string(i / 2));
  CHECK_THROWS_WITH_AS(finder.find(), doctest::Contains("name another column: conversation_id=NAME"), Error);
}
