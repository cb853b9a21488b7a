// Order, bounds and errors of work on several threads.
#include "base/ordered_workers.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <vector>

#include "base/random.hpp"

using namespace intelia;

TEST_CASE("results are in the order of the input, whatever the number of threads") {
  for (const int threads : {0, 1, 2, 7}) {
    CAPTURE(threads);
    OrderedWorkers<std::vector<int>> workers(threads, [](std::vector<int>& part) {
      Random random(static_cast<std::uint64_t>(part[0]));
      std::this_thread::sleep_for(std::chrono::microseconds(random.below(200)));
      part.push_back(part[0] * 2);
    });
    std::vector<int> doubled;
    for (int i = 0; i < 500; ++i) {
      workers.give({i});
      if (workers.is_full()) doubled.push_back(workers.take()[1]);
    }
    while (!workers.is_empty()) doubled.push_back(workers.take()[1]);
    REQUIRE(doubled.size() == 500);
    for (int i = 0; i < 500; ++i) CHECK(doubled[static_cast<std::size_t>(i)] == 2 * i);
  }
}

TEST_CASE("exceptions are rethrown in place of the result, and the rest may be abandoned") {
  for (const int threads : {1, 3}) {
    OrderedWorkers<int> workers(threads, [](int& part) {
      if (part == 1) throw std::string("one");
    });
    for (int i = 0; i < 5; ++i) workers.give(i);
    CHECK(workers.take() == 0);
    CHECK_THROWS_AS(workers.take(), std::string);
    CHECK(workers.take() == 2);
  }
}
