#include "evaluation/run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <set>

#include "base/clock.hpp"
#include "base/counted.hpp"
#include "base/path.hpp"
#include "engine/device_check.hpp"
#include "inference/answering.hpp"
#include "inference/provenance.hpp"
#include "record/json_text.hpp"
#include "record/jsonl.hpp"
#include "tokens/check.hpp"

namespace intelia {

namespace fs = std::filesystem;

namespace {

/** What is known before any conversation is read. */
struct Preparation {
  ModelSettings base;       // with the adapter, if the candidate is one
  ModelSettings candidate;  // the same, or of another model
  TokenizerRules rules = TokenizerRules::transformers;
  bool is_adapter = true;
  std::optional<TextSide> base_side;
  std::optional<TextSide> own_side;  // of the candidate; nothing: the base's
  bool shares_tokens = true;         // both have the same tokenizer and chat template
  std::vector<Question> questions;
  Json base_files = Json::array();
  Json candidate_files = Json::array();
  std::vector<std::string> mismatches;

  const TextSide& base_text() const { return *base_side; }
  const TextSide& candidate_text() const { return own_side ? *own_side : *base_side; }
  const fs::path& candidate_folder() const { return is_adapter ? base.adapter : candidate.model; }
  /** The tokens of a conversation that are scored, at most. */
  std::int64_t max_length(const TextSide& text) const {
    return shares_tokens ? std::min(context_length(base_text().config), context_length(candidate_text().config))
                         : context_length(text.config);
  }
};

/** Finds out what the candidate is. */
Preparation choose_candidate(const EvaluationSettings& settings) {
  Preparation preparation;
  preparation.rules = settings.tokenizer_rules;
  preparation.base = preparation.candidate = settings.model;
  if (settings.candidate.empty()) return preparation;
  check_input(settings.candidate, InputType::folder);
  preparation.is_adapter = is_file(settings.candidate / "adapter_config.json");
  if (preparation.is_adapter) {
    preparation.base.adapter = preparation.candidate.adapter = settings.candidate;
  } else if (is_file(settings.candidate / "config.json")) {
    preparation.candidate.model = settings.candidate;
  } else {
    throw Error(Kind::usage,
                "the candidate '" + settings.candidate.string() +
                    "' is neither an adapter (it has no adapter_config.json) nor a model (no config.json)");
  }
  return preparation;
}

/** The method for base and candidate: unless it is set, the one that the candidate was trained with, else qlora. */
void choose_method(Preparation& preparation, Log& log) {
  ModelSettings candidate = preparation.candidate;
  if (!preparation.is_adapter) candidate.adapter = candidate.model;
  resolve_method(candidate, Method::qlora, log);
  preparation.base.method = preparation.candidate.method = candidate.method;
}

void load_texts(Preparation& preparation) {
  const ModelSettings& candidate = preparation.candidate;
  TextSide text = load_text_side(candidate.model, preparation.rules, candidate.adapter);
  if (preparation.is_adapter && text.tokenizer_folder == preparation.base.model) {
    preparation.base_side.emplace(std::move(text));
    return;
  }
  const TextSide& base = preparation.base_side.emplace(load_text_side(preparation.base.model, preparation.rules));
  const TextSide& own = preparation.own_side.emplace(std::move(text));
  preparation.shares_tokens =
      own.tokenizer->sha256() == base.tokenizer->sha256() && own.chat_template.sha256() == base.chat_template.sha256();
}

/** Error{usage} for a candidate that would be judged in another way than it was trained, unless that is allowed. */
void check_provenance(Preparation& preparation, const EvaluationSettings& settings, Log& log) {
  preparation.candidate_files = describe_folder(preparation.candidate_folder());
  preparation.mismatches = file_mismatches(preparation.candidate_folder(), preparation.candidate_files);
  const std::vector<std::string> others =
      preparation.is_adapter
          ? adapter_mismatches(
                preparation.base, [&] { return preparation.base_files; }, preparation.candidate_text(), log)
          : model_mismatches(preparation.candidate);
  preparation.mismatches.insert(preparation.mismatches.end(), others.begin(), others.end());
  if (preparation.mismatches.empty()) return;
  const std::string message = "the candidate '" + preparation.candidate_folder().string() +
                              "' is not judged as it was trained: " + mismatch_list(preparation.mismatches);
  if (!settings.model.allows_mismatch) {
    const auto method =
        trained_method(preparation.candidate_folder(), preparation.base.method, preparation.candidate_text().config);
    throw Error(Kind::usage,
                message + (method ? "; use `method` " + *method : "") + "; `allow_mismatch` evaluates it nevertheless");
  }
  log.warning(message);
}

Preparation prepare(const EvaluationSettings& settings, const Sinks& sinks) {
  check_device(settings.model.device);
  Preparation preparation = choose_candidate(settings);
  choose_method(preparation, sinks.log);
  load_texts(preparation);
  preparation.base_files = describe_folder(preparation.base.model);
  check_provenance(preparation, settings, sinks.log);
  if (!settings.questions.empty()) preparation.questions = read_questions(settings.questions);
  return preparation;
}

/** The held-out conversations as each of the models reads them. */
struct EvaluationData {
  TokenizedDataset base;
  std::optional<TokenizedDataset> candidate;                  // nothing: the base's
  std::vector<std::int64_t> base_samples, candidate_samples;  // that are compared, in pairs
  TrainedOverlap overlap;
  std::int64_t num_unpaired = 0;  // that only one of the models can read as a whole, or of which they score other text

  const TokenizedDataset& of_candidate() const { return candidate ? *candidate : base; }
};

/** Whether a sample may have been truncated to the maximum length. */
bool is_whole(const TokenizedDataset& dataset, std::int64_t sample, std::int64_t max_length) {
  return dataset.size_at(sample).tokens < max_length;
}

/** The lines of which a prompt is rendered otherwise once its answer follows: a template could put the answer in it. */
std::set<std::int64_t> lines_with_other_prompt(const EvaluationSettings& settings, const TextSide& text,
                                               const EncodeOptions& options) {
  SilentSinks silent;
  const DatasetCheck check = check_records(settings.validation, *text.tokenizer, text.chat_template, options,
                                           silent.sinks(), settings.threads);
  std::set<std::int64_t> lines;
  for (const RecordFinding& finding : check.findings)
    if (finding.kind == RecordFinding::Kind::prompt_not_prefix) lines.insert(finding.line);
  return lines;
}

/** Leaves the samples of the same line that both models read as a whole, and of which both score the same text: their
    losses are compared per byte of it. `excluded`: lines that are not compared. */
void pair_samples(EvaluationData& data, const std::vector<std::int64_t>& held_out, std::int64_t base_length,
                  std::int64_t candidate_length, const std::set<std::int64_t>& excluded) {
  const TokenizedDataset& other = *data.candidate;
  std::int64_t place = 0;
  for (const std::int64_t sample : held_out) {
    const std::int64_t line = data.base.line_of(sample);
    while (place < other.size() && other.line_of(place) < line) ++place;
    if (place < other.size() && other.line_of(place) == line && is_whole(data.base, sample, base_length) &&
        is_whole(other, place, candidate_length) && !excluded.contains(line) &&
        data.base.target_bytes_of(sample) == other.target_bytes_of(place)) {
      data.base_samples.push_back(sample);
      data.candidate_samples.push_back(place);
    } else {
      ++data.num_unpaired;
    }
  }
}

EvaluationData read_data(const Preparation& preparation, const EvaluationSettings& settings, Rejects& rejects,
                         const Sinks& sinks) {
  const auto options = [&](const TextSide& text) {
    return EncodeOptions{{.date = settings.date}, preparation.max_length(text)};
  };
  const auto read = [&](const TextSide& text, Rejects& text_rejects, const Sinks& text_sinks) {
    return TokenizedDataset(settings.validation, *text.tokenizer, text.chat_template, options(text), text_rejects,
                            text_sinks, settings.token_cache, settings.threads);
  };
  EvaluationData data{read(preparation.base_text(), rejects, sinks)};
  rejects.check(data.base.num_read());
  warn_about_dataset(settings.validation, data.base, options(preparation.base_text()), sinks.log);
  HeldOut held_out =
      find_held_out(data.base, settings.validation, preparation.base.model, preparation.candidate_folder(), sinks);
  data.overlap = std::move(held_out.overlap);
  const auto has_no_text = [&](std::int64_t sample) { return data.base.target_bytes_of(sample) == 0; };
  data.num_unpaired = std::erase_if(held_out.samples, has_no_text);
  if (preparation.shares_tokens) {
    data.base_samples = data.candidate_samples = std::move(held_out.samples);
    return data;
  }
  SilentSinks silent;
  Rejects others({.max_rejected = 1}, silent.sinks().log);
  data.candidate.emplace(read(preparation.candidate_text(), others, sinks));
  std::set<std::int64_t> excluded =
      lines_with_other_prompt(settings, preparation.candidate_text(), options(preparation.candidate_text()));
  if (!excluded.empty())
    for (const std::int64_t line :
         lines_with_other_prompt(settings, preparation.base_text(), options(preparation.base_text())))
      excluded.erase(line);
  pair_samples(data, held_out.samples, preparation.max_length(preparation.base_text()),
               preparation.max_length(preparation.candidate_text()), excluded);
  if (data.num_unpaired > 0)
    sinks.log.warning(
        fmt::format("{} {} not compared: one of the models cannot read {}, or not as a whole, or its chat "
                    "template marks other text as the answers or renders their prompts otherwise",
                    counted(data.num_unpaired, "conversation"), is_or_are(data.num_unpaired),
                    data.num_unpaired == 1 ? "it" : "them"));
  return data;
}

/** What one of the models made of conversations and questions. */
struct Judged {
  std::vector<SampleLoss> losses;
  std::vector<Completion> answers;
};

Judged judge(LoadedModel& model, Variant variant, const TextSide& text, const TokenizedDataset& dataset,
             const std::vector<std::int64_t>& samples, const std::vector<Question>& questions,
             const EvaluationSettings& settings, const Sinks& sinks) {
  Judged judged;
  judged.losses = score_conversations(model, variant == Variant::adapted, dataset, samples, settings.batch_size, sinks);
  const Generator generator(text, model, {.date = settings.date});
  const AnsweringSettings answering{{.max_new_tokens = settings.max_new_tokens, .seed = settings.seed},
                                    settings.batch_size};
  judged.answers = std::move(answer_questions(generator, answering, questions, {variant}, sinks)[0]);
  return judged;
}

/** Judges base and candidate, one model in memory at a time, into `evaluation`. */
void judge_both(Evaluation& evaluation, const Preparation& preparation, const EvaluationData& data,
                const EvaluationSettings& settings, const Sinks& sinks) {
  std::unique_ptr<LoadedModel> model = load_engine().load(preparation.base, sinks);
  evaluation.model_description = model->description();
  const Judged base = judge(*model, Variant::base, preparation.base_text(), data.base, data.base_samples,
                            preparation.questions, settings, sinks);
  if (!preparation.is_adapter) {
    model.reset();
    model = load_engine().load(preparation.candidate, sinks);
    evaluation.candidate_description = model->description();
  }
  const Judged candidate =
      judge(*model, preparation.is_adapter ? Variant::adapted : Variant::base, preparation.candidate_text(),
            data.of_candidate(), data.candidate_samples, preparation.questions, settings, sinks);
  std::vector<ConversationLoss> losses;
  for (std::size_t i = 0; i < data.base_samples.size(); ++i) {
    const std::int64_t sample = data.base_samples[i];
    losses.push_back({data.base.id_of(sample), data.base.language_of(sample), base.losses[i].loss_sum,
                      candidate.losses[i].loss_sum, base.losses[i].num_targets, data.base.target_bytes_of(sample),
                      candidate.losses[i].num_targets});
  }
  evaluation.losses = merged_by_id(losses);
  evaluation.num_merged_records = static_cast<std::int64_t>(losses.size() - evaluation.losses.size());
  for (std::size_t i = 0; i < preparation.questions.size(); ++i)
    evaluation.answers.push_back({preparation.questions[i], base.answers[i], candidate.answers[i]});
}

/** Describes the inputs before the work starts: in the meantime another run may replace them. */
void add_inputs(Run& run, const EvaluationSettings& settings, const Preparation& preparation, std::int64_t num_read) {
  run.add_input(settings.validation, num_read);
  if (!settings.questions.empty())
    run.add_input(settings.questions, static_cast<std::int64_t>(preparation.questions.size()));
  for (const Json& file : preparation.base_files) run.add_input(file);
  for (const Json& file : preparation.candidate_files) run.add_input(file);
}

}  // namespace

std::vector<std::size_t> order_by_length(const SampleSource& samples, const std::vector<std::int64_t>& numbers) {
  std::vector<std::size_t> order(numbers.size());
  std::iota(order.begin(), order.end(), 0);
  std::vector<std::int32_t> lengths;
  lengths.reserve(order.size());
  for (const std::int64_t number : numbers) lengths.push_back(samples.size_at(number).tokens);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return lengths[a] < lengths[b]; });
  return order;
}

std::vector<SampleLoss> score_conversations(LoadedModel& model, bool use_adapter, const TokenizedDataset& dataset,
                                            const std::vector<std::int64_t>& numbers, int batch_size,
                                            const Sinks& sinks) {
  const std::vector<std::size_t> order = order_by_length(dataset, numbers);
  std::vector<SampleLoss> losses(order.size());
  for (std::size_t begin = 0; begin < order.size(); begin += static_cast<std::size_t>(batch_size)) {
    sinks.stop.check("scoring");
    const std::size_t end = std::min(order.size(), begin + static_cast<std::size_t>(batch_size));
    std::vector<TokenSample> batch;
    for (std::size_t i = begin; i < end; ++i) {
      batch.push_back(dataset.at(numbers[order[i]]));
      batch.back().weights.clear();  // bits per byte do not depend on the weights of training
    }
    const std::vector<SampleLoss> scores = model.score(batch, use_adapter);
    for (std::size_t i = begin; i < end; ++i) losses[order[i]] = scores[i - begin];
    sinks.progress.update(
        {"conversation", static_cast<std::int64_t>(end), static_cast<std::int64_t>(order.size()), "scored"});
  }
  sinks.progress.finish();
  for (std::size_t i = 0; i < losses.size(); ++i)
    if (!std::isfinite(losses[i].loss_sum))
      throw Error(Kind::input, "the loss of conversation '" + dataset.id_of(numbers[i]) +
                                   "' is not finite; check the weights of the model and the adapter");
  return losses;
}

std::size_t check_evaluation(const EvaluationSettings& settings, const Sinks& sinks) {
  return prepare(settings, sinks).questions.size();
}

EvaluationResult run_evaluation(const EvaluationSettings& settings, const RunInfo& info, const Sinks& sinks) {
  const Preparation preparation = prepare(settings, sinks);
  Run run(info, settings.output);
  Rejects& rejects = run.open_rejects(settings.rejects, sinks.log);
  EvaluationData data = read_data(preparation, settings, rejects, sinks);
  add_inputs(run, settings, preparation, data.base.num_read());

  Evaluation evaluation;
  evaluation.model = settings.model.model.string();
  evaluation.candidate = preparation.candidate_folder().string();
  evaluation.is_adapter = preparation.is_adapter;
  evaluation.mismatches = preparation.mismatches;
  evaluation.date = utc_now().substr(0, std::string_view("YYYY-MM-DD").size());
  evaluation.min_conversations = settings.min_conversations;
  evaluation.seed = settings.seed;
  evaluation.inputs = run.inputs();
  evaluation.overlap = data.overlap;
  evaluation.num_unpaired_conversations = data.num_unpaired;
  evaluation.num_truncated_conversations = preparation.shares_tokens ? data.base.num_truncated() : 0;
  for (const std::string& note : {overlap_sentence(evaluation.overlap), duplicate_sentence(evaluation.overlap)})
    if (!note.empty()) sinks.log.warning(note);
  judge_both(evaluation, preparation, data, settings, sinks);
  for (const std::string& note : {merged_sentence(evaluation), selection_sentence(evaluation)})
    if (!note.empty()) sinks.log.warning(note);
  evaluation.comparison =
      compare_losses(evaluation.losses, settings.seed, preparation.shares_tokens ? LossUnit::token : LossUnit::byte);
  evaluation.verdict = decide(evaluation.comparison.overall, settings.min_conversations);

  run.stage_text("scores.json", json_text(scores_json(evaluation), 2) + "\n");
  run.stage_text("report.html", html_report(evaluation));
  run.manifest()["counts"] = {
      {"conversations", evaluation.losses.size()},       {"trained_on", evaluation.overlap.num_excluded},
      {"duplicates", evaluation.overlap.num_duplicates}, {"unpaired", evaluation.num_unpaired_conversations},
      {"questions", preparation.questions.size()},       {"rejected", rejects.by_reason()}};
  run.manifest()["verdict"] = verdict_words(evaluation.verdict);
  run.manifest()["seeds"] = {{"bootstrap", settings.seed}};
  run.commit();
  return {std::move(evaluation), run / "report.html", run.seconds()};
}

}  // namespace intelia
