// The one training loop, whatever is trained: accumulate by targets' weight, clip, step, report, evaluate, save, stop.
#pragma once

#include <functional>

#include "engine/engine.hpp"
#include "nn/checkpoint.hpp"
#include "nn/optimizer.hpp"

namespace intelia::nn {

/** What one method of training (sft.cpp) gives to the loop. */
struct Recipe {
  /** Σ weight · loss over the targets of these samples, with its graph; `seed` rules this pass's dropout. */
  std::function<Tensor(const std::vector<TokenSample>& samples, std::uint64_t seed)> loss_sum;
  /** Loss of each of these samples, without dropout or gradient. */
  std::function<std::vector<SampleLoss>(const std::vector<TokenSample>& samples)> score;
  /** The same by target, where the model is: what an evaluation holds of memory. */
  std::function<Tensor(const std::vector<TokenSample>& samples)> evaluation_losses;
  /** Mean loss over the validation data; empty when there is none. The step is the one that an error names. */
  std::function<double(std::int64_t step)> evaluate;
  /** What the model says after the run's prompts, as ids; empty when nobody asked. */
  std::function<std::vector<std::vector<std::int32_t>>()> sample;
  /** Writes what comes out (adapter or model) into a folder. */
  std::function<void(const std::filesystem::path& folder)> write_model;
};

/** What the targets of a sample weigh together: their number, where none has a weight of its own. */
double target_weight(const TokenSample& sample);

/** What the sum of losses over targets of this weight is divided by for their mean: 1 where there are none. */
inline double divisor_of(double weight) { return weight > 0 ? weight : 1; }

/** Sequences of an evaluation pass: no gradients are kept, so twice a training micro-batch fits. */
std::int64_t evaluation_batch_size(const SftSettings& settings);

NamedTensors copies(const NamedTensors& tensors);

/** Gives every parameter a gradient of zeros: what is held when a window's second micro-batch begins. */
void make_gradients(const NamedTensors& parameters);

/**
 * Trains the optimizer's parameters by `recipe` and leaves the result (the best by validation, where there is any) in
 * settings.output. `run` is what a resumed run must find unchanged.
 */
SftSummary train(const Recipe& recipe, Optimizer& optimizer, const SftSettings& settings, const SampleSource& samples,
                 const at::Device& device, bool scales_loss, const Json& run, Sinks sinks);

}  // namespace intelia::nn
