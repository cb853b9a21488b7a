// Where the targets of a micro-batch lie, and the losses there.
#pragma once

#include <span>

#include "engine/jobs.hpp"
#include "nn/decoder.hpp"
#include "record/message.hpp"

namespace intelia::nn {

/** A micro-batch ready for the loss: the tokens before each target, and the targets. */
struct Supervised {
  TokenBatch batch;
  Tensor rows;     // [S'] int64: places in the batch whose next token is a target; then padding
  Tensor labels;   // [S] int64, S <= S'
  Tensor weights;  // [S] fp32, or undefined when every target weighs 1
  std::vector<std::int64_t> targets_a_sample;  // sums to S
};

Supervised supervise(const Decoder& model, std::span<const TokenSample> samples);

/** Loss of each target, not weighted and without gradient: [S] fp32. */
Tensor target_losses(const Decoder& model, const Supervised& supervised, bool uses_adapter);

/** Loss of each sample, without gradient. */
std::vector<SampleLoss> score_samples(const Decoder& model, std::span<const TokenSample> samples, bool uses_adapter);

}  // namespace intelia::nn
