// intelia train sft: conversations in, a PEFT adapter (or a whole model) out. The text side is made here; the training
// itself is the engine's (lib/nn/sft.cpp).
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <future>

#include "base/clock.hpp"
#include "cli/reject_options.hpp"
#include "engine/engine.hpp"
#include "engine/rows.hpp"
#include "engine/schedule.hpp"
#include "options/model_options.hpp"
#include "options/optimizer_options.hpp"
#include "options/tracking_options.hpp"
#include "record/jsonl.hpp"
#include "record/manifest.hpp"
#include "train_check.hpp"

namespace intelia {
namespace {

namespace fs = std::filesystem;

struct Options {
  SftSettings sft;
  fs::path train, validation, serve_model;
  bool only_checks = false, only_plans = false;
  std::string date;
  bool rejects_long = false;
  TrainedTurns trained_turns = TrainedTurns::all;
  TokenCacheOptions token_cache;
  RejectPolicy rejects;
  TrackingOptions tracking;
};

void declare(OptionTable& table, Options& options) {
  SftSettings& sft = options.sft;
  declare_model_options(table, sft.base);
  table.add("train", options.train, "Conversations (or plain texts) to train on, JSON Lines").required();
  table.add("validation", options.validation, "Held-out conversations; the checkpoint best on them is what comes out");
  table.add("output", sft.output, "Folder for adapter, metrics and checkpoints; --check and --plan need none", "FOLDER")
      .changeable();
  table
      .add("check", options.only_checks,
           "Train nothing: prove that the data can be trained on, or name what is wrong with it")
      .changeable();
  table.add("plan", options.only_plans, "Train nothing: say what memory and time the run will take").changeable();
  table
      .add("serve-model", options.serve_model,
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
  table.add("reject-long", options.rejects_long, "Reject samples above --max-length instead of cutting them");
  declare_trained_turns(table, options.trained_turns);
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
  table.add("date", options.date, "Date that a chat template may ask for, YYYY-MM-DD", "DATE");
  declare_token_cache(table, options.token_cache);
  declare_reject_options(table, options.rejects);
  declare_tracking_options(table, options.tracking);
}

void check(const Options& options) {
  const SftSettings& sft = options.sft;
  const auto need = [](bool holds, const char* what) {
    if (!holds) throw Error(Kind::usage, what);
  };
  check_model_options(sft.base);
  need(sft.epochs > 0 || sft.max_steps > 0, "--epochs must be above 0");
  need(sft.max_steps >= 0, "--max-steps must be 0 (no limit) or more");
  need(options.only_checks || options.only_plans || !sft.output.empty(),
       "--output is missing: Folder for adapter, metrics and checkpoints");
  need(!(options.only_checks && options.only_plans), "--check and --plan are two questions; ask one at a time");
  need(sft.base.max_memory >= 0, "--max-memory must be 0 (what the machine can give) or more");
  need(sft.batch_size >= 0, "--batch-size must be at least 1");
  if (!options.serve_model.empty()) check_is_folder("serve-model", options.serve_model);
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
  need(options.tracking.samples == 0 || !options.validation.empty(),
       "--samples takes its prompts from --validation; give one");
  need(sft.early_stopping >= 0, "--early-stopping must be 0 (never) or more");
  need(sft.early_stopping == 0 || !options.validation.empty(), "--early-stopping needs --validation to look at");
  need(sft.early_stopping == 0 || sft.eval_every > 0, "--early-stopping needs --eval-every above 0");
  need(sft.early_stopping_threshold >= 0, "--early-stopping-threshold must be 0 or more");
  need(sft.early_stopping_threshold == 0 || sft.early_stopping > 0,
       "--early-stopping-threshold is for --early-stopping");
  need(sft.neftune_alpha >= 0, "--neftune-alpha must be 0 (none) or more");
  need(!sft.groups_by_length || sft.shuffle, "--group-by-length arranges a random order; leave --no-shuffle out");
  check_reject_options(options.rejects);
  need(sft.base.method != Method::full || sft.base.adapter.empty(),
       "--method full trains no adapter; leave --adapter out");
  if (sft.output.empty()) return;
  check_inputs_stay(
      sft.output, {"rejected.jsonl", "metrics.jsonl", "manifest.json", "nan-batch.jsonl", "loss.svg", "samples.jsonl"},
      {sft.base.model, sft.base.adapter}, {options.train, options.validation});
  check_tracking_options(options.tracking);
}

double mebibytes(std::uint64_t bytes) { return static_cast<double>(bytes) / (1 << 20); }

std::uint64_t total_bytes(const TrainingPlan& plan) { return plan.model_bytes + plan.peak_bytes + plan.overhead_bytes; }

/** "2 h 05 min", "3 min 20 s", "1.25 s". */
std::string duration(double seconds) {
  const auto whole = static_cast<std::int64_t>(std::llround(seconds));
  if (whole >= 3600) return fmt::format("{} h {:02} min", whole / 3600, whole % 3600 / 60);
  if (whole >= 60) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{:.3g} s", seconds);
}

/** Settings that would make a run fit, as options. */
std::vector<std::string> remedies_of(const TrainingPlan& plan) {
  std::vector<std::string> list;
  for (const PlanRemedy& remedy : plan.remedies) {
    std::string text;
    const auto add = [&](const char* option, const auto& value) {
      if (value) text += fmt::format("{}--{} {}", text.empty() ? "" : " ", option, *value);
    };
    add("batch-size", remedy.batch_size);
    add("gradient-accumulation", remedy.gradient_accumulation);
    add("max-length", remedy.max_length);
    if (remedy.method == Method::qlora) text += "--method qlora, which takes less";
    list.push_back(text);
  }
  if (list.empty() && !plan.fits) list.push_back("a smaller model, or a machine with more memory");
  return list;
}

/** Says what the run will take: a table, or the same as JSON. Returns 0 when it fits the memory, else 3. */
int tell_plan(const TrainingPlan& plan, const Context& context) {
  const std::uint64_t held = plan.trained_bytes + plan.optimizer_bytes, total = total_bytes(plan);
  const std::uint64_t work = plan.peak_bytes - std::min(plan.peak_bytes, held);
  std::string remedies;
  for (const std::string& remedy : remedies_of(plan)) remedies += (remedies.empty() ? "" : ", or ") + remedy;
  if (!context.common.json) {
    const auto row = [](const char* name, std::uint64_t bytes) {
      return fmt::format("  {:<30}{:>12.1f} MiB\n", name, mebibytes(bytes));
    };
    std::string table = "memory\n" + row("base model", plan.model_bytes) + row("adapter", plan.trained_bytes) +
                        row("optimizer", plan.optimizer_bytes) + row("gradients and activations", work) +
                        row("besides tensors, about", plan.overhead_bytes) + row("in all", total) +
                        row("can be had", plan.available_bytes);
    table += fmt::format(
        "run\n  {:<30}{:>12}\n  {:<30}{:>12}\n  {:<30}{:>12}\n  {:<30}{:>12}\n  {:<30}{:>12}\n  {:<30}{:>12}\n",
        "updates", plan.steps, "tokens", plan.tokens, "sequences of an update",
        fmt::format("{} × {}", plan.batch_size, plan.gradient_accumulation), "tokens of a record, median",
        plan.median_sample, "tokens of a record, most", plan.longest_sample, "tokens of a micro-batch, most",
        plan.longest_tokens);
    if (plan.seconds > 0)
      table += fmt::format("time\n  {:<30}{:>12}\n  {:<30}{:>12}\n", "an update", duration(plan.seconds_per_step),
                           "in all", duration(plan.seconds));
    context.print(table);
  }
  Json json = {{"fits", plan.fits},
               {"bytes",
                {{"model", plan.model_bytes},
                 {"adapter", plan.trained_bytes},
                 {"optimizer", plan.optimizer_bytes},
                 {"gradients_and_activations", work},
                 {"peak_above_model", plan.peak_bytes},
                 {"besides_tensors", plan.overhead_bytes},
                 {"total", total},
                 {"available", plan.available_bytes}}},
               {"steps", plan.steps},
               {"tokens", plan.tokens},
               {"batch_size", plan.batch_size},
               {"gradient_accumulation", plan.gradient_accumulation},
               {"median_sample_tokens", plan.median_sample},
               {"longest_sample_tokens", plan.longest_sample},
               {"longest_micro_batch_tokens", plan.longest_tokens},
               {"longest_micro_batch_targets", plan.longest_targets},
               {"remedies", remedies_of(plan)}};
  if (plan.seconds > 0) json["measured"] = {{"seconds_a_step", plan.seconds_per_step}, {"seconds", plan.seconds}};
  context.finish(
      json, plan.fits ? fmt::format("fits: {:.0f} MiB of {:.0f}", mebibytes(total), mebibytes(plan.available_bytes))
                      : fmt::format("does not fit: {:.0f} MiB are needed and {:.0f} can be had; try {}",
                                    mebibytes(total), mebibytes(plan.available_bytes), remedies));
  return plan.fits ? 0 : 3;
}

/** --batch-size auto: puts what fits into `sft`. Error{io} when one sequence is too many. */
void choose_batch_size(SftSettings& sft, const SampleSource& train, const SampleSource* validation,
                       const Context& context) {
  const TrainingPlan plan = load_engine().plan_sft(sft, train, validation, /*measures_time=*/false, context.sinks);
  if (!plan.fits)
    throw Error(
        Kind::io,
        fmt::format("--batch-size auto: not even one sequence at a time fits: {:.0f} MiB are needed and {:.0f} can be "
                    "had; try {}",
                    mebibytes(total_bytes(plan)), mebibytes(plan.available_bytes), remedies_of(plan).at(0)));
  sft.batch_size = plan.batch_size;
  sft.gradient_accumulation = plan.gradient_accumulation;
  context.log().info(fmt::format("--batch-size auto: {} × {} sequences, {:.0f} of {:.0f} MiB", sft.batch_size,
                                 sft.gradient_accumulation, mebibytes(total_bytes(plan)),
                                 mebibytes(plan.available_bytes)));
}

/** The settings as they hold, before the first step. */
void show_settings(const Context& context, const SftSettings& sft, const std::string& data) {
  std::string line;
  for (const auto& [name, value] : context.options.items()) {
    const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
    if (text.empty()) continue;
    line += fmt::format("\n  {:<26}{}", name, text);
  }
  const double per_update = static_cast<double>(sft.batch_size) * sft.gradient_accumulation;
  context.log().info(
      fmt::format("settings{}\n  {:<26}{} sequences\n  {:<26}{}", line, "an update", per_update, "data", data));
}

int run(const Options& options, Context& context) {
  check(options);
  const double start_seconds = monotonic_seconds();
  SftSettings sft = options.sft;
  sft.base.threads = context.common.threads;
  const TextSide text = load_text_side(sft.base.model);
  if (sft.base.method == Method::full) check_trainable(text.config, sft.base.model);
  warn_without_date(text.chat_template, options.date, context.log());
  sft.max_length = static_cast<int>(std::min<std::int64_t>(sft.max_length, context_length(text.config)));
  const EncodeOptions encode{.render = {.date = options.date},
                             .max_length = sft.max_length,
                             .trained_turns = options.trained_turns,
                             .drops_long = options.rejects_long};

  const TrainInputs inputs_of_check{options.train, options.validation, sft.base.adapter, options.serve_model};
  if (options.only_checks) return check_training_data(text, inputs_of_check, encode, sft, context);
  warn_of_training_data(text, inputs_of_check, encode, context);

  std::optional<OutputFolder> folder;
  std::optional<AtomicFile> rejected;
  if (!context.common.dry_run && !options.only_plans) {
    folder.emplace(sft.output, context.command, context.common.force);
    rejected.emplace(*folder / "rejected.jsonl");
  }
  Rejects rejects(options.rejects, context.log(), rejected ? &*rejected : nullptr);
  const TokenCacheSettings cache = token_cache_settings(options.token_cache, context);
  const auto read = [&](const fs::path& path) {
    const std::int64_t num_rejected_before = rejects.count();
    TokenizedDataset dataset(path, *text.tokenizer, text.chat_template, encode, rejects, context.sinks, cache,
                             num_threads(context.common));
    if (rejects.count() > num_rejected_before) rejects.check(dataset.num_read());
    if (dataset.size() == 0) throw Error(Kind::input, "'" + path.string() + "' holds no record to train on");
    return dataset;
  };
  const TokenizedDataset train = read(options.train);
  std::optional<TokenizedDataset> validation;
  if (!options.validation.empty()) validation.emplace(read(options.validation));
  const TokenizedDataset* held_out = validation ? &*validation : nullptr;
  // Refuses lengths of a schedule that do not fit the run, whichever batch size is chosen.
  Schedule(sft.schedule, total_steps(num_training_rows(train, sft), sft));
  if (options.only_plans)
    return tell_plan(load_engine().plan_sft(sft, train, held_out, !context.common.dry_run, context.sinks), context);
  if (sft.batch_size == 0 && !context.common.dry_run) choose_batch_size(sft, train, held_out, context);
  show_settings(context, sft, describe_dataset(train));
  if (context.common.dry_run) {
    context.finish({{"dry_run", true},
                    {"records", train.size()},
                    {"tokens", train.num_tokens()},
                    {"trained_tokens", train.num_targets()}},
                   describe_dataset(train) + "; nothing was trained");
    return 0;
  }

  Json run_json = Json::object();
  run_json["options"] = context.fixed_options;
  run_json["options"]["batch-size"] = sft.batch_size;  // as found, when it was left to the program
  run_json["options"]["gradient-accumulation"] = sft.gradient_accumulation;
  run_json["threads"] = context.common.threads;
  std::future<Json> model_files = std::async(std::launch::async, [&] { return describe_folder(sft.base.model); });
  load_engine();  // in the meantime
  run_json["model"] = model_files.get();
  if (!sft.base.adapter.empty()) run_json["adapter"] = describe_folder(sft.base.adapter);
  run_json["tokenizer"] = text.tokenizer->sha256();
  run_json["chat_template"] = text.chat_template.sha256();
  if (validation) run_json["validation"] = validation->content_sha256();

  // Described before the training, while the files are what was read: in the meantime another run may write them anew.
  Json inputs = Json::array({describe_file(options.train, train.num_read())});
  if (validation) inputs.push_back(describe_file(options.validation, validation->num_read()));
  for (const char* part : {"model", "adapter"})
    if (run_json.contains(part)) inputs.insert(inputs.end(), run_json[part].begin(), run_json[part].end());
  const Json origins = origins_of(inputs);

  SamplePrompts prompts = read_sample_prompts(options.tracking, options.validation, text, encode.render);
  sft.sample_prompts = std::move(prompts.ids);
  sft.sampling.max_new_tokens = options.tracking.sample_tokens;
  if (!sft.sample_prompts.empty())
    sft.sampling.stop_ids = stop_ids(*text.tokenizer, text.chat_template, sft.base.model, encode.render);
  const std::unique_ptr<Trackers> trackers =
      make_trackers(options.tracking, sft.output, sft.resume, {{"run", run_json}, {"data", train.content_sha256()}},
                    prompts.names, *text.tokenizer, context);
  Sinks sinks = context.sinks;
  sinks.metrics = trackers.get();
  TrainingSummary summary;
  Json manifest = make_manifest(context.command, context.program.version, context.options);
  trackers->follow([&] {
    summary = load_engine().train_sft(sft, train, held_out, run_json, sinks);
    trackers->trained();

    if (sft.base.method == Method::full)
      for (const std::string& name : tokenizer_file_names())
        if (fs::exists(sft.base.model / name))
          write_file(*folder / name, read_file(sft.base.model / name), Privacy::shared);
    rejected->commit();

    manifest["inputs"] = inputs;
    manifest["origins"] = origins;
    manifest["tokenizer_sha256"] = text.tokenizer->sha256();
    manifest["chat_template_sha256"] = text.chat_template.sha256();
    manifest["outputs"] = describe_folder(sft.output);
    for (Json& file : manifest["outputs"]) file["path"] = fs::path(file["path"].get<std::string>()).filename().string();
    manifest["outputs"].push_back(describe_output(*rejected, rejects.count()));
    manifest["counts"] = {{"records", train.size()},
                          {"tokens", train.num_tokens()},
                          {"trained_tokens", train.num_targets()},
                          {"cut", train.num_cut()},
                          {"rejected", rejects.by_reason()}};
    manifest["result"] = {
        {"steps", summary.steps},
        {"batch_size", sft.batch_size},
        {"gradient_accumulation", sft.gradient_accumulation},
        {"first_loss", summary.first_loss},
        {"final_loss", summary.final_loss},
        {"best_step", summary.best_step},
        {"stopped_early", summary.is_stopped_early},
        {"best_eval_loss", std::isfinite(summary.best_eval_loss) ? Json(summary.best_eval_loss) : Json(nullptr)},
        {"trainable_parameters", summary.trainable_parameters},
        {"trained_tokens", summary.trained_tokens},
        {"seen_tokens", summary.seen_tokens}};
    manifest["seeds"] = {{"seed", sft.seed}};
    manifest["measured"] = {{"finished_at", utc_now()},
                            {"seconds", monotonic_seconds() - start_seconds},
                            {"training_seconds", summary.seconds},
                            {"tokens_per_second", summary.tokens_per_second},
                            {"peak_bytes", summary.peak_bytes},
                            {"allocator_peak_bytes", summary.allocator_peak_bytes}};
    write_manifest(folder->path(), manifest);
    return 0;
  });

  Json words = manifest["result"];
  words["output"] = sft.output.string();
  words["measured"] = manifest["measured"];
  const std::string early = summary.is_stopped_early ? " (stopped early: no improvement)" : "";
  const std::string best =
      validation ? fmt::format(", best validation loss {:.4f} at step {}", summary.best_eval_loss, summary.best_step)
                 : "";
  context.finish(
      words, fmt::format("{} steps{}, loss {:.4f} → {:.4f}{}; {:.0f} tokens/s, {} MiB; {} in '{}' ({:.1f} s)",
                         summary.steps, early, summary.first_loss, summary.final_loss, best, summary.tokens_per_second,
                         summary.peak_bytes >> 20, sft.base.method == Method::full ? "model" : "adapter",
                         sft.output.string(), monotonic_seconds() - start_seconds));
  return 0;
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
