// intelia render: conversations to the text that the chat template renders of each, one JSON string per line.
#include "cli/line_pipe.hpp"
#include "options/model_options.hpp"
#include "record/exact_json.hpp"
#include "record/jsonl.hpp"

namespace intelia {
namespace {

namespace fs = std::filesystem;

struct Options {
  fs::path model, tools, documents, variables;
  LinePipeSettings pipe{.reads_records = true};
  bool add_generation_prompt = false, continue_final_message = false;
  std::string date;
  TokenizerRules tokenizer_rules = TokenizerRules::transformers;
};

void declare(OptionTable& table, Options& options) {
  declare_line_pipe(table, options.pipe, "Conversations, JSON Lines");
  table.add("model", options.model, "Folder with chat_template.jinja or tokenizer_config.json", "FOLDER").required();
  table.add("add-generation-prompt", options.add_generation_prompt, "End with the header of an assistant turn");
  table.add("continue-final-message", options.continue_final_message,
            "End where the last message's content ends, for the model to continue it");
  declare_date(table, options.date);
  declare_tokenizer_rules(table, options.tokenizer_rules);
  table.add("tools", options.tools, "JSON file with the list of tools for records that have none");
  table.add("documents", options.documents, "JSON file with the list of documents for the template");
  table.add("variables", options.variables, "JSON file with an object of additional template variables");
}

/** The JSON in `path`, which must be `expected` ("list" or "object"); empty when no path is given. */
std::string read_argument(const fs::path& path, const std::string& expected) {
  if (path.empty()) return "";
  std::string text = read_file(path, 1ULL << 30, InputType::stream);
  const Json json = parse_exact_json(text, path.string());
  if (expected == "list" ? !json.is_array() : !json.is_object())
    throw Error(Kind::input, path.string() + ": not a JSON " + expected);
  return text;
}

LineResult render_line(const ChatTemplate& chat_template, const Options& options, const RenderOptions& base,
                       std::string_view line, std::string& out) {
  Conversation conversation;
  if (auto fault = parse_conversation(line, conversation)) return {std::move(fault)};
  if (conversation.messages.empty()) return {"no messages: records of plain text are not rendered"};
  const RenderOptions render = with_inputs(base, conversation.inputs);
  const auto refusal = refusal_of([&] {
    const Rendered rendered = options.continue_final_message
                                  ? chat_template.render_to_continue(conversation.messages, render)
                                  : chat_template.render(conversation.messages, options.add_generation_prompt, render);
    append_json_string(out, rendered.text);
  });
  if (refusal) return {"the chat template raised an error: " + *refusal};
  return {.duplicate_key = std::move(conversation.duplicate_key)};
}

int run(const Options& options, Context& context) {
  if (options.add_generation_prompt && options.continue_final_message)
    throw Error(Kind::usage,
                "--add-generation-prompt and --continue-final-message cannot be combined: one starts a new answer, the "
                "other continues the last one");
  check_date(options.date);
  check_file_argument(options.pipe.file);
  check_is_folder("model", options.model);
  for (const auto& [name, path] :
       {std::pair("tools", &options.tools), {"documents", &options.documents}, {"variables", &options.variables}})
    if (!path->empty()) check_input_option(name, *path, InputType::stream);
  check_tokenizer_files(options.model);
  warn_without_date(options.model, {}, options.tokenizer_rules, options.date, context.log());
  const ChatTemplate chat_template = ChatTemplate::load(options.model, options.tokenizer_rules);
  const RenderOptions render{.date = options.date,
                             .tools_json = read_argument(options.tools, "list"),
                             .documents_json = read_argument(options.documents, "list"),
                             .variables_json = read_argument(options.variables, "object")};
  const LinePipeTotals totals = pipe_lines(context, options.pipe, "null", [&](std::string_view line, std::string& out) {
    return render_line(chat_template, options, render, line, out);
  });
  context.finish_after_data(totals_json(totals, ""), describe_totals(totals, ""));
  return 0;
}

}  // namespace

extern const Command render{
    "render", "Render conversations with the chat template",
    "Writes the text of transformers' apply_chat_template(tokenize=False), one JSON string per line. Blank lines are "
    "skipped. A line that is not a conversation, or for which the template raises an error, is reported with the "
    "reason, "
    "and null is written in its place.\n\n"
    "Example: intelia render --model models/tiny data/train.jsonl | head -1 | jq -r .",
    bind<Options, declare, run>};

}  // namespace intelia
