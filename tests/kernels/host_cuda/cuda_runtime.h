// The part of CUDA's cuda_runtime.h that the kernels of lib/kernels use, for the CPU (host_cuda.hpp).
#pragma once

#include <cfloat>
#include <cmath>
#include <cstdint>
#include <cstring>

#include "host_cuda.hpp"

#define __global__
#define __device__
#define __host__
#define __constant__
#define __launch_bounds__(...)

#define INTELIA_LAUNCH(kernel, blocks, threads, stream, ...) \
  ((void)(stream), host_cuda::launch(blocks, threads, [=] { kernel(__VA_ARGS__); }))
#define INTELIA_SHARED(T, name, num) static host_cuda::Shared<T, num> name

struct uint3 {
  unsigned x, y, z;
};
struct dim3 {
  unsigned x, y, z;
  constexpr dim3(unsigned x_ = 1, unsigned y_ = 1, unsigned z_ = 1) : x(x_), y(y_), z(z_) {}
};
extern uint3 threadIdx, blockIdx;
extern dim3 blockDim, gridDim;

struct alignas(8) float2 {
  float x, y;
};
struct alignas(16) float4 {
  float x, y, z, w;
};
struct alignas(16) uint4 {
  unsigned x, y, z, w;
};
inline float2 make_float2(float x, float y) { return {x, y}; }
inline float4 make_float4(float x, float y, float z, float w) { return {x, y, z, w}; }
inline uint4 make_uint4(unsigned x, unsigned y, unsigned z, unsigned w) { return {x, y, z, w}; }

// Arithmetic, rounded to nearest even. The sources that use it are compiled without contraction to fused operations.
inline float __fadd_rn(float a, float b) { return a + b; }
inline float __fsub_rn(float a, float b) { return a - b; }
inline float __fmul_rn(float a, float b) { return a * b; }
inline float __fdiv_rn(float a, float b) { return a / b; }
inline float __frcp_rn(float a) { return 1.0f / a; }
inline float __fsqrt_rn(float a) { return std::sqrt(a); }
inline float __fmaf_rn(float a, float b, float c) { return std::fma(a, b, c); }
using std::fabs;

template <class T>
T __ldg(const T* from) {
  return *from;
}

// Barriers and warp operations. FILE and LINE are those of the call.
inline void __syncthreads(const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
  host_cuda::block_barrier({file, line});
}
inline void __syncwarp(unsigned mask = 0xFFFFFFFFu, const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
  host_cuda::warp_barrier(mask, {file, line});
}

namespace host_cuda {

template <class T>
T shuffle(const char* operation, unsigned mask, T value, unsigned source, Site site) {
  static_assert(sizeof(T) == 4 || sizeof(T) == 8);
  std::uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof value);
  bits = exchange(operation, mask, bits, source, site);
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

}  // namespace host_cuda

// A source outside the segment of `width` lanes is the own lane.
template <class T>
T __shfl_sync(unsigned mask, T value, int source, int width = 32, const char* file = __builtin_FILE(),
              int line = __builtin_LINE()) {
  const unsigned size = static_cast<unsigned>(width), first = host_cuda::lane() / size * size;
  return host_cuda::shuffle("__shfl_sync", mask, value, first + static_cast<unsigned>(source) % size, {file, line});
}
template <class T>
T __shfl_xor_sync(unsigned mask, T value, int distance, int width = 32, const char* file = __builtin_FILE(),
                  int line = __builtin_LINE()) {
  const unsigned size = static_cast<unsigned>(width), own = host_cuda::lane();
  const unsigned source = own ^ static_cast<unsigned>(distance);
  return host_cuda::shuffle("__shfl_xor_sync", mask, value, source < (own / size + 1) * size ? source : own,
                            {file, line});
}
template <class T>
T __shfl_down_sync(unsigned mask, T value, unsigned distance, int width = 32, const char* file = __builtin_FILE(),
                   int line = __builtin_LINE()) {
  const unsigned size = static_cast<unsigned>(width), own = host_cuda::lane(), source = own + distance;
  return host_cuda::shuffle("__shfl_down_sync", mask, value, source < (own / size + 1) * size ? source : own,
                            {file, line});
}

// The runtime. Device memory is host memory, allocated exactly, so that the address sanitizer sees every access
// outside.
enum cudaError_t {
  cudaSuccess = 0,
  cudaErrorInvalidValue = 1,
  cudaErrorMemoryAllocation = 2,
  cudaErrorInvalidConfiguration = 9,
  cudaErrorMisalignedAddress = 716,
  cudaErrorLaunchFailure = 719
};
enum cudaMemcpyKind { cudaMemcpyHostToDevice = 1, cudaMemcpyDeviceToHost = 2 };
using cudaStream_t = struct CUstream_st*;

/** The error of the launches since the last call. */
cudaError_t cudaGetLastError();
/** For cudaErrorLaunchFailure: the rule that the last failed launch broke. */
const char* cudaGetErrorString(cudaError_t error);
cudaError_t allocate_on_host_cuda(void** to, std::size_t num_bytes);
template <class T>
cudaError_t cudaMalloc(T** to, std::size_t num_bytes) {
  return allocate_on_host_cuda(reinterpret_cast<void**>(to), num_bytes);
}
cudaError_t cudaFree(void* memory);
inline cudaError_t cudaMemcpy(void* to, const void* from, std::size_t num_bytes, cudaMemcpyKind) {
  std::memcpy(to, from, num_bytes);
  return cudaSuccess;
}
inline cudaError_t cudaMemset(void* to, int value, std::size_t num_bytes) {
  std::memset(to, value, num_bytes);
  return cudaSuccess;
}
inline cudaError_t cudaDeviceSynchronize() { return cudaSuccess; }
