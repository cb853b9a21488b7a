// What every .cu file uses to declare shared memory and to launch. Kernels contain nothing else that only nvcc
// understands, so that a C++ compiler can compile them for the CPU with the cuda_runtime.h of tests/kernels/host_cuda,
// which defines these macros itself (docs/development.md).
#pragma once

#include <cuda_runtime.h>

#include <cstddef>
#include <cstdint>

#if defined(__CUDACC__)

/** Runs kernel(…) in `blocks` blocks of `threads` threads, queued on `stream` (a cudaStream_t as void*). */
#define INTELIA_LAUNCH(kernel, blocks, threads, stream, ...) \
  kernel<<<blocks, threads, 0, static_cast<cudaStream_t>(stream)>>>(__VA_ARGS__)

/** Declares name[num], elements of type T in shared memory; only whole elements may be read and written. */
#define INTELIA_SHARED(T, name, num) __shared__ T name[num]

#endif

namespace intelia::kernels {

inline bool is_aligned(const void* pointer, std::size_t bytes) {
  return reinterpret_cast<std::uintptr_t>(pointer) % bytes == 0;
}

/** Number of thread blocks for `num` units of work; 0 when a grid cannot have so many. */
inline unsigned num_thread_blocks(std::int64_t num, std::int64_t per_block) {
  const std::int64_t blocks = (num + per_block - 1) / per_block;
  return blocks <= 0x7FFFFFFF ? static_cast<unsigned>(blocks) : 0;
}

/** CUDA's message for an error number. */
inline const char* error_text(int error) { return cudaGetErrorString(static_cast<cudaError_t>(error)); }

}  // namespace intelia::kernels
