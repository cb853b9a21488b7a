// Generation with a cache of keys and values: greedy, or sampled with temperature, top-k and top-p.
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

/**
 * One draw from `logits` [V]: the largest when temperature is 0, else by the Gumbel-max trick with noise that depends
 * on `draw` and the token's id. Rounding of the logits, which depends on the batch, so rarely changes a draw; drawing
 * from a cumulative distribution over sorted tokens, it would wherever two of them are nearly equal.
 */
std::int32_t choose_token(std::span<const float> logits, const SamplingSettings& sampling, std::uint64_t draw);

}  // namespace intelia::nn
