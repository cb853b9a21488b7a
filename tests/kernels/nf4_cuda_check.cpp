// The CUDA kernels against the CPU reference, and their speed. Without a GPU only the codebook is compared and the rest
// is counted as skipped. A program of its own (no doctest), so that it can be carried to a machine with a GPU.
#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <cuda_runtime.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "kernels/nf4_cuda.hpp"

namespace nf4 = intelia::nf4;

namespace {

int num_passed = 0, num_failed = 0;

void record(bool is_right, const char* what, std::int64_t n) {
  is_right ? ++num_passed : ++num_failed;
  if (!is_right) std::printf("FAILED: %s, n = %lld\n", what, static_cast<long long>(n));
}

/** Ends the program when CUDA itself fails: nothing after that would mean anything. */
void need(int status, const char* what) {
  if (status == 0) return;
  std::printf("FAILED: %s: %s\n", what, cudaGetErrorString(static_cast<cudaError_t>(status)));
  std::exit(1);
}

template <class T>
class OnDevice {
 public:
  explicit OnDevice(std::size_t num) : num_(num) {
    need(cudaMalloc(&data_, std::max<std::size_t>(num * sizeof(T), 1)), "cudaMalloc");
    need(cudaMemset(data_, 0xA5, num * sizeof(T)), "cudaMemset");
  }
  explicit OnDevice(const std::vector<T>& values) : OnDevice(values.size()) {
    need(cudaMemcpy(data_, values.data(), num_ * sizeof(T), cudaMemcpyHostToDevice), "copy to the device");
  }
  ~OnDevice() { cudaFree(data_); }
  OnDevice(const OnDevice&) = delete;
  OnDevice& operator=(const OnDevice&) = delete;
  T* get() const { return data_; }
  std::vector<T> read() const {
    std::vector<T> values(num_);
    need(cudaMemcpy(values.data(), data_, num_ * sizeof(T), cudaMemcpyDeviceToHost), "copy from the device");
    return values;
  }

 private:
  T* data_ = nullptr;
  std::size_t num_;
};

template <class T>
bool same_bits(const std::vector<T>& a, const std::vector<T>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0;
}

std::vector<float> random_weights(std::int64_t n) {
  std::mt19937_64 generator(42);
  std::normal_distribution<float> normal(0, 0.02f);
  std::vector<float> values(static_cast<std::size_t>(n));
  for (float& value : values) value = normal(generator);
  // One block of zeros and one of a single magnitude, where there is room for them.
  for (std::size_t i = 64; i < std::min<std::size_t>(values.size(), 128); ++i) values[i] = 0;
  for (std::size_t i = 128; i < std::min<std::size_t>(values.size(), 192); ++i) values[i] = i % 3 == 0 ? -0.5f : 0.5f;
  return values;
}

std::vector<float> dynamic_map() { return {nf4::dynamic_map(), nf4::dynamic_map() + 256}; }

struct Quantized {
  std::vector<std::uint8_t> packed, codes;
  std::vector<float> absmax, nested;
  float offset = 0;
};

Quantized quantize_on_cpu(const std::vector<float>& weight) {
  const auto n = static_cast<std::int64_t>(weight.size()), num_blocks = nf4::num_blocks(n);
  Quantized result;
  result.packed.resize(static_cast<std::size_t>(nf4::num_packed_bytes(n)));
  result.absmax.resize(static_cast<std::size_t>(num_blocks));
  nf4::quantize(weight.data(), n, result.packed.data(), result.absmax.data());
  double sum = 0;
  for (float value : result.absmax) sum += value;
  result.offset = static_cast<float>(sum / static_cast<double>(num_blocks));
  result.codes.resize(static_cast<std::size_t>(num_blocks));
  result.nested.resize(static_cast<std::size_t>(nf4::num_nested_blocks(n)));
  nf4::quantize_absmax(result.absmax.data(), num_blocks, result.offset, result.codes.data(), result.nested.data());
  return result;
}

void check_dequantize(const nf4::CudaKernels& kernels, std::int64_t n) {
  const Quantized quantized = quantize_on_cpu(random_weights(n));
  const std::int64_t num_blocks = nf4::num_blocks(n);
  const auto size = static_cast<std::size_t>(n);
  std::vector<float> absmax(static_cast<std::size_t>(num_blocks)), expected(size);
  nf4::dequantize_absmax(quantized.codes.data(), quantized.nested.data(), quantized.offset, num_blocks, absmax.data());
  nf4::dequantize(quantized.packed.data(), absmax.data(), n, expected.data());
  std::vector<std::uint16_t> expected_bf16(size), expected_fp16(size);
  nf4::dequantize_bf16(quantized.packed.data(), absmax.data(), n, expected_bf16.data());
  for (std::size_t i = 0; i < size; ++i) {
    const __half rounded = __float2half_rn(expected[i]);
    std::memcpy(&expected_fp16[i], &rounded, 2);
  }

  const OnDevice<std::uint8_t> packed(quantized.packed), codes(quantized.codes);
  const OnDevice<float> nested(quantized.nested), map(dynamic_map());
  const nf4::DeviceWeight weight{packed.get(), codes.get(), nested.get(), map.get(), quantized.offset, n};
  const OnDevice<float> fp32(size);
  need(kernels.dequantize(weight, nf4::FloatType::fp32, fp32.get(), nullptr), "dequantize to fp32");
  record(same_bits(fp32.read(), expected), "dequantize to fp32 gives the reference's bits", n);
  const OnDevice<std::uint16_t> bf16(size), fp16(size);
  need(kernels.dequantize(weight, nf4::FloatType::bf16, bf16.get(), nullptr), "dequantize to bf16");
  record(same_bits(bf16.read(), expected_bf16), "dequantize to bf16 gives the reference's bits", n);
  need(kernels.dequantize(weight, nf4::FloatType::fp16, fp16.get(), nullptr), "dequantize to fp16");
  record(same_bits(fp16.read(), expected_fp16), "dequantize to fp16 gives the reference's bits, rounded", n);
}

/** Whether `code` is one of the entries of `table` nearest to `value`, give or take the reciprocal's rounding. */
bool is_nearest(const float* table, int num, int code, double value) {
  double best = HUGE_VAL;
  for (int i = 0; i < num; ++i) best = std::min(best, std::fabs(value - static_cast<double>(table[i])));
  return std::fabs(value - static_cast<double>(table[code])) <= best + 4e-7;
}

template <class Type>
void check_quantize(const nf4::CudaKernels& kernels, nf4::FloatType type, const char* name, std::int64_t n) {
  const std::vector<float> source = random_weights(n);
  std::vector<Type> values(source.begin(), source.end());
  const std::int64_t num_blocks = nf4::num_blocks(n);
  std::vector<float> largest(static_cast<std::size_t>(num_blocks), 0.0f);
  for (std::size_t i = 0; i < values.size(); ++i)
    largest[i / 64] = std::max(largest[i / 64], std::fabs(static_cast<float>(values[i])));

  const OnDevice<Type> weight(values);
  const OnDevice<std::uint8_t> packed(static_cast<std::size_t>(nf4::num_packed_bytes(n)));
  const OnDevice<float> absmax(static_cast<std::size_t>(num_blocks));
  need(kernels.quantize(weight.get(), type, n, packed.get(), absmax.get(), nullptr), "quantize");
  const std::string words = std::string("quantize from ") + name;
  record(same_bits(absmax.read(), largest), (words + ": largest magnitudes").c_str(), n);

  const std::vector<std::uint8_t> bytes = packed.read();
  bool is_right = true;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const int code = i % 2 == 0 ? bytes[i / 2] >> 4 : bytes[i / 2] & 15;
    const double value = static_cast<float>(values[i]), scale = largest[i / 64];
    is_right = is_right && (scale == 0 ? code == 0 : is_nearest(nf4::kCodebook, 16, code, value / scale));
  }
  record(is_right, (words + ": codes").c_str(), n);
}

void check_quantize_absmax(const nf4::CudaKernels& kernels, std::int64_t n) {
  const Quantized quantized = quantize_on_cpu(random_weights(n));
  const std::int64_t num_blocks = nf4::num_blocks(n);
  const OnDevice<float> absmax(quantized.absmax), map(dynamic_map()), nested(quantized.nested.size());
  const OnDevice<std::uint8_t> codes(quantized.codes.size());
  need(kernels.quantize_absmax(absmax.get(), num_blocks, quantized.offset, map.get(), codes.get(), nested.get(), nullptr),
       "quantize_absmax");
  record(same_bits(nested.read(), quantized.nested), "quantize_absmax: nested magnitudes", n);
  const std::vector<std::uint8_t> found = codes.read();
  bool is_right = true;
  for (std::size_t i = 0; i < found.size(); ++i) {
    const float difference = quantized.absmax[i] - quantized.offset;
    const double scale = quantized.nested[i / 256];
    is_right = is_right && (scale == 0 ? found[i] == 0
                                       : is_nearest(nf4::dynamic_map(), 256, found[i], difference / scale));
  }
  record(is_right, "quantize_absmax: codes", n);
}

void measure(const nf4::CudaKernels& kernels, nf4::FloatType type, const char* name, std::int64_t bytes_per_weight) {
  constexpr std::int64_t kNum = 1 << 28;
  constexpr int kRuns = 20;
  const OnDevice<std::uint8_t> packed(kNum / 2), codes(kNum / 64);
  const OnDevice<float> nested(static_cast<std::size_t>(nf4::num_nested_blocks(kNum)));
  const OnDevice<std::uint8_t> out(static_cast<std::size_t>(kNum * bytes_per_weight));
  const OnDevice<float> map(dynamic_map());
  const nf4::DeviceWeight weight{packed.get(), codes.get(), nested.get(), map.get(), 0.01f, kNum};
  cudaEvent_t begin, end;
  need(cudaEventCreate(&begin), "event");
  need(cudaEventCreate(&end), "event");
  for (int run = -3; run < kRuns; ++run) {
    if (run == 0) need(cudaEventRecord(begin), "event");
    need(kernels.dequantize(weight, type, out.get(), nullptr), "dequantize");
  }
  need(cudaEventRecord(end), "event");
  need(cudaEventSynchronize(end), "event");
  float milliseconds = 0;
  need(cudaEventElapsedTime(&milliseconds, begin, end), "event");
  const double per_weight = 0.5 + 1.0 / 64 + 4.0 / 16384 + static_cast<double>(bytes_per_weight);
  const double bytes = kRuns * static_cast<double>(kNum) * per_weight;
  std::printf("dequantize to %s: %.0f GB/s (%.3f ms for %lld weights)\n", name, bytes / milliseconds / 1e6,
              milliseconds / kRuns, static_cast<long long>(kNum));
  cudaEventDestroy(begin);
  cudaEventDestroy(end);
}

}  // namespace

int main() {
  constexpr std::int64_t kSizes[] = {1, 31, 32, 33, 63, 64, 65, 4095, 4096, 4097, 8191, 8193, 1 << 20, 3'000'001};
  constexpr int kCasesPerSize = 3 + 3 * 2 + 2;
  std::string reason;
  const nf4::CudaKernels* kernels = nf4::load_cuda_kernels(reason);
  if (kernels == nullptr) {
    std::printf("FAILED: %s\n", reason.c_str());
    return 1;
  }
  record(std::memcmp(kernels->codebook, nf4::kCodebook, 16 * sizeof(float)) == 0, "codebook", 16);

  int num_devices = 0;
  int num_skipped = 0;
  if (cudaGetDeviceCount(&num_devices) != cudaSuccess || num_devices == 0) {
    num_skipped = static_cast<int>(std::size(kSizes)) * kCasesPerSize;
  } else {
    for (const std::int64_t n : kSizes) {
      check_dequantize(*kernels, n);
      check_quantize<float>(*kernels, nf4::FloatType::fp32, "fp32", n);
      check_quantize<__nv_bfloat16>(*kernels, nf4::FloatType::bf16, "bf16", n);
      check_quantize<__half>(*kernels, nf4::FloatType::fp16, "fp16", n);
      check_quantize_absmax(*kernels, n);
    }
    measure(*kernels, nf4::FloatType::fp32, "fp32", 4);
    measure(*kernels, nf4::FloatType::bf16, "bf16", 2);
    measure(*kernels, nf4::FloatType::fp16, "fp16", 2);
  }
  std::printf("nf4_cuda_check: %d passed, %d failed, %d skipped%s\n", num_passed, num_failed, num_skipped,
              num_skipped > 0 ? " (no GPU)" : "");
  return num_failed > 0 ? 1 : 0;
}
