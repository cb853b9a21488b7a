#include "training/sft_job.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/counted.hpp"
#include "base/machine.hpp"
#include "engine/device_check.hpp"
#include "engine/engine.hpp"
#include "engine/rows.hpp"
#include "engine/schedule.hpp"
#include "inference/sample_prompts.hpp"
#include "inference/stop_ids.hpp"
#include "model/quantized.hpp"
#include "training/data_check.hpp"
#include "training/disk_check.hpp"
#include "training/plan_report.hpp"
#include "training/record_index.hpp"

namespace intelia {

SftJob::SftJob(SftJobSettings settings, Sinks sinks)
    : settings_(std::move(settings)),
      sinks_(sinks),
      sft_(settings_.sft),
      text_(load_text_side(sft_.base.model, settings_.tokenizer_rules, sft_.base.adapter)) {
  if (sft_.base.method == Method::full) check_trainable(text_.config, sft_.base.model);
  const std::int64_t context = context_length(text_.config);
  if (sft_.max_length > context) {
    if (sft_.max_length != SftSettings{}.max_length)
      sinks_.log.warning(
          fmt::format("the maximum length of {} tokens is lowered to the context length of the model, {}",
                      sft_.max_length, context));
    sft_.max_length = static_cast<int>(context);
  }
  encode_ = {.render = {.date = settings_.date},
             .max_length = sft_.max_length,
             .trained_turns = settings_.trained_turns,
             .refuses_long = settings_.rejects_long};
}

TrainingReport SftJob::check() const {
  index_trained_records(settings_.inputs, sft_.base, nullptr, sinks_);
  return check_training_data(text_, settings_.inputs, sft_.base.adapter, encode_, sft_, sinks_, settings_.threads);
}

TrainingReport SftJob::plan(bool measures_time) const {
  check_device(sft_.base.device);
  warn();
  Rejects rejects(settings_.rejects, sinks_.log);
  const TrainingData data = read_data(rejects);
  Engine& engine = load_engine();
  // On a GPU the plan is of its memory.
  const bool is_on_cpu =
      sft_.base.device == Device::cpu || engine.versions(/*look_for_gpu=*/true).value("cuda", Json()).is_null();
  const std::uint64_t program_bytes = is_on_cpu ? resident_bytes() : 0;
  return plan_report(engine.plan_sft(sft_, data.train, data.held_out(), measures_time, sinks_), program_bytes);
}

TrainingReport SftJob::dry_run(const DescribeOptions& describe) const {
  check_device(sft_.base.device);
  warn();
  Rejects rejects(settings_.rejects, sinks_.log);
  const TrainingData data = read_data(rejects);
  log_settings(describe(sft_), data);
  index_trained_records(settings_.inputs, sft_.base, nullptr, sinks_);
  return {"",
          {{"dry_run", true},
           {"records", data.train.size()},
           {"tokens", data.train.num_tokens()},
           {"trained_tokens", data.train.num_targets()}},
          describe_mix(data.train) + "; nothing was trained"};
}

void SftJob::warn() const {
  warn_about_training_data(text_, settings_.inputs, sft_.base.adapter, encode_, sinks_);
  if (sft_.base.method == Method::full || !sft_.base.adapter.empty()) return;
  const LoraSettings& lora = sft_.lora;
  if (!lora.rank_pattern.empty() || !lora.alpha_pattern.empty())
    sinks_.log.warning(
        "vLLM ignores rank_pattern and alpha_pattern: it would serve the adapter with another scale in those layers; "
        "PEFT applies them");
  if (lora.uses_dora || !lora.modules_to_save.empty())
    sinks_.log.warning(
        "vLLM refuses adapters with DoRA or with fully trained modules (modules_to_save); PEFT loads them");
}

TrainingData SftJob::read_data(Rejects& rejects) const {
  TrainingData data = read_training_data(settings_.inputs, text_, encode_, settings_.token_cache, settings_.rejects,
                                         rejects, sinks_, settings_.threads, sft_.seed);
  Schedule(sft_.schedule, total_steps(num_training_rows(data.train, sft_), sft_));
  return data;
}

void SftJob::log_settings(const RunOptions& options, const TrainingData& data) const {
  for (const std::string& line : settings_lines(options, rows_per_step(sft_), describe_mix(data.train)))
    sinks_.log.info(line);
}

void SftJob::choose_batch_size(const TrainingData& data) {
  const TrainingPlan plan = load_engine().plan_sft(sft_, data.train, data.held_out(), /*measures_time=*/false, sinks_);
  const double total = mebibytes(total_bytes(plan)), available = mebibytes(plan.available_bytes);
  if (!plan.fits)
    throw Error(
        Kind::io,
        fmt::format("no batch size fits, not even one sequence: {:.0f} MiB needed, {:.0f} MiB available; try {}", total,
                    available, remedies_of(plan).at(0)));
  sft_.batch_size = plan.batch_size;
  sft_.gradient_accumulation = plan.gradient_accumulation;
  sinks_.log.info(fmt::format("batch size: {} × {} sequences, {:.0f} of {:.0f} MiB", sft_.batch_size,
                              sft_.gradient_accumulation, total, available));
}

std::vector<std::string> SftJob::add_sample_prompts() {
  SamplePrompts prompts =
      read_sample_prompts(settings_.inputs.validation, settings_.tracking.samples, text_, encode_.render);
  sft_.sample_prompts = std::move(prompts.ids);
  sft_.sampling.max_new_tokens = settings_.tracking.sample_tokens;
  if (!sft_.sample_prompts.empty())
    sft_.sampling.stop_ids = stop_ids(*text_.tokenizer, text_.chat_template, text_.folder, encode_.render);
  return std::move(prompts.names);
}

TrainingReport SftJob::run(const RunInfo& info, const DescribeOptions& describe) {
  check_device(sft_.base.device);
  warn();
  Run run(info, sft_.output);
  Rejects& rejects = run.open_rejects(settings_.rejects, sinks_.log);
  const TrainingData data = read_data(rejects);
  if (sft_.batch_size == 0) choose_batch_size(data);
  const RunOptions options = describe(sft_);
  log_settings(options, data);
  check_training_disk(text_.config, sft_, total_steps(num_training_rows(data.train, sft_), sft_));

  AtomicFile& index = run.stage(kTrainedRecordsFile);
  run.set_records(index, index_trained_records(settings_.inputs, sft_.base, &index, sinks_));
  const Json identity = run_identity(options, sft_.base, text_, data.held_out());
  add_training_inputs(run, settings_.inputs, data, identity);
  AnswerTexts texts{add_sample_prompts(), [this](const std::vector<std::int32_t>& ids) {
                      return text_.tokenizer->decode(ids, /*skip_special=*/true);
                    }};
  const auto trackers =
      make_trackers(settings_.tracking, tracked_run(info, options, sft_.output, sft_.resume, identity, data.train),
                    std::move(texts), sinks_);
  RunListener listener(run, *trackers);
  Sinks sinks = sinks_;
  sinks.metrics = &listener;
  TrainingSummary summary;
  trackers->follow([&] {
    summary = load_engine().train_sft(sft_, data.train, data.held_out(), identity, sinks);
    trackers->trained();
    copy_text_side(text_, sft_.base.method, run);
    if (sft_.base.method != Method::full)
      run.stage_text("README.md", model_card(info, sft_.base.model.string(), "sft", data, summary));
    record_training(run, text_, data, rejects, sft_, summary);
    run.commit();
    return 0;
  });

  Json result = run.close()["result"];
  result["output"] = sft_.output.string();
  result["measured"] = run.close()["measured"];
  const std::string early = summary.is_stopped_early ? " (stopped early: no improvement)" : "";
  const std::string best = data.validation ? fmt::format(", best validation loss {:.4f} at step {}",
                                                         summary.best_eval_loss, summary.best_step)
                                           : "";
  return {"", std::move(result),
          fmt::format("{}{}, loss {:.4f} → {:.4f}{}; {:.0f} tokens/s, {} MiB; {} in '{}' ({:.1f} s)",
                      counted(summary.steps, "step"), early, summary.first_loss, summary.final_loss, best,
                      summary.tokens_per_second, summary.peak_bytes >> 20,
                      sft_.base.method == Method::full ? "model" : "adapter", sft_.output.string(), run.seconds())};
}

}  // namespace intelia
