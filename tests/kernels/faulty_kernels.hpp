// Kernels that each break one rule of CUDA, and correct ones that nearly do: what host_cuda must find, and must not.
// All run in one block of `num_threads` threads and write to `to` [num_threads] at most what is said here.
#pragma once

namespace intelia::faulty {

enum class Fault {
  none_barrier,         // to[i] = the number of the next thread, through shared memory with a barrier
  none_warp_barrier,    // the same within each warp with __syncwarp
  none_half_warps,      // shuffles of the halves of a warp in different branches
  missing_barrier,      // none_barrier without the barrier
  late_barrier,         // a second value written without a barrier after the first was read
  two_writers,          // all threads write one element
  warp_barrier_only,    // none_barrier with __syncwarp in place of the barrier
  ended_threads,        // the barrier after half of the threads have returned
  other_barrier,        // two barriers in the branches of a condition
  barrier_and_shuffle,  // a barrier in one branch, a shuffle in the other
  ended_lanes,          // a full mask after half of the lanes have returned
  missing_lanes,        // a full mask in a warp of fewer lanes
  not_own_lane,         // a mask without the own lane
  lane_outside_mask,    // reads a lane that is not in the mask
  other_shuffle,        // two shuffles with a full mask in the branches of a condition
  unwritten,            // reads shared memory that was never written
  unwritten_again,      // reads what only the block before has written
  shared_index,         // an index one past shared memory
  shared_negative,      // index -1
  global_read,          // an index one past `to`, read
  global_write,         // the same, written
  misaligned,           // a float4 at to + 1
  local_index,          // an index one past a local array
  local_pointer,        // the same through a pointer, after a barrier
  shift,                // a shift by 32
  order,                // to[0] = the last thread that ran: depends on the order
};

/** Returns CUDA's message of the launch's error, "no error" when there is none. */
const char* run(Fault fault, float* to, unsigned num_threads);

}  // namespace intelia::faulty
