#include "base/ordered_streams.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <stdexcept>

#include "base/random.hpp"

using namespace intelia;

namespace {

using Streams = OrderedStreams<int>;

/** Stream number × 1000 + 0, 1, 2 …, with pauses. */
Streams::Produce slow_producer(int num_items, std::uint64_t seed) {
  return [num_items, seed](std::size_t stream, const Streams::Emit& emit) {
    Random random(seed + stream);
    for (int i = 0; i < num_items; ++i) {
      if (random.below(4) == 0) std::this_thread::sleep_for(std::chrono::microseconds(random.below(200)));
      emit(static_cast<int>(stream) * 1000 + i);
    }
  };
}

}  // namespace

TEST_CASE("streams are read in order, whatever the number of threads") {
  std::vector<int> expected;
  for (int stream = 0; stream < 20; ++stream)
    for (int i = 0; i < 30; ++i) expected.push_back(stream * 1000 + i);
  for (int num_threads : {1, 2, 7, 30}) {
    for (std::size_t max_ahead : {1u, 3u, 100u}) {
      std::vector<Streams::Produce> producers;
      for (int i = 0; i < num_threads; ++i) producers.push_back(slow_producer(30, static_cast<std::uint64_t>(i)));
      Streams streams(20, max_ahead, std::move(producers));
      std::vector<int> found;
      for (int item = 0; streams.next(item);) found.push_back(item);
      CHECK(found == expected);
    }
  }
}

TEST_CASE("no stream exceeds its bound") {
  std::atomic<int> num_made = 0;
  Streams streams(2, 5, {[&](std::size_t, const Streams::Emit& emit) {
                    for (int i = 0; i < 100; ++i) {
                      ++num_made;
                      emit(int(i));
                    }
                  }});
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  CHECK(num_made <= 6);
  int item = 0, num_items = 0;
  while (streams.next(item)) ++num_items;
  CHECK(num_items == 200);
}

TEST_CASE("exceptions of producers reach the reader; destroying the reader ends the producers") {
  {
    const auto torn_at_3 = [](std::size_t stream, const Streams::Emit& emit) {  // whichever thread takes it
      emit(1);
      if (stream == 3) throw std::runtime_error("torn");
    };
    Streams streams(10, 2, {torn_at_3, torn_at_3});
    int item = 0;
    CHECK_THROWS_WITH(
        [&] {
          while (streams.next(item)) {
          }
        }(),
        "torn");
  }
  std::atomic<bool> is_running = false;
  {
    Streams streams(1, 2, {[&](std::size_t, const Streams::Emit& emit) {
                      is_running = true;
                      for (;;) emit(1);
                    }});
    int item = 0;
    CHECK(streams.next(item));
  }
  CHECK(is_running);
}
