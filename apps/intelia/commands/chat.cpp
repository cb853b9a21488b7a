// intelia chat: a conversation with a model in the terminal, or through a pipe. The work is lib/inference's.
#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>

#include "base/counted.hpp"
#include "cli/input_history.hpp"
#include "cli/line_editor.hpp"
#include "inference/chat_dialog.hpp"
#include "inference/provenance.hpp"
#include "options/generation_options.hpp"
#include "options/model_options.hpp"
#include "text/visible_text.hpp"

namespace intelia {
namespace {

struct Options {
  ChatSettings chat;
  bool keeps_history = true;

  Options() { chat.model.method = Method::automatic; }
};

void declare(OptionTable& table, Options& options) {
  ChatSettings& chat = options.chat;
  declare_model_options(table, chat.model, Method::lora);
  table.add("system", chat.system, "System prompt");
  declare_sampling_options(table, chat.sampling, chat.stop_strings);
  table.add("history", options.keeps_history, "Keep the lines typed in a terminal for the next chat");
  declare_date(table, chat.date);
  declare_tokenizer_rules(table, chat.tokenizer_rules);
}

/** Where the lines typed are kept: in ${XDG_STATE_HOME:-~/.local/state}/intelia; nowhere without either. */
std::filesystem::path history_file() {
  const auto folder = [](const char* name) {
    const char* text = std::getenv(name);
    const std::filesystem::path path = text == nullptr ? "" : text;
    return path.is_absolute() ? path : std::filesystem::path();
  };
  std::filesystem::path state = folder("XDG_STATE_HOME");
  if (const std::filesystem::path home = folder("HOME"); state.empty() && !home.empty())
    state = home / ".local" / "state";
  return state.empty() ? state : state / "intelia" / "chat-history.jsonl";
}

/** The terminal for prompts and replies; null when what is typed comes from elsewhere, or nobody would see them. */
std::FILE* dialog_terminal() {
  if (::isatty(STDIN_FILENO) != 1) return nullptr;
  for (std::FILE* file : {stderr, stdout})
    if (::isatty(::fileno(file)) == 1) return file;
  return nullptr;
}

class TerminalConsole final : public ChatConsole {
 public:
  TerminalConsole(std::FILE* terminal, const std::filesystem::path& history, const Context& context)
      : terminal_(terminal), context_(context), editor_(terminal, chat_commands()), history_(history, context.log()) {
    for (const std::string& line : history_.lines()) editor_.add_to_history(line);
  }

  Typed read(bool continues, std::string& line) override {
    const LineEditor::End end = editor_.read(continues ? "... " : ">>> ", line, context_.sinks.stop);
    if (end == LineEditor::End::interrupted) return Typed::interrupted;
    if (end == LineEditor::End::input) return Typed::end;
    if (line.find_first_not_of(" \n") != std::string::npos) {
      editor_.add_to_history(line);
      history_.add(line);
    }
    return Typed::line;
  }
  void show(std::string_view part) override {
    context_.print(is_shown_in_terminal_ ? visible(part, Newlines::made) : part);
  }
  void tell(std::string_view lines) override {
    const std::string text = visible(lines, Newlines::made);
    std::fwrite(text.data(), 1, text.size(), terminal_);
    std::fflush(terminal_);
  }

 private:
  std::FILE* terminal_;
  const Context& context_;
  LineEditor editor_;
  InputHistory history_;
  bool is_shown_in_terminal_ = ::isatty(STDOUT_FILENO) == 1;
};

ChatTotals talk(Chat& chat, const Options& options, std::FILE* terminal, const DialogSettings& dialog,
                const Context& context) {
  if (terminal == nullptr)
    return answer_lines(
        chat, LineReader::standard_input(), [&](std::string_view part) { context.print(part); }, context.sinks);
  context.log().info(chat.description());
  context.log().info("/help lists the commands; Ctrl-C stops an answer, Ctrl-D or /quit leaves");
  TerminalConsole console(terminal, options.keeps_history ? history_file() : "", context);
  return run_dialog(chat, console, dialog, context.sinks);
}

int run(const Options& options, Context& context) {
  ChatSettings settings = options.chat;
  check_model_options(settings.model);
  check_date(settings.date);
  check(settings);
  settings.model.threads = context.common.threads;
  warn_of_unused_filters(settings.sampling, context.log());
  const auto prepare = [&](ModelSettings& model) {
    for (const std::filesystem::path& folder : {model.model, model.adapter})
      if (!folder.empty()) check_input(folder, InputType::folder);
    model.method = options.chat.model.method;
    resolve_method(model, Method::lora, context.log());
    warn_without_date(model.model, model.adapter, settings.tokenizer_rules, settings.date, context.log());
    tell_ignored_sampling(model.model, context.log());
  };
  prepare(settings.model);
  if (context.common.dry_run) {
    check_chat(settings, context.log());
    context.finish({{"dry_run", true}}, "model folder and options are valid; no weights were loaded");
    return 0;
  }
  Chat chat(settings, context.sinks);
  const ChatTotals totals = talk(chat, options, dialog_terminal(), {context.common.force, prepare}, context);
  std::string words =
      fmt::format("{}, {}", counted(totals.answers, "answer"), counted(totals.completion_tokens, "token"));
  if (totals.skipped_lines > 0)
    words += fmt::format("; {} without text skipped", counted(totals.skipped_lines, "line"));
  if (totals.repaired_lines > 0)
    words += fmt::format("; invalid UTF-8 replaced in {}", counted(totals.repaired_lines, "line"));
  context.finish_after_data({{"answers", totals.answers},
                             {"prompt_tokens", totals.prompt_tokens},
                             {"completion_tokens", totals.completion_tokens},
                             {"reused_tokens", totals.reused_tokens},
                             {"skipped_lines", totals.skipped_lines},
                             {"not_utf8", totals.repaired_lines}},
                            words);
  return 0;
}

}  // namespace

extern const Command chat{
    "chat", "Talk to a model in the terminal",
    "Answers what is typed, token by token, as the next message of one conversation, rendered by the model's own chat "
    "template. /help lists the commands: /reset, /undo, /system, /tokens, /save, /model, /quit. Ctrl-C stops an "
    "answer, Ctrl-D leaves. When standard input is not a terminal, each line is a message, and standard output has the "
    "answers alone. Without a temperature the most likely token is chosen; the settings of generation_config.json are "
    "not "
    "used.\n\n"
    "Example: intelia chat --model models/base --adapter runs/sft --system \"Answer in one sentence.\"",
    bind<Options, declare, run>};

}  // namespace intelia
