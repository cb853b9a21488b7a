// Bytes: what tensors hold and have held at most, counted where they are allocated, and what the machine can still
// give.
#pragma once

#include <cstdint>
#include <exception>

#include "engine/jobs.hpp"
#include "nn/torch.hpp"

namespace intelia::nn {

/**
 * Puts counters around libtorch's CPU allocator and under tensors of device meta, which hold no data but from then on
 * "allocate" what they would hold elsewhere. Counts are of the bytes asked for. Takes effect once; CUDA counts by
 * itself.
 */
void count_allocations();

/** Bytes that the tensors of `device` hold now. */
std::uint64_t live_bytes(const at::Device& device);

/** The most bytes that they have held at once since restart_allocator_peak(). */
std::uint64_t allocator_peak_bytes(const at::Device& device);
void restart_allocator_peak(const at::Device& device);

/** Bytes that `device` could still give: on the CPU without swapping, within the limits of the process and its cgroup.
 */
std::uint64_t available_bytes(const at::Device& device);

/** Bytes that a run may take: settings.max_memory, else what `device` could give. */
std::uint64_t memory_limit(const ModelSettings& settings, const at::Device& device);

/**
 * Keeps freed memory in the process while one exists: the tensors of a step have the sizes of those of the last step,
 * and memory returned to the system would only be faulted in again (at 4 million parameters and batches of 8,000 tokens
 * 3 % of the CPU time of training and 20 % of that of scoring). The last one returns it, so that the process does not
 * hold its peak for ever. Sets glibc's parameters of the whole process.
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
