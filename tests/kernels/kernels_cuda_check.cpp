// The CUDA kernels on a GPU against their definitions (kernel_checks.hpp), and their rates.
// Prints "skipped: no GPU" and succeeds where there is none.
#include <cstdio>

#include "kernel_checks.hpp"

namespace {

using namespace intelia;
using kernel_checks::Device;
using kernel_checks::must;
using nf4::FloatType;

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

/** 8-bit AdamW on a tensor of an 8B model: 4 bytes of gradient, 8 of parameter and 4 of states for each value. */
void measure_adam8(const adam8::CudaKernels& kernels) {
  const std::int64_t n = 14336LL * 4096;
  Device<float> maps(512), gradient(n), parameter(n), average_absmax(n / 256), square_absmax(n / 256);
  Device<std::uint8_t> average_codes(n), square_codes(n);
  const adam8::Factors factors = adam8::factors({1e-3, 0, 1});
  time("8-bit AdamW", 16.0 * static_cast<double>(n), [&] {
    must(kernels.update(factors, maps.data(), gradient.data(), n, parameter.data(),
                        {average_codes.data(), square_codes.data(), average_absmax.data(), square_absmax.data()},
                        nullptr),
         "adam8");
  });
}

template <class Kernels>
const Kernels& loaded(const Kernels* (*load)(std::string&)) {
  std::string reason;
  const Kernels* kernels = load(reason);
  if (kernels == nullptr) throw std::runtime_error(reason);
  return *kernels;
}

/** Returns whether all results are right. */
bool run() {
  const auto& nf4_kernels = loaded(&nf4::cuda_kernels);
  const auto& adam8_kernels = loaded(&adam8::cuda_kernels);
  int num_devices = 0;
  if (cudaGetDeviceCount(&num_devices) != cudaSuccess || num_devices == 0) {
    std::printf("skipped: no GPU\n");
    return true;
  }
  kernel_checks::Differences differences;
  const auto check = [&](std::int64_t n) {
    kernel_checks::check_nf4(differences, nf4_kernels, n);
    kernel_checks::check_adam8(differences, adam8_kernels, n);
  };
  for (const std::int64_t n : kernel_checks::kSizes) check(n);
  check(1 << 20);
  check((1 << 20) + 7);
  kernel_checks::check_adam8(differences, adam8_kernels, kernel_checks::kNumWithEveryCode,
                             kernel_checks::evenly_spaced_gradient, 1);
  for (const std::string& difference : differences.list) std::printf("%s\n", difference.c_str());
  measure(nf4_kernels);
  measure_adam8(adam8_kernels);
  std::printf(differences.list.empty() ? "passed\n" : "failed: %zu comparisons\n", differences.list.size());
  return differences.list.empty();
}

}  // namespace

int main() {
  try {
    return run() ? 0 : 1;
  } catch (const std::exception& error) {
    std::printf("failed: %s\n", error.what());
    return 1;
  }
}
