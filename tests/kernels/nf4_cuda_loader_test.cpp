// Whether or not this build has CUDA kernels, the loader answers: with them, or with a reason.
#include <doctest/doctest.h>

#include <cstring>

#include "kernels/nf4_cuda.hpp"

using namespace intelia;

TEST_CASE("the loader gives the CUDA kernels of this build, or says why there are none") {
  std::string reason;
  const nf4::CudaKernels* kernels = nf4::load_cuda_kernels(reason);
  CHECK(kernels == nf4::load_cuda_kernels(reason));
#ifdef INTELIA_HAS_CUDA_KERNELS
  REQUIRE(kernels != nullptr);
  CHECK(reason.empty());
  CHECK(std::string(kernels->tag) == nf4::kernels_tag());
  CHECK(std::memcmp(kernels->codebook, nf4::kCodebook, sizeof nf4::kCodebook) == 0);
#else
  CHECK(kernels == nullptr);
  CHECK(reason.find("built without CUDA") == 0);
#endif
}
