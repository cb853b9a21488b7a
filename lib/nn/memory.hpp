// Memory in bytes: held by tensors now and at peak, counted in the allocators; available on the machine; retained by
// the process.
#pragma once

#include <cstdint>
#include <exception>

#include "engine/jobs.hpp"
#include "nn/torch.hpp"

namespace intelia::nn {

/**
 * Puts counters into libtorch's CPU allocator and under meta tensors, which hold no data but then "allocate" what they
 * would hold elsewhere. Counts requested bytes. Takes effect once; other devices count by themselves.
 */
void count_allocations();

/** Bytes currently allocated for tensors of `device`. */
std::uint64_t live_bytes(const at::Device& device);

/** Peak of these bytes since restart_allocator_peak(). */
std::uint64_t allocator_peak_bytes(const at::Device& device);
void restart_allocator_peak(const at::Device& device);

/** Bytes that can still be allocated on `device`: on the CPU without swapping, within the limits of process and
   cgroup. */
std::uint64_t available_bytes(const at::Device& device);

/** Bytes that a run may use: settings.max_memory, else what is available on `device`. */
std::uint64_t memory_limit(const ModelSettings& settings, const at::Device& device);

/**
 * Keeps freed memory in the process while one exists: the tensors of a step have the sizes of those of the last step,
 * and memory returned to the system would only be faulted in again (at 4 million parameters and batches of 8,000 tokens
 * 3 % of the CPU time of training and 20 % of that of scoring). The last one returns it, so that the process does not
 * hold its peak forever. Sets glibc's parameters for the process.
 */
class HeapRetention {
 public:
  HeapRetention();
  ~HeapRetention();
  HeapRetention(const HeapRetention&) = delete;
  HeapRetention& operator=(const HeapRetention&) = delete;
};

/** Whether `error` is a failed allocation. */
bool is_out_of_memory(const std::exception& error);

}  // namespace intelia::nn
