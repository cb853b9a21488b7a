#include "nn/operations/neftune.hpp"

namespace intelia::nn {

Tensor neftune_noise(const Tensor& spans, std::int64_t size, double alpha, std::uint64_t seed) {
  auto generator = at::globalContext().defaultGenerator(at::kCPU).clone();
  generator.set_current_seed(seed);
  const Tensor noise =
      at::empty({spans.size(0), size}, at::kFloat).uniform_(-1, 1, generator).to(spans.device());  // [N, D]
  return noise * (alpha * (spans.to(at::kFloat) * static_cast<double>(size)).rsqrt()).unsqueeze(1);
}

}  // namespace intelia::nn
