// NF4 on NVIDIA GPUs. nf4_ref.cpp defines dequantization, bitsandbytes' CUDA rule quantization; nf4_cuda.hpp is the
// interface.
//
//   weight[i] = codebook[code of i] · (map[absmax_code of i/64] · nested_absmax[i/64/256] + offset)
//   code of i = number of thresholds strictly below weight[i] · (1 / max |weight| of its block of 64)
//
// Layout: two codes per byte, the even weight in the high nibble; weights row-major and flat, so a block may cross
// rows. Both kernels are memory-bound (dequantization reads half a byte and writes two or four per weight). A thread
// therefore loads 4 bytes of codes and writes 16 or 32 bytes adjacent to its neighbour's, with four loads in flight; a
// block of 64 has eight such threads and one scale. In quantization a warp holds a block, so that its maximum needs no
// shared memory. Every product and sum is rounded separately (__fmul_rn, __fadd_rn), as on the CPU: no contraction to
// fma. Proved on the host (tests/kernels/host_cuda); docs/gpu.md says on which GPU it has run.
#include <cuda_bf16.h>
#include <cuda_fp16.h>

#include <cfloat>

#include "kernels/launch.cuh"
#include "kernels/nf4.hpp"
#include "kernels/nf4_cuda.hpp"

namespace intelia::nf4 {

namespace {

constexpr int kThreads = 256;
constexpr int kUnroll = 4;  // loads in flight per thread
constexpr int kChunk = 8;   // weights of one 4-byte load
constexpr int kChunksPerBlock = kBlock / kChunk;

struct Tables {
  float codebook[16];
  // Those of dQuantizeNF4 in bitsandbytes' csrc/kernels.cu: four of them are not the midpoints rounded to fp32, which
  // the CPU has, but their neighbours.
  float thresholds[15] = {-0.8480964004993439f,  -0.6106329262256622f,  -0.4599952697753906f,   -0.33967943489551544f,
                          -0.23460740596055984f, -0.13791173323988914f, -0.045525018125772476f, 0.03979014977812767f,
                          0.1202552504837513f,   0.2035212516784668f,   0.2920137718319893f,    0.3893125355243683f,
                          0.5016634166240692f,   0.6427869200706482f,   0.8614784181118011f};
};

constexpr Tables make_tables() {
  Tables tables{};
  for (int i = 0; i < 16; ++i) tables.codebook[i] = kCodebook[i];
  return tables;
}

__constant__ Tables tables = make_tables();

__device__ std::uint32_t two_halves(__nv_bfloat16, float first, float second) {
  const __nv_bfloat162 pair = __floats2bfloat162_rn(first, second);
  return *reinterpret_cast<const std::uint32_t*>(&pair);
}

__device__ std::uint32_t two_halves(__half, float first, float second) {
  const __half2 pair = __floats2half2_rn(first, second);
  return *reinterpret_cast<const std::uint32_t*>(&pair);
}

template <class Half>
__device__ void store_chunk(Half* to, const float (&values)[kChunk]) {
  *reinterpret_cast<uint4*>(to) =
      make_uint4(two_halves(Half{}, values[0], values[1]), two_halves(Half{}, values[2], values[3]),
                 two_halves(Half{}, values[4], values[5]), two_halves(Half{}, values[6], values[7]));
}

__device__ void store_chunk(float* to, const float (&values)[kChunk]) {
  reinterpret_cast<float4*>(to)[0] = make_float4(values[0], values[1], values[2], values[3]);
  reinterpret_cast<float4*>(to)[1] = make_float4(values[4], values[5], values[6], values[7]);
}

__device__ void store_one(float* to, float value) { *to = value; }
__device__ void store_one(__nv_bfloat16* to, float value) { *to = __float2bfloat16_rn(value); }
__device__ void store_one(__half* to, float value) { *to = __float2half_rn(value); }

__device__ float load_one(const float* from) { return *from; }
__device__ float load_one(const __nv_bfloat16* from) { return __bfloat162float(*from); }
__device__ float load_one(const __half* from) { return __half2float(*from); }

__device__ float2 load_two(const float* from) { return *reinterpret_cast<const float2*>(from); }
__device__ float2 load_two(const __nv_bfloat16* from) {
  return __bfloat1622float2(*reinterpret_cast<const __nv_bfloat162*>(from));
}
__device__ float2 load_two(const __half* from) { return __half22float2(*reinterpret_cast<const __half2*>(from)); }

/** The scale of block `block`, in two roundings as on the CPU. */
__device__ float scale_of(const std::uint8_t* absmax_codes, const float* nested_absmax, const float* map, float offset,
                          std::int64_t block) {
  return __fadd_rn(__fmul_rn(__ldg(map + __ldg(absmax_codes + block)), __ldg(nested_absmax + block / kNestedBlock)),
                   offset);
}

/** One thread writes kUnroll chunks, kThreads chunks apart, so that a warp writes whole lines. */
template <class Output>
__global__ void __launch_bounds__(kThreads)
    dequantize_kernel(const std::uint8_t* __restrict__ packed, const std::uint8_t* __restrict__ absmax_codes,
                      const float* __restrict__ nested_absmax, const float* __restrict__ map, float offset,
                      std::int64_t n, Output* __restrict__ weight) {
  // Sixteen words are in sixteen banks, so lanes with different codes cause no bank conflicts.
  INTELIA_SHARED(float, book, 16);
  if (threadIdx.x < 16) book[threadIdx.x] = tables.codebook[threadIdx.x];
  __syncthreads();

  const std::int64_t num_whole = n / kChunk;
  const std::int64_t first = static_cast<std::int64_t>(blockIdx.x) * kThreads * kUnroll + threadIdx.x;
  std::uint32_t codes[kUnroll];
  float scales[kUnroll];
#pragma unroll
  for (int k = 0; k < kUnroll; ++k) {
    const std::int64_t chunk = first + k * kThreads;
    if (chunk < num_whole) {
      codes[k] = __ldg(reinterpret_cast<const std::uint32_t*>(packed) + chunk);
      scales[k] = scale_of(absmax_codes, nested_absmax, map, offset, chunk / kChunksPerBlock);
    }
  }
#pragma unroll
  for (int k = 0; k < kUnroll; ++k) {
    const std::int64_t chunk = first + k * kThreads;
    if (chunk < num_whole) {
      float values[kChunk];
#pragma unroll
      for (int i = 0; i < kChunk; ++i) {
        // Byte i/2 of the little-endian word; the even weight is in its high half.
        const int shift = i / 2 * 8 + (i % 2 == 0 ? 4 : 0);
        values[i] = __fmul_rn(book[codes[k] >> shift & 15u], scales[k]);
      }
      store_chunk(weight + chunk * kChunk, values);
    } else if (chunk == num_whole) {
      for (std::int64_t i = chunk * kChunk; i < n; ++i) {
        const std::uint32_t byte = packed[i / 2];
        const float scale = scale_of(absmax_codes, nested_absmax, map, offset, i / kBlock);
        store_one(weight + i, __fmul_rn(book[i % 2 == 0 ? byte >> 4 : byte & 15u], scale));
      }
    }
  }
}

__device__ std::uint32_t code_of(float value) {
  std::uint32_t code = 0;
#pragma unroll
  for (int i = 0; i < 15; ++i) code += value > tables.thresholds[i];  // NaN is above none
  return code;
}

/** One warp quantizes one block, each lane two neighbouring weights, which share a byte. */
template <class Input>
__global__ void __launch_bounds__(kThreads)
    quantize_kernel(const Input* __restrict__ weight, std::int64_t n, std::uint8_t* __restrict__ packed,
                    float* __restrict__ absmax) {
  const std::int64_t block = (static_cast<std::int64_t>(blockIdx.x) * kThreads + threadIdx.x) / 32;
  const int lane = threadIdx.x % 32;
  const std::int64_t i = block * kBlock + lane * 2;
  if (block * kBlock >= n) return;  // the whole warp
  float2 pair = make_float2(0, 0);
  if (i + 1 < n) {
    pair = load_two(weight + i);
  } else if (i < n) {
    pair.x = load_one(weight + i);
  }
  // NaN is ignored; a whole block of NaN has bitsandbytes' first value of the maximum.
  float largest = fmaxf(-FLT_MAX, fmaxf(fabsf(pair.x), fabsf(pair.y)));
#pragma unroll
  for (int distance = 16; distance > 0; distance /= 2) {
    largest = fmaxf(largest, __shfl_xor_sync(0xFFFFFFFFu, largest, distance));
  }
  const float reciprocal = __frcp_rn(largest);
  if (i < n) {
    packed[i / 2] =
        static_cast<std::uint8_t>(code_of(__fmul_rn(pair.x, reciprocal)) << 4 | code_of(__fmul_rn(pair.y, reciprocal)));
  }
  if (lane == 0) absmax[block] = largest;
}

int dequantize_on_gpu(const std::uint8_t* packed, const std::uint8_t* absmax_codes, const float* nested_absmax,
                      const float* map, float offset, std::int64_t n, FloatType type, void* weight, void* stream) {
  if (n == 0) return cudaSuccess;
  if (n < 0) return cudaErrorInvalidValue;
  if (!kernels::is_aligned(packed, 4) || !kernels::is_aligned(weight, 16)) return cudaErrorMisalignedAddress;
  const unsigned blocks = kernels::num_thread_blocks((n + kChunk - 1) / kChunk, kThreads * kUnroll);
  if (blocks == 0) return cudaErrorInvalidValue;
  const auto launch = [&](auto* to) {
    INTELIA_LAUNCH(dequantize_kernel, blocks, kThreads, stream, packed, absmax_codes, nested_absmax, map, offset, n,
                   to);
    return static_cast<int>(cudaGetLastError());
  };
  switch (type) {
    case FloatType::float32:
      return launch(static_cast<float*>(weight));
    case FloatType::bfloat16:
      return launch(static_cast<__nv_bfloat16*>(weight));
    case FloatType::float16:
      return launch(static_cast<__half*>(weight));
  }
  return cudaErrorInvalidValue;
}

int quantize_on_gpu(const void* weight, FloatType type, std::int64_t n, std::uint8_t* packed, float* absmax,
                    void* stream) {
  if (n == 0) return cudaSuccess;
  if (n < 0) return cudaErrorInvalidValue;
  if (!kernels::is_aligned(weight, type == FloatType::float32 ? 8 : 4)) return cudaErrorMisalignedAddress;
  const unsigned blocks = kernels::num_thread_blocks(num_blocks(n), kThreads / 32);
  if (blocks == 0) return cudaErrorInvalidValue;
  const auto launch = [&](const auto* from) {
    INTELIA_LAUNCH(quantize_kernel, blocks, kThreads, stream, from, n, packed, absmax);
    return static_cast<int>(cudaGetLastError());
  };
  switch (type) {
    case FloatType::float32:
      return launch(static_cast<const float*>(weight));
    case FloatType::bfloat16:
      return launch(static_cast<const __nv_bfloat16*>(weight));
    case FloatType::float16:
      return launch(static_cast<const __half*>(weight));
  }
  return cudaErrorInvalidValue;
}

}  // namespace

}  // namespace intelia::nf4

extern "C" {
__attribute__((visibility("default"))) extern const intelia::nf4::CudaKernels intelia_nf4_cuda_kernels;
const intelia::nf4::CudaKernels intelia_nf4_cuda_kernels = {
    intelia::nf4::kCudaKernelsTag, intelia::nf4::dequantize_on_gpu, intelia::nf4::quantize_on_gpu,
    intelia::kernels::error_text};
}
