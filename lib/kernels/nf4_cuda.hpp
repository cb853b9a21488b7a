// The same format on a GPU: what libintelia_kernels_cuda.so offers, and how it is found. Raw device pointers and streams:
// callers need neither the CUDA toolkit nor its headers. Without that library (built without CUDA) a reason in words.
#pragma once

#include <cstdint>
#include <string>

#include "kernels/nf4.hpp"

namespace intelia::nf4 {

enum class FloatType : std::int32_t { fp32, bf16, fp16 };

/** A weight of n elements as it lies on the device; layout in nf4.hpp. `packed` is aligned to 4 bytes. */
struct DeviceWeight {
  const std::uint8_t* packed = nullptr;        // [num_packed_bytes(n)]
  const std::uint8_t* absmax_codes = nullptr;  // [num_blocks(n)]
  const float* nested_absmax = nullptr;        // [num_nested_blocks(n)]
  const float* map = nullptr;                  // [256]: nf4::dynamic_map(), copied there once
  float offset = 0;
  std::int64_t n = 0;
};

/**
 * Launchers; each returns at once and gives 0, or a number for which error_words has words. `stream` is a cudaStream_t
 * (nullptr: the default stream) of the current device. Other pointers are device memory, aligned to 16 bytes.
 */
struct CudaKernels {
  const char* tag;         // what loader and library compare: kernels of another build are refused
  const float* codebook;   // [16], host memory: the one that is compiled into the kernels

  /** weight[i] = codebook[code]·(map[absmax code]·nested_absmax + offset), each step in fp32, then rounded to `type`
      (nearest even): the bits of nf4::dequantize, and of bitsandbytes on CUDA wherever no value is subnormal. */
  int (*dequantize)(const DeviceWeight& weight, FloatType type, void* out, void* stream);

  /** First quantization by bitsandbytes' CUDA rule: approximate reciprocal, subnormals count as 0, and a block of zeros
      gets code 0. packed [num_packed_bytes(n)], absmax [num_blocks(n)]. */
  int (*quantize)(const void* weight, FloatType type, std::int64_t n, std::uint8_t* packed, float* absmax,
                  void* stream);

  /** Second quantization by bitsandbytes' CUDA rule (nearest entry of the dynamic map, `map` on the device): codes
      [num_blocks], nested_absmax [ceil(num_blocks / 256)]. */
  int (*quantize_absmax)(const float* absmax, std::int64_t num_blocks, float offset, const float* map,
                         std::uint8_t* codes, float* nested_absmax, void* stream);

  const char* (*error_words)(int status);
};

/** The kernels of libintelia_kernels_cuda.so, which lies beside the file that this code is linked into; loaded once and
    never unloaded. nullptr when it is not there or does not fit: `reason` then says so in words. */
const CudaKernels* load_cuda_kernels(std::string& reason);

/** What the loader expects of CudaKernels::tag: it changes whenever a header of this folder does. */
const char* kernels_tag();

}  // namespace intelia::nf4
