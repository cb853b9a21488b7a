// NEFTune (Jain et al. 2023): noise on the embeddings of a training pass.
#pragma once

#include "nn/shapes.hpp"

namespace intelia::nn {

/** Uniform noise in ±alpha/sqrt(T·D), T being the length of each token's own sequence. spans [N]: those lengths ->
   [N, size], on the device of `spans`; depends on `seed` alone. */
Tensor neftune_noise(const Tensor& spans, std::int64_t size, double alpha, std::uint64_t seed);

}  // namespace intelia::nn
