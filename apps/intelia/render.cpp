// intelia render: conversations → the text that the chat template makes of each, as a JSON string a line.
#include "line_pipe.hpp"
#include "model_options.hpp"
#include "record/jsonl.hpp"

namespace intelia {
namespace {

namespace fs = std::filesystem;

struct Options {
  fs::path model, tools;
  LinePipeSettings pipe;
  bool add_generation_prompt = false;
  std::string date;
};

void declare(OptionTable& table, Options& options) {
  declare_line_pipe(table, options.pipe, "Conversations, JSON Lines");
  table.add("model", options.model, "Folder with chat_template.jinja or tokenizer_config.json", "FOLDER").required();
  table.add("add-generation-prompt", options.add_generation_prompt, "End with what the model is to continue");
  table.add("date", options.date, "Date that a chat template may ask for, YYYY-MM-DD", "DATE");
  table.add("tools", options.tools, "JSON file with the list of tools that the template may show");
}

LineResult render_line(const ChatTemplate& chat_template, const Options& options, const RenderOptions& render, std::string_view line,
                       std::string& out) {
  Conversation conversation;
  if (auto fault = parse_conversation(line, conversation)) return {std::move(fault)};
  if (conversation.messages.empty()) return {"no messages: a record of plain text is not rendered"};
  try {
    append_json_string(out, chat_template.render(conversation.messages, options.add_generation_prompt, render).text);
  } catch (const Error& error) {
    if (error.kind() != Kind::input) throw;
    return {std::string("the chat template refuses it: ") + error.what()};
  }
  return {};
}

int run(const Options& options, Context& context) {
  if (!fs::is_directory(options.model)) throw Error(Kind::usage, "--model '" + options.model.string() + "' is not a folder");
  check_tokenizer_files(options.model);
  const ChatTemplate chat_template = ChatTemplate::load(options.model);
  RenderOptions render{.date = options.date};
  if (!options.tools.empty()) {
    render.tools_json = read_file(options.tools);
    if (!parse_json(render.tools_json, options.tools.string()).is_array())
      throw Error(Kind::input, options.tools.string() + ": not a list of tools; expected [{…},…]");
  }
  const LinePipeTotals totals = pipe_lines(context, options.pipe, "null", [&](std::string_view line, std::string& out) {
    return render_line(chat_template, options, render, line, out);
  });
  context.finish_after_data(totals_json(totals, ""), describe_totals(totals, ""));
  return 0;
}

}  // namespace

extern const Command render{
    "render", "Conversations to the text that the model sees",
    "Writes what transformers' apply_chat_template(tokenize=False) gives, one JSON string a line. A line that is no "
    "conversation, or that the template refuses, is named with the template's own words, and null stands in its place.\n\n"
    "Example: intelia render --model models/tiny data/train.jsonl | head -1 | jq -r .",
    bind<Options, declare, run>};

}  // namespace intelia
