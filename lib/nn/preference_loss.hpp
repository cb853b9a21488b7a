// The losses of preference optimization as functions of log-probabilities: nothing here knows models or batches.
#pragma once

#include "engine/pair_losses.hpp"
#include "nn/shapes.hpp"

namespace intelia::nn {

/** Log-probabilities of B pairs: [B] fp32 each. */
struct PairLogProbs {
  Tensor chosen, rejected;                      // Σ log p of an answer's tokens under the trained model
  Tensor reference_chosen, reference_rejected;  // under the reference; zeros where no loss needs one
  Tensor chosen_lengths, rejected_lengths;      // targets of each answer
  Tensor chosen_mean;                           // []: mean log p over all tokens of all chosen answers, for `sft`
  Tensor whole_mean;                            // []: the same with their prompts, for `orpo`
  Tensor weights;                               // of WPO; undefined: 1
};

/**
 * The loss of each pair: Σ weight · loss over settings.losses. [B], differentiable. TRL 1.16 (dpo_trainer.py,
 * _compute_loss) defines all but cdpo (torchtune: −(1−ε)·log σ(βδ) − ε·log σ(−βδ)), simpo (Meng et al. 2024, as
 * trl.experimental.cpo with cpo_alpha 0) and orpo (Hong et al. 2024, as trl.experimental.orpo). aot and aot_unpaired
 * sort within the B pairs.
 */
Tensor pair_losses(const DpoSettings& settings, const PairLogProbs& pairs);

/** The loss of a pair when both log-ratios are 0, as before the first step; nothing where it depends on the model. */
std::optional<double> starting_loss(const DpoSettings& settings, std::int64_t chosen_length,
                                    std::int64_t rejected_length);

/** The rewards that metrics show, β · log-ratio; of losses without a reference β · mean log p. [B] each. */
struct Rewards {
  Tensor chosen, rejected;
};
Rewards rewards_of(const DpoSettings& settings, const PairLogProbs& pairs);

/** The loss of each rated answer (Ethayarajh et al. 2024, as TRL 1.16): log_ratios [B], is_desirable [B] (bool), kl []
   -> [B], without the weights of the two sides. */
Tensor answer_losses(AnswerLoss loss, double beta, const Tensor& log_ratios, const Tensor& is_desirable,
                     const Tensor& kl);

}  // namespace intelia::nn
