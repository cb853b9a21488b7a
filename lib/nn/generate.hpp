// Decoding with a cache of keys and values: greedy, or sampled by temperature, top-k and top-p.
#pragma once

#include <span>

#include "base/sinks.hpp"
#include "engine/jobs.hpp"
#include "nn/decoder.hpp"

namespace intelia::nn {

/** See LoadedModel::generate. Each request draws from its own random stream, which depends on the seed, the prompt and
   the sample number. */
std::vector<GeneratedTokens> generate(const Decoder& model, std::span<const GenerationRequest> requests,
                                      const SamplingSettings& sampling, bool uses_adapter, const StopFlag& stop);

/** One draw from `logits` [V]: the largest when temperature is 0. */
std::int32_t choose_token(std::span<const float> logits, const SamplingSettings& sampling, double uniform);

}  // namespace intelia::nn
