#include "nn/preference_loss.hpp"

#include <cmath>
#include <numbers>

namespace intelia::nn {

namespace {

/** The score of a log-ratio log t under an f-divergence: f'(t) up to a constant that cancels in a difference. */
Tensor score(const DpoSettings& settings, const Tensor& log_ratio) {
  switch (settings.divergence) {
    case Divergence::reverse_kl:
      return log_ratio;
    case Divergence::forward_kl:
      return 1 - at::exp(-log_ratio);
    case Divergence::js_divergence:
      return std::numbers::ln2 + at::log_sigmoid(log_ratio);
    case Divergence::alpha_divergence: {
      const double exponent = settings.divergence_alpha - 1;
      if (std::fabs(exponent) < 1e-6) return log_ratio;
      constexpr double kLargest = 80;  // of the exponent, as TRL
      return (at::exp(at::clamp_max(log_ratio * exponent, kLargest)) - 1) / exponent;
    }
  }
  return log_ratio;
}

/** −(1−ε)·log σ(x) − ε·log σ(−x). */
Tensor smoothed(const Tensor& x, double epsilon) {
  return -(1 - epsilon) * at::log_sigmoid(x) - epsilon * at::log_sigmoid(-x);
}

/** log(1 − exp(x)) for x < 0, without cancellation (Mächler 2012). */
Tensor log1mexp(const Tensor& x) {
  return at::where(x > -std::numbers::ln2, at::log(-at::expm1(x)), at::log1p(-at::exp(x)));
}

/** What the losses of one set of pairs are computed from. */
struct Ratios {
  Tensor chosen, rejected;            // log p − log p_ref
  Tensor delta;                       // difference of their scores
  Tensor chosen_mean, rejected_mean;  // scores per token
  Tensor mean_chosen_logp, mean_rejected_logp;

  Ratios(const DpoSettings& settings, const PairLogProbs& pairs)
      : chosen(pairs.chosen - pairs.reference_chosen), rejected(pairs.rejected - pairs.reference_rejected) {
    const Tensor of_chosen = score(settings, chosen), of_rejected = score(settings, rejected);
    const Tensor length = pairs.chosen_lengths.clamp_min(1), other_length = pairs.rejected_lengths.clamp_min(1);
    delta = of_chosen - of_rejected;
    chosen_mean = of_chosen / length;
    rejected_mean = of_rejected / other_length;
    mean_chosen_logp = pairs.chosen / length;
    mean_rejected_logp = pairs.rejected / other_length;
  }
};

Tensor exo_pair(double beta, double epsilon, const Tensor& delta) {
  const Tensor x = beta * delta;
  return at::sigmoid(x) * (at::log_sigmoid(x) - std::log1p(-epsilon)) +
         at::sigmoid(-x) * (at::log_sigmoid(-x) - std::log(epsilon));
}

Tensor discopop(const Tensor& x, double tau) {
  const Tensor modulation = at::sigmoid(x / tau);
  return -at::log_sigmoid(x) * (1 - modulation) + at::exp(-x) * modulation;
}

Tensor sorted(const Tensor& x) { return std::get<0>(at::sort(x)); }

Tensor orpo(double beta, const PairLogProbs& pairs, const Ratios& ratios) {
  const Tensor &chosen = ratios.mean_chosen_logp, &rejected = ratios.mean_rejected_logp;
  const Tensor log_odds = (chosen - rejected) - (log1mexp(chosen) - log1mexp(rejected));
  return -pairs.whole_mean - beta * at::log_sigmoid(log_odds);
}

Tensor pair_loss(PairLoss loss, const DpoSettings& settings, const PairLogProbs& pairs, const Ratios& ratios) {
  const double beta = settings.beta, epsilon = settings.label_smoothing;
  const Tensor &chosen = ratios.chosen, &rejected = ratios.rejected, &delta = ratios.delta;
  switch (loss) {
    case PairLoss::sigmoid:
      return -at::log_sigmoid(beta * delta);
    case PairLoss::robust:
      return (-(1 - epsilon) * at::log_sigmoid(beta * delta) + epsilon * at::log_sigmoid(-beta * delta)) /
             (1 - 2 * epsilon);
    case PairLoss::hinge:
      return at::threshold(1 - beta * delta, 0, 0);  // relu, which has no meta kernel
    case PairLoss::ipo:
      return (ratios.chosen_mean - ratios.rejected_mean - 1 / (2 * beta)).square();
    case PairLoss::sigmoid_norm:
      return -at::log_sigmoid(beta * (ratios.chosen_mean - ratios.rejected_mean));
    case PairLoss::exo_pair:
      return exo_pair(beta, epsilon, delta);
    case PairLoss::nca_pair:
      return -at::log_sigmoid(beta * chosen) - 0.5 * at::log_sigmoid(-beta * chosen) -
             0.5 * at::log_sigmoid(-beta * rejected);
    case PairLoss::bco_pair:
      return -at::log_sigmoid(beta * chosen) - at::log_sigmoid(-beta * rejected);
    case PairLoss::sppo_hard:
      return (chosen - 0.5 / beta).square() + (rejected + 0.5 / beta).square();
    case PairLoss::aot:
      return smoothed(
          beta * (sorted(pairs.chosen - pairs.rejected) - sorted(pairs.reference_chosen - pairs.reference_rejected)),
          epsilon);
    case PairLoss::aot_unpaired:
      return smoothed(beta * (sorted(chosen) - sorted(rejected)), epsilon);
    case PairLoss::apo_zero:
      return 1 - at::sigmoid(beta * chosen) + at::sigmoid(beta * rejected);
    case PairLoss::apo_down:
      return at::sigmoid(beta * chosen) + 1 - at::sigmoid(beta * (chosen - rejected));
    case PairLoss::discopop:
      return discopop(beta * delta, settings.discopop_tau);
    case PairLoss::sft:
      return -pairs.chosen_mean.expand_as(chosen);
    case PairLoss::cdpo:
      return smoothed(beta * delta, epsilon);
    case PairLoss::simpo:
      return smoothed(beta * (ratios.mean_chosen_logp - ratios.mean_rejected_logp) - settings.simpo_gamma, epsilon);
    case PairLoss::orpo:
      return orpo(beta, pairs, ratios);
  }
  throw Error(Kind::internal, "unknown loss");
}

}  // namespace

Tensor pair_losses(const DpoSettings& settings, const PairLogProbs& pairs) {
  const Ratios ratios(settings, pairs);
  Tensor total;
  for (std::size_t i = 0; i < settings.losses.size(); ++i) {
    Tensor loss = pair_loss(settings.losses[i], settings, pairs, ratios);
    if (pairs.weights.defined()) loss = loss * pairs.weights;
    if (!settings.loss_weights.empty()) loss = loss * settings.loss_weights[i];
    total = total.defined() ? total + loss : loss;
  }
  return total;
}

std::optional<double> starting_loss(const DpoSettings& settings, std::int64_t chosen_length,
                                    std::int64_t rejected_length) {
  if (settings.uses_weighting) return std::nullopt;
  for (const PairLoss loss : settings.losses)
    if (loss == PairLoss::sft || !needs_reference(loss)) return std::nullopt;
  const Tensor zero = at::zeros({1}, at::kDouble);
  const PairLogProbs pairs{.chosen = zero,
                           .rejected = zero,
                           .reference_chosen = zero,
                           .reference_rejected = zero,
                           .chosen_lengths = zero + static_cast<double>(chosen_length),
                           .rejected_lengths = zero + static_cast<double>(rejected_length),
                           .chosen_mean = {},
                           .whole_mean = {},
                           .weights = {}};
  return pair_losses(settings, pairs).item<double>();
}

Rewards rewards_of(const DpoSettings& settings, const PairLogProbs& pairs) {
  if (needs_reference(settings))
    return {settings.beta * (pairs.chosen - pairs.reference_chosen).detach(),
            settings.beta * (pairs.rejected - pairs.reference_rejected).detach()};
  return {settings.beta * (pairs.chosen / pairs.chosen_lengths.clamp_min(1)).detach(),
          settings.beta * (pairs.rejected / pairs.rejected_lengths.clamp_min(1)).detach()};
}

Tensor answer_losses(AnswerLoss loss, double beta, const Tensor& log_ratios, const Tensor& is_desirable,
                     const Tensor& kl) {
  const Tensor sign = at::where(is_desirable, 1.0, -1.0).to(log_ratios.scalar_type());
  const Tensor baseline = loss == AnswerLoss::kto ? kl : at::zeros_like(kl);
  return 1 - at::sigmoid(beta * sign * (log_ratios - baseline));
}

}  // namespace intelia::nn
