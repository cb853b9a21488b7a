// NF4 on the GPU.
//
// dequantize   w[i] = codebook[code_i] · (map[c_b]·a_{b/256} + o),  b = i/64
//   Layout: packed is n/2 bytes, even element in the high half; one absmax code a block of 64; one fp32 a 256 blocks.
//   Bound by memory: 0.5 + 1/64 bytes in and 2 (bf16, fp16) or 4 (fp32) bytes out a weight. A thread block takes a tile
//   of 8,192 weights. Its first 128 threads work out the 128 scales, so that the two dependent look-ups of the nested
//   quantization are paid once a 64 weights and not by each thread. Then every thread turns a few bytes into exactly one
//   16-byte store: neighbouring threads write neighbouring 16 bytes, whole sectors in each instruction. (16 weights a
//   thread, two stores 32 bytes apart, touches twice the sectors an instruction.) The 16-entry codebook lies in shared
//   memory: sixteen different banks, so whatever codes a warp holds there is no conflict.
//
// quantize     a_b = max|w|,  code = number of midpoints strictly below w·(1/a_b)
//   Eight neighbouring threads share a block of 64, eight weights each: the maximum needs three shuffles and no shared
//   memory, and a thread's eight codes are one 4-byte store. As in the peer's build (fast math) the reciprocal is the
//   hardware's approximation and subnormals are zero; only so are the codes equal. 0·(1/0) is NaN, above no midpoint, so
//   a block of zeros has code 0.
//
// quantize_absmax  one warp a nested block of 256, eight values a thread; nearest entry of the map by bisection.
#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <cuda_runtime.h>

#include <cfloat>

#include "kernels/nf4_cuda.hpp"

namespace intelia::nf4 {
namespace {

constexpr int kThreads = 256;
constexpr int kTile = 8192;  // weights of a thread block in dequantize
constexpr int kTileBlocks = kTile / kBlock;
static_assert(kTileBlocks <= kThreads, "one thread a scale");

struct Tables {
  float codebook[16];
  float midpoints[15];
};

// Dettmers et al. 2023, appendix E. Compiled in, since a kernel's constant needs no copy to the device.
constexpr Tables make_tables() {
  Tables tables{{-1.0f, -0.6961928009986877f, -0.5250730514526367f, -0.39491748809814453f, -0.28444138169288635f,
                 -0.18477343022823334f, -0.09105003625154495f, 0.0f, 0.07958029955625534f, 0.16093020141124725f,
                 0.24611230194568634f, 0.33791524171829224f, 0.44070982933044434f, 0.5626170039176941f,
                 0.7229568362236023f, 1.0f},
                {}};
  for (int i = 0; i < 15; ++i) tables.midpoints[i] = (tables.codebook[i] + tables.codebook[i + 1]) / 2;
  return tables;
}

constexpr Tables kHostTables = make_tables();
__device__ const Tables kTables = make_tables();

/** Fast math's maximum, product and reciprocal, as the peer's library is compiled. */
__device__ float max_flushed(float a, float b) {
  float result;
  asm("max.ftz.f32 %0, %1, %2;" : "=f"(result) : "f"(a), "f"(b));
  return result;
}
__device__ float magnitude_flushed(float a) {
  float result;
  asm("abs.ftz.f32 %0, %1;" : "=f"(result) : "f"(a));
  return result;
}
__device__ float product_flushed(float a, float b) {
  float result;
  asm("mul.ftz.f32 %0, %1, %2;" : "=f"(result) : "f"(a), "f"(b));
  return result;
}
__device__ float reciprocal_flushed(float a) {
  float result;
  asm("rcp.approx.ftz.f32 %0, %1;" : "=f"(result) : "f"(a));
  return result;
}

__device__ void round_to(float value, float& out) { out = value; }
__device__ void round_to(float value, __nv_bfloat16& out) { out = __float2bfloat16_rn(value); }
__device__ void round_to(float value, __half& out) { out = __float2half_rn(value); }

__device__ float to_float(float value) { return value; }
__device__ float to_float(__nv_bfloat16 value) { return __bfloat162float(value); }
__device__ float to_float(__half value) { return __half2float(value); }

template <class Type>
__global__ void __launch_bounds__(kThreads)
    dequantize_kernel(const std::uint8_t* __restrict__ packed, const std::uint8_t* __restrict__ absmax_codes,
                      const float* __restrict__ nested_absmax, const float* __restrict__ map, float offset,
                      std::int64_t n, Type* __restrict__ out) {
  constexpr int kPerThread = 16 / sizeof(Type);  // weights of one 16-byte store
  struct alignas(kPerThread / 2) Bytes {
    std::uint8_t byte[kPerThread / 2];
  };
  struct alignas(16) Values {
    Type value[kPerThread];
  };
  __shared__ float codebook[16];
  __shared__ float scales[kTileBlocks];

  const std::int64_t tile = static_cast<std::int64_t>(blockIdx.x) * kTile;
  const int num = static_cast<int>(min(static_cast<std::int64_t>(kTile), n - tile));
  const int thread = threadIdx.x;
  if (thread < 16) codebook[thread] = kTables.codebook[thread];
  if (thread * kBlock < num) {
    const std::int64_t block = tile / kBlock + thread;
    const float product = __fmul_rn(map[absmax_codes[block]], nested_absmax[block / kNestedBlock]);
    scales[thread] = __fadd_rn(product, offset);
  }
  __syncthreads();

  const int num_whole = num / kPerThread * kPerThread;
#pragma unroll 4
  for (int i = thread * kPerThread; i < num_whole; i += kThreads * kPerThread) {
    const float scale = scales[i / kBlock];
    const Bytes bytes = *reinterpret_cast<const Bytes*>(packed + (tile + i) / 2);
    Values values;
#pragma unroll
    for (int k = 0; k < kPerThread / 2; ++k) {
      round_to(__fmul_rn(codebook[bytes.byte[k] >> 4], scale), values.value[2 * k]);
      round_to(__fmul_rn(codebook[bytes.byte[k] & 15], scale), values.value[2 * k + 1]);
    }
    *reinterpret_cast<Values*>(out + tile + i) = values;
  }
  if (const int i = num_whole + thread; i < num) {
    const std::uint8_t byte = packed[(tile + i) / 2];
    round_to(__fmul_rn(codebook[i % 2 == 0 ? byte >> 4 : byte & 15], scales[i / kBlock]), out[tile + i]);
  }
}

/** Number of midpoints strictly below `value`; 0 for NaN. */
__device__ int code_of(const float* midpoints, float value) {
  int code = value > midpoints[7] ? 8 : 0;
  code += value > midpoints[code + 3] ? 4 : 0;
  code += value > midpoints[code + 1] ? 2 : 0;
  code += value > midpoints[code] ? 1 : 0;
  return code;
}

template <class Type>
__global__ void __launch_bounds__(kThreads)
    quantize_kernel(const Type* __restrict__ weight, std::int64_t n, std::uint8_t* __restrict__ packed,
                    float* __restrict__ absmax) {
  constexpr int kPerThread = 8;
  constexpr int kThreadsPerBlock = kBlock / kPerThread;
  __shared__ float midpoints[15];
  if (threadIdx.x < 15) midpoints[threadIdx.x] = kTables.midpoints[threadIdx.x];
  __syncthreads();

  const std::int64_t first = (static_cast<std::int64_t>(blockIdx.x) * kThreads + threadIdx.x) * kPerThread;
  float values[kPerThread] = {};
  if (first + kPerThread <= n) {
    struct alignas(16) Part {
      Type value[16 / sizeof(Type)];
    };
    constexpr int kPerPart = 16 / sizeof(Type), kParts = kPerThread / kPerPart;
#pragma unroll
    for (int part = 0; part < kParts; ++part) {
      const Part loaded = reinterpret_cast<const Part*>(weight + first)[part];
#pragma unroll
      for (int k = 0; k < kPerPart; ++k) values[part * kPerPart + k] = to_float(loaded.value[k]);
    }
  } else {
#pragma unroll
    for (int k = 0; k < kPerThread; ++k)
      if (first + k < n) values[k] = to_float(weight[first + k]);
  }

  float largest = -FLT_MAX;
#pragma unroll
  for (int k = 0; k < kPerThread; ++k) largest = max_flushed(largest, magnitude_flushed(values[k]));
#pragma unroll
  for (int distance = kThreadsPerBlock / 2; distance > 0; distance /= 2)
    largest = max_flushed(largest, __shfl_xor_sync(0xFFFFFFFFu, largest, distance));
  if (first >= n) return;
  if (first % kBlock == 0) absmax[first / kBlock] = largest;

  const float reciprocal = reciprocal_flushed(largest);
  std::uint8_t bytes[kPerThread / 2];
#pragma unroll
  for (int k = 0; k < kPerThread / 2; ++k) {
    const int even = code_of(midpoints, product_flushed(values[2 * k], reciprocal));
    const int odd = code_of(midpoints, product_flushed(values[2 * k + 1], reciprocal));
    bytes[k] = static_cast<std::uint8_t>(even << 4 | odd);
  }
  if (first + kPerThread <= n) {
    *reinterpret_cast<std::uint32_t*>(packed + first / 2) =
        bytes[0] | bytes[1] << 8 | bytes[2] << 16 | static_cast<std::uint32_t>(bytes[3]) << 24;
  } else {
#pragma unroll
    for (int k = 0; k < kPerThread / 2; ++k)
      if (first + 2 * k < n) packed[first / 2 + k] = bytes[k];
  }
}

/** The entry of `map` nearest to `value`. Seven halvings from the middle leave a candidate and the entries that were
    passed below and above it; midpoints decide. NaN goes left all the way, to 0. */
__device__ int nearest_entry(const float* map, float value) {
  int below = 0, above = 255, candidate = 127;
#pragma unroll
  for (int step = 64; step > 0; step /= 2) {
    if (value > map[candidate]) {
      below = candidate;
      candidate += step;
    } else {
      above = candidate;
      candidate -= step;
    }
  }
  const float entry = map[candidate];
  if (value > entry) return value > (map[above] + entry) * 0.5f ? above : candidate;
  return value < (map[below] + entry) * 0.5f ? below : candidate;
}

__global__ void __launch_bounds__(kThreads)
    quantize_absmax_kernel(const float* __restrict__ absmax, std::int64_t num_blocks, float offset,
                           const float* __restrict__ device_map, std::uint8_t* __restrict__ codes,
                           float* __restrict__ nested_absmax) {
  constexpr int kWarp = 32, kPerThread = kNestedBlock / kWarp;
  __shared__ float map[256];
  for (int i = threadIdx.x; i < 256; i += kThreads) map[i] = device_map[i];
  __syncthreads();

  const std::int64_t nested = static_cast<std::int64_t>(blockIdx.x) * (kThreads / kWarp) + threadIdx.x / kWarp;
  const std::int64_t first = nested * kNestedBlock;
  if (first >= num_blocks) return;
  const int lane = threadIdx.x % kWarp;
  float values[kPerThread];
  float largest = -FLT_MAX;
#pragma unroll
  for (int k = 0; k < kPerThread; ++k) {
    const std::int64_t i = first + k * kWarp + lane;
    values[k] = i < num_blocks ? __fsub_rn(absmax[i], offset) : 0;
    largest = max_flushed(largest, magnitude_flushed(values[k]));
  }
#pragma unroll
  for (int distance = kWarp / 2; distance > 0; distance /= 2)
    largest = max_flushed(largest, __shfl_xor_sync(0xFFFFFFFFu, largest, distance));
  if (lane == 0) nested_absmax[nested] = largest;
  const float reciprocal = reciprocal_flushed(largest);
#pragma unroll
  for (int k = 0; k < kPerThread; ++k) {
    const std::int64_t i = first + k * kWarp + lane;
    const int code = nearest_entry(map, product_flushed(values[k], reciprocal));
    if (i < num_blocks) codes[i] = static_cast<std::uint8_t>(code);
  }
}

// The one place where a launch is made and its error is seen; nothing to do is no launch.
#define INTELIA_LAUNCH(kernel, num_items, items_per_block, stream, ...)                                               \
  do {                                                                                                                \
    const std::int64_t grid = ((num_items) + (items_per_block) - 1) / (items_per_block);                              \
    if (grid > 0x7FFFFFFF) return static_cast<int>(cudaErrorInvalidConfiguration);                                    \
    if (grid > 0)                                                                                                     \
      kernel<<<static_cast<unsigned>(grid), kThreads, 0, static_cast<cudaStream_t>(stream)>>>(__VA_ARGS__);           \
    return static_cast<int>(cudaGetLastError());                                                                      \
  } while (false)

bool is_aligned(const void* pointer, std::uintptr_t bytes) {
  return reinterpret_cast<std::uintptr_t>(pointer) % bytes == 0;
}

template <class Type>
int dequantize_as(const DeviceWeight& weight, void* out, void* stream) {
  INTELIA_LAUNCH(dequantize_kernel<Type>, weight.n, kTile, stream, weight.packed, weight.absmax_codes,
                 weight.nested_absmax, weight.map, weight.offset, weight.n, static_cast<Type*>(out));
}

int dequantize_on_device(const DeviceWeight& weight, FloatType type, void* out, void* stream) {
  if (!is_aligned(weight.packed, 4) || !is_aligned(out, 16)) return cudaErrorMisalignedAddress;
  switch (type) {
    case FloatType::fp32: return dequantize_as<float>(weight, out, stream);
    case FloatType::bf16: return dequantize_as<__nv_bfloat16>(weight, out, stream);
    case FloatType::fp16: return dequantize_as<__half>(weight, out, stream);
  }
  return cudaErrorInvalidValue;
}

template <class Type>
int quantize_as(const void* weight, std::int64_t n, std::uint8_t* packed, float* absmax, void* stream) {
  INTELIA_LAUNCH(quantize_kernel<Type>, n, kThreads * 8, stream, static_cast<const Type*>(weight), n, packed, absmax);
}

int quantize_on_device(const void* weight, FloatType type, std::int64_t n, std::uint8_t* packed, float* absmax,
                       void* stream) {
  if (!is_aligned(weight, 16) || !is_aligned(packed, 4)) return cudaErrorMisalignedAddress;
  switch (type) {
    case FloatType::fp32: return quantize_as<float>(weight, n, packed, absmax, stream);
    case FloatType::bf16: return quantize_as<__nv_bfloat16>(weight, n, packed, absmax, stream);
    case FloatType::fp16: return quantize_as<__half>(weight, n, packed, absmax, stream);
  }
  return cudaErrorInvalidValue;
}

int quantize_absmax_on_device(const float* absmax, std::int64_t num_blocks, float offset, const float* map,
                              std::uint8_t* codes, float* nested_absmax, void* stream) {
  INTELIA_LAUNCH(quantize_absmax_kernel, num_blocks, kThreads / 32 * kNestedBlock, stream, absmax, num_blocks, offset,
                 map, codes, nested_absmax);
}

const char* words_of(int status) { return cudaGetErrorString(static_cast<cudaError_t>(status)); }

}  // namespace
}  // namespace intelia::nf4

extern "C" __attribute__((visibility("default"))) const intelia::nf4::CudaKernels* intelia_cuda_kernels() {
  namespace nf4 = intelia::nf4;
  static const nf4::CudaKernels kernels{INTELIA_KERNELS_TAG,     nf4::kHostTables.codebook,
                                        nf4::dequantize_on_device, nf4::quantize_on_device,
                                        nf4::quantize_absmax_on_device, nf4::words_of};
  return &kernels;
}
