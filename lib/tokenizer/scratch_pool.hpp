// A pool of objects that are expensive to create and used by one thread at a time. Lock-free; a thread tends to get
// back the object that it returned. Private to lib/tokenizer.
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <thread>

namespace intelia {

template <class T>
class ScratchPool {
 public:
  ScratchPool() = default;
  ScratchPool(const ScratchPool&) = delete;
  ScratchPool& operator=(const ScratchPool&) = delete;
  ~ScratchPool() {
    for (std::atomic<T*>& slot : slots_) delete slot.load();
  }

  /** An unused object, created if necessary, returned to the pool when the pointer is destroyed. */
  auto take() {
    const std::size_t first = first_slot();
    for (std::size_t i = 0; i < kNumSlots; ++i) {
      std::atomic<T*>& slot = slots_[(first + i) % kNumSlots];
      if (slot.load(std::memory_order_relaxed) == nullptr) continue;
      if (T* const taken = slot.exchange(nullptr, std::memory_order_acquire)) return Lent(taken, Return{this});
    }
    return Lent(new T, Return{this});
  }

 private:
  static constexpr std::size_t kNumSlots = 64;
  struct Return {
    ScratchPool* pool;
    void operator()(T* object) const { pool->put(object); }
  };
  using Lent = std::unique_ptr<T, Return>;

  static std::size_t first_slot() { return std::hash<std::thread::id>{}(std::this_thread::get_id()); }
  void put(T* object) {
    const std::size_t first = first_slot();
    for (std::size_t i = 0; i < kNumSlots; ++i) {
      T* empty = nullptr;
      if (slots_[(first + i) % kNumSlots].compare_exchange_strong(empty, object, std::memory_order_release)) return;
    }
    delete object;
  }

  std::array<std::atomic<T*>, kNumSlots> slots_{};
};

}  // namespace intelia
