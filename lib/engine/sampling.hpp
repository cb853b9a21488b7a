// The choice of the next token from logits, as pure functions: filters with the meaning they have in transformers, and
// a draw. It knows neither models nor text.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/jobs.hpp"

namespace intelia {

/** Throws SettingError{usage} for values that have no meaning, such as a negative temperature. */
void check(const SamplingSettings& sampling);

/** Divides the positive logits of `seen`, each once, by `penalty`, and multiplies the others with it (Keskar et al.
   2019, transformers' RepetitionPenaltyLogitsProcessor). `seen`: distinct ids within the vocabulary. */
void penalize(std::span<float> logits, std::span<const std::int32_t> seen, double penalty);

/**
 * The tokens that may be drawn, in no particular order: those that top-k keeps (with all that equal the k-th), of them
 * the smallest set of the most likely ones that has probability top-p (Holtzman et al. 2020), of them those at least
 * min-p times as likely as the most likely one. Probabilities are those at the temperature, which is above 0.
 */
std::vector<std::int32_t> kept_tokens(std::span<const float> logits, const SamplingSettings& sampling);

/**
 * One draw from `logits` [V]: the largest when temperature is 0, else by the Gumbel-max trick with noise that depends
 * on `draw` and the token's id. Rounding of the logits, which depends on the batch on some devices, so rarely changes a
 * draw; drawing from a cumulative distribution over sorted tokens, it would wherever two of them are nearly equal.
 * Error{input} when the logits are not finite.
 */
std::int32_t choose_token(std::span<const float> logits, const SamplingSettings& sampling, std::uint64_t draw);

/** log softmax(logits)[id]. */
float log_probability(std::span<const float> logits, std::int32_t id);

}  // namespace intelia
