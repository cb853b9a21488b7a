// Runs CUDA kernels on the CPU: a block is a set of fibers, its threads, which run one at a time between barriers and
// warp operations, in a chosen order; blocks run one after the other. A launch that breaks a rule of CUDA stops and is
// reported as cudaErrorLaunchFailure; cudaGetErrorString then says which rule and where. Found here: divergent
// barriers, warp operations whose mask names lanes that do not take part, races on shared memory, reads of shared
// memory that was not written, and indices outside it. Indices outside global memory are found by the address
// sanitizer, misaligned accesses by that of undefined behavior.
//
// Shared memory is found to be raced for by recording every access (Shared), because a kernel's only shared memory is
// what INTELIA_SHARED declares: CUDA's keyword for it does not exist here, so that none escapes. An access is compared
// with those that no barrier separates from it, so the result does not depend on the order in which the threads ran.
#pragma once

#include <cstdint>
#include <cstring>
#include <functional>
#include <vector>

struct dim3;

namespace host_cuda {

enum class Order { ascending, descending, shuffled };
inline constexpr Order kOrders[] = {Order::ascending, Order::descending, Order::shuffled};

/** The order in which the threads of a block run between two barriers; `shuffled` by a fixed seed. */
void set_order(Order order);

/** A place in a kernel's source. */
struct Site {
  const char* file;
  int line;
  bool operator==(const Site& other) const { return line == other.line && std::strcmp(file, other.file) == 0; }
};

/** Runs `thread` once for each thread of each block. */
void launch(const dim3& blocks, const dim3& threads, const std::function<void()>& thread);

/** Launches since the program began. */
int num_launches();

/** Waits for all threads of the block. */
void block_barrier(Site site);

/** Waits for all lanes of `mask`, then returns the value of lane `source`. */
std::uint64_t exchange(const char* name, unsigned mask, std::uint64_t value, unsigned source, Site site);

/** Waits for all lanes of `mask`. */
void warp_barrier(unsigned mask, Site site);

/** The lane of the running thread. */
unsigned lane();

/** One element of shared memory: who wrote and who read it since the block's last barrier. */
class AccessRecord {
 public:
  /** Ends the launch with a finding when the access races with an earlier one or reads what was never written. */
  void read();
  void write();

 private:
  struct Access {
    int thread = -1;
    int warp_epoch = 0;
    bool operator==(const Access&) const = default;
  };
  void forget_older();
  static bool is_ordered(const Access& earlier);

  std::uint64_t launched_block_ = 0;
  int block_epoch_ = 0;
  bool is_written_ = false;
  Access last_write_;
  std::vector<Access> reads_;
};

/** Ends the launch with a finding unless 0 <= index < size. */
void check_shared_index(std::int64_t index, std::int64_t size);

/** An array in shared memory. */
template <class T, int N>
class Shared {
 public:
  class Element {
   public:
    operator T() const {
      record_->read();
      return *value_;
    }
    Element& operator=(T value) {
      record_->write();
      *value_ = value;
      return *this;
    }
    Element& operator=(const Element& other) { return *this = static_cast<T>(other); }
    Element* operator&() = delete;

   private:
    friend class Shared;
    Element(T* value, AccessRecord* record) : value_(value), record_(record) {}
    Element(const Element&) = default;
    T* value_;
    AccessRecord* record_;
  };

  Element operator[](std::int64_t index) {
    check_shared_index(index, N);
    return {values_ + index, records_ + index};
  }

 private:
  T values_[N];
  AccessRecord records_[N];
};

}  // namespace host_cuda
