#include "options/optimizer_options.hpp"

namespace intelia {

namespace {

void need(bool holds, const char* what) {
  if (!holds) throw Error(Kind::usage, what);
}

}  // namespace

void declare_optimizer_options(OptionTable& table, OptimizerSettings& settings) {
  table.add("optimizer", settings.kind, "Optimizer",
            {{"adamw", OptimizerKind::adamw},
             {"adamw-8bit", OptimizerKind::adamw_8bit},
             {"adafactor", OptimizerKind::adafactor},
             {"sgd", OptimizerKind::sgd}});
  table.add("weight-decay", settings.weight_decay,
            "Weight decay, decoupled (sgd: added to the gradient); biases and norms are excluded");
  table.add("momentum", settings.momentum, "Momentum (sgd)");
  table.add("loraplus-ratio", settings.loraplus_ratio,
            "LoRA+: learning rate of B matrices relative to A (0 = the same)");
}

void declare_schedule_options(OptionTable& table, ScheduleSettings& settings) {
  table.add("scheduler", settings.kind, "Learning rate schedule; wsd: warm-up, stable, decay",
            {{"linear", Scheduler::linear},
             {"cosine", Scheduler::cosine},
             {"constant", Scheduler::constant},
             {"wsd", Scheduler::wsd}});
  table.add("warmup", settings.warmup, "Warm-up: optimizer steps when 1 or more, else a fraction of all steps");
  table.add("min-learning-rate-ratio", settings.minimum_ratio,
            "Final learning rate of cosine and wsd, as a fraction of the peak");
  table.add("stable", settings.stable,
            "Stable phase of wsd, in the units of --warmup (0 = all steps between warm-up and decay)");
  table.add("decay", settings.decay, "Decay phase of wsd, in the units of --warmup");
  table.add("decay-shape", settings.decay_shape, "Shape of the decay of wsd",
            {{"cosine", DecayShape::cosine}, {"linear", DecayShape::linear}, {"1-sqrt", DecayShape::one_minus_sqrt}});
}

void check_optimizer_options(const OptimizerSettings& settings) {
  need(settings.weight_decay >= 0 && settings.weight_decay <= 1e6, "--weight-decay must be between 0 and 1,000,000");
  need(settings.momentum >= 0 && settings.momentum < 1, "--momentum must be at least 0 and below 1");
  need(settings.momentum == 0 || settings.kind == OptimizerKind::sgd, "--momentum requires --optimizer sgd");
  need(settings.loraplus_ratio >= 0 && settings.loraplus_ratio <= 1e6,
       "--loraplus-ratio must be 0 (the same rate) or at most 1,000,000");
}

void check_schedule_options(const ScheduleSettings& settings) {
  const ScheduleSettings defaults;
  const bool is_wsd = settings.kind == Scheduler::wsd;
  constexpr double kMaxSteps = 1e9;
  need(settings.warmup >= 0 && settings.warmup <= kMaxSteps, "--warmup must be between 0 and 1,000,000,000");
  need(settings.minimum_ratio >= 0 && settings.minimum_ratio <= 1, "--min-learning-rate-ratio must be between 0 and 1");
  need(settings.minimum_ratio == 0 || is_wsd || settings.kind == Scheduler::cosine,
       "--min-learning-rate-ratio requires --scheduler cosine or wsd");
  need(settings.stable >= 0 && settings.decay >= 0, "--stable and --decay must be 0 or more");
  need(settings.stable <= kMaxSteps && settings.decay <= kMaxSteps,
       "--stable and --decay must be at most 1,000,000,000");
  need(is_wsd || (settings.stable == defaults.stable && settings.decay == defaults.decay &&
                  settings.decay_shape == defaults.decay_shape),
       "--stable, --decay and --decay-shape require --scheduler wsd");
}

}  // namespace intelia
