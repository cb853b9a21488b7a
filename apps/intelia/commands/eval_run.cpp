// intelia eval run: base against base + adapter on held-out conversations and test questions; verdict, report, exit
// status.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/clock.hpp"
#include "cli/reject_options.hpp"
#include "engine/engine.hpp"
#include "evaluation/report.hpp"
#include "options/model_options.hpp"
#include "record/jsonl.hpp"
#include "record/manifest.hpp"

namespace intelia {
namespace {

namespace fs = std::filesystem;

struct Options {
  ModelSettings model;
  fs::path validation, questions, output;
  std::int64_t min_conversations = 30;
  int max_new_tokens = 256;
  int batch_size = 8;
  std::uint64_t seed = 42;
  std::string date;
  TokenCacheOptions token_cache;
  RejectPolicy rejects;
};

void declare(OptionTable& table, Options& options) {
  declare_model_options(table, options.model);
  table.find("adapter")->required();
  table.add("validation", options.validation, "Held-out conversations, JSON Lines").required();
  table.add("questions", options.questions, "Test questions that both answer, JSON Lines");
  table.add("output", options.output, "Folder for report.html and scores.json", "FOLDER").required();
  table.add("min-conversations", options.min_conversations, "Fewest conversations a verdict may rest on");
  table.add("max-new-tokens", options.max_new_tokens, "Longest answer to a question, in tokens");
  table.add("batch-size", options.batch_size, "Sequences scored or answered together");
  table.add("seed", options.seed, "Seed of the bootstrap");
  table.add("date", options.date, "Date that a chat template may ask for, YYYY-MM-DD", "DATE");
  declare_token_cache(table, options.token_cache);
  declare_reject_options(table, options.rejects);
}

void check(const Options& options) {
  check_model_options(options.model);
  if (options.model.method == Method::full)
    throw Error(Kind::usage, "--method is qlora (base in NF4) or lora (base as it is) here: an adapter is judged");
  check_inputs_stay(options.output, {"rejected.jsonl", "scores.json", "manifest.json"},
                    {options.model.model, options.model.adapter}, {options.validation, options.questions});
  check_reject_options(options.rejects);
  if (options.batch_size < 1) throw Error(Kind::usage, "--batch-size must be at least 1");
  if (options.max_new_tokens < 1) throw Error(Kind::usage, "--max-new-tokens must be at least 1");
  if (options.min_conversations < 2) throw Error(Kind::usage, "--min-conversations must be at least 2");
}

/** Losses of every conversation under both models. Neighbours in length share a batch; the order of results is the
 * file's. */
std::vector<ConversationLoss> score_conversations(LoadedModel& model, const TokenizedDataset& dataset, int batch_size,
                                                  const Sinks& sinks) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(dataset.size()));
  std::iota(order.begin(), order.end(), 0);
  std::vector<std::size_t> lengths(order.size());
  for (std::int64_t index : order) lengths[static_cast<std::size_t>(index)] = dataset.at(index).ids.size();
  std::stable_sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) {
    return lengths[static_cast<std::size_t>(a)] < lengths[static_cast<std::size_t>(b)];
  });
  std::vector<ConversationLoss> losses(order.size());
  for (std::size_t begin = 0; begin < order.size(); begin += static_cast<std::size_t>(batch_size)) {
    sinks.stop.check("scoring");
    const std::size_t end = std::min(order.size(), begin + static_cast<std::size_t>(batch_size));
    std::vector<TokenSample> batch;
    for (std::size_t i = begin; i < end; ++i) {
      batch.push_back(dataset.at(order[i]));
      batch.back().weights.clear();  // what a byte costs does not depend on how much it was trained
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
      throw Error(Kind::input,
                  "the loss of conversation '" + loss.id + "' is not a number; one of the models is broken");
  return losses;
}

/** Greedy answers of both models to every question. */
std::vector<AnswerPair> answer_questions(LoadedModel& model, const TextSide& text, const Options& options,
                                         const std::vector<Question>& questions, const Sinks& sinks) {
  SamplingSettings sampling;
  sampling.max_new_tokens = options.max_new_tokens;
  sampling.seed = options.seed;
  const RenderOptions render{.date = options.date};
  sampling.stop_ids = stop_ids(*text.tokenizer, text.chat_template, options.model.model, render);
  std::vector<AnswerPair> answers;
  for (std::size_t begin = 0; begin < questions.size(); begin += static_cast<std::size_t>(options.batch_size)) {
    sinks.stop.check("answering");
    const std::size_t end = std::min(questions.size(), begin + static_cast<std::size_t>(options.batch_size));
    std::vector<GenerationRequest> requests;
    for (std::size_t i = begin; i < end; ++i) {
      requests.push_back({encode_prompt(*text.tokenizer, text.chat_template, questions[i].messages, render)});
      if (static_cast<std::int64_t>(requests.back().prompt.size()) >= model.context_length())
        throw Error(Kind::input, fmt::format("question '{}' has {} tokens, the model's context {}", questions[i].id,
                                             requests.back().prompt.size(), model.context_length()));
    }
    const auto base = model.generate(requests, sampling, /*use_adapter=*/false, sinks.stop);
    const auto candidate = model.generate(requests, sampling, /*use_adapter=*/true, sinks.stop);
    for (std::size_t i = begin; i < end; ++i)
      answers.push_back({questions[i], text.tokenizer->decode(base[i - begin].ids, /*skip_special=*/true),
                         text.tokenizer->decode(candidate[i - begin].ids, /*skip_special=*/true),
                         base[i - begin].is_truncated, candidate[i - begin].is_truncated});
    sinks.progress.update(
        {"question", static_cast<std::int64_t>(end), static_cast<std::int64_t>(questions.size()), "answered"});
  }
  sinks.progress.finish();
  return answers;
}

int run(const Options& options, Context& context) {
  check(options);
  const double start_seconds = monotonic_seconds();
  ModelSettings settings = options.model;
  settings.threads = context.common.threads;
  const TextSide text = load_text_side(settings.model);
  warn_without_date(text.chat_template, options.date, context.log());
  const std::vector<Question> questions =
      options.questions.empty() ? std::vector<Question>{} : read_questions(options.questions);
  if (context.common.dry_run) {
    context.finish({{"dry_run", true}, {"questions", questions.size()}},
                   "the model's text side and the questions are fine; nothing was run");
    return 0;
  }
  OutputFolder folder(options.output, context.command, context.common.force);
  AtomicFile rejected(folder / "rejected.jsonl");
  Rejects rejects(options.rejects, context.log(), &rejected);
  const TokenizedDataset dataset(options.validation, *text.tokenizer, text.chat_template,
                                 {{.date = options.date}, context_length(text.config)}, rejects, context.sinks,
                                 token_cache_settings(options.token_cache, context), num_threads(context.common));
  rejects.check(dataset.num_read());
  const std::unique_ptr<LoadedModel> model = load_engine().load(settings, context.sinks);

  Evaluation evaluation;
  evaluation.model = settings.model.string();
  evaluation.adapter = settings.adapter.string();
  evaluation.model_description = model->description();
  evaluation.min_conversations = options.min_conversations;
  evaluation.seed = options.seed;
  // Described before the work, while the files are what was read: in the meantime another run may write them anew.
  evaluation.inputs.push_back(describe_file(options.validation, dataset.num_read()));
  if (!options.questions.empty())
    evaluation.inputs.push_back(describe_file(options.questions, static_cast<std::int64_t>(questions.size())));
  for (const fs::path& part : {settings.model, settings.adapter})
    for (const Json& file : describe_folder(part)) evaluation.inputs.push_back(file);
  const Json origins = origins_of(evaluation.inputs);
  evaluation.losses = score_conversations(*model, dataset, options.batch_size, context.sinks);
  evaluation.comparison = compare_losses(evaluation.losses, options.seed);
  evaluation.verdict = decide(evaluation.comparison.overall, options.min_conversations);
  evaluation.num_cut_conversations = dataset.num_cut();
  evaluation.answers = answer_questions(*model, text, options, questions, context.sinks);

  AtomicFile scores(folder / "scores.json"), report(folder / "report.html");
  scores.write(scores_json(evaluation).dump(2) + "\n");
  report.write(html_report(evaluation));
  Json manifest = make_manifest(context.command, context.program.version, context.options);
  manifest["inputs"] = evaluation.inputs;
  manifest["origins"] = origins;
  for (AtomicFile* file : {&scores, &report, &rejected}) file->close();
  manifest["outputs"] =
      Json::array({describe_output(scores), describe_output(report), describe_output(rejected, rejects.count())});
  manifest["counts"] = {
      {"conversations", dataset.size()}, {"questions", questions.size()}, {"rejected", rejects.by_reason()}};
  manifest["verdict"] = verdict_words(evaluation.verdict);
  manifest["seeds"] = {{"bootstrap", options.seed}};
  const double seconds = monotonic_seconds() - start_seconds;
  manifest["measured"] = {{"finished_at", utc_now()}, {"seconds", seconds}};
  for (AtomicFile* file : {&scores, &report, &rejected}) file->commit();
  write_manifest(folder.path(), manifest);

  Json summary = {
      {"verdict", verdict_words(evaluation.verdict)},
      {"reason", verdict_sentence(evaluation)},
      {"loss_difference", evaluation.comparison.overall.difference},
      {"interval_95", {evaluation.comparison.overall.interval.low, evaluation.comparison.overall.interval.high}},
      {"conversations", evaluation.comparison.overall.num_conversations},
      {"report", report.path().string()},
      {"seconds", seconds}};
  context.finish(summary, fmt::format("{}. {}\n  report: {} ({:.1f} s)", verdict_words(evaluation.verdict),
                                      verdict_sentence(evaluation), report.path().string(), seconds));
  return verdict_status(evaluation.verdict);
}

}  // namespace

extern const Command eval_run{
    "eval run", "Judge base against base + adapter on held-out data",
    "Scores the answers of the validation conversations with and without the adapter, and lets both answer the test "
    "questions. "
    "DEPLOY (exit status 0) when the whole 95 % interval of the loss difference is on the better side, DO NOT DEPLOY "
    "(3) when "
    "it is on the worse, NOT ENOUGH DATA (4) when it holds 0 or too few conversations were compared.\n\n"
    "Example: intelia eval run --model models/base --adapter runs/sft --validation data/validation.jsonl "
    "--questions data/questions.jsonl --output reports/sft",
    bind<Options, declare, run>};

}  // namespace intelia
