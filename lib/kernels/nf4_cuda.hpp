// The CUDA kernels of NF4 as a table of C functions in a separate module (libintelia_kernels_cuda.so), so that the same
// program runs without CUDA. This header uses no types of CUDA or torch.
#pragma once

#include <cstdint>
#include <string>

namespace intelia::nf4 {

enum class FloatType : std::int32_t { float32 = 0, bfloat16 = 1, float16 = 2 };

/** Changes with every change of CudaKernels; a module with another one is not used. */
inline constexpr std::uint64_t kCudaKernelsTag = 0x696e74656c696101;

/**
 * All arrays are device memory of the current device, laid out as nf4.hpp says; work is queued on `stream` (a
 * cudaStream_t, may be null) without waiting for it. Each function returns 0, or a CUDA error number.
 */
struct CudaKernels {
  std::uint64_t tag;

  /**
   * weight[i] = kCodebook[code]·(map[absmax_codes[b]]·nested_absmax[b/256] + offset), in fp32 without fused
   * multiply-add, then rounded to `type` (nearest even; a NaN may have other bits than on the CPU).
   * packed aligned to 4 bytes, weight to 16; map: dynamic_map() in device memory, [256].
   */
  int (*dequantize)(const std::uint8_t* packed, const std::uint8_t* absmax_codes, const float* nested_absmax,
                    const float* map, float offset, std::int64_t n, FloatType type, void* weight, void* stream);

  /**
   * As quantize() of nf4.hpp, by bitsandbytes' CUDA rule: four thresholds differ in the last bit; the last short block
   * is multiplied by the reciprocal like every other; the codes of an all-zero block are 0 (they still mean 0); a NaN
   * does not count for the absmax and has code 0, and the absmax of a whole block of NaN is -FLT_MAX. The rule is that
   * of its source (kQuantizeBlockwiseSmall), with a correctly rounded reciprocal; its own binaries are compiled with
   * --use_fast_math, whose reciprocal may differ in the last bit. weight of `type`, aligned to two elements.
   */
  int (*quantize)(const void* weight, FloatType type, std::int64_t n, std::uint8_t* packed, float* absmax,
                  void* stream);

  /** CUDA's message for an error number. */
  const char* (*error_text)(int error);
};

/** The kernels of the module beside the library or program that contains this function; loaded once. nullptr when there
    is none or it does not match, with the reason in `reason`. Does not check for a GPU. */
const CudaKernels* cuda_kernels(std::string& reason);

}  // namespace intelia::nf4
