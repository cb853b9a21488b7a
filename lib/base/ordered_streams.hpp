// Threads that produce numbered streams of items, and one reader that receives the streams in order, as if they were
// one. How far producers may run ahead of the reader is bounded.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace intelia {

template <class Item>
class OrderedStreams {
 public:
  using Emit = std::function<void(Item&&)>;
  /** Runs on its own thread; called once for each stream that the thread takes, in ascending order. */
  using Produce = std::function<void(std::size_t stream, const Emit& emit)>;

  /** One thread for each of `producers`. A stream may be at most `max_ahead` items ahead of the reader. */
  OrderedStreams(std::size_t num_streams, std::size_t max_ahead, std::vector<Produce> producers)
      : streams_(num_streams), max_ahead_(max_ahead) {
    for (Produce& produce : producers) threads_.emplace_back([this, produce = std::move(produce)] { serve(produce); });
  }

  /** Running producers are stopped at their next item. */
  ~OrderedStreams() {
    {
      std::lock_guard lock(mutex_);
      is_ended_ = true;
    }
    changed_.notify_all();
  }

  /** The next item of the first unfinished stream; false after the last. Rethrows what a producer threw. */
  bool next(Item& item) {
    std::unique_lock lock(mutex_);
    for (;;) {
      if (failure_) std::rethrow_exception(failure_);
      if (current_ == streams_.size()) return false;
      Stream& stream = streams_[current_];
      if (!stream.items.empty()) {
        item = std::move(stream.items.front());
        stream.items.pop_front();
        changed_.notify_all();
        return true;
      }
      if (stream.is_complete) {
        ++current_;
        changed_.notify_all();
        continue;
      }
      changed_.wait(lock);
    }
  }

 private:
  struct Stream {
    std::deque<Item> items;
    bool is_complete = false;
  };
  struct Ended {};

  void serve(const Produce& produce) {
    try {
      for (;;) {
        std::unique_lock lock(mutex_);
        if (is_ended_ || failure_ || next_ == streams_.size()) return;
        const std::size_t number = next_++;
        lock.unlock();
        produce(number, [&](Item&& item) { put(number, std::move(item)); });
        lock.lock();
        streams_[number].is_complete = true;
        changed_.notify_all();
      }
    } catch (const Ended&) {
    } catch (...) {
      std::lock_guard lock(mutex_);
      if (!failure_) failure_ = std::current_exception();
      changed_.notify_all();
    }
  }

  void put(std::size_t number, Item&& item) {
    std::unique_lock lock(mutex_);
    // Streams are taken in order, so the one that is being read has a thread working on it: this cannot deadlock.
    changed_.wait(lock, [&] { return is_ended_ || failure_ || streams_[number].items.size() < max_ahead_; });
    if (is_ended_ || failure_) throw Ended{};
    streams_[number].items.push_back(std::move(item));
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Stream> streams_;
  const std::size_t max_ahead_;
  std::size_t next_ = 0, current_ = 0;
  bool is_ended_ = false;
  std::exception_ptr failure_;
  std::vector<std::jthread> threads_;  // last member: destroyed before what they use
};

}  // namespace intelia
