// A thread pool that processes the parts of a stream and returns them in their original order, so that results do not
// depend on the number of threads.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <queue>
#include <thread>
#include <utility>
#include <vector>

namespace intelia {

/** give(), is_full() and take() are called by one thread; `work` runs on the others, or with one thread in give(). */
template <class Part>
class OrderedWorkers {
 public:
  OrderedWorkers(int threads, std::function<void(Part&)> work) : work_(std::move(work)) {
    for (int i = 0; threads > 1 && i < threads; ++i)
      threads_.emplace_back([this](std::stop_token stop) { serve(stop); });
  }

  void give(Part part) {
    auto task = std::make_unique<Task>(std::move(part));
    if (threads_.empty()) {
      run(*task);
      task->is_done = true;
    } else {
      std::lock_guard lock(mutex_);
      waiting_.push(task.get());
      is_waiting_.notify_one();
    }
    in_order_.push_back(std::move(task));
  }

  bool is_empty() const { return in_order_.empty(); }

  /** Whether all threads have enough work, so that the caller should take() before it gives more. */
  bool is_full() const { return in_order_.size() >= 2 * threads_.size() + 1; }

  /** Waits for the oldest part and returns it; rethrows what the work threw. */
  Part take() {
    std::unique_lock lock(mutex_);
    is_done_.wait(lock, [&] { return in_order_.front()->is_done; });
    lock.unlock();
    const std::unique_ptr<Task> task = std::move(in_order_.front());
    in_order_.pop_front();
    if (task->failure) std::rethrow_exception(task->failure);
    return std::move(task->part);
  }

 private:
  struct Task {
    explicit Task(Part&& given) : part(std::move(given)) {}
    Part part;
    std::exception_ptr failure;
    bool is_done = false;
  };

  void run(Task& task) {
    try {
      work_(task.part);
    } catch (...) {
      task.failure = std::current_exception();
    }
  }

  void serve(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (is_waiting_.wait(lock, stop, [&] { return !waiting_.empty(); })) {
      if (stop.stop_requested()) return;
      Task* task = waiting_.front();
      waiting_.pop();
      lock.unlock();
      run(*task);
      lock.lock();
      task->is_done = true;
      is_done_.notify_all();
    }
  }

  std::function<void(Part&)> work_;
  std::deque<std::unique_ptr<Task>> in_order_;  // used by the calling thread only
  std::mutex mutex_;
  std::condition_variable_any is_waiting_;
  std::condition_variable is_done_;
  std::queue<Task*> waiting_;
  std::vector<std::jthread> threads_;  // last member: destroyed before what they use
};

}  // namespace intelia
