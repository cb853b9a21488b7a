// intelia generate: answers to a file of prompts. The work is lib/inference's.
#include <fmt/format.h>

#include <algorithm>

#include "base/counted.hpp"
#include "cli/reject_options.hpp"
#include "inference/generation_job.hpp"
#include "inference/provenance.hpp"
#include "options/generation_options.hpp"
#include "options/model_options.hpp"

namespace intelia {
namespace {

struct Options {
  GenerationSettings generation;

  Options() { generation.model.method = Method::automatic; }
};

void declare(OptionTable& table, Options& options) {
  GenerationSettings& generation = options.generation;
  declare_model_options(table, generation.model, Method::lora);
  table.add("prompts", generation.prompts, "Questions or conversations, JSON Lines").required().changeable();
  table.add("output", generation.output, "File for the answers, JSON Lines").required().changeable();
  declare_sampling_options(table, generation.sampling, generation.stop_strings);
  table.add("num-samples", generation.num_samples, "Answers to each prompt; above 1 with a temperature above 0");
  table.add("batch-size", generation.batch_size, "Answers that are generated at the same time").changeable();
  table.add("base", generation.answers_base, "Also answer without the adapter, under \"base\"");
  table.add("with-ids", generation.with_ids, "Write the token ids of each answer");
  table.add("with-logprobs", generation.sampling.wants_log_probs,
            "Write the log-probability of each token in the model's own distribution");
  table.add("limit", generation.limit, "Answer only the first prompts of the file (0 = all)").changeable();
  declare_date(table, generation.date);
  declare_tokenizer_rules(table, generation.tokenizer_rules);
  declare_reject_options(table, generation.rejects);
}

void check_options(const GenerationSettings& settings, const CommonOptions& common) {
  check_model_options(settings.model);
  check_input_option("prompts", settings.prompts, InputType::file);
  check_date(settings.date);
  check_reject_options(settings.rejects);
  check(settings);
  if (settings.answers_base && settings.model.adapter.empty())
    throw Error(Kind::usage, "--base needs an --adapter: without one, the base is what answers");
  check_inputs_stay(generation_outputs(settings.output),
                    {settings.prompts, settings.model.model, settings.model.adapter}, common);
}

int run(const Options& options, Context& context) {
  GenerationSettings settings = options.generation;
  check_options(settings, context.common);
  settings.model.threads = context.common.threads;
  resolve_method(settings.model, Method::lora, context.log());
  warn_without_date(settings.model.model, settings.model.adapter, settings.tokenizer_rules, settings.date,
                    context.log());
  warn_of_unused_filters(settings.sampling, context.log());
  tell_ignored_sampling(settings.model.model, context.log());
  if (context.common.dry_run) {
    const GenerationTotals totals = check_prompts(settings, context.sinks);
    context.finish({{"dry_run", true},
                    {"prompts", totals.prompts},
                    {"prompt_tokens", totals.prompt_tokens},
                    {"rejected", totals.rejected_by_reason}},
                   fmt::format("{}, {}; nothing was generated", counted(totals.prompts, "prompt"),
                               counted(totals.prompt_tokens, "token")));
    return 0;
  }
  const GenerationTotals totals = run_generation(settings, context.run_info(), context.sinks);
  std::string words = counted(totals.prompts, "prompt") + " answered";
  if (totals.continued > 0) words += fmt::format(", {} by an earlier run", totals.continued);
  if (totals.rejected > 0) words += fmt::format(", {} rejected", totals.rejected);
  const double rate = static_cast<double>(totals.completion_tokens) / std::max(totals.generation_seconds, 1e-9);
  words += fmt::format(": {} in '{}' ({:.0f} tok/s, {:.1f} s)", counted(totals.completion_tokens, "token"),
                       settings.output.string(), rate, totals.seconds);
  context.finish({{"prompts", totals.prompts},
                  {"answers", totals.answers},
                  {"continued", totals.continued},
                  {"prompt_tokens", totals.prompt_tokens},
                  {"completion_tokens", totals.completion_tokens},
                  {"rejected", totals.rejected_by_reason},
                  {"output", settings.output.string()},
                  {"tokens_per_second", rate},
                  {"seconds", totals.seconds}},
                 words);
  return 0;
}

}  // namespace

extern const Command generate{
    "generate", "Answer a file of prompts",
    "Writes one line for each prompt, in their order: {\"id\", \"prompt\", \"answers\": [{\"text\", \"finish_reason\", "
    "\"prompt_tokens\", \"completion_tokens\"}]}. A prompt is a question, a conversation, of which the last answer "
    "is left out, or a text, which is continued. Without a temperature the most likely token is chosen; the settings "
    "of generation_config.json are not "
    "used. An answer depends on its prompt, the seed and its sample number, not on the batch around it. An interrupted "
    "run continues when the same command is run again.\n\n"
    "Example: intelia generate --model models/base --adapter runs/sft --prompts data/questions.jsonl "
    "--output answers.jsonl --max-new-tokens 200",
    bind<Options, declare, run>};

}  // namespace intelia
