// Every CUDA kernel on the CPU (host_cuda/), under three orders of its threads, with the sanitizers, against its
// definition.
#include <doctest/doctest.h>

#include <set>

#include "host_cuda.hpp"
#include "kernel_checks.hpp"

extern "C" {
extern const intelia::nf4::CudaKernels intelia_nf4_cuda_kernels;
extern const intelia::adam8::CudaKernels intelia_adam8_cuda_kernels;
}

using namespace intelia;
using kernel_checks::Device;
using kernel_checks::Differences;
using kernel_checks::must;

namespace {

void expect_none(const Differences& differences) {
  for (const std::string& difference : differences.list) FAIL_CHECK(difference);
}

/** `check` of every size under every order. */
template <class Check>
void check_sizes(Check&& check) {
  for (const host_cuda::Order order : host_cuda::kOrders) {
    host_cuda::set_order(order);
    for (const std::int64_t n : kernel_checks::kSizes) {
      Differences differences;
      check(differences, n);
      CAPTURE(static_cast<int>(order));
      expect_none(differences);
    }
  }
}

}  // namespace

TEST_CASE("NF4 quantization has bitsandbytes' CUDA rule, dequantization that of the reference, in each type") {
  check_sizes([](Differences& differences, std::int64_t n) {
    kernel_checks::check_nf4(differences, intelia_nf4_cuda_kernels, n);
  });
}

TEST_CASE("weights are dequantized in one launch, with the scales of their scales, and AdamW updates in one") {
  Device<float> floats(512);
  Device<std::uint8_t> bytes(256);
  must(cudaMemset(floats.data(), 0, 512 * sizeof(float)), "cudaMemset");
  const int before = host_cuda::num_launches();
  must(intelia_nf4_cuda_kernels.dequantize(bytes.data(), bytes.data(), floats.data(), floats.data(), 0, 512,
                                           nf4::FloatType::float32, floats.data(), nullptr),
       "dequantize");
  CHECK(host_cuda::num_launches() == before + 1);
  const adam8::States states{bytes.data(), bytes.data(), floats.data(), floats.data()};
  must(intelia_adam8_cuda_kernels.update({}, floats.data(), floats.data(), 256, floats.data(), states, nullptr),
       "update");
  CHECK(host_cuda::num_launches() == before + 2);
}

TEST_CASE("8-bit AdamW has the reference's bits, over steps, with zeros, subnormals, NaN and infinities") {
  check_sizes([](Differences& differences, std::int64_t n) {
    kernel_checks::check_adam8(differences, intelia_adam8_cuda_kernels, n);
  });
}

TEST_CASE("8-bit AdamW has the reference's code of every number") {
  Differences differences;
  kernel_checks::check_adam8(differences, intelia_adam8_cuda_kernels, kernel_checks::kNumWithEveryCode,
                             kernel_checks::evenly_spaced_gradient, 1);
  expect_none(differences);
  const std::vector<float> gradient = kernel_checks::evenly_spaced_gradient(kernel_checks::kNumWithEveryCode, 1);
  CHECK(std::set<float>(gradient.begin(), gradient.end()).size() == 65536);
}

TEST_CASE("a kernel with one wrong bit is found by the comparison") {
  // Kernels that are right but for one argument or one bit of the result.
  nf4::CudaKernels wrong_offset = intelia_nf4_cuda_kernels;
  wrong_offset.dequantize = [](const std::uint8_t* packed, const std::uint8_t* codes, const float* nested,
                               const float* map, float offset, std::int64_t n, nf4::FloatType type, void* weight,
                               void* stream) {
    return intelia_nf4_cuda_kernels.dequantize(packed, codes, nested, map, std::nextafter(offset, 1.0f), n, type,
                                               weight, stream);
  };
  Differences differences;
  kernel_checks::check_nf4(differences, wrong_offset, 4096);
  CHECK(!differences.list.empty());

  nf4::CudaKernels wrong_code = intelia_nf4_cuda_kernels;
  wrong_code.quantize = [](const void* weight, nf4::FloatType type, std::int64_t n, std::uint8_t* packed, float* absmax,
                           void* stream) {
    const int status = intelia_nf4_cuda_kernels.quantize(weight, type, n, packed, absmax, stream);
    packed[n / 2 - 1] ^= 1;
    return status;
  };
  differences = {};
  kernel_checks::check_nf4(differences, wrong_code, 4096);
  CHECK(differences.list.size() == 3);  // one in each type

  adam8::CudaKernels wrong_factor = intelia_adam8_cuda_kernels;
  wrong_factor.update = [](const adam8::Factors& factors, const float* maps, const float* gradient, std::int64_t n,
                           float* parameter, const adam8::States& states, void* stream) {
    adam8::Factors wrong = factors;
    wrong.new1 = std::nextafter(wrong.new1, 1.0f);
    return intelia_adam8_cuda_kernels.update(wrong, maps, gradient, n, parameter, states, stream);
  };
  differences = {};
  kernel_checks::check_adam8(differences, wrong_factor, 4096);
  CHECK(!differences.list.empty());
}

TEST_CASE("arguments that the kernels cannot use are refused") {
  Device<float> floats(16);
  Device<std::uint8_t> bytes(16);
  const auto dequantize = [&](std::uint8_t* packed, std::int64_t n, void* weight) {
    return intelia_nf4_cuda_kernels.dequantize(packed, bytes.data(), floats.data(), floats.data(), 0, n,
                                               nf4::FloatType::float32, weight, nullptr);
  };
  CHECK(dequantize(bytes.data(), 0, floats.data()) == cudaSuccess);
  CHECK(dequantize(bytes.data(), -1, floats.data()) == cudaErrorInvalidValue);
  CHECK(dequantize(bytes.data() + 1, 8, floats.data()) == cudaErrorMisalignedAddress);
  CHECK(dequantize(bytes.data(), 8, floats.data() + 1) == cudaErrorMisalignedAddress);
  CHECK(dequantize(bytes.data(), std::int64_t{1} << 50, floats.data()) == cudaErrorInvalidValue);
  CHECK(intelia_nf4_cuda_kernels.quantize(floats.data() + 1, nf4::FloatType::float32, 4, bytes.data(), floats.data(),
                                          nullptr) == cudaErrorMisalignedAddress);
  const adam8::States states{bytes.data(), bytes.data(), floats.data(), floats.data()};
  CHECK(intelia_adam8_cuda_kernels.update({}, floats.data(), floats.data(), 0, floats.data(), states, nullptr) ==
        cudaSuccess);
  CHECK(intelia_adam8_cuda_kernels.update({}, floats.data(), floats.data(), -1, floats.data(), states, nullptr) ==
        cudaErrorInvalidValue);
}
