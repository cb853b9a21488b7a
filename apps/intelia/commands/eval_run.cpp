// intelia eval run: compares base and base + adapter on held-out conversations and test questions; verdict, report,
// exit status. The work is lib/evaluation's.
#include <fmt/format.h>

#include "cli/reject_options.hpp"
#include "evaluation/run.hpp"
#include "options/model_options.hpp"

namespace intelia {
namespace {

struct Options {
  EvaluationSettings evaluation;
  TokenCacheOptions token_cache;

  Options() { evaluation.model.method = Method::automatic; }
};

void declare(OptionTable& table, Options& options) {
  EvaluationSettings& evaluation = options.evaluation;
  declare_model_options(table, evaluation.model, Method::qlora);
  table.add("candidate", evaluation.candidate, "Folder of the candidate: a PEFT adapter or a model", "FOLDER");
  table.add("validation", evaluation.validation, "Held-out conversations, JSON Lines").required();
  table.add("questions", evaluation.questions, "Test questions that both models answer, JSON Lines");
  table.add("output", evaluation.output, "Output folder for report.html and scores.json", "FOLDER").required();
  table.add("min-conversations", evaluation.min_conversations, "Minimum number of conversations for a verdict");
  table.add("max-new-tokens", evaluation.max_new_tokens, "Maximum number of new tokens of an answer");
  table.add("batch-size", evaluation.batch_size, "Sequences per batch, when scoring and answering");
  table.add("seed", evaluation.seed, "Random seed of the bootstrap");
  declare_date(table, evaluation.date);
  declare_tokenizer_rules(table, evaluation.tokenizer_rules);
  declare_token_cache(table, options.token_cache);
  declare_reject_options(table, evaluation.rejects);
}

void check(const Options& options, const CommonOptions& common) {
  const EvaluationSettings& evaluation = options.evaluation;
  check_model_options(evaluation.model);
  if (evaluation.candidate.empty() == evaluation.model.adapter.empty())
    throw Error(Kind::usage, evaluation.candidate.empty()
                                 ? "--candidate is missing: Folder of the candidate (or --adapter)"
                                 : "--adapter and --candidate cannot be combined");
  if (!evaluation.candidate.empty()) check_is_folder("candidate", evaluation.candidate);
  check_input_option("validation", evaluation.validation, InputType::file);
  if (!evaluation.questions.empty()) check_input_option("questions", evaluation.questions, InputType::file);
  check_inputs_stay(outputs_in(evaluation.output, {"scores.json", "report.html"}),
                    {evaluation.model.model, evaluation.model.adapter, evaluation.candidate, evaluation.validation,
                     evaluation.questions},
                    common);
  check_date(evaluation.date);
  check_reject_options(evaluation.rejects);
  if (evaluation.batch_size < 1) throw Error(Kind::usage, "--batch-size must be at least 1");
  if (evaluation.max_new_tokens < 1) throw Error(Kind::usage, "--max-new-tokens must be at least 1");
  if (evaluation.min_conversations < 2) throw Error(Kind::usage, "--min-conversations must be at least 2");
}

int run(const Options& options, Context& context) {
  check(options, context.common);
  EvaluationSettings settings = options.evaluation;
  settings.model.threads = context.common.threads;
  settings.threads = num_threads(context.common);
  settings.token_cache = token_cache_settings(options.token_cache, context);
  warn_without_date(settings.model.model, settings.model.adapter, settings.tokenizer_rules, settings.date,
                    context.log());
  if (context.common.dry_run) {
    const std::size_t num_questions = check_evaluation(settings, context.sinks);
    context.finish({{"dry_run", true}, {"questions", num_questions}},
                   "tokenizer, chat template and questions are valid; nothing was run");
    return 0;
  }
  const auto [evaluation, report, seconds] = run_evaluation(settings, context.run_info(), context.sinks);
  const LossSummary& overall = evaluation.comparison.overall;
  context.finish({{"verdict", verdict_words(evaluation.verdict)},
                  {"reason", verdict_sentence(evaluation)},
                  {"loss_difference", overall.difference},
                  {"interval_95", {overall.interval.low, overall.interval.high}},
                  {"conversations", overall.num_conversations},
                  {"trained_on", evaluation.overlap.num_excluded},
                  {"duplicate_conversations", evaluation.overlap.num_duplicates},
                  {"selection_conversations", evaluation.overlap.num_selection},
                  {"mismatches", evaluation.mismatches},
                  {"report", report.string()},
                  {"seconds", seconds}},
                 fmt::format("{}. {} Report: '{}' ({:.1f} s)", verdict_words(evaluation.verdict),
                             verdict_sentence(evaluation), report.string(), seconds));
  return verdict_status(evaluation.verdict);
}

}  // namespace

extern const Command eval_run{
    "eval run", "Compare base and candidate on held-out data",
    "Scores the answers of the validation conversations with the base and with the candidate (the base with an "
    "adapter, "
    "or another model), and lets both models answer the test questions. DEPLOY (exit status 0) when the whole 95 % "
    "interval of the loss difference is on the better side, "
    "DO NOT DEPLOY (3) when it is on the worse, NOT ENOUGH DATA (4) when it contains 0 or too few conversations were "
    "compared.\n\n"
    "Example: intelia eval run --model models/base --adapter runs/sft --validation data/test.jsonl "
    "--questions data/questions.jsonl --output reports/sft",
    bind<Options, declare, run>};

}  // namespace intelia
