#include "faulty_kernels.hpp"
#include "kernels/launch.cuh"

namespace intelia::faulty {

namespace {

constexpr unsigned kAll = 0xFFFFFFFFu;

__device__ __attribute__((noinline)) float one_after(const float* from, unsigned index) { return from[index + 1]; }

__global__ void faulty_kernel(Fault fault, float* to, unsigned num_threads, int one) {
  INTELIA_SHARED(float, shared, 64);
  const unsigned i = threadIdx.x, warp = i / 32 * 32, next = warp + (i + 1) % 32;
  const bool is_low = i % 32 < 16;
  float value = static_cast<float>(i);
  switch (fault) {
    case Fault::none_barrier:
      shared[i] = value;
      __syncthreads();
      to[i] = shared[(i + 1) % num_threads];
      __syncthreads();
      shared[i] = value;
      break;
    case Fault::none_warp_barrier:
      shared[i] = value;
      __syncwarp();
      to[i] = shared[next];
      __syncwarp();
      shared[i] = value;
      break;
    case Fault::none_half_warps:
      if (is_low) {
        to[i] = __shfl_xor_sync(0x0000FFFFu, value, 1);
      } else {
        to[i] = __shfl_down_sync(0xFFFF0000u, value, 1, 16) + __shfl_sync(0xFFFF0000u, value, 3, 16);
      }
      break;
    case Fault::missing_barrier:
      shared[i] = value;
      to[i] = shared[(i + 1) % num_threads];
      break;
    case Fault::late_barrier:
      shared[i] = value;
      __syncthreads();
      to[i] = shared[(i + 1) % num_threads];
      shared[i] = value + 1;
      break;
    case Fault::two_writers:
      shared[0] = value;
      break;
    case Fault::warp_barrier_only:
      shared[i] = value;
      __syncwarp();
      to[i] = shared[(i + 1) % num_threads];
      break;
    case Fault::ended_threads:
      if (i >= num_threads / 2) return;
      __syncthreads();
      break;
    case Fault::other_barrier:
      if (i < num_threads / 2) {
        __syncthreads();
      } else {
        __syncthreads();
      }
      break;
    case Fault::barrier_and_shuffle:
      if (i < 32) {
        __syncthreads();
      } else {
        to[i] = __shfl_xor_sync(kAll, value, 1);
        if (is_low) to[i] = __shfl_xor_sync(kAll, value, 1);
        __syncthreads();
      }
      break;
    case Fault::ended_lanes:
      if (is_low) return;
      to[i] = __shfl_xor_sync(kAll, value, 1);
      break;
    case Fault::missing_lanes:
      to[i] = __shfl_xor_sync(kAll, value, 1);
      break;
    case Fault::not_own_lane:
      to[i] = __shfl_xor_sync(0x0000FFFFu, value, 1);
      break;
    case Fault::lane_outside_mask:
      if (is_low) to[i] = __shfl_xor_sync(0x0000FFFFu, value, 16);
      break;
    case Fault::other_shuffle:
      if (is_low) {
        to[i] = __shfl_xor_sync(kAll, value, 1);
      } else {
        to[i] = __shfl_xor_sync(kAll, value, 2);
      }
      break;
    case Fault::unwritten:
      if (i != 5) shared[i] = value;
      __syncthreads();
      to[i] = shared[i];
      break;
    case Fault::unwritten_again:
      if (blockIdx.x == 0) shared[i] = value;
      __syncthreads();
      to[i] = shared[i];
      break;
    case Fault::shared_index:
      shared[i + one] = value;
      break;
    case Fault::shared_negative:
      shared[static_cast<int>(i) - one] = value;
      break;
    case Fault::global_read:
      value = to[i + one];
      to[i] = value;
      break;
    case Fault::global_write:
      to[i + one] = value;
      break;
    case Fault::misaligned:
      if (i == 0) *reinterpret_cast<float4*>(to + one) = make_float4(1, 2, 3, 4);
      break;
    case Fault::local_index: {
      float local[4] = {1, 2, 3, 4};
      to[i] = local[i % 4 + one];
      break;
    }
    case Fault::local_pointer: {
      float local[4] = {1, 2, 3, 4};
      __syncthreads();
      to[i] = one_after(local, i % 4);
      break;
    }
    case Fault::shift:
      to[i] = static_cast<float>(1u << (32 * one));
      break;
    case Fault::order:
      to[0] = value;
      break;
  }
}

}  // namespace

const char* run(Fault fault, float* to, unsigned num_threads) {
  const unsigned blocks = fault == Fault::unwritten_again ? 2 : 1;
  INTELIA_LAUNCH(faulty_kernel, blocks, num_threads, nullptr, fault, to, num_threads, 1);
  return cudaGetErrorString(cudaGetLastError());
}

}  // namespace intelia::faulty
