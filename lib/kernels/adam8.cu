// 8-bit AdamW on NVIDIA GPUs. adam8_ref.cpp defines what both kernels compute, to the bit; adam8_cuda.hpp is their
// interface.
//
// A warp updates one block of 256 values: lane l has the values l, l + 32, …, so that every load and store of a warp is
// of adjacent elements whatever the arrays' alignment, and the largest magnitudes need no shared memory. The states are
// read once and written once, and nothing else goes through memory: 4 bytes of gradient, 8 of parameter, 4 of states
// for each value. Shared memory has the two maps of 256 values, in which nine of its words give a value's code. Every
// operation is rounded separately, or fused where the reference fuses it. Proved on the host (tests/kernels/host_cuda);
// docs/gpu.md says on which GPU it has run.
#include "kernels/adam8.hpp"
#include "kernels/adam8_cuda.hpp"
#include "kernels/launch.cuh"

namespace intelia::adam8 {

namespace {

constexpr int kThreads = 256;
constexpr int kWarp = 32;
constexpr int kPerLane = static_cast<int>(kBlock) / kWarp;
constexpr int kMapSize = 256;
static_assert(kThreads == kMapSize, "each thread copies one value of each map");

/** The dynamic 8-bit code of `value`, which is scaled to [-1, 1]: as dynamic8::quantize, whose table has the code
    nearest to each of 65,536 evenly spaced values. */
template <class Map>
__device__ std::uint8_t code_of(Map& map, float value) {
  const float position = __fadd_rn(__fmul_rn(__fadd_rn(value, 1.0f), 32767.5f), 0.5f);
  const int index = position >= 0 ? static_cast<int>(fminf(position, 65535.0f)) : 0;  // NaN: 0
  const float spaced = __fadd_rn(-1.0f, __fdiv_rn(static_cast<float>(2 * index), 65535.0f));
  int above = 0;  // the first entry not below `spaced`; the last entry is 1, which is below none
#pragma unroll
  for (int step = kMapSize / 2; step > 0; step /= 2) {
    if (map[above + step - 1] < spaced) above += step;
  }
  if (above == 0) return 0;
  const float distance_below = __fsub_rn(spaced, map[above - 1]), distance_above = __fsub_rn(map[above], spaced);
  return static_cast<std::uint8_t>(distance_below <= distance_above ? above - 1 : above);
}

/** The largest |value| of a warp's block; NaN does not count. */
__device__ float largest_magnitude(const float (&values)[kPerLane]) {
  float largest = 0;
#pragma unroll
  for (int k = 0; k < kPerLane; ++k) largest = fmaxf(largest, fabsf(values[k]));
#pragma unroll
  for (int distance = kWarp / 2; distance > 0; distance /= 2) {
    largest = fmaxf(largest, __shfl_xor_sync(0xFFFFFFFFu, largest, distance));
  }
  return largest;
}

/** average = β1·average + (1 − β1)·g, square = β2·square + (1 − β2)·g². */
__device__ void advance(const Factors& f, float g, float& average, float& square) {
  average = __fmaf_rn(g, f.new1, __fmul_rn(average, f.beta1));
  square = __fmaf_rn(__fmul_rn(f.new2, g), g, __fmul_rn(square, f.beta2));
}

__global__ void __launch_bounds__(kThreads)
    update_kernel(Factors f, const float* __restrict__ maps, const float* __restrict__ gradient, std::int64_t n,
                  float* __restrict__ parameter, States states) {
  INTELIA_SHARED(float, with_sign, kMapSize);
  INTELIA_SHARED(float, without_sign, kMapSize);
  with_sign[threadIdx.x] = __ldg(maps + threadIdx.x);
  without_sign[threadIdx.x] = __ldg(maps + kMapSize + threadIdx.x);
  __syncthreads();

  const std::int64_t block = (static_cast<std::int64_t>(blockIdx.x) * kThreads + threadIdx.x) / kWarp;
  const int lane = threadIdx.x % kWarp;
  if (block * kBlock >= n) return;  // the whole warp
  float average[kPerLane] = {}, square[kPerLane] = {};
  const float average_absmax = states.average_absmax[block], square_absmax = states.square_absmax[block];
#pragma unroll
  for (int k = 0; k < kPerLane; ++k) {
    const std::int64_t i = block * kBlock + k * kWarp + lane;
    if (i < n) {
      average[k] = __fmul_rn(with_sign[states.average_codes[i]], average_absmax);
      square[k] = __fmul_rn(without_sign[states.square_codes[i]], square_absmax);
      advance(f, __ldg(gradient + i), average[k], square[k]);
      const float denominator = __fadd_rn(__fdiv_rn(__fsqrt_rn(square[k]), f.correction2), f.epsilon);
      parameter[i] = __fadd_rn(__fmul_rn(parameter[i], f.decay), __fdiv_rn(__fmul_rn(f.rate, average[k]), denominator));
    }
  }
  // All lanes have read the old scales before lane 0 replaces them: the new ones depend on what they read.
  const float new_average_absmax = largest_magnitude(average), new_square_absmax = largest_magnitude(square);
  const float average_reciprocal = __frcp_rn(new_average_absmax), square_reciprocal = __frcp_rn(new_square_absmax);
#pragma unroll
  for (int k = 0; k < kPerLane; ++k) {
    const std::int64_t i = block * kBlock + k * kWarp + lane;
    if (i < n) {
      states.average_codes[i] = code_of(with_sign, __fmul_rn(average[k], average_reciprocal));
      states.square_codes[i] = code_of(without_sign, __fmul_rn(square[k], square_reciprocal));
    }
  }
  if (lane == 0) {
    states.average_absmax[block] = new_average_absmax;
    states.square_absmax[block] = new_square_absmax;
  }
}

__global__ void __launch_bounds__(kThreads)
    update_fp32_kernel(Factors f, const float* __restrict__ gradient, std::int64_t n, float* __restrict__ parameter,
                       float* __restrict__ average, float* __restrict__ square) {
  const std::int64_t i = static_cast<std::int64_t>(blockIdx.x) * kThreads + threadIdx.x;
  if (i >= n) return;
  float a = average[i], s = square[i];
  advance(f, __ldg(gradient + i), a, s);
  average[i] = a;
  square[i] = s;
  const float change = __fdiv_rn(a, __fadd_rn(__fsqrt_rn(s), f.epsilon_fp32));
  parameter[i] = __fmaf_rn(change, f.rate_fp32, __fmul_rn(parameter[i], f.decay));
}

int update_on_gpu(const Factors& factors, const float* maps, const float* gradient, std::int64_t n, float* parameter,
                  const States& states, void* stream) {
  if (n == 0) return cudaSuccess;
  if (n < 0) return cudaErrorInvalidValue;
  const unsigned blocks = kernels::num_thread_blocks(dynamic8::num_blocks(n), kThreads / kWarp);
  if (blocks == 0) return cudaErrorInvalidValue;
  INTELIA_LAUNCH(update_kernel, blocks, kThreads, stream, factors, maps, gradient, n, parameter, states);
  return cudaGetLastError();
}

int update_fp32_on_gpu(const Factors& factors, const float* gradient, std::int64_t n, float* parameter, float* average,
                       float* square, void* stream) {
  if (n == 0) return cudaSuccess;
  if (n < 0) return cudaErrorInvalidValue;
  const unsigned blocks = kernels::num_thread_blocks(n, kThreads);
  if (blocks == 0) return cudaErrorInvalidValue;
  INTELIA_LAUNCH(update_fp32_kernel, blocks, kThreads, stream, factors, gradient, n, parameter, average, square);
  return cudaGetLastError();
}

}  // namespace

}  // namespace intelia::adam8

extern "C" {
__attribute__((visibility("default"))) extern const intelia::adam8::CudaKernels intelia_adam8_cuda_kernels;
const intelia::adam8::CudaKernels intelia_adam8_cuda_kernels = {
    intelia::adam8::kCudaKernelsTag, intelia::adam8::update_on_gpu, intelia::adam8::update_fp32_on_gpu,
    intelia::kernels::error_text};
}
