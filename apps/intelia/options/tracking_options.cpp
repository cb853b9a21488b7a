#include "options/tracking_options.hpp"

#include "base/file.hpp"
#include "base/hash.hpp"
#include "record/jsonl.hpp"
#include "tracking/loss_plot.hpp"
#include "tracking/mlflow.hpp"
#include "tracking/sample_log.hpp"
#include "tracking/tensorboard.hpp"
#include "tracking/wandb.hpp"

namespace intelia {

namespace fs = std::filesystem;

void declare_tracking_options(OptionTable& table, TrackingOptions& options) {
  table.add("tensorboard", options.tensorboard, "Write event files for TensorBoard into --output").changeable();
  table
      .add("mlflow-experiment", options.mlflow_experiment,
           "Log to this experiment of the server of MLFLOW_TRACKING_URI", "NAME")
      .changeable();
  table.add("mlflow-weights", options.mlflow_weights, "Send the adapter's weights there, too, besides its small files")
      .changeable();
  table
      .add("wandb-project", options.wandb_project, "Log to this project of Weights & Biases, through its Python client",
           "NAME")
      .changeable();
  table.add("plot", options.plot, "Draw the loss: loss.svg in --output, and in the terminal").changeable();
  table
      .add("samples", options.samples,
           "Conversations of --validation whose last answer is given anew at each evaluation (samples.jsonl)")
      .changeable();
  table.add("sample-tokens", options.sample_tokens, "Most tokens of such an answer").changeable();
}

void check_tracking_options(const TrackingOptions& options) {
  if (options.samples < 0) throw Error(Kind::usage, "--samples must be 0 (none) or more");
  if (options.sample_tokens < 1) throw Error(Kind::usage, "--sample-tokens must be at least 1");
  if (options.mlflow_weights && options.mlflow_experiment.empty())
    throw Error(Kind::usage, "--mlflow-weights is for --mlflow-experiment");
  if (!options.mlflow_experiment.empty()) mlflow_server_from_environment();
  if (!options.wandb_project.empty()) check_wandb();
}

SamplePrompts read_sample_prompts(const TrackingOptions& options, const fs::path& path, const TextSide& text,
                                  const RenderOptions& render) {
  SamplePrompts prompts;
  if (options.samples == 0) return prompts;
  LineReader lines(path);
  while (prompts.ids.size() < static_cast<std::size_t>(options.samples)) {
    const auto line = lines.next();
    if (!line) break;
    Conversation conversation;
    if (parse_conversation(*line, conversation)) continue;  // the reading of the data names it
    std::vector<Message>& messages = conversation.messages;
    while (!messages.empty() && messages.back().role != "assistant") messages.pop_back();
    if (messages.size() < 2) continue;
    messages.pop_back();
    RenderOptions options_of_record = render;
    if (!conversation.tools_json.empty()) options_of_record.tools_json = conversation.tools_json;
    try {
      std::vector<std::int32_t> ids = encode_prompt(*text.tokenizer, text.chat_template, messages, options_of_record);
      if (static_cast<std::int64_t>(ids.size()) >= context_length(text.config)) continue;
      prompts.ids.push_back(std::move(ids));
    } catch (const Error& error) {
      if (error.kind() != Kind::input) throw;
      continue;
    }
    prompts.names.push_back(conversation.id.empty() ? "line " + std::to_string(lines.line_number()) : conversation.id);
  }
  return prompts;
}

std::unique_ptr<Trackers> make_trackers(const TrackingOptions& options, const fs::path& output, bool resumes,
                                        const Json& identity, const std::vector<std::string>& prompts,
                                        const Tokenizer& tokenizer, const Context& context) {
  const fs::path place = fs::absolute(output).lexically_normal();
  const TrackedRun run{.name = (place.has_filename() ? place : place.parent_path()).filename().string(),
                       .command = context.command,
                       .version = context.program.version,
                       .settings = context.options,
                       .identity = sha256_of(identity.dump()),
                       .output = output,
                       .resumes = resumes};
  std::vector<std::unique_ptr<Tracker>> trackers;
  if (options.plot)
    trackers.push_back(make_loss_plot(run, context.sinks.progress));
  else if (std::error_code unseen; !resumes)
    fs::remove(output / "loss.svg", unseen);  // that of an earlier run
  if (!prompts.empty())
    trackers.push_back(make_sample_log(run, context.log()));
  else if (std::error_code unseen; !resumes)
    fs::remove(output / "samples.jsonl", unseen);
  if (options.tensorboard) trackers.push_back(make_tensorboard(run));
  if (!options.mlflow_experiment.empty())
    trackers.push_back(make_mlflow(run, mlflow_server_from_environment(), options.mlflow_experiment,
                                   options.mlflow_weights, context.log()));
  if (!options.wandb_project.empty()) trackers.push_back(make_wandb(run, options.wandb_project, context.log()));
  AnswerTexts texts{prompts, [&tokenizer](const std::vector<std::int32_t>& ids) {
                      return tokenizer.decode(ids, /*skip_special=*/true);
                    }};
  return std::make_unique<Trackers>(std::move(trackers), output / "metrics.jsonl", std::move(texts), context.log());
}

}  // namespace intelia
