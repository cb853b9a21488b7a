// The part of CUDA's cuda_fp16.h that the kernels use, for the CPU. Every NaN becomes the one NaN 0x7FFF (in fp32
// 0x7FFFFFFF), as on a GPU.
#pragma once

#include <bit>

#include "cuda_runtime.h"
#include "kernels/number.hpp"

struct __half {
  unsigned short bits;
};
struct alignas(4) __half2 {
  __half x, y;
};

inline __half __float2half_rn(float value) {
  return {value == value ? intelia::kernels::half_bits(value) : static_cast<unsigned short>(0x7FFF)};
}
inline float __half2float(__half value) {
  const bool is_nan = (value.bits & 0x7FFFu) > 0x7C00u;
  return is_nan ? std::bit_cast<float>(0x7FFFFFFFu) : intelia::kernels::half_value(value.bits);
}
inline __half2 __floats2half2_rn(float x, float y) { return {__float2half_rn(x), __float2half_rn(y)}; }
inline float2 __half22float2(__half2 pair) { return {__half2float(pair.x), __half2float(pair.y)}; }
