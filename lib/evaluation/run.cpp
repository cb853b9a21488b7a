#include "evaluation/run.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "inference/answering.hpp"
#include "record/jsonl.hpp"

namespace intelia {

namespace {

/** What is needed before the model is loaded. */
struct Preparation {
  TextSide text;
  std::vector<Question> questions;
};

Preparation prepare(const EvaluationSettings& settings) {
  Preparation preparation{load_text_side(settings.model.model, settings.tokenizer_rules), {}};
  if (!settings.questions.empty()) preparation.questions = read_questions(settings.questions);
  return preparation;
}

/** Greedy answers of both models to every question. */
std::vector<AnswerPair> answer_pairs(LoadedModel& model, const Preparation& preparation,
                                     const EvaluationSettings& settings, const Sinks& sinks) {
  const Generator generator(preparation.text, model, {.date = settings.date});
  const AnsweringSettings answering{{.max_new_tokens = settings.max_new_tokens, .seed = settings.seed},
                                    settings.batch_size};
  auto answers =
      answer_questions(generator, answering, preparation.questions, {Variant::base, Variant::adapted}, sinks);
  std::vector<AnswerPair> pairs;
  for (std::size_t i = 0; i < preparation.questions.size(); ++i)
    pairs.push_back({preparation.questions[i], std::move(answers[0][i]), std::move(answers[1][i])});
  return pairs;
}

/** Describes the inputs before the work starts: in the meantime another run may replace them. */
void add_inputs(Run& run, const EvaluationSettings& settings, std::int64_t num_read, std::size_t num_questions) {
  run.add_input(settings.validation, num_read);
  if (!settings.questions.empty()) run.add_input(settings.questions, static_cast<std::int64_t>(num_questions));
  run.add_input_folder(settings.model.model);
  run.add_input_folder(settings.model.adapter);
}

}  // namespace

std::vector<std::int64_t> order_by_length(const SampleSource& samples) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(samples.size()));
  std::iota(order.begin(), order.end(), 0);
  std::vector<std::int32_t> lengths;
  lengths.reserve(order.size());
  for (const std::int64_t index : order) lengths.push_back(samples.size_at(index).tokens);
  std::stable_sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) {
    return lengths[static_cast<std::size_t>(a)] < lengths[static_cast<std::size_t>(b)];
  });
  return order;
}

std::vector<ConversationLoss> score_conversations(LoadedModel& model, const TokenizedDataset& dataset, int batch_size,
                                                  const Sinks& sinks) {
  const std::vector<std::int64_t> order = order_by_length(dataset);
  std::vector<ConversationLoss> losses(order.size());
  for (std::size_t begin = 0; begin < order.size(); begin += static_cast<std::size_t>(batch_size)) {
    sinks.stop.check("scoring");
    const std::size_t end = std::min(order.size(), begin + static_cast<std::size_t>(batch_size));
    std::vector<TokenSample> batch;
    for (std::size_t i = begin; i < end; ++i) {
      batch.push_back(dataset.at(order[i]));
      batch.back().weights.clear();  // bits per byte do not depend on the weights of training
    }
    const std::vector<SampleLoss> base = model.score(batch, /*use_adapter=*/false);
    const std::vector<SampleLoss> candidate = model.score(batch, /*use_adapter=*/true);
    for (std::size_t i = begin; i < end; ++i) {
      const std::int64_t index = order[i];
      losses[static_cast<std::size_t>(index)] = {dataset.id_of(index),        dataset.language_of(index),
                                                 base[i - begin].loss_sum,    candidate[i - begin].loss_sum,
                                                 base[i - begin].num_targets, dataset.target_bytes_of(index)};
    }
    sinks.progress.update({"conversation", static_cast<std::int64_t>(end), dataset.size(), "scored"});
  }
  sinks.progress.finish();
  for (const ConversationLoss& loss : losses)
    if (!std::isfinite(loss.base_loss) || !std::isfinite(loss.candidate_loss))
      throw Error(Kind::input, "the loss of conversation '" + loss.id +
                                   "' is not finite; the weights of one of the models are broken");
  return losses;
}

std::size_t check_evaluation(const EvaluationSettings& settings) { return prepare(settings).questions.size(); }

EvaluationResult run_evaluation(const EvaluationSettings& settings, const RunInfo& info, const Sinks& sinks) {
  const Preparation preparation = prepare(settings);
  const TextSide& text = preparation.text;
  Run run(info, settings.output);
  Rejects& rejects = run.open_rejects(settings.rejects, sinks.log);
  const EncodeOptions encode{{.date = settings.date}, context_length(text.config)};
  const TokenizedDataset dataset(settings.validation, *text.tokenizer, text.chat_template, encode, rejects, sinks,
                                 settings.token_cache, settings.threads);
  rejects.check(dataset.num_read());
  warn_about_dataset(settings.validation, dataset, encode, sinks.log);
  const std::unique_ptr<LoadedModel> model = load_engine().load(settings.model, sinks);
  add_inputs(run, settings, dataset.num_read(), preparation.questions.size());

  Evaluation evaluation;
  evaluation.model = settings.model.model.string();
  evaluation.adapter = settings.model.adapter.string();
  evaluation.model_description = model->description();
  evaluation.min_conversations = settings.min_conversations;
  evaluation.seed = settings.seed;
  evaluation.inputs = run.inputs();
  evaluation.losses = score_conversations(*model, dataset, settings.batch_size, sinks);
  evaluation.comparison = compare_losses(evaluation.losses, settings.seed);
  evaluation.verdict = decide(evaluation.comparison.overall, settings.min_conversations);
  evaluation.num_truncated_conversations = dataset.num_truncated();
  evaluation.answers = answer_pairs(*model, preparation, settings, sinks);

  run.stage_text("scores.json", scores_json(evaluation).dump(2) + "\n");
  run.stage_text("report.html", html_report(evaluation));
  run.manifest()["counts"] = {{"conversations", dataset.size()},
                              {"questions", preparation.questions.size()},
                              {"rejected", rejects.by_reason()}};
  run.manifest()["verdict"] = verdict_words(evaluation.verdict);
  run.manifest()["seeds"] = {{"bootstrap", settings.seed}};
  run.commit();
  return {std::move(evaluation), run / "report.html", run.seconds()};
}

}  // namespace intelia
