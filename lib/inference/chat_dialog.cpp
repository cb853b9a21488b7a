#include "inference/chat_dialog.hpp"

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <utility>

#include "base/counted.hpp"
#include "base/nearest_word.hpp"
#include "record/record_lines.hpp"
#include "text/utf8.hpp"

namespace intelia {

namespace {

constexpr std::string_view kQuotes = "\"\"\"";  // begin and end a message of several lines

struct CommandHelp {
  std::string_view name, arguments, help;
};

constexpr CommandHelp kCommands[] = {
    {"/help", "", "this list"},
    {"/reset", "", "begin a new conversation; the system prompt stays"},
    {"/undo", "", "remove the last message and its answer"},
    {"/system", " TEXT", "replace the system prompt (\"\" = none; without TEXT: show it)"},
    {"/tokens", "", "how much of the model's context the conversation fills"},
    {"/save", " FILE", "write the conversation as a training record; /save! replaces a file"},
    {"/model", " FOLDER [ADAPTER]", "continue with another model (without FOLDER: show the present one)"},
    {"/quit", "", "leave"},
};

std::string help_text() {
  std::string text = "Commands:\n";
  for (const CommandHelp& command : kCommands)
    text += fmt::format("  {:<26} {}\n", std::string(command.name) + std::string(command.arguments), command.help);
  text +=
      "Several lines: end a line with \\, or write the message between \"\"\" and \"\"\"\n"
      "Ctrl-C stops an answer, or clears the line; Ctrl-D, or Ctrl-C twice, leaves\n"
      "A message that begins like a command: put a space before it\n";
  return text;
}

/** A line that is a command: its name, with '/', and what follows. */
struct TypedCommand {
  std::string name, rest;
};

/** Nothing for a message: a command is a slash and letters, as a path or a comment is not. */
std::optional<TypedCommand> parse_command(const std::string& line) {
  if (!line.starts_with('/')) return std::nullopt;
  std::size_t end = 1;
  while (end < line.size() && std::isalpha(static_cast<unsigned char>(line[end]))) ++end;
  if (end < line.size() && line[end] == '!') ++end;
  if (end == 1 || (end < line.size() && line[end] != ' ')) return std::nullopt;
  TypedCommand command{line.substr(0, end), line.substr(end)};
  command.rest.erase(0, command.rest.find_first_not_of(' '));
  command.rest.erase(command.rest.find_last_not_of(' ') + 1);
  return command;
}

/** The words of `text`; blanks between double quotes belong to a word. */
std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words;
  bool is_quoted = false, is_open = false;
  for (const char c : text) {
    if (c == ' ' && !is_quoted) {
      is_open = false;
      continue;
    }
    if (!std::exchange(is_open, true)) words.emplace_back();
    if (c == '"')
      is_quoted = !is_quoted;
    else
      words.back() += c;
  }
  return words;
}

void count(const ChatAnswer& answer, ChatTotals& totals) {
  ++totals.answers;
  totals.prompt_tokens += answer.completion.prompt_tokens;
  totals.completion_tokens += answer.completion.completion_tokens;
  totals.reused_tokens += answer.completion.reused_tokens;
}

class Dialog {
 public:
  Dialog(Chat& chat, ChatConsole& console, const DialogSettings& settings, const Sinks& sinks)
      : chat_(chat), console_(console), settings_(settings), sinks_(sinks) {}

  ChatTotals run() {
    std::string message;
    while (read_message(message)) {
      const auto command = is_quoted_ ? std::nullopt : parse_command(message);
      if (command && (command->name == "/quit" || command->name == "/exit")) break;
      guarded([&] { command ? obey(*command) : answer(message); });
    }
    return totals_;
  }

 private:
  /** Runs `work`; its errors are logged, but for those that end the program. */
  template <class Work>
  void guarded(const Work& work) {
    try {
      work();
    } catch (const Interrupted& error) {
      if (!sinks_.stop.take(SIGINT)) throw;
      sinks_.log.write(Level::error, error.what());
    } catch (const Error& error) {
      sinks_.log.write(Level::error, error.what());
    }
  }

  /** Reads one message, of one or several lines; false at the end. */
  bool read_message(std::string& message) {
    enum class Form { line, continued, quoted } form;
    const auto restart = [&] {
      form = Form::line;
      message.clear();
      is_quoted_ = false;
    };
    restart();
    for (std::string line;;) {
      sinks_.stop.take(SIGINT);  // one that came after the answer that it was meant for
      const ChatConsole::Typed typed = console_.read(form != Form::line, line);
      if (typed == ChatConsole::Typed::end) return false;
      if (typed == ChatConsole::Typed::interrupted) {
        const bool is_idle = line.empty() && form == Form::line;
        if (is_idle && std::exchange(is_leaving_, true)) return false;
        if (is_idle) console_.tell("(Ctrl-C again, Ctrl-D or /quit leaves)\n");
        restart();
        continue;
      }
      is_leaving_ = false;
      std::string repaired;
      line = as_valid_utf8(line, repaired);
      if (form == Form::line && line.starts_with(kQuotes)) {
        form = Form::quoted;
        is_quoted_ = true;
        line.erase(0, kQuotes.size());
        if (line.empty()) continue;
      }
      if (form == Form::quoted) {
        if (!line.ends_with(kQuotes)) {
          message += line + '\n';
          continue;
        }
        line.resize(line.size() - kQuotes.size());
        message += line;
        if (line.empty() && message.ends_with('\n')) message.pop_back();
      } else {
        const bool continues = line.ends_with('\\');
        if (continues) line.back() = '\n';
        message += line;
        form = continues ? Form::continued : Form::line;
        if (continues) continue;
      }
      if (message.find_first_not_of(" \n") != std::string::npos) return true;
      restart();
    }
  }

  void answer(const std::string& message) {
    // The space that makes a message of what looks like a command is not part of it.
    const bool is_escaped = message.starts_with(" ") && parse_command(message.substr(1));
    bool has_text = false;
    const auto show = [&](std::string_view part) {
      has_text = true;
      console_.show(part);
    };
    ChatAnswer answer;
    try {
      answer = chat_.answer(is_escaped ? message.substr(1) : message, show);
    } catch (const ContextFull& error) {
      throw Error(error.kind(), std::string("the context is full: ") + error.what() +
                                    "; /reset begins a new conversation, /undo removes the last message and its "
                                    "answer, /save FILE keeps them");
    } catch (...) {
      if (has_text) console_.show("\n");
      throw;
    }
    console_.show("\n");
    count(answer, totals_);
    report(answer);
  }

  void report(const ChatAnswer& answer) const {
    const Completion& completion = answer.completion;
    if (answer.is_interrupted && completion.text.empty())
      return sinks_.log.info("stopped before the answer began; the message is not part of the conversation");
    const std::int64_t filled = completion.prompt_tokens + completion.completion_tokens;
    const double rest = std::max(answer.seconds - answer.first_seconds, 1e-9);
    std::string words = counted(completion.completion_tokens, "token");
    if (completion.completion_tokens > 1)
      words += fmt::format(" ({:.1f} tok/s, the first after {:.1f} s)",
                           static_cast<double>(completion.completion_tokens - 1) / rest, answer.first_seconds);
    words += fmt::format("; {} of {} tokens of context", filled, chat_.context_length());
    if (completion.reused_tokens > 0) words += fmt::format(", {} of them not read again", completion.reused_tokens);
    sinks_.log.info(words);
    if (answer.is_interrupted) {
      sinks_.log.info("stopped; the part above stays in the conversation (/undo removes it)");
    } else if (filled >= chat_.context_length()) {
      sinks_.log.warning("the answer ended because the context is full: /reset begins a new conversation");
    } else if (completion.finish_reason == FinishReason::length) {
      sinks_.log.warning("the answer ended at the maximum number of new tokens");
    }
  }

  void obey(const TypedCommand& command) {
    const std::string& name = command.name;
    const std::vector<std::string> words = words_of(command.rest);
    const auto expect = [&](std::size_t minimum, std::size_t maximum, const std::string& what) {
      if (words.size() < minimum || words.size() > maximum)
        throw Error(Kind::usage, name + ": expected " + what + "; see /help");
    };
    if (name == "/help") {
      console_.tell(help_text());
    } else if (name == "/reset") {
      expect(0, 0, "nothing after it");
      chat_.reset();
      console_.tell("a new conversation\n");
    } else if (name == "/undo") {
      expect(0, 0, "nothing after it");
      if (!chat_.undo()) throw Error(Kind::usage, "there is no message to remove");
      console_.tell("removed the last message and its answer\n");
    } else if (name == "/system") {
      set_system(command.rest);
    } else if (name == "/tokens") {
      expect(0, 0, "nothing after it");
      console_.tell(fmt::format("{} of {} tokens of context\n", chat_.num_tokens(), chat_.context_length()));
    } else if (name == "/save" || name == "/save!") {
      expect(1, 1, "one file; a name with spaces stands between double quotes");
      save(words[0], name == "/save!");
    } else if (name == "/model") {
      expect(0, 2, "a folder, and perhaps that of an adapter; a name with spaces stands between double quotes");
      if (!words.empty()) set_model(words);
      console_.tell(chat_.description() + "\n");
    } else {
      throw Error(Kind::usage, "unknown command '" + name + "'" + did_you_mean(name, chat_commands()) +
                                   "; /help lists them, and a space before it sends it as a message");
    }
  }

  void set_system(const std::string& text) {
    if (text.empty()) return console_.tell(chat_.system().empty() ? "no system prompt\n" : chat_.system() + "\n");
    chat_.set_system(text == "\"\"" ? "" : text);
    console_.tell(chat_.system().empty() ? "no system prompt from here on\n" : "a new system prompt from here on\n");
  }

  void save(const std::string& file, bool replaces) {
    std::int64_t num_untrained = 0;
    try {
      num_untrained = chat_.save(file, replaces || settings_.replaces_files);
    } catch (const FileExists& error) {
      throw Error(Kind::usage, std::string(error.what()) + "; /save! replaces it");
    }
    std::string words = fmt::format("{} in '{}'\n", counted(chat_.num_answers(), "answer"), file);
    if (num_untrained > 0)
      words += fmt::format("{} cut short, or with invalid characters (U+FFFD), {} weight 0: training skips {}\n",
                           counted(num_untrained, "answer"), num_untrained == 1 ? "has" : "have",
                           num_untrained == 1 ? "it" : "them");
    console_.tell(words);
  }

  void set_model(const std::vector<std::string>& words) {
    ModelSettings model = chat_.model();
    model.model = words[0];
    model.adapter = words.size() > 1 ? words[1] : "";
    settings_.prepare(model);
    chat_.set_model(model);
    if (chat_.num_answers() > 0 && chat_.num_tokens() >= chat_.context_length())
      sinks_.log.warning("the conversation does not fit the context of this model: /reset begins a new one");
  }

  Chat& chat_;
  ChatConsole& console_;
  const DialogSettings& settings_;
  const Sinks& sinks_;
  ChatTotals totals_;
  bool is_quoted_ = false;   // the message was written between quotes, and is no command
  bool is_leaving_ = false;  // the last that was typed is an interrupt at an empty line
};

}  // namespace

std::vector<std::string> chat_commands() {
  std::vector<std::string> names;
  for (const CommandHelp& command : kCommands) names.emplace_back(command.name);
  return names;
}

ChatTotals run_dialog(Chat& chat, ChatConsole& console, const DialogSettings& settings, const Sinks& sinks) {
  const StopFlag::InterruptsTaken taken(sinks.stop);
  return Dialog(chat, console, settings, sinks).run();
}

ChatTotals answer_lines(Chat& chat, LineReader lines, const std::function<void(std::string_view)>& show,
                        const Sinks& sinks) {
  ChatTotals totals;
  for (;;) {
    const bool is_ready = lines.is_ready(/*timeout_ms=*/100);
    sinks.stop.check("reading '" + lines.path().string() + "'");
    if (!is_ready) continue;
    const auto line = lines.next();
    if (!line) return totals;
    const std::string where = fmt::format("{}:{}", lines.path().string(), lines.line_number());
    if (lines.is_too_long()) throw Error(Kind::input, where + ": " + kLineTooLong);
    std::string repaired;
    const std::string message(as_valid_utf8(*line, repaired));
    if (!repaired.empty() && totals.repaired_lines++ == 0)
      sinks.log.warning(where + ": invalid UTF-8 was replaced by U+FFFD; further lines are only counted");
    if (message.empty()) {
      ++totals.skipped_lines;
      continue;
    }
    const ChatAnswer answer = with_context(where, [&] { return chat.answer(message, show); });
    show("\n");
    count(answer, totals);
    if (answer.completion.finish_reason == FinishReason::length)
      sinks.log.warning(where + ": the answer ended at the maximum number of new tokens, or the context");
  }
}

}  // namespace intelia
