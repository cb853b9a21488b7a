// The losses of pairs against values that were computed with TRL 1.16 and torchtune (shared test vector: log-ratios 0.5
// and −0.25, lengths 5 and 4, beta 0.1), and the combinations that are refused.
#include "nn/preference_loss.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <map>

using namespace intelia;
using namespace intelia::nn;

namespace {

PairLogProbs vector_pair() {
  const auto number = [](double value) { return at::full({1}, value, at::kDouble); };
  return {.chosen = number(-10.5),
          .rejected = number(-9.25),
          .reference_chosen = number(-11),
          .reference_rejected = number(-9),
          .chosen_lengths = number(5),
          .rejected_lengths = number(4),
          .chosen_mean = number(-2.1).squeeze(0),
          .whole_mean = number(-2.5).squeeze(0),
          .weights = {}};
}

double loss_of(DpoSettings settings) { return pair_losses(settings, vector_pair()).item<double>(); }

}  // namespace

TEST_CASE("every loss has the value of the test vector") {
  const std::map<PairLoss, double> expected = {{PairLoss::sigmoid, 0.656350},
                                               {PairLoss::hinge, 0.925},
                                               {PairLoss::ipo, 23.401406},
                                               {PairLoss::sigmoid_norm, 0.685055},
                                               {PairLoss::nca_pair, 1.368052},
                                               {PairLoss::bco_pair, 1.349185},
                                               {PairLoss::sppo_hard, 42.8125},
                                               {PairLoss::apo_zero, 0.981253},
                                               {PairLoss::apo_down, 0.993756},
                                               {PairLoss::discopop, 0.878234},
                                               {PairLoss::sft, 2.1}};
  for (const auto& [loss, value] : expected) {
    CAPTURE(static_cast<int>(loss));
    DpoSettings settings;
    settings.losses = {loss};
    CHECK(loss_of(settings) == doctest::Approx(value).epsilon(2e-6));
  }
  DpoSettings robust, exo, mixed;
  robust.losses = {PairLoss::robust};
  robust.label_smoothing = 0.1;
  CHECK(loss_of(robust) == doctest::Approx(0.646975).epsilon(2e-6));
  exo.losses = {PairLoss::exo_pair};
  exo.label_smoothing = 1e-3;
  CHECK(loss_of(exo) == doctest::Approx(2.632492).epsilon(2e-6));
  mixed.losses = {PairLoss::sigmoid, PairLoss::sft};
  mixed.loss_weights = {1, 0.2};
  CHECK(loss_of(mixed) == doctest::Approx(0.656350 + 0.2 * 2.1).epsilon(2e-6));
}

TEST_CASE("f-divergences have the values of the test vector") {
  const std::map<Divergence, double> expected = {{Divergence::forward_kl, 0.659846},
                                                 {Divergence::js_divergence, 0.675709},
                                                 {Divergence::alpha_divergence, 0.658340}};
  for (const auto& [divergence, value] : expected) {
    DpoSettings settings;
    settings.divergence = divergence;
    CHECK(loss_of(settings) == doctest::Approx(value).epsilon(2e-6));
  }
}

TEST_CASE("KTO has the values of the test vector") {
  const Tensor ratios = at::tensor({0.5, -0.25}, at::kDouble), labels = at::tensor({1, 0}, at::kByte).to(at::kBool);
  const Tensor kl = at::full({}, 0.1, at::kDouble);
  const Tensor kto = answer_losses(AnswerLoss::kto, 0.1, ratios, labels, kl);
  CHECK(kto[0].item<double>() == doctest::Approx(0.490001).epsilon(2e-6));
  CHECK(kto[1].item<double>() == doctest::Approx(0.491251).epsilon(2e-6));
  const Tensor apo = answer_losses(AnswerLoss::apo_zero_unpaired, 0.1, ratios, labels, kl);
  CHECK(apo[0].item<double>() == doctest::Approx(0.487503).epsilon(2e-6));
  CHECK(apo[1].item<double>() == doctest::Approx(0.493750).epsilon(2e-6));
}

TEST_CASE("with equal policy and reference the losses start at their known values") {
  const auto start = [](PairLoss loss, double smoothing = 0) {
    DpoSettings settings;
    settings.losses = {loss};
    settings.label_smoothing = smoothing;
    return starting_loss(settings, 7, 3);
  };
  CHECK(*start(PairLoss::sigmoid) == doctest::Approx(std::log(2.0)).epsilon(1e-12));
  CHECK(*start(PairLoss::cdpo, 0.2) == doctest::Approx(std::log(2.0)).epsilon(1e-12));
  CHECK(*start(PairLoss::hinge) == 1);
  CHECK(*start(PairLoss::ipo) == doctest::Approx(25).epsilon(1e-12));
  CHECK(*start(PairLoss::apo_zero) == 1);
  CHECK(*start(PairLoss::sppo_hard) == doctest::Approx(50).epsilon(1e-12));
  CHECK(!start(PairLoss::sft));
  CHECK(!start(PairLoss::simpo));
  CHECK(!start(PairLoss::orpo));
}

TEST_CASE("combinations without a meaning are refused by name") {
  const auto refusal = [](const std::function<void(DpoSettings&)>& change) -> std::string {
    DpoSettings settings;
    change(settings);
    try {
      check_pair_losses(settings);
    } catch (const Error& error) {
      CHECK(error.kind() == Kind::usage);
      return error.what();
    }
    return "";
  };
  CHECK(refusal([](DpoSettings&) {}).empty());
  CHECK(refusal([](DpoSettings& s) { s.losses = {PairLoss::exo_pair}; }).find("exo_pair") != std::string::npos);
  CHECK(refusal([](DpoSettings& s) {
          s.losses = {PairLoss::aot};
          s.uses_weighting = true;
        }).find("use_weighting") != std::string::npos);
  CHECK(refusal([](DpoSettings& s) {
          s.losses = {PairLoss::apo_zero};
          s.divergence = Divergence::forward_kl;
        }).find("f_divergence") != std::string::npos);
  CHECK(refusal([](DpoSettings& s) { s.loss_weights = {1, 2}; }).find("loss_weights") != std::string::npos);
  CHECK(refusal([](DpoSettings& s) {
          s.losses = {PairLoss::robust};
          s.label_smoothing = 0.5;
        }).find("robust") != std::string::npos);
}
