#include "engine/pair_losses.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "base/error.hpp"

namespace intelia {

namespace {

bool has(const DpoSettings& settings, PairLoss loss) {
  return std::find(settings.losses.begin(), settings.losses.end(), loss) != settings.losses.end();
}

bool takes_label_smoothing(PairLoss loss) {
  switch (loss) {
    case PairLoss::robust:
    case PairLoss::exo_pair:
    case PairLoss::aot:
    case PairLoss::aot_unpaired:
    case PairLoss::cdpo:
    case PairLoss::simpo:
      return true;
    default:
      return false;
  }
}

/** Losses that are defined by f-divergences other than the reverse KL, too. */
bool takes_divergence(PairLoss loss) {
  switch (loss) {
    case PairLoss::sigmoid:
    case PairLoss::sigmoid_norm:
    case PairLoss::hinge:
    case PairLoss::ipo:
    case PairLoss::exo_pair:
    case PairLoss::robust:
    case PairLoss::discopop:
    case PairLoss::sft:
    case PairLoss::cdpo:
      return true;
    default:
      return false;
  }
}

}  // namespace

bool needs_reference(PairLoss loss) { return loss != PairLoss::simpo && loss != PairLoss::orpo; }

bool needs_reference(const DpoSettings& settings) {
  return std::any_of(settings.losses.begin(), settings.losses.end(),
                     [](PairLoss loss) { return needs_reference(loss); });
}

void check_pair_losses(const DpoSettings& settings) {
  const auto need = [](bool holds, const std::string& what) {
    if (!holds) throw Error(Kind::usage, what);
  };
  need(!settings.losses.empty(), "`loss` names no loss");
  need(settings.loss_weights.empty() || settings.loss_weights.size() == settings.losses.size(),
       "`loss_weights` needs one weight per loss");
  const auto need_reasonable = [&](double value, const std::string& name) {
    need(value >= 1e-6 && value <= 1e6, name + " must be between 0.000001 and 1,000,000");
  };
  for (const double weight : settings.loss_weights) need_reasonable(weight, "each of `loss_weights`");
  for (std::size_t i = 0; i < settings.losses.size(); ++i)
    need(std::count(settings.losses.begin(), settings.losses.end(), settings.losses[i]) == 1,
         "`loss` names a loss twice; use `loss_weights`");
  need_reasonable(settings.beta, "`beta`");
  need(settings.label_smoothing >= 0 && settings.label_smoothing <= 1, "`label_smoothing` must be between 0 and 1");
  need(!has(settings, PairLoss::robust) || settings.label_smoothing < 0.5,
       "`loss` robust needs a `label_smoothing` below 0.5");
  need(!has(settings, PairLoss::exo_pair) || (settings.label_smoothing > 0 && settings.label_smoothing < 1),
       "`loss` exo_pair needs a `label_smoothing` above 0; its authors use 1e-3");
  need(!settings.uses_weighting || !(has(settings, PairLoss::aot) || has(settings, PairLoss::aot_unpaired)),
       "`use_weighting` cannot be used with aot and aot_unpaired, which sort the pairs that it weights");
  need(settings.divergence == Divergence::reverse_kl ||
           std::all_of(settings.losses.begin(), settings.losses.end(), takes_divergence),
       "`f_divergence` other than reverse_kl is defined for sigmoid, sigmoid_norm, hinge, ipo, exo_pair, robust, "
       "discopop, cdpo and sft only");
  const DpoSettings defaults;
  need(settings.label_smoothing == 0 ||
           std::any_of(settings.losses.begin(), settings.losses.end(), takes_label_smoothing),
       "`label_smoothing` has no effect on these losses; robust and cdpo are sigmoid with it");
  need(settings.discopop_tau == defaults.discopop_tau || has(settings, PairLoss::discopop),
       "`discopop_tau` has an effect on `loss` discopop only");
  need(settings.simpo_gamma == defaults.simpo_gamma || has(settings, PairLoss::simpo),
       "`simpo_gamma` has an effect on `loss` simpo only");
  need(std::abs(settings.divergence_alpha) <= 1e6, "`alpha_divergence` must be between -1,000,000 and 1,000,000");
  need(settings.divergence_alpha == defaults.divergence_alpha || settings.divergence == Divergence::alpha_divergence,
       "`alpha_divergence` has an effect with `f_divergence` alpha_divergence only");
  const ReferenceSettings& reference = settings.reference;
  need(needs_reference(settings) ||
           (!reference.is_precomputed && reference.adapter.empty() && reference.kind == ReferenceSettings::Kind::start),
       "simpo and orpo have no reference: `reference`, `reference_adapter` and `precompute_reference` have no effect");
  need(settings.compat != Compat::trl || !settings.packs,
       "`compat` trl cannot be combined with `packing`: TRL does not pack preferences");
  need(!settings.ld_alpha || (*settings.ld_alpha >= 0 && *settings.ld_alpha <= 1),
       "`ld_alpha` must be between 0 and 1");
  need_reasonable(settings.discopop_tau, "`discopop_tau`");
  need(std::abs(settings.simpo_gamma) <= 1e6, "`simpo_gamma` must be between -1,000,000 and 1,000,000");
  need(!has(settings, PairLoss::orpo) || !settings.ld_alpha, "`ld_alpha` cannot be used with orpo");
}

}  // namespace intelia
