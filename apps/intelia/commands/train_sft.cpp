// intelia train sft: conversations in, a PEFT adapter (or a whole model) out. The text side is made here; the training
// itself is the engine's (lib/nn/sft.cpp).
#include "cli/option_names.hpp"
#include "cli/reject_options.hpp"
#include "options/model_options.hpp"
#include "options/optimizer_options.hpp"
#include "options/tracking_options.hpp"
#include "training/sft_job.hpp"

namespace intelia {
namespace {

struct Options {
  SftJobSettings job;
  bool only_checks = false, only_plans = false;
  TokenCacheOptions token_cache;
};

void declare(OptionTable& table, Options& options) {
  SftJobSettings& job = options.job;
  SftSettings& sft = job.sft;
  declare_model_options(table, sft.base);
  table.add("train", job.inputs.train, "Conversations (or plain texts) to train on, JSON Lines").required();
  table.add("validation", job.inputs.validation,
            "Held-out conversations; the checkpoint best on them is what comes out");
  table.add("output", sft.output, "Folder for adapter, metrics and checkpoints; --check and --plan need none", "FOLDER")
      .changeable();
  table
      .add("check", options.only_checks,
           "Train nothing: prove that the data can be trained on, or name what is wrong with it")
      .changeable();
  table.add("plan", options.only_plans, "Train nothing: say what memory and time the run will take").changeable();
  table
      .add("serve-model", job.inputs.serve_model,
           "Folder that will be served: its tokenizer and chat template must be the model's", "FOLDER")
      .changeable();
  table.add("resume", sft.resume, "Go on from the newest whole checkpoint in --output").changeable();
  table.add("epochs", sft.epochs, "Passes over the training data");
  table.add("max-steps", sft.max_steps, "Most updates; 0: no limit");
  table.add("batch-size", sft.batch_size,
            "Sequences of a micro-batch; auto: the most that fit, an update staying as large", "auto", 0);
  table.add("gradient-accumulation", sft.gradient_accumulation, "Micro-batches of an update");
  declare_optimizer_options(table, sft.optimizer);
  table.add("learning-rate", sft.learning_rate, "Peak learning rate");
  declare_schedule_options(table, sft.schedule);
  table.add("max-grad-norm", sft.max_grad_norm, "Gradients are clipped to this norm; 0: never");
  table.add("max-length", sft.max_length,
            "Tokens of a sample; longer ones are cut on the right, or rejected with --reject-long");
  table.add("reject-long", job.rejects_long, "Reject samples above --max-length instead of cutting them");
  declare_trained_turns(table, job.trained_turns);
  table.add("lora-r", sft.lora.r, "Rank of the adapter");
  table.add("lora-alpha", sft.lora.alpha, "The adapter is scaled by alpha / r");
  table.add("lora-dropout", sft.lora.dropout, "Dropout before the adapter");
  table.add("lora-targets", sft.lora.targets, "Linear layers that get an adapter: names, or attention, or all-linear");
  table.add("rslora", sft.lora.uses_rslora, "Scale the adapter by alpha / sqrt(r)");
  table.add("dora", sft.lora.uses_dora, "Train direction and magnitude apart (DoRA)");
  table.add("lora-init", sft.lora.init, "How the adapter starts; pissa and olora start from the base's weights",
            {{"kaiming", LoraInit::kaiming},
             {"gaussian", LoraInit::gaussian},
             {"pissa", LoraInit::pissa},
             {"olora", LoraInit::olora}});
  table.add("rank-pattern", sft.lora.rank_pattern, "Ranks of their own: PATTERN=R, for modules whose path ends so");
  table.add("alpha-pattern", sft.lora.alpha_pattern, "Alphas of their own: PATTERN=ALPHA");
  table.add("modules-to-save", sft.lora.modules_to_save,
            "Trained whole beside the adapter: embed_tokens, lm_head, norm (every norm), input_layernorm…");
  table.add("ensure-weight-tying", sft.lora.ensures_weight_tying,
            "Keep an embedding and a head that are one tensor so when --modules-to-save trains them");
  table.add("adapter-dtype", sft.adapter_type,
            "Type of the adapter, its gradients and optimizer states; auto: fp32, under --compat trl with qlora bf16",
            {{"auto", AdapterType::automatic}, {"fp32", AdapterType::fp32}, {"bf16", AdapterType::bf16}});
  table.add("eval-every", sft.eval_every, "Updates between evaluations; 0: only at the end");
  table.add("early-stopping", sft.early_stopping, "Evaluations without improvement that end the training; 0: never");
  table.add("early-stopping-threshold", sft.early_stopping_threshold,
            "What the validation loss must fall by to be an improvement");
  table.add("save-every", sft.save_every, "Updates between checkpoints; 0: only at the end");
  table.add("keep", sft.keep, "Checkpoints that are kept").changeable();
  table.add("log-every", sft.log_every, "Updates between lines of metrics.jsonl");
  table.add("seed", sft.seed, "Seed of order, dropout and initialisation");
  table.add("compat", sft.compat,
            "Whose ways to follow where they differ: ours, or those of TRL 1.16 (docs/training.md)",
            {{"none", Compat::none}, {"trl", Compat::trl}});
  table.add("packing", sft.packs,
            "Pack several samples into each row of --max-length tokens; --batch-size counts rows");
  table.add("group-by-length", sft.groups_by_length, "Draw samples of like lengths for the same update");
  table.add("neftune-alpha", sft.neftune_alpha, "NEFTune: noise on the embeddings in training; 0: none");
  table.add("shuffle", sft.shuffle, "Draw the samples in random order, another each epoch");
  table
      .add("max-memory", sft.base.max_memory,
           "GiB that a plan and --batch-size auto count on; 0: what the machine can give")
      .changeable();
  table
      .add("probe", sft.probes, "Run what needs most memory once before the first step, unless it takes less than half")
      .changeable();
  table.add("date", job.date, "Date that a chat template may ask for, YYYY-MM-DD", "DATE");
  declare_token_cache(table, options.token_cache);
  declare_reject_options(table, job.rejects);
  declare_tracking_options(table, job.tracking);
}

void check(const Options& options, bool is_dry_run) {
  const SftJobSettings& job = options.job;
  const SftSettings& sft = job.sft;
  const auto need = [](bool holds, const char* what) {
    if (!holds) throw Error(Kind::usage, what);
  };
  check_model_options(sft.base);
  const bool writes_manifest = !options.only_checks && !options.only_plans && !is_dry_run;
  const InputType data =
      writes_manifest ? InputType::file : InputType::stream;  // a pipe cannot be hashed for a manifest
  check_input_option("train", job.inputs.train, data);
  if (!job.inputs.validation.empty()) check_input_option("validation", job.inputs.validation, data);
  need(sft.epochs > 0 || sft.max_steps > 0, "--epochs must be above 0");
  need(sft.max_steps >= 0, "--max-steps must be 0 (no limit) or more");
  need(options.only_checks || options.only_plans || !sft.output.empty(),
       "--output is missing: Folder for adapter, metrics and checkpoints");
  need(!(options.only_checks && options.only_plans), "--check and --plan are two questions; ask one at a time");
  need(sft.base.max_memory >= 0, "--max-memory must be 0 (what the machine can give) or more");
  need(sft.batch_size >= 0, "--batch-size must be at least 1");
  if (!job.inputs.serve_model.empty()) check_is_folder("serve-model", job.inputs.serve_model);
  need(sft.gradient_accumulation >= 1, "--gradient-accumulation must be at least 1");
  need(sft.learning_rate >= 0, "--learning-rate must be 0 or more");
  check_optimizer_options(sft.optimizer);
  check_schedule_options(sft.schedule);
  need(sft.base.method != Method::full || sft.optimizer.loraplus_ratio == 0,
       "--method full has no adapter; leave --loraplus-ratio out");
  need(sft.base.method != Method::full || sft.adapter_type != AdapterType::bf16,
       "--method full has no adapter; leave --adapter-dtype out");
  need(sft.max_grad_norm >= 0, "--max-grad-norm must be 0 (never clip) or more");
  need(sft.max_length >= 2, "--max-length must be at least 2");
  need(sft.lora.r >= 1, "--lora-r must be at least 1");
  need(sft.lora.alpha > 0, "--lora-alpha must be above 0");
  need(sft.lora.dropout >= 0 && sft.lora.dropout < 1, "--lora-dropout must be at least 0 and below 1");
  need(!sft.lora.targets.empty() || sft.base.method == Method::full, "--lora-targets names no layer");
  need(sft.eval_every >= 0 && sft.save_every >= 0, "--eval-every and --save-every must be 0 or more");
  need(sft.log_every >= 1 && sft.keep >= 1, "--log-every and --keep must be at least 1");
  need(job.tracking.samples == 0 || !job.inputs.validation.empty(),
       "--samples takes its prompts from --validation; give one");
  need(sft.early_stopping >= 0, "--early-stopping must be 0 (never) or more");
  need(sft.early_stopping == 0 || !job.inputs.validation.empty(), "--early-stopping needs --validation to look at");
  need(sft.early_stopping == 0 || sft.eval_every > 0, "--early-stopping needs --eval-every above 0");
  need(sft.early_stopping_threshold >= 0, "--early-stopping-threshold must be 0 or more");
  need(sft.early_stopping_threshold == 0 || sft.early_stopping > 0,
       "--early-stopping-threshold is for --early-stopping");
  need(sft.neftune_alpha >= 0, "--neftune-alpha must be 0 (none) or more");
  need(!sft.groups_by_length || sft.shuffle, "--group-by-length arranges a random order; leave --no-shuffle out");
  check_reject_options(job.rejects);
  need(sft.base.method != Method::full || sft.base.adapter.empty(),
       "--method full trains no adapter; leave --adapter out");
  if (sft.output.empty()) return;
  check_inputs_stay(
      sft.output, {"rejected.jsonl", "metrics.jsonl", "manifest.json", "nan-batch.jsonl", "loss.svg", "samples.jsonl"},
      {sft.base.model, sft.base.adapter}, {job.inputs.train, job.inputs.validation});
  check_tracking_options(job.tracking);
}

/** The options of a run whose settings are `effective`. */
RunOptions options_of(const Options& typed, const SftSettings& effective) {
  Options options = typed;
  options.job.sft = effective;
  OptionTable table;
  declare(table, options);
  RunOptions described{Json::object(), Json::object()};
  for (const Option& option : table.options()) {
    described.all[option.name] = option.json();
    if (!option.may_change) described.fixed[option.name] = option.json();
  }
  return described;
}

TrainingReport work(const Options& options, const Context& context) {
  SftJobSettings settings = options.job;
  settings.sft.base.threads = context.common.threads;
  settings.threads = num_threads(context.common);
  settings.token_cache = token_cache_settings(options.token_cache, context);
  SftJob job(std::move(settings), context.sinks);
  const DescribeOptions describe = [&](const SftSettings& effective) { return options_of(options, effective); };
  if (options.only_checks) return job.check();
  if (options.only_plans) return job.plan(/*measures_time=*/!context.common.dry_run);
  if (context.common.dry_run) return job.rehearse(describe);
  return job.run(context.run_info(), describe);
}

/** The report with the settings that it names as options. */
TrainingReport with_option_names(TrainingReport report, const Options& options) {
  Options bound = options;
  OptionTable table;
  declare(table, bound);
  report.words = with_option_names(report.words, table);
  if (report.summary.contains("remedies"))
    for (Json& remedy : report.summary["remedies"]) remedy = with_option_names(remedy.get<std::string>(), table);
  return report;
}

int run(const Options& options, Context& context) {
  check(options, context.common.dry_run);
  const TrainingReport report = with_option_names(work(options, context), options);
  if (!context.common.json) context.print(report.table);
  context.finish(report.summary, report.words);
  return report.is_positive ? 0 : 3;
}

}  // namespace

extern const Command train_sft{
    "train sft", "Fine-tune on conversations (QLoRA, LoRA or full)",
    "Trains on the assistant's turns of each conversation, end of turn included; records of plain {\"text\":…} train "
    "on every "
    "token. The result is a PEFT adapter folder (with --method full: a model folder). A run that was stopped goes on "
    "with "
    "--resume and ends with the same bytes as one never stopped.\n\n"
    "Example: intelia train sft --model models/base --train data/train.jsonl --validation data/validation.jsonl "
    "--output runs/sft",
    bind<Options, declare, run>};

}  // namespace intelia
