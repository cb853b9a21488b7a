#include "options/training_options.hpp"

#include "options/optimizer_options.hpp"

namespace intelia {

void declare_presets(OptionTable& table, std::string& preset) {
  const std::vector<std::pair<std::string, std::string>> modern = {
      {"learning-rate", "2e-4"}, {"scheduler", "cosine"},        {"warmup", "0.03"},
      {"lora-dropout", "0"},     {"lora-targets", "all-linear"},
  };
  const std::vector<std::pair<std::string, std::string>> small_data = {
      {"learning-rate", "1e-4"}, {"scheduler", "cosine"},        {"warmup", "0.1"},    {"epochs", "5"},
      {"weight-decay", "0.01"},  {"gradient-accumulation", "2"}, {"lora-r", "8"},      {"lora-alpha", "16"},
      {"lora-dropout", "0.1"},   {"lora-targets", "all-linear"}, {"eval-every", "20"},
  };
  table
      .add_presets("preset", preset,
                   "Set of defaults: product; modern, the usual values of today; small-data, for a few hundred records "
                   "(docs/training.md)",
                   {{"product", {}}, {"modern", modern}, {"small-data", small_data}})
      .changeable();
}

void declare_loop_options(OptionTable& table, TrainingSettings& settings) {
  table.add("epochs", settings.epochs, "Number of epochs").changeable();
  table.add("max-steps", settings.max_steps, "Maximum number of optimizer steps (0 = unlimited)").changeable();
  table.add("batch-size", settings.batch_size,
            "Sequences per micro-batch; auto: the largest that fits, effective batch size unchanged", "auto", 0);
  table.add("gradient-accumulation", settings.gradient_accumulation, "Micro-batches accumulated per optimizer step");
  declare_optimizer_options(table, settings.optimizer);
  table.add("learning-rate", settings.learning_rate, "Peak learning rate; for LoRA, 1e-4 to 2e-4 is usual today");
  declare_schedule_options(table, settings.schedule);
  table.add("max-grad-norm", settings.max_grad_norm, "Maximum gradient norm for clipping (0 = no clipping)");
  table.add("max-length", settings.max_length,
            "Maximum number of tokens per sample; longer ones are truncated on the right");
}

void declare_lora_options(OptionTable& table, TrainingSettings& settings) {
  LoraSettings& lora = settings.lora;
  table.add("lora-r", lora.r, "LoRA rank");
  table.add("lora-alpha", lora.alpha, "LoRA alpha; the adapter is scaled by alpha / r");
  table.add("lora-dropout", lora.dropout, "Dropout probability of LoRA layers");
  table.add("lora-targets", lora.targets,
            "Linear layers to adapt: names, attention, or all-linear, which is usual today");
  table.add("rslora", lora.uses_rslora, "Rank-stabilized LoRA: scale by alpha / sqrt(r)");
  table.add("dora", lora.uses_dora, "Weight-decomposed LoRA (DoRA)");
  table.add("lora-init", lora.init, "Initialization of the adapter; pissa and olora derive it from the base weights",
            {{"kaiming", LoraInit::kaiming},
             {"gaussian", LoraInit::gaussian},
             {"pissa", LoraInit::pissa},
             {"olora", LoraInit::olora}});
  table.add("rank-pattern", lora.rank_pattern, "Ranks of modules by path suffix: PATTERN=R");
  table.add("alpha-pattern", lora.alpha_pattern, "Alphas of modules by path suffix: PATTERN=ALPHA");
  table.add("modules-to-save", lora.modules_to_save,
            "Modules trained in full beside the adapter: embed_tokens, lm_head, norm (every norm), input_layernorm…");
  table.add("ensure-weight-tying", lora.ensures_weight_tying,
            "Keep tied embeddings and output head tied when --modules-to-save trains them");
  table.add("adapter-dtype", settings.adapter_type,
            "Data type of adapter, gradients and optimizer states; auto: fp32, with --compat trl and qlora bf16",
            {{"auto", AdapterType::automatic}, {"fp32", AdapterType::fp32}, {"bf16", AdapterType::bf16}});
}

void declare_checkpoint_options(OptionTable& table, TrainingSettings& settings) {
  table.add("eval-every", settings.eval_every, "Optimizer steps between evaluations (0 = only at the end)");
  table.add("early-stopping", settings.early_stopping,
            "Stop after this many evaluations in a row without improvement (0 = never)");
  table.add("early-stopping-threshold", settings.early_stopping_threshold,
            "Minimum decrease of the validation loss that counts as an improvement");
  table.add("save-every", settings.save_every, "Optimizer steps between checkpoints (0 = only at the end)");
  table.add("keep", settings.keep, "Maximum number of checkpoints to keep").changeable();
  table.add("log-every", settings.log_every, "Optimizer steps between lines of metrics.jsonl").changeable();
}

void declare_order_options(OptionTable& table, TrainingSettings& settings) {
  table.add("seed", settings.seed, "Random seed of data order, dropout and initialization");
  table.add("compat", settings.compat,
            "Trainer whose behavior to reproduce where implementations differ; trl: TRL 1.16 (docs/training.md)",
            {{"none", Compat::none}, {"trl", Compat::trl}});
  table.add("packing", settings.packs,
            "Pack several samples into each row of --max-length tokens; --batch-size counts rows");
  table.add("group-by-length", settings.groups_by_length,
            "Group samples of similar length into the same optimizer step");
  table.add("shuffle", settings.shuffle, "Shuffle the samples in every epoch");
}

void declare_memory_options(OptionTable& table, TrainingSettings& settings) {
  table
      .add("max-memory", settings.base.max_memory,
           "GiB that --plan and --batch-size auto may use (0 = what the machine has available)")
      .changeable();
  table
      .add("probe", settings.probes,
           "Run the largest micro-batch before step 1, to detect out-of-memory early; skipped when the plan needs less "
           "than half of the memory")
      .changeable();
}

namespace {

void need(bool holds, const char* what) {
  if (!holds) throw Error(Kind::usage, what);
}

bool is_reasonable(double value) { return value >= 1e-6 && value <= 1e6; }

void check_lora_options(const TrainingSettings& settings) {
  const LoraSettings& lora = settings.lora;
  need(lora.r >= 1, "--lora-r must be at least 1");
  need(is_reasonable(lora.alpha), "--lora-alpha must be between 0.000001 and 1,000,000");
  need(lora.dropout >= 0 && lora.dropout < 1, "--lora-dropout must be at least 0 and below 1");
  if (settings.base.method != Method::full) {
    need(!lora.targets.empty(), "--lora-targets names no layer");
    return;
  }
  need(settings.optimizer.loraplus_ratio == 0,
       "--loraplus-ratio cannot be used with --method full, which has no adapter");
  need(settings.adapter_type != AdapterType::bf16,
       "--adapter-dtype cannot be used with --method full, which has no adapter");
  need(settings.base.adapter.empty(), "--adapter cannot be used with --method full, which has no adapter");
}

void check_evaluation_options(const TrainingSettings& settings, bool has_validation) {
  need(settings.eval_every >= 0 && settings.save_every >= 0, "--eval-every and --save-every must be 0 or more");
  need(settings.log_every >= 1 && settings.keep >= 1, "--log-every and --keep must be at least 1");
  need(settings.early_stopping >= 0, "--early-stopping must be 0 (never) or more");
  need(settings.early_stopping == 0 || has_validation, "--early-stopping requires --validation");
  need(settings.early_stopping == 0 || settings.eval_every > 0, "--early-stopping requires --eval-every above 0");
  need(settings.early_stopping_threshold >= 0, "--early-stopping-threshold must be 0 or more");
  need(settings.early_stopping_threshold == 0 || settings.early_stopping > 0,
       "--early-stopping-threshold requires --early-stopping");
}

}  // namespace

void check_training_options(const TrainingSettings& settings, bool has_validation) {
  need(is_reasonable(settings.epochs), "--epochs must be between 0.000001 and 1,000,000");
  need(settings.max_steps >= 0, "--max-steps must be 0 (unlimited) or more");
  need(settings.batch_size >= 0, "--batch-size must be at least 1");
  need(settings.batch_size <= 1'000'000, "--batch-size must be at most 1,000,000");
  need(settings.gradient_accumulation >= 1 && settings.gradient_accumulation <= 1'000'000,
       "--gradient-accumulation must be between 1 and 1,000,000");
  need(settings.learning_rate >= 0 && settings.learning_rate <= 1e12, "--learning-rate must be between 0 and 1e12");
  check_optimizer_options(settings.optimizer);
  check_schedule_options(settings.schedule);
  need(settings.max_grad_norm >= 0, "--max-grad-norm must be 0 (no clipping) or more");
  need(settings.max_length >= 2, "--max-length must be at least 2");
  check_lora_options(settings);
  check_evaluation_options(settings, has_validation);
  need(!settings.groups_by_length || settings.shuffle, "--group-by-length cannot be combined with --no-shuffle");
  need(settings.base.max_memory >= 0, "--max-memory must be 0 (what the machine has available) or more");
}

}  // namespace intelia
