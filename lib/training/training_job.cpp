#include "training/training_job.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/counted.hpp"
#include "base/hash.hpp"
#include "base/machine.hpp"
#include "engine/device_check.hpp"
#include "engine/engine.hpp"
#include "engine/rows.hpp"
#include "engine/schedule.hpp"
#include "inference/provenance.hpp"
#include "inference/sample_prompts.hpp"
#include "inference/stop_ids.hpp"
#include "model/quantized.hpp"
#include "record/manifest.hpp"
#include "training/data_check.hpp"
#include "training/disk_check.hpp"
#include "training/plan_report.hpp"
#include "training/record_index.hpp"

namespace intelia {

TrainingSettings& common(MethodSettings& settings) {
  return std::visit([](auto& of_method) -> TrainingSettings& { return of_method; }, settings);
}

const TrainingSettings& common(const MethodSettings& settings) {
  return std::visit([](const auto& of_method) -> const TrainingSettings& { return of_method; }, settings);
}

namespace {

/** The short name of the method: "sft". */
const char* name_of(const MethodSettings& settings) {
  constexpr const char* kNames[] = {"sft", "dpo", "kto"};
  return kNames[settings.index()];
}

RecordKind records_of(const MethodSettings& settings) {
  constexpr RecordKind kKinds[] = {RecordKind::conversation, RecordKind::pair, RecordKind::rated_answer};
  return kKinds[settings.index()];
}

/** The reference of a preference training; null under SFT. */
template <class Settings>
auto* reference_of(Settings& settings) {
  using Reference = std::conditional_t<std::is_const_v<Settings>, const ReferenceSettings, ReferenceSettings>;
  if (auto* dpo = std::get_if<DpoSettings>(&settings)) return static_cast<Reference*>(&dpo->reference);
  if (auto* kto = std::get_if<KtoSettings>(&settings)) return static_cast<Reference*>(&kto->reference);
  return static_cast<Reference*>(nullptr);
}

/** Warns where the two sides of rated answers do not weigh about the same (Ethayarajh et al. 2024, eq. 8). */
void warn_about_balance(const KtoSettings& settings, const SampleSource& samples, Log& log) {
  std::int64_t num_desirable = 0;
  for (std::int64_t i = 0; i < samples.size(); ++i) num_desirable += samples.is_desirable_at(i);
  const std::int64_t num_undesirable = samples.size() - num_desirable;
  if (num_desirable == 0 || num_undesirable == 0) {
    log.warning("all answers have the same label; the model learns only in one direction");
    return;
  }
  const double desirable = settings.desirable_weight * static_cast<double>(num_desirable),
               undesirable = settings.undesirable_weight * static_cast<double>(num_undesirable);
  if (desirable >= undesirable && desirable <= undesirable * 4 / 3) return;
  std::string text = fmt::format("{} desirable and {} undesirable answers weigh {:.4g} : {:.4g}, outside 1:1 to 4:3",
                                 num_desirable, num_undesirable, desirable, undesirable);
  if (desirable > 0 && undesirable > 0) {
    const double balanced = undesirable / static_cast<double>(num_desirable);
    text += fmt::format("; give desirable answers a weight between {:.2f} and {:.2f}", balanced, balanced * 4 / 3);
  }
  log.warning(text);
}

}  // namespace

TrainingJob::TrainingJob(TrainingJobSettings settings, Sinks sinks)
    : settings_(std::move(settings)),
      sinks_(sinks),
      text_(load_text_side(training().base.model, settings_.tokenizer_rules, training().base.adapter)) {
  resolve_method(training().base, Method::qlora, sinks_.log);
  if (training().base.method == Method::full) check_trainable(text_.config, training().base.model);
  const std::int64_t context = context_length(text_.config);
  if (training().max_length > context) {
    if (training().max_length != TrainingSettings{}.max_length)
      sinks_.log.warning(
          fmt::format("the maximum length of {} tokens is lowered to the context length of the model, {}",
                      training().max_length, context));
    training().max_length = static_cast<int>(context);
  }
  encode_ = {.render = {.date = settings_.date},
             .max_length = training().max_length,
             .trained_turns = settings_.trained_turns,
             .refuses_long = settings_.rejects_long,
             .records = records_of(settings_.method)};
}

TrainingReport TrainingJob::check() const {
  index_trained_records(settings_.inputs, encode_.records, training().base, nullptr, sinks_);
  return check_training_data(text_, settings_.inputs, training().base.adapter, encode_, training(), sinks_,
                             settings_.threads);
}

TrainingReport TrainingJob::plan(bool measures_time) const {
  check_device(training().base.device);
  warn();
  Rejects rejects(settings_.rejects, sinks_.log);
  const TrainingData data = read_data(rejects);
  Engine& engine = load_engine();
  // On a GPU the plan is of its memory.
  const bool is_on_cpu =
      training().base.device == Device::cpu || engine.versions(/*look_for_gpu=*/true).value("cuda", Json()).is_null();
  const std::uint64_t program_bytes = is_on_cpu ? resident_bytes() : 0;
  return plan_report(engine_plan(data, measures_time), program_bytes);
}

TrainingReport TrainingJob::dry_run(const DescribeOptions& describe) const {
  check_device(training().base.device);
  warn();
  check_adapters([&] { return describe_folder(training().base.model); });
  Rejects rejects(settings_.rejects, sinks_.log);
  const TrainingData data = read_data(rejects);
  log_settings(describe(training()), data);
  index_trained_records(settings_.inputs, encode_.records, training().base, nullptr, sinks_);
  return {"",
          {{"dry_run", true},
           {"records", data.train.size()},
           {"tokens", data.train.num_tokens()},
           {"trained_tokens", data.train.num_targets()}},
          describe_mix(data.train) + "; nothing was trained"};
}

/** Error{usage} for an adapter, or one of the reference, that was not trained with this model. */
void TrainingJob::check_adapters(const BaseFiles& base_files) const {
  check_adapter(training().base, base_files, text_, sinks_.log);
  const ReferenceSettings* reference = reference_of(settings_.method);
  if (reference == nullptr) return;
  ModelSettings settings = training().base;
  settings.adapter = reference->adapter;
  check_adapter(settings, base_files, text_, sinks_.log);
}

void TrainingJob::warn() const {
  warn_about_training_data(text_, settings_.inputs, training().base.adapter, encode_, sinks_);
  if (training().base.method == Method::full || !training().base.adapter.empty()) return;
  const LoraSettings& lora = training().lora;
  if (!lora.rank_pattern.empty() || !lora.alpha_pattern.empty())
    sinks_.log.warning(
        "vLLM ignores rank_pattern and alpha_pattern: it would serve the adapter with another scale in those layers; "
        "PEFT applies them");
  if (lora.uses_dora || !lora.modules_to_save.empty())
    sinks_.log.warning(
        "vLLM refuses adapters with DoRA or with fully trained modules (modules_to_save); PEFT loads them");
}

TrainingData TrainingJob::read_data(Rejects& rejects) const {
  TrainingData data = read_training_data(settings_.inputs, text_, encode_, settings_.token_cache, settings_.rejects,
                                         rejects, sinks_, settings_.threads, training().seed);
  Schedule(training().schedule, total_steps(num_training_rows(data.train, training()), training()));
  if (const auto* kto = std::get_if<KtoSettings>(&settings_.method)) warn_about_balance(*kto, data.train, sinks_.log);
  return data;
}

void TrainingJob::log_settings(const RunOptions& options, const TrainingData& data) const {
  for (const std::string& line : settings_lines(options, rows_per_step(training()), describe_mix(data.train)))
    sinks_.log.info(line);
}

TrainingPlan TrainingJob::engine_plan(const TrainingData& data, bool measures_time) const {
  return std::visit(
      [&](const auto& method) {
        return load_engine().plan(method, data.train, data.held_out(), measures_time, sinks_);
      },
      settings_.method);
}

void TrainingJob::choose_batch_size(const TrainingData& data) {
  const TrainingPlan plan = engine_plan(data, /*measures_time=*/false);
  const double total = mebibytes(total_bytes(plan)), available = mebibytes(plan.available_bytes);
  if (!plan.fits)
    throw Error(
        Kind::io,
        fmt::format("no batch size fits, not even one sequence: {:.0f} MiB needed, {:.0f} MiB available; try {}", total,
                    available, remedies_of(plan).at(0)));
  training().batch_size = plan.batch_size;
  training().gradient_accumulation = plan.gradient_accumulation;
  sinks_.log.info(fmt::format("batch size: {} × {} sequences, {:.0f} of {:.0f} MiB", training().batch_size,
                              training().gradient_accumulation, total, available));
}

std::vector<std::string> TrainingJob::add_sample_prompts() {
  SamplePrompts prompts =
      read_sample_prompts(settings_.inputs.validation, settings_.tracking.samples, text_, encode_.render);
  training().sample_prompts = std::move(prompts.ids);
  training().sampling.max_new_tokens = settings_.tracking.sample_tokens;
  if (!training().sample_prompts.empty())
    training().sampling.stop_ids = stop_ids(*text_.tokenizer, text_.chat_template, text_.folder, encode_.render);
  return std::move(prompts.names);
}

void TrainingJob::add_reference(Json& identity) {
  ReferenceSettings* reference = reference_of(settings_.method);
  if (reference == nullptr) return;
  if (!reference->adapter.empty()) identity["reference_adapter"] = describe_folder(reference->adapter);
  if (!reference->is_precomputed || settings_.reference_cache.empty()) return;
  Json key = {{"program", settings_.token_cache.program},
              {"threads", identity["threads"]},
              {"kind", static_cast<int>(reference->kind)},
              {"method", static_cast<int>(training().base.method)},
              {"precision", static_cast<int>(training().base.precision)},
              {"device", static_cast<int>(training().base.device)},
              {"adapter_type", static_cast<int>(training().adapter_type)},
              {"compat", static_cast<int>(training().compat)},
              {"batch_size", training().batch_size}};
  if (const auto* dpo = std::get_if<DpoSettings>(&settings_.method))
    key["ld_alpha"] = dpo->ld_alpha ? Json(*dpo->ld_alpha) : Json();
  for (const char* part : {"model", "adapter", "reference_adapter"})
    if (identity.contains(part))
      for (const Json& file : identity[part]) key["files"].push_back({part, file.value("sha256", "")});
  reference->cache = settings_.reference_cache / sha256_of(key.dump()).substr(0, 32);
}

TrainingReport TrainingJob::run(RunInfo info, const DescribeOptions& describe) {
  check_device(training().base.device);
  warn();
  info.options["method"] = describe(training()).all["method"];  // what "auto" stands for
  Run run(info, training().output);
  Rejects& rejects = run.open_rejects(settings_.rejects, sinks_.log);
  const TrainingData data = read_data(rejects);
  if (training().batch_size == 0) choose_batch_size(data);
  const RunOptions options = describe(training());
  log_settings(options, data);
  check_training_disk(text_.config, training(), total_steps(num_training_rows(data.train, training()), training()));

  AtomicFile& index = run.stage(kTrainedRecordsFile);
  run.set_records(index, index_trained_records(settings_.inputs, encode_.records, training().base, &index, sinks_));
  Json identity = run_identity(options, training().base, text_, data.held_out());
  check_adapters([&] { return identity["model"]; });
  add_reference(identity);
  add_training_inputs(run, settings_.inputs, data, identity);
  AnswerTexts texts{add_sample_prompts(), [this](const std::vector<std::int32_t>& ids) {
                      return text_.tokenizer->decode(ids, /*skip_special=*/true);
                    }};
  const auto trackers = make_trackers(
      settings_.tracking, tracked_run(info, options, training().output, training().resume, identity, data.train),
      std::move(texts), sinks_);
  RunListener listener(run, *trackers);
  Sinks sinks = sinks_;
  sinks.metrics = &listener;
  TrainingSummary summary;
  trackers->follow([&] {
    summary = std::visit(
        [&](const auto& method) { return load_engine().train(method, data.train, data.held_out(), identity, sinks); },
        settings_.method);
    trackers->trained();
    copy_text_side(text_, training().base.method, run);
    if (training().base.method != Method::full)
      run.stage_text("README.md",
                     model_card(info, training().base.model.string(), name_of(settings_.method), data, summary));
    record_training(run, text_, data, rejects, training(), summary);
    run.commit();
    return 0;
  });

  Json result = run.close()["result"];
  result["output"] = training().output.string();
  result["measured"] = run.close()["measured"];
  const std::string early = summary.is_stopped_early ? fmt::format(" (stopped early: {})", summary.reason_to_stop) : "";
  const std::string best = data.validation ? fmt::format(", best validation loss {:.4f} at step {}",
                                                         summary.best_eval_loss, summary.best_step)
                                           : "";
  return {"", std::move(result),
          fmt::format("{}{}, loss {:.4f} → {:.4f}{}; {:.0f} tokens/s, {} MiB; {} in '{}' ({:.1f} s)",
                      counted(summary.steps, "step"), early, summary.first_loss, summary.final_loss, best,
                      summary.tokens_per_second, summary.peak_bytes >> 20,
                      training().base.method == Method::full ? "model" : "adapter", training().output.string(),
                      run.seconds())};
}

}  // namespace intelia
