// The CUDA kernels of 8-bit AdamW as a table of C functions of libintelia_kernels_cuda.so (as nf4_cuda.hpp). This
// header uses no types of CUDA or torch.
#pragma once

#include <cstdint>
#include <string>

#include "kernels/adam8.hpp"

namespace intelia::adam8 {

/** Changes with every change of CudaKernels; a module with another one is not used. */
inline constexpr std::uint64_t kCudaKernelsTag = 0x696e74656c696201;

/**
 * All arrays are device memory of the current device; work is queued on `stream` (a cudaStream_t, may be null) without
 * waiting for it. Each function returns 0, or a CUDA error number. The results have the bits of the functions of the
 * same names in adam8.hpp (a NaN may have others).
 */
struct CudaKernels {
  std::uint64_t tag;

  /** update() of adam8.hpp. maps: dynamic8::map(Sign::with), then dynamic8::map(Sign::without), [2·256]. */
  int (*update)(const Factors& factors, const float* maps, const float* gradient, std::int64_t n, float* parameter,
                const States& states, void* stream);

  /** update_fp32() of adam8.hpp. */
  int (*update_fp32)(const Factors& factors, const float* gradient, std::int64_t n, float* parameter, float* average,
                     float* square, void* stream);

  /** CUDA's message for an error number. */
  const char* (*error_text)(int error);
};

/** As nf4::cuda_kernels(). */
const CudaKernels* cuda_kernels(std::string& reason);

}  // namespace intelia::adam8
