#include "host_cuda.hpp"

#include <ucontext.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <numeric>
#include <random>
#include <string>
#include <utility>

#include "cuda_runtime.h"

// The address sanitizer is told of every switch between fibers; its warning that it does not support swapcontext, which
// it prints once, is about switches of which it is not.
#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#else
static void __sanitizer_start_switch_fiber(void**, const void*, std::size_t) {}
static void __sanitizer_finish_switch_fiber(void*, const void**, std::size_t*) {}
#define ASAN_UNPOISON_MEMORY_REGION(...)
#endif

uint3 threadIdx, blockIdx;
dim3 blockDim, gridDim;

namespace host_cuda {

namespace {

constexpr std::size_t kStackBytes = 64 << 10;
constexpr unsigned kWarp = 32;
constexpr const char* kWarpBarrier = "__syncwarp";

enum class State { ready, at_barrier, in_warp_operation, ended };

/** A barrier of the block, whose only member is `site`, or an operation of a warp. */
struct Operation {
  Site site;
  const char* name = nullptr;
  unsigned mask = 0;
  std::uint64_t value = 0;
  unsigned source = 0;  // the lane whose value the result is
};

struct Fiber {
  std::unique_ptr<char[]> stack{new char[kStackBytes]};
  ucontext_t context;
  void* fake_stack;  // of the address sanitizer
  State state;
  Operation operation;          // in which it waits
  int block_epoch, warp_epoch;  // barriers of the block and of the whole warp that it has passed
};

Order order = Order::ascending;
std::vector<Fiber> fibers;  // kept for later launches
unsigned num_threads = 0;   // of the block that runs
unsigned running = 0;       // index of the fiber that runs
std::uint64_t launched_block = 0;
int launches = 0;
ucontext_t scheduler;
void* scheduler_fake_stack = nullptr;
const void* scheduler_stack = nullptr;
std::size_t scheduler_stack_bytes = 0;
const std::function<void()>* body = nullptr;
bool has_failed = false;
cudaError_t last_error = cudaSuccess;
std::string finding;

std::string text(Site site) {
  const std::string file = site.file;
  return file.substr(file.rfind('/') + 1) + ":" + std::to_string(site.line);
}

std::string thread_name(unsigned index) {
  return "thread " + std::to_string(index) + " of block " + std::to_string(blockIdx.x);
}

void record_failure(const std::string& what) {
  has_failed = true;
  last_error = cudaErrorLaunchFailure;
  finding = what;
}

/** Back to the scheduler, for good when the fiber ends. */
void leave(bool for_good) {
  Fiber& fiber = fibers[running];
  __sanitizer_start_switch_fiber(for_good ? nullptr : &fiber.fake_stack, scheduler_stack, scheduler_stack_bytes);
  swapcontext(&fiber.context, &scheduler);
  __sanitizer_finish_switch_fiber(fiber.fake_stack, &scheduler_stack, &scheduler_stack_bytes);
}

/** Thrown through a kernel that has broken a rule. */
struct Stopped {};

[[noreturn]] void fail(const std::string& what) {
  record_failure(what);
  throw Stopped();
}

void fiber_main() {
  __sanitizer_finish_switch_fiber(nullptr, &scheduler_stack, &scheduler_stack_bytes);
  try {
    (*body)();
  } catch (const Stopped&) {  // has_failed ends the launch
  }
  fibers[running].state = State::ended;
  leave(true);
}

void start(Fiber& fiber) {
  ASAN_UNPOISON_MEMORY_REGION(fiber.stack.get(), kStackBytes);  // what an ended fiber left
  getcontext(&fiber.context);
  fiber.context.uc_stack.ss_sp = fiber.stack.get();
  fiber.context.uc_stack.ss_size = kStackBytes;
  fiber.context.uc_link = nullptr;
  makecontext(&fiber.context, fiber_main, 0);
  // The address sanitizer clears its knowledge of this stack at every switch, unless it has no size.
  fiber.context.uc_stack.ss_size = 0;
  fiber.fake_stack = nullptr;
  fiber.state = State::ready;
  fiber.block_epoch = fiber.warp_epoch = 0;
}

void run(unsigned index) {
  running = index;
  threadIdx = {index % blockDim.x, index / blockDim.x % blockDim.y, index / blockDim.x / blockDim.y};
  Fiber& fiber = fibers[index];
  __sanitizer_start_switch_fiber(&scheduler_fake_stack, fiber.stack.get(), kStackBytes);
  swapcontext(&scheduler, &fiber.context);
  __sanitizer_finish_switch_fiber(scheduler_fake_stack, nullptr, nullptr);
}

/** The lanes that the warp from thread `first` on has in this block. */
unsigned lanes_of_warp(unsigned first) {
  const unsigned num = std::min(kWarp, num_threads - first);
  return num == kWarp ? 0xFFFFFFFFu : (1u << num) - 1;
}

/** Completes the operation that thread `index` waits in, when all lanes of its mask have arrived. */
bool complete_warp_operation(unsigned index) {
  const unsigned first = index / kWarp * kWarp;
  const Operation caller = fibers[index].operation;
  const auto is_named = [&](unsigned lane) { return lane < kWarp && (caller.mask >> lane & 1) != 0; };
  const auto failure = [&](const std::string& what) {
    record_failure(std::string(caller.name) + " at " + text(caller.site) + ", " + thread_name(index) + ": " + what);
    return false;
  };
  for (unsigned lane = 0; lane < kWarp; ++lane) {
    if (!is_named(lane)) continue;
    const std::string named = "its mask names lane " + std::to_string(lane) + ", which ";
    if ((lanes_of_warp(first) >> lane & 1) == 0) return failure(named + "the block does not have");
    const Fiber& other = fibers[first + lane];
    if (other.state == State::ended) return failure(named + "has ended");
    if (other.state == State::at_barrier) return failure(named + "waits at the barrier " + text(other.operation.site));
    if (other.state == State::ready) return false;  // it took part in an operation completed just now
    if (other.operation.mask != caller.mask || !(other.operation.site == caller.site)) return false;
  }
  std::uint64_t results[kWarp];
  for (unsigned lane = 0; lane < kWarp; ++lane) {
    if (!is_named(lane)) continue;
    const unsigned source = fibers[first + lane].operation.source;
    if (!is_named(source))
      return failure("lane " + std::to_string(lane) + " reads lane " + std::to_string(source) +
                     ", which is not in the mask");
    results[lane] = fibers[first + source].operation.value;
  }
  const bool is_barrier = caller.mask == lanes_of_warp(first) && caller.name == kWarpBarrier;
  for (unsigned lane = 0; lane < kWarp; ++lane) {
    if (!is_named(lane)) continue;
    Fiber& other = fibers[first + lane];
    other.operation.value = results[lane];
    other.state = State::ready;
    other.warp_epoch += is_barrier;
  }
  return true;
}

/** Completes what can be; when nothing can, the block is stuck, which is a failure. All fibers wait or have ended. */
void release() {
  bool has_released = false;
  unsigned num_at_barrier = 0, num_ended = 0, waiting = 0;
  for (unsigned index = 0; index < num_threads && !has_failed; ++index) {
    if (fibers[index].state == State::in_warp_operation) has_released |= complete_warp_operation(index);
    if (fibers[index].state == State::at_barrier) {
      ++num_at_barrier;
      waiting = index;
    }
    num_ended += fibers[index].state == State::ended;
  }
  if (has_failed || has_released) return;
  if (num_at_barrier == 0) return record_failure("warp operations wait for each other, " + thread_name(0));
  const std::string what =
      std::to_string(num_at_barrier) + " threads of block " + std::to_string(blockIdx.x) + " wait at the barrier ";
  const Site site = fibers[waiting].operation.site;
  if (num_ended > 0)
    return record_failure("divergent barrier: " + what + text(site) + ", " + std::to_string(num_ended) + " have ended");
  for (unsigned index = 0; index < num_threads; ++index) {
    const Site other = fibers[index].operation.site;
    if (!(other == site))
      return record_failure("divergent barrier: " + thread_name(index) + " waits at " + text(other) +
                            ", others at the barrier " + text(site));
  }
  for (unsigned index = 0; index < num_threads; ++index) {
    fibers[index].state = State::ready;
    ++fibers[index].block_epoch;
  }
}

void run_block(const std::vector<unsigned>& sequence) {
  ++launched_block;
  for (unsigned index = 0; index < num_threads; ++index) start(fibers[index]);
  while (true) {
    for (const unsigned index : sequence) {
      if (fibers[index].state == State::ready) run(index);
      if (has_failed) return;
    }
    if (std::all_of(fibers.begin(), fibers.begin() + num_threads,
                    [](const Fiber& fiber) { return fiber.state == State::ended; }))
      return;
    release();
    if (has_failed) return;
  }
}

}  // namespace

void set_order(Order wanted) { order = wanted; }

void launch(const dim3& blocks, const dim3& threads, const std::function<void()>& thread) {
  ++launches;
  num_threads = threads.x * threads.y * threads.z;
  if (blocks.x == 0 || blocks.y != 1 || blocks.z != 1 || num_threads == 0 || num_threads > 1024) {
    last_error = cudaErrorInvalidConfiguration;
    return;
  }
  gridDim = blocks;
  blockDim = threads;
  body = &thread;
  has_failed = false;
  if (fibers.size() < num_threads) fibers.resize(num_threads);
  std::vector<unsigned> sequence(num_threads);
  std::iota(sequence.begin(), sequence.end(), 0u);
  if (order == Order::descending) std::reverse(sequence.begin(), sequence.end());
  std::mt19937 random(num_threads);
  for (unsigned block = 0; block < blocks.x && !has_failed; ++block) {
    blockIdx = {order == Order::descending ? blocks.x - 1 - block : block, 0, 0};
    if (order == Order::shuffled) std::shuffle(sequence.begin(), sequence.end(), random);
    run_block(sequence);
  }
}

int num_launches() { return launches; }

void block_barrier(Site site) {
  Fiber& fiber = fibers[running];
  fiber.state = State::at_barrier;
  fiber.operation = {site};
  leave(false);
}

unsigned lane() { return running % kWarp; }

std::uint64_t exchange(const char* name, unsigned mask, std::uint64_t value, unsigned source, Site site) {
  if ((mask >> lane() & 1) == 0)
    fail(std::string(name) + " at " + text(site) + ", " + thread_name(running) + ": its own lane is not in the mask");
  Fiber& fiber = fibers[running];
  fiber.state = State::in_warp_operation;
  fiber.operation = {site, name, mask, value, source};
  leave(false);
  return fiber.operation.value;
}

void warp_barrier(unsigned mask, Site site) { exchange(kWarpBarrier, mask, 0, lane(), site); }

void AccessRecord::forget_older() {
  if (launched_block_ != launched_block) {
    launched_block_ = launched_block;
    is_written_ = false;
  } else if (block_epoch_ == fibers[running].block_epoch) {
    return;
  }
  block_epoch_ = fibers[running].block_epoch;
  last_write_ = {};
  reads_.clear();
}

/** Whether a barrier of the warp, or the order of one thread, separates `earlier` from an access now. */
bool AccessRecord::is_ordered(const Access& earlier) {
  const int now = static_cast<int>(running);
  if (earlier.thread < 0 || earlier.thread == now) return true;
  const bool is_same_warp = earlier.thread / static_cast<int>(kWarp) == now / static_cast<int>(kWarp);
  return is_same_warp && earlier.warp_epoch < fibers[running].warp_epoch;
}

void AccessRecord::read() {
  forget_older();
  if (!is_written_) fail("read of shared memory that was not written, " + thread_name(running));
  if (!is_ordered(last_write_))
    fail("race on shared memory: " + thread_name(running) + " reads what thread " + std::to_string(last_write_.thread) +
         " has written since the last barrier");
  const Access access{static_cast<int>(running), fibers[running].warp_epoch};
  if (reads_.empty() || !(reads_.back() == access)) reads_.push_back(access);
}

void AccessRecord::write() {
  forget_older();
  if (!is_ordered(last_write_))
    fail("race on shared memory: " + thread_name(running) + " writes what thread " +
         std::to_string(last_write_.thread) + " has written since the last barrier");
  for (const Access& access : reads_)
    if (!is_ordered(access))
      fail("race on shared memory: " + thread_name(running) + " writes what thread " + std::to_string(access.thread) +
           " has read since the last barrier");
  is_written_ = true;
  last_write_ = {static_cast<int>(running), fibers[running].warp_epoch};
  reads_.clear();
}

void check_shared_index(std::int64_t index, std::int64_t size) {
  if (index < 0 || index >= size)
    fail("index " + std::to_string(index) + " outside shared memory of " + std::to_string(size) + ", " +
         thread_name(running));
}

}  // namespace host_cuda

cudaError_t cudaGetLastError() { return std::exchange(host_cuda::last_error, cudaSuccess); }

const char* cudaGetErrorString(cudaError_t error) {
  switch (error) {
    case cudaSuccess:
      return "no error";
    case cudaErrorInvalidValue:
      return "invalid argument";
    case cudaErrorMemoryAllocation:
      return "out of memory";
    case cudaErrorInvalidConfiguration:
      return "invalid configuration argument";
    case cudaErrorMisalignedAddress:
      return "misaligned address";
    case cudaErrorLaunchFailure:
      return host_cuda::finding.c_str();
  }
  return "unknown error";
}

cudaError_t allocate_on_host_cuda(void** to, std::size_t num_bytes) {
  return posix_memalign(to, 256, num_bytes) == 0 ? cudaSuccess : cudaErrorMemoryAllocation;
}

cudaError_t cudaFree(void* memory) {
  std::free(memory);
  return cudaSuccess;
}
