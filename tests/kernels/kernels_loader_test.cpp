// The loader of the CUDA kernels, with a module of that name beside this program: the .cu files compiled for the CPU
// (host_cuda/), without sanitizers.
#include <doctest/doctest.h>

#include "kernel_checks.hpp"

using namespace intelia;

TEST_CASE("the tables of the module beside the program are found, and their kernels compute") {
  std::string reason;
  const nf4::CudaKernels* nf4_kernels = nf4::cuda_kernels(reason);
  CHECK(reason == "");
  REQUIRE(nf4_kernels != nullptr);
  const adam8::CudaKernels* adam8_kernels = adam8::cuda_kernels(reason);
  CHECK(reason == "");
  REQUIRE(adam8_kernels != nullptr);
  kernel_checks::Differences differences;
  kernel_checks::check_nf4(differences, *nf4_kernels, 20001);
  kernel_checks::check_adam8(differences, *adam8_kernels, 20001);
  for (const std::string& difference : differences.list) FAIL_CHECK(difference);
  CHECK(std::string(nf4_kernels->error_text(cudaErrorInvalidValue)) == "invalid argument");
  CHECK(std::string(adam8_kernels->error_text(cudaErrorInvalidValue)) == "invalid argument");
}
