// The targets of a micro-batch of token samples, and their losses.
#pragma once

#include <span>

#include "engine/jobs.hpp"
#include "nn/decoder.hpp"
#include "nn/objective.hpp"
#include "record/message.hpp"

namespace intelia::nn {

/** A micro-batch ready for the loss: its tokens, the positions before targets, and the targets. */
struct Supervised {
  TokenBatch batch;
  Tensor rows;     // [S'] int64: positions in the batch whose next token is a target; then padding
  Tensor labels;   // [S] int64, S <= S'
  Tensor weights;  // [S] fp32, or undefined when every target has weight 1
};

/** A sequence of `tokens` tokens whose last `targets` are targets, and arbitrary content. */
TokenSample outline_sample(std::int64_t tokens, std::int64_t targets);

/** outline_sample for each of these samples of `objective`, truncated to `max_length`. */
std::vector<TokenSample> outline_samples(const Objective& objective, const std::vector<std::int64_t>& numbers,
                                         std::int64_t max_length);

/** Tokens of a pair's prompt: those before its first target. */
std::int64_t prompt_length(const TokenSample& pair);

struct SupervisionOptions {
  bool shares_prompts = true;   // the prompt of a pair is computed once for both answers, where the result is the same
  bool labels_prompts = false;  // the prompts of pairs are targets, too, before those of the answers
};

/** The targets of a pair are those of the chosen answer, then those of the rejected one. */
Supervised supervise(const Decoder& model, std::span<const TokenSample> samples,
                     const SupervisionOptions& options = {});

/** Loss of each target, unweighted and without gradient: [S] fp32. */
Tensor target_losses(const Decoder& model, const Supervised& supervised, bool uses_adapter);

/** Loss of each sample from those of all targets, [S]. */
std::vector<SampleLoss> sample_losses(std::span<const TokenSample> samples, const Tensor& target_losses);

/** Loss of each sample, without gradient. */
std::vector<SampleLoss> score_samples(const Decoder& model, std::span<const TokenSample> samples, bool uses_adapter);

}  // namespace intelia::nn
