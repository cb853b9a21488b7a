#include "options/training_command.hpp"

#include <set>

#include "cli/option_names.hpp"
#include "cli/reject_options.hpp"
#include "engine/checkpoint_folders.hpp"
#include "options/path_options.hpp"
#include "options/tracking_options.hpp"
#include "options/training_options.hpp"

namespace intelia {

void declare_training_files(OptionTable& table, TrainingOptions& options, const std::string& data) {
  TrainingJobSettings& job = options.job;
  declare_model_options(table, options.training().base, Method::qlora, /*trains=*/true);
  Option& train = table.add("train", options.train,
                            "Training data: " + data +
                                ", JSON Lines. Several files are mixed; a file with "
                                "=WEIGHT has each record that often in an epoch (0.5: a random half of them)",
                            "FILES");
  train.is_file = true;
  train.required().changeable();  // their hashes may not
  table
      .add("validation", job.inputs.validation,
           "Held-out data; the checkpoint with the lowest loss on it becomes the result")
      .changeable();
  table
      .add("output", options.training().output,
           "Output folder for adapter, metrics and checkpoints; not needed with --check and --plan", "FOLDER")
      .changeable();
  table.add("check", options.only_checks, "Validate the data and exit without training").changeable();
  table.add("plan", options.only_plans, "Estimate memory and time and exit without training").changeable();
  table
      .add("serve-model", job.inputs.serve_model,
           "Folder of the model that will be served; its tokenizer and chat template must be the same", "FOLDER")
      .changeable();
  table.add("resume", options.training().resume, "Resume from the newest complete checkpoint in --output").changeable();
}

void declare_training_environment(OptionTable& table, TrainingOptions& options) {
  TrainingJobSettings& job = options.job;
  declare_date(table, job.date);
  declare_tokenizer_rules(table, job.tokenizer_rules);
  declare_token_cache(table, options.token_cache);
  declare_reject_options(table, job.rejects);
  declare_tracking_options(table, job.tracking);
}

namespace {

void check(const TrainingOptions& options, const CommonOptions& given) {
  const TrainingJobSettings& job = options.job;
  const TrainingSettings& training = options.training();
  const auto need = [](bool holds, const char* what) {
    if (!holds) throw Error(Kind::usage, what);
  };
  check_model_options(training.base);
  need(!(options.only_checks && options.only_plans), "--check and --plan cannot be combined");
  // A pipe can be read only once, so it cannot be hashed for a manifest.
  const bool writes_manifest = !options.only_checks && !options.only_plans && !given.dry_run;
  const InputType data = writes_manifest ? InputType::file : InputType::stream;
  for (const TrainingFile& file : job.inputs.train) check_input_option("train", file.path, data);
  if (!job.inputs.validation.empty()) check_input_option("validation", job.inputs.validation, data);
  if (!job.inputs.serve_model.empty()) check_is_folder("serve-model", job.inputs.serve_model);
  need(options.only_checks || options.only_plans || !training.output.empty(),
       "--output is missing: Output folder for adapter, metrics and checkpoints");
  check_training_options(training, !job.inputs.validation.empty());
  need(job.tracking.samples == 0 || !job.inputs.validation.empty(), "--samples requires --validation");
  check_date(job.date);
  check_reject_options(job.rejects);
  if (training.output.empty()) return;
  std::vector<std::filesystem::path> inputs = job.inputs.files();
  inputs.insert(inputs.end(), {training.base.model, training.base.adapter, job.inputs.serve_model});
  check_inputs_stay(outputs_in(training.output, {"metrics.jsonl", "nan-batch.jsonl", "loss.svg", "samples.jsonl"}),
                    std::move(inputs), given);
  check_tracking_options(job.tracking);
  if (!options.only_checks && !options.only_plans && !training.resume && !given.force &&
      has_checkpoints(training.output))
    throw Error(Kind::usage,
                "'" + training.output.string() +
                    "' has checkpoints of an earlier run; continue it with --resume, replace it with --force, or "
                    "choose another --output");
}

/** Names given options of the adapter that have no effect, because it continues another one or there is none. */
void warn_about_adapter_options(const ModelSettings& base, const Context& context) {
  if (base.adapter.empty() && base.method != Method::full) return;
  static const std::set<std::string> names{
      "lora-r",    "lora-alpha",   "lora-targets",  "rslora",          "dora",
      "lora-init", "rank-pattern", "alpha-pattern", "modules-to-save", "ensure-weight-tying"};
  std::string given;
  for (const std::string& name : context.given)
    if (names.contains(name)) given += (given.empty() ? "--" : ", --") + name;
  if (!given.empty())
    context.log().warning(given + (base.adapter.empty() ? ": without effect, since --method full has no adapter"
                                                        : ": without effect, since --adapter keeps its own settings"));
}

/** The options with the files of --train taken apart. Error{usage} for a weight that is none. */
TrainingOptions with_files(TrainingOptions options) {
  options.job.inputs.train.clear();
  for (const std::string& text : options.train) try {
      options.job.inputs.train.push_back(training_file_from(text));
    } catch (const Error& error) {
      throw Error(error.kind(), std::string("--train: ") + error.what());
    }
  return options;
}

TrainingReport work(const TrainingOptions& options, const DescribeOptions& describe, const Context& context) {
  TrainingJobSettings settings = options.job;
  const ModelSettings& base = options.training().base;
  common(settings.method).base.threads = context.common.threads;
  settings.threads = num_threads(context.common);
  settings.token_cache = token_cache_settings(options.token_cache, context);
  if (!settings.token_cache.folder.empty())
    settings.reference_cache = settings.token_cache.folder.parent_path() / "reference";
  warn_without_date(base.model, base.adapter, settings.tokenizer_rules, settings.date, context.log());
  TrainingJob job(std::move(settings), context.sinks);
  if (options.only_checks) return job.check();
  if (options.only_plans) return job.plan(/*measures_time=*/!context.common.dry_run);
  if (context.common.dry_run) return job.dry_run(describe);
  return job.run(context.run_info(), describe);
}

/** The report with the settings that it names as options. */
TrainingReport with_option_names(TrainingReport report, const OptionTable& table) {
  report.words = with_option_names(report.words, table);
  if (report.summary.contains("remedies"))
    for (Json& remedy : report.summary["remedies"]) remedy = with_option_names(remedy.get<std::string>(), table);
  return report;
}

}  // namespace

int run_training_command(const TrainingOptions& typed, const DescribeOptions& describe, const OptionTable& table,
                         Context& context) {
  const TrainingOptions options = with_files(typed);
  check(options, context.common);
  warn_about_adapter_options(options.training().base, context);
  const TrainingReport report = with_option_names(work(options, describe, context), table);
  if (!context.common.json) context.print(report.table);
  context.finish(report.summary, report.words);
  return report.is_positive ? 0 : 3;
}

}  // namespace intelia
