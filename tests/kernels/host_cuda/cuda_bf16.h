// The part of CUDA's cuda_bf16.h that the kernels use, for the CPU. Every NaN rounds to the one NaN 0x7FFF, as on a
// GPU.
#pragma once

#include "cuda_runtime.h"
#include "kernels/number.hpp"

struct __nv_bfloat16 {
  unsigned short bits;
};
struct alignas(4) __nv_bfloat162 {
  __nv_bfloat16 x, y;
};

inline __nv_bfloat16 __float2bfloat16_rn(float value) {
  return {value == value ? intelia::kernels::narrow<intelia::kernels::Bf16>(value).bits
                         : static_cast<unsigned short>(0x7FFF)};
}
inline float __bfloat162float(__nv_bfloat16 value) {
  return intelia::kernels::widen(intelia::kernels::Bf16{value.bits});
}
inline __nv_bfloat162 __floats2bfloat162_rn(float x, float y) {
  return {__float2bfloat16_rn(x), __float2bfloat16_rn(y)};
}
inline float2 __bfloat1622float2(__nv_bfloat162 pair) { return {__bfloat162float(pair.x), __bfloat162float(pair.y)}; }
