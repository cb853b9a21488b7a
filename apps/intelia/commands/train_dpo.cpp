// intelia train dpo: pairs of answers in, a PEFT adapter (or a whole model) out. The work is lib/training's.
#include <fmt/format.h>

#include <charconv>
#include <map>

#include "engine/pair_losses.hpp"
#include "options/preference_options.hpp"
#include "options/training_command.hpp"
#include "options/training_options.hpp"

namespace intelia {
namespace {

const std::map<std::string, PairLoss>& losses_by_name() {
  static const std::map<std::string, PairLoss> losses = {{"sigmoid", PairLoss::sigmoid},
                                                         {"robust", PairLoss::robust},
                                                         {"hinge", PairLoss::hinge},
                                                         {"ipo", PairLoss::ipo},
                                                         {"sigmoid_norm", PairLoss::sigmoid_norm},
                                                         {"exo_pair", PairLoss::exo_pair},
                                                         {"nca_pair", PairLoss::nca_pair},
                                                         {"bco_pair", PairLoss::bco_pair},
                                                         {"sppo_hard", PairLoss::sppo_hard},
                                                         {"aot", PairLoss::aot},
                                                         {"aot_unpaired", PairLoss::aot_unpaired},
                                                         {"apo_zero", PairLoss::apo_zero},
                                                         {"apo_down", PairLoss::apo_down},
                                                         {"discopop", PairLoss::discopop},
                                                         {"sft", PairLoss::sft},
                                                         {"cdpo", PairLoss::cdpo},
                                                         {"simpo", PairLoss::simpo},
                                                         {"orpo", PairLoss::orpo}};
  return losses;
}

struct Options : TrainingOptions {
  Options() : TrainingOptions(DpoSettings()) {}
  DpoSettings& dpo() { return std::get<DpoSettings>(job.method); }
  const DpoSettings& dpo() const { return std::get<DpoSettings>(job.method); }
  std::vector<std::string> losses = {"sigmoid"};
  std::string ld_alpha = "none";
};

void declare_loss_options(OptionTable& table, Options& options) {
  DpoSettings& dpo = options.dpo();
  table.add("loss", options.losses,
            "Losses: sigmoid (DPO), robust, hinge, ipo, sigmoid_norm, exo_pair, nca_pair, bco_pair, sppo_hard, aot, "
            "aot_unpaired, apo_zero, apo_down, discopop, sft, cdpo, simpo, orpo; several are added up");
  table.add("loss-weights", dpo.loss_weights, "Weight of each loss (default: 1 each)");
  table.add("beta", dpo.beta, "Strength of the reference: larger values keep the model closer to it");
  table.add("label-smoothing", dpo.label_smoothing,
            "Assumed fraction of pairs whose answers are interchanged, for robust, exo_pair, aot, aot_unpaired, cdpo "
            "and simpo");
  table.add("f-divergence", dpo.divergence, "Divergence from the reference that is regularized",
            {{"reverse_kl", Divergence::reverse_kl},
             {"forward_kl", Divergence::forward_kl},
             {"js_divergence", Divergence::js_divergence},
             {"alpha_divergence", Divergence::alpha_divergence}});
  table.add("alpha-divergence", dpo.divergence_alpha, "Alpha of --f-divergence alpha_divergence");
  table.add("ld-alpha", options.ld_alpha,
            "LD-DPO: weight, from 0 to 1, of the tokens of the longer answer beyond the length of the other", "NUMBER");
  table.add("use-weighting", dpo.uses_weighting, "WPO: weight pairs by the model's own probability of their answers");
  table.add("discopop-tau", dpo.discopop_tau, "Temperature of the discopop loss");
  table.add("simpo-gamma", dpo.simpo_gamma, "Target margin of the simpo loss");
  declare_reference_options(table, dpo.reference);
  table.add("precompute-reference", dpo.reference.is_precomputed,
            "Compute the log-probabilities of the reference once, before the first step, and keep them for later runs");
}

void declare_health_options(OptionTable& table, HealthLimits& health) {
  table.add("max-chosen-drop", health.max_chosen_drop,
            "Stop when the chosen held-out answers have become less likely by this many nats per token (0 = never)");
  table.add("max-saturation", health.max_saturation,
            "Stop when more than this fraction of held-out pairs no longer changes the model (0 = never)");
  table.add("max-length-bias", health.max_length_bias,
            "Stop when the held-out margin is correlated with the length of answers by more than this (0 = never)");
  table.add("min-accuracy", health.min_accuracy,
            "Stop when less than this fraction of held-out pairs is ranked correctly (0 = never)");
}

void declare(OptionTable& table, Options& options) {
  DpoSettings& dpo = options.dpo();
  declare_training_files(table, options, "preferences (prompt, chosen, rejected)");
  declare_loss_options(table, options);
  declare_loop_options(table, dpo);
  table.find("learning-rate")->help = "Peak learning rate; for LoRA, 5e-6 to 5e-5 is usual";
  table.add("reject-long", options.job.rejects_long, "Reject pairs above --max-length instead of truncating them");
  declare_lora_options(table, dpo);
  declare_checkpoint_options(table, dpo);
  declare_health_options(table, dpo.health);
  declare_order_options(table, dpo);
  declare_memory_options(table, dpo);
  declare_training_environment(table, options);
}

/** The settings of the losses, from their names. Error{usage} for an unknown one. */
void read_losses(Options& options) {
  DpoSettings& dpo = options.dpo();
  dpo.losses.clear();
  for (const std::string& name : options.losses) {
    const auto found = losses_by_name().find(name);
    if (found == losses_by_name().end())
      throw Error(Kind::usage, fmt::format("--loss: '{}' is not a loss; see 'intelia train dpo --help'", name));
    dpo.losses.push_back(found->second);
  }
  dpo.ld_alpha.reset();
  if (options.ld_alpha == "none" || options.ld_alpha.empty()) return;
  double alpha = 0;
  const char* end = options.ld_alpha.data() + options.ld_alpha.size();
  const auto [rest, status] = std::from_chars(options.ld_alpha.data(), end, alpha);
  if (status != std::errc{} || rest != end)
    throw Error(Kind::usage, fmt::format("--ld-alpha: expected a number or none, got '{}'", options.ld_alpha));
  dpo.ld_alpha = alpha;
}

void check(const Options& options) {
  const DpoSettings& dpo = options.dpo();
  check_pair_losses(dpo);
  check_reference_options(dpo.reference, dpo);
  const HealthLimits& health = dpo.health;
  const auto is_fraction = [](double value) { return value >= 0 && value <= 1; };
  if (health.max_chosen_drop < 0) throw Error(Kind::usage, "--max-chosen-drop must be 0 (never) or more");
  if (!is_fraction(health.max_saturation) || !is_fraction(health.max_length_bias) || !is_fraction(health.min_accuracy))
    throw Error(Kind::usage, "--max-saturation, --max-length-bias and --min-accuracy must be between 0 and 1");
  const bool has_limit =
      health.max_chosen_drop + health.max_saturation + health.max_length_bias + health.min_accuracy > 0;
  if (has_limit && options.job.inputs.validation.empty())
    throw Error(Kind::usage,
                "--max-chosen-drop, --max-saturation, --max-length-bias and --min-accuracy require --validation");
}

int run(const Options& typed, Context& context) {
  Options options = typed;
  read_losses(options);
  check(options);
  return run_training_command(options, declare, context);
}

}  // namespace

extern const Command train_dpo{
    "train dpo", "Fine-tune on preferred and rejected answers (DPO, 18 losses)",
    "Trains on pairs of answers to the same prompt: {\"prompt\":[…],\"chosen\":[…],\"rejected\":[…]}; without a prompt "
    "it is what both answers have in common. The model is compared with a reference, the model as training starts. The "
    "losses are those of TRL, and cdpo, simpo and orpo (docs/training.md). An interrupted run is continued with "
    "--resume and ends with the same bytes as one that was never interrupted.\n\n"
    "Example: intelia train dpo --model models/base --adapter runs/sft --train data/pairs.jsonl --output runs/dpo",
    bind<Options, declare, run>};

}  // namespace intelia
