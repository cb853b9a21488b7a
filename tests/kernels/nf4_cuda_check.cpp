// The CUDA kernels against the CPU reference, bit for bit, at sizes around every boundary, and their rates.
// Prints "skipped: no GPU" and succeeds where there is none.
#include <cuda_runtime.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "kernels/nf4.hpp"
#include "kernels/nf4_cuda.hpp"

namespace {

namespace nf4 = intelia::nf4;
using nf4::FloatType;

void must(int error, const char* what) {
  if (error == 0) return;
  std::fprintf(stderr, "%s: %s\n", what, cudaGetErrorString(static_cast<cudaError_t>(error)));
  std::exit(1);
}

/** Device memory followed by a guard of 256 bytes that must not be written. */
template <class T>
class Device {
 public:
  explicit Device(std::size_t num) : num_(num) {
    must(cudaMalloc(&data_, num * sizeof(T) + kGuard), "cudaMalloc");
    must(cudaMemset(data_, 0xA5, num * sizeof(T) + kGuard), "cudaMemset");
  }
  explicit Device(const std::vector<T>& values) : Device(values.size()) {
    must(cudaMemcpy(data_, values.data(), num_ * sizeof(T), cudaMemcpyHostToDevice), "cudaMemcpy");
  }
  Device(const Device&) = delete;
  ~Device() { cudaFree(data_); }
  T* data() { return data_; }
  std::vector<T> values() {
    std::vector<T> values(num_);
    std::vector<unsigned char> guard(kGuard);
    must(cudaMemcpy(values.data(), data_, num_ * sizeof(T), cudaMemcpyDeviceToHost), "cudaMemcpy");
    must(cudaMemcpy(guard.data(), data_ + num_, kGuard, cudaMemcpyDeviceToHost), "cudaMemcpy");
    for (unsigned char byte : guard) {
      if (byte != 0xA5) {
        std::fprintf(stderr, "a kernel wrote behind its array of %zu\n", num_);
        std::exit(1);
      }
    }
    return values;
  }

 private:
  static constexpr std::size_t kGuard = 256;
  std::size_t num_;
  T* data_ = nullptr;
};

int num_failures = 0;

template <class T>
void expect_same(const std::vector<T>& found, const std::vector<T>& expected, const std::string& what) {
  std::size_t num_differing = 0, first = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (std::memcmp(&found[i], &expected[i], sizeof(T)) != 0 && num_differing++ == 0) first = i;
  }
  if (num_differing == 0) return;
  ++num_failures;
  std::printf("%s: %zu of %zu differ, the first at %zu\n", what.c_str(), num_differing, expected.size(), first);
}

/** fp32 to fp16, nearest even, by the compiler's own type (x86-64 and AArch64 have it). */
std::uint16_t to_half(float value) {
  const auto half = static_cast<_Float16>(value);
  std::uint16_t bits;
  std::memcpy(&bits, &half, 2);
  return bits;
}

/** The CUDA rule: reciprocal everywhere, NaN above no threshold. */
void quantize_by_cuda_rule(const std::vector<float>& weight, std::vector<std::uint8_t>& packed,
                           std::vector<float>& absmax) {
  const auto n = static_cast<std::int64_t>(weight.size());
  std::fill(packed.begin(), packed.end(), 0);
  for (std::int64_t i = 0; i < n + n % 2; ++i) {
    const std::int64_t block = i / nf4::kBlock;
    if (i % nf4::kBlock == 0) {
      absmax[block] = 0;
      for (std::int64_t k = i; k < std::min(n, i + nf4::kBlock); ++k)
        absmax[block] = std::max(absmax[block], std::fabs(weight[k]));
    }
    const float value = (i < n ? weight[i] : 0.0f) * (1.0f / absmax[block]);
    int code = 0;
    for (int k = 0; k < 15; ++k) code += value > nf4::threshold(k);
    packed[i / 2] |= static_cast<std::uint8_t>(i % 2 == 0 ? code << 4 : code);
  }
}

std::vector<float> some_weights(std::int64_t n) {
  std::vector<float> weight(n);
  std::uint32_t state = 12345u + static_cast<std::uint32_t>(n);
  for (std::int64_t i = 0; i < n; ++i) {
    state = state * 1664525u + 1013904223u;
    weight[i] = (static_cast<float>(state >> 8) / 8388608.0f - 1.0f) * 0.05f;
    if (i / nf4::kBlock % 17 == 3) weight[i] = 0;  // whole blocks of zeros
    if (i % 1001 == 0) weight[i] *= 40;
  }
  return weight;
}

void check(const nf4::CudaKernels& kernels, std::int64_t n) {
  const std::string size = " of " + std::to_string(n);
  const std::vector<float> weight = some_weights(n);
  const std::int64_t blocks = nf4::num_blocks(n);
  std::vector<std::uint8_t> packed(nf4::num_packed_bytes(n)), codes(blocks);
  std::vector<float> absmax(blocks), nested(nf4::num_nested_blocks(n));

  quantize_by_cuda_rule(weight, packed, absmax);
  {
    Device<float> from(weight), to_absmax(blocks);
    Device<std::uint8_t> to(packed.size());
    must(kernels.quantize(from.data(), FloatType::float32, n, to.data(), to_absmax.data(), nullptr), "quantize");
    must(cudaDeviceSynchronize(), "quantize");
    expect_same(to.values(), packed, "codes" + size);
    expect_same(to_absmax.values(), absmax, "absmax" + size);
  }
  {
    // 16-bit weights: those that fp32 represents exactly give the same codes as their fp32 copies.
    std::vector<std::uint16_t> rounded(n);
    std::vector<float> exact(n), exact_absmax(blocks);
    std::vector<std::uint8_t> exact_packed(packed.size());
    for (std::int64_t i = 0; i < n; ++i) {
      std::uint32_t bits;
      std::memcpy(&bits, &weight[i], 4);
      rounded[i] = static_cast<std::uint16_t>(bits >> 16);
      bits &= 0xFFFF0000u;
      std::memcpy(&exact[i], &bits, 4);
    }
    quantize_by_cuda_rule(exact, exact_packed, exact_absmax);
    Device<std::uint16_t> from(rounded);
    Device<std::uint8_t> to(packed.size());
    Device<float> to_absmax(blocks);
    must(kernels.quantize(from.data(), FloatType::bfloat16, n, to.data(), to_absmax.data(), nullptr), "quantize bf16");
    expect_same(to.values(), exact_packed, "codes of bf16" + size);
    expect_same(to_absmax.values(), exact_absmax, "absmax of bf16" + size);
    for (std::int64_t i = 0; i < n; ++i) {
      rounded[i] = to_half(weight[i]);
      _Float16 half;
      std::memcpy(&half, &rounded[i], 2);
      exact[i] = static_cast<float>(half);
    }
    quantize_by_cuda_rule(exact, exact_packed, exact_absmax);
    Device<std::uint16_t> from_half(rounded);
    must(kernels.quantize(from_half.data(), FloatType::float16, n, to.data(), to_absmax.data(), nullptr),
         "quantize fp16");
    expect_same(to.values(), exact_packed, "codes of fp16" + size);
  }

  nf4::quantize(weight.data(), n, packed.data(), absmax.data());
  const float offset = 0.04f;
  nf4::quantize_absmax(absmax.data(), blocks, offset, codes.data(), nested.data());
  nf4::dequantize_absmax(codes.data(), nested.data(), nf4::dynamic_map(), offset, blocks, absmax.data());
  std::vector<float> expected(n);
  std::vector<std::uint16_t> expected_bf16(n), expected_fp16(n);
  nf4::dequantize(packed.data(), absmax.data(), n, expected.data());
  nf4::dequantize_bf16(packed.data(), absmax.data(), n, expected_bf16.data());
  std::transform(expected.begin(), expected.end(), expected_fp16.begin(), to_half);

  Device<std::uint8_t> from(packed), from_codes(codes);
  Device<float> from_nested(nested), map(std::vector<float>(nf4::dynamic_map(), nf4::dynamic_map() + 256)), to(n);
  Device<std::uint16_t> to_bf16(n), to_fp16(n);
  const auto run = [&](FloatType type, void* weight_out) {
    must(kernels.dequantize(from.data(), from_codes.data(), from_nested.data(), map.data(), offset, n, type, weight_out,
                            nullptr),
         "dequantize");
    must(cudaDeviceSynchronize(), "dequantize");
  };
  run(FloatType::float32, to.data());
  run(FloatType::bfloat16, to_bf16.data());
  run(FloatType::float16, to_fp16.data());
  expect_same(to.values(), expected, "fp32" + size);
  expect_same(to_bf16.values(), expected_bf16, "bf16" + size);
  expect_same(to_fp16.values(), expected_fp16, "fp16" + size);
}

/** Rate of `work`, which moves `num_bytes`, over 20 runs after 3 to warm up. */
template <class Work>
void time(const char* what, double num_bytes, Work&& work) {
  cudaEvent_t start, end;
  must(cudaEventCreate(&start), "cudaEventCreate");
  must(cudaEventCreate(&end), "cudaEventCreate");
  for (int i = 0; i < 3; ++i) work();
  must(cudaEventRecord(start), "cudaEventRecord");
  for (int i = 0; i < 20; ++i) work();
  must(cudaEventRecord(end), "cudaEventRecord");
  must(cudaEventSynchronize(end), "cudaEventSynchronize");
  float milliseconds = 0;
  must(cudaEventElapsedTime(&milliseconds, start, end), "cudaEventElapsedTime");
  std::printf("%s: %.1f us, %.0f GB/s\n", what, milliseconds * 1000 / 20, num_bytes * 20 / (milliseconds / 1000) / 1e9);
  cudaEventDestroy(start);
  cudaEventDestroy(end);
}

void measure(const nf4::CudaKernels& kernels) {
  const std::int64_t n = 14336LL * 4096;
  Device<std::uint8_t> packed(nf4::num_packed_bytes(n)), codes(nf4::num_blocks(n));
  Device<float> nested(nf4::num_nested_blocks(n)), map(256), weight(n), absmax(nf4::num_blocks(n));
  const double read = 0.5 * n + n / 64.0;
  struct Output {
    FloatType type;
    const char* name;
    double bytes;
  };
  for (const Output& output :
       {Output{FloatType::bfloat16, "dequantize to bf16", 2}, Output{FloatType::float16, "dequantize to fp16", 2},
        Output{FloatType::float32, "dequantize to fp32", 4}}) {
    time(output.name, read + output.bytes * n, [&] {
      must(kernels.dequantize(packed.data(), codes.data(), nested.data(), map.data(), 0.1f, n, output.type,
                              weight.data(), nullptr),
           "dequantize");
    });
  }
  time("quantize from bf16", 2.5 * n + n / 16.0, [&] {
    must(kernels.quantize(weight.data(), FloatType::bfloat16, n, packed.data(), absmax.data(), nullptr), "quantize");
  });
}

}  // namespace

int main() {
  std::string reason;
  const nf4::CudaKernels* kernels = nf4::cuda_kernels(reason);
  if (kernels == nullptr) {
    std::printf("failed: %s\n", reason.c_str());
    return 1;
  }
  int num_devices = 0;
  if (cudaGetDeviceCount(&num_devices) != cudaSuccess || num_devices == 0) {
    std::printf("skipped: no GPU\n");
    return 0;
  }
  for (std::int64_t n : {1, 31, 32, 33, 63, 64, 65, 4095, 4096, 4097, 1 << 20}) check(*kernels, n);
  check(*kernels, (1 << 20) + 7);
  measure(*kernels);
  std::printf(num_failures == 0 ? "passed\n" : "failed: %d comparisons\n", num_failures);
  return num_failures == 0 ? 0 : 1;
}
