// intelia train sft: conversations in, a PEFT adapter (or a whole model) out. The work is lib/training's.
#include "cli/option_names.hpp"
#include "cli/reject_options.hpp"
#include "engine/checkpoint_folders.hpp"
#include "options/model_options.hpp"
#include "options/tracking_options.hpp"
#include "options/training_options.hpp"
#include "training/sft_job.hpp"

namespace intelia {
namespace {

struct Options {
  SftJobSettings job;
  std::vector<std::string> train;
  std::string preset = "product";
  bool only_checks = false, only_plans = false;
  TokenCacheOptions token_cache;
};

void declare(OptionTable& table, Options& options) {
  SftJobSettings& job = options.job;
  SftSettings& sft = job.sft;
  declare_model_options(table, sft.base, /*trains=*/true);
  Option& train =
      table.add("train", options.train,
                "Training data: conversations or plain texts, JSON Lines. Several files are mixed; a file with "
                "=WEIGHT has each record that often in an epoch (0.5: a random half of them)",
                "FILES");
  train.is_file = true;
  train.required().changeable();  // their hashes may not
  table
      .add("validation", job.inputs.validation,
           "Held-out data; the checkpoint with the lowest loss on it becomes the result")
      .changeable();
  table
      .add("output", sft.output,
           "Output folder for adapter, metrics and checkpoints; not needed with --check and --plan", "FOLDER")
      .changeable();
  table.add("check", options.only_checks, "Validate the data and exit without training").changeable();
  table.add("plan", options.only_plans, "Estimate memory and time and exit without training").changeable();
  table
      .add("serve-model", job.inputs.serve_model,
           "Folder of the model that will be served; its tokenizer and chat template must be the same", "FOLDER")
      .changeable();
  table.add("resume", sft.resume, "Resume from the newest complete checkpoint in --output").changeable();
  declare_presets(table, options.preset);
  declare_loop_options(table, sft);
  table.add("reject-long", job.rejects_long, "Reject samples above --max-length instead of truncating them");
  declare_trained_turns(table, job.trained_turns);
  declare_lora_options(table, sft);
  declare_checkpoint_options(table, sft);
  declare_order_options(table, sft);
  table.add("neftune-alpha", sft.neftune_alpha, "NEFTune: alpha of the noise on embeddings (0 = none)");
  declare_memory_options(table, sft);
  declare_date(table, job.date);
  declare_tokenizer_rules(table, job.tokenizer_rules);
  declare_token_cache(table, options.token_cache);
  declare_reject_options(table, job.rejects);
  declare_tracking_options(table, job.tracking);
}

void check(const Options& options, bool is_dry_run, bool is_forced) {
  const SftJobSettings& job = options.job;
  const SftSettings& sft = job.sft;
  const auto need = [](bool holds, const char* what) {
    if (!holds) throw Error(Kind::usage, what);
  };
  check_model_options(sft.base);
  need(!(options.only_checks && options.only_plans), "--check and --plan cannot be combined");
  // A pipe can be read only once, so it cannot be hashed for a manifest.
  const bool writes_manifest = !options.only_checks && !options.only_plans && !is_dry_run;
  const InputType data = writes_manifest ? InputType::file : InputType::stream;
  for (const TrainingFile& file : job.inputs.train) check_input_option("train", file.path, data);
  if (!job.inputs.validation.empty()) check_input_option("validation", job.inputs.validation, data);
  if (!job.inputs.serve_model.empty()) check_is_folder("serve-model", job.inputs.serve_model);
  need(options.only_checks || options.only_plans || !sft.output.empty(),
       "--output is missing: Output folder for adapter, metrics and checkpoints");
  check_training_options(sft, !job.inputs.validation.empty());
  need(sft.neftune_alpha >= 0, "--neftune-alpha must be 0 (none) or more");
  need(job.tracking.samples == 0 || !job.inputs.validation.empty(), "--samples requires --validation");
  check_date(job.date);
  check_reject_options(job.rejects);
  if (sft.output.empty()) return;
  check_inputs_stay(
      sft.output, {"rejected.jsonl", "metrics.jsonl", "manifest.json", "nan-batch.jsonl", "loss.svg", "samples.jsonl"},
      {sft.base.model, sft.base.adapter}, job.inputs.files());
  check_tracking_options(job.tracking);
  if (!options.only_checks && !options.only_plans && !sft.resume && !is_forced && has_checkpoints(sft.output))
    throw Error(Kind::usage,
                "'" + sft.output.string() +
                    "' has checkpoints of an earlier run; continue it with --resume, replace it with --force, or "
                    "choose another --output");
}

/** The options of a run whose settings are `effective`. */
RunOptions options_of(const Options& typed, const SftSettings& effective) {
  Options options = typed, defaults;
  options.job.sft = effective;
  OptionTable table, default_table;
  declare(table, options);
  declare(default_table, defaults);
  RunOptions described{Json::object(), Json::object(), Json::object()};
  for (const Option& option : table.options()) {
    described.all[option.name] = option.json();
    if (!option.may_change) described.fixed[option.name] = option.json();
    if (option.get() != default_table.find(option.name)->get()) described.changed[option.name] = option.get();
  }
  return described;
}

/** The options with the files of --train taken apart. Error{usage} for a weight that is none. */
Options with_files(Options options) {
  options.job.inputs.train.clear();
  for (const std::string& text : options.train) try {
      options.job.inputs.train.push_back(training_file_from(text));
    } catch (const Error& error) {
      throw Error(error.kind(), std::string("--train: ") + error.what());
    }
  return options;
}

TrainingReport work(const Options& options, const Context& context) {
  SftJobSettings settings = options.job;
  settings.sft.base.threads = context.common.threads;
  settings.threads = num_threads(context.common);
  settings.token_cache = token_cache_settings(options.token_cache, context);
  warn_without_date(settings.sft.base.model, settings.sft.base.adapter, settings.tokenizer_rules, settings.date,
                    context.log());
  SftJob job(std::move(settings), context.sinks);
  const DescribeOptions describe = [&](const SftSettings& effective) { return options_of(options, effective); };
  if (options.only_checks) return job.check();
  if (options.only_plans) return job.plan(/*measures_time=*/!context.common.dry_run);
  if (context.common.dry_run) return job.dry_run(describe);
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

int run(const Options& typed, Context& context) {
  const Options options = with_files(typed);
  check(options, context.common.dry_run, context.common.force);
  const TrainingReport report = with_option_names(work(options, context), options);
  if (!context.common.json) context.print(report.table);
  context.finish(report.summary, report.words);
  return report.is_positive ? 0 : 3;
}

}  // namespace

extern const Command train_sft{
    "train sft", "Fine-tune on conversations (QLoRA, LoRA or full)",
    "Trains on the assistant turns of each conversation, end-of-turn token included; records of plain {\"text\":…} "
    "train on every token. The result is a PEFT adapter folder (with --method full: a model folder). An interrupted "
    "run is continued with --resume and ends with the same bytes as one that was never interrupted.\n\n"
    "Example: intelia train sft --model models/base --train data/train.jsonl --validation data/validation.jsonl "
    "--output runs/sft",
    bind<Options, declare, run>};

}  // namespace intelia
