// The conversions of the CUDA toolkit's own headers on the host, in a library of their own, because host_cuda has the
// same names.
#include <cuda_bf16.h>
#include <cuda_fp16.h>

#include <cstring>

#define INTELIA_EXPORT extern "C" __attribute__((visibility("default")))

namespace {

template <class T>
unsigned short bits_of(T value) {
  static_assert(sizeof(T) == 2);
  unsigned short bits;
  std::memcpy(&bits, &value, 2);
  return bits;
}

template <class T>
T from_bits(unsigned short bits) {
  static_assert(sizeof(T) == 2);
  T value;
  std::memcpy(static_cast<void*>(&value), &bits, 2);
  return value;
}

}  // namespace

INTELIA_EXPORT unsigned short toolkit_float_to_half(float value) { return bits_of(__float2half_rn(value)); }
INTELIA_EXPORT unsigned short toolkit_float_to_bf16(float value) { return bits_of(__float2bfloat16_rn(value)); }
INTELIA_EXPORT float toolkit_half_to_float(unsigned short bits) { return __half2float(from_bits<__half>(bits)); }
INTELIA_EXPORT float toolkit_bf16_to_float(unsigned short bits) {
  return __bfloat162float(from_bits<__nv_bfloat16>(bits));
}
