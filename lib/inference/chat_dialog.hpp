// A chat as a dialog: what is typed becomes messages or commands, such as /reset, until the person leaves; and a chat
// without a person, whose messages are the lines of a file. What is typed and shown goes through ChatConsole.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.hpp"
#include "inference/chat.hpp"

namespace intelia {

/** The person in front of a chat. */
class ChatConsole {
 public:
  enum class Typed { line, interrupted /* `line` is what had been typed */, end };

  virtual ~ChatConsole() = default;
  /** Reads a line; `continues`: of a message that has begun. Throws Interrupted when a signal ends the program. */
  virtual Typed read(bool continues, std::string& line) = 0;
  /** Shows a part of an answer: whole characters. */
  virtual void show(std::string_view part) = 0;
  /** Shows the reply to a command: lines, each with its newline. */
  virtual void tell(std::string_view lines) = 0;
};

/** The names of the commands, with '/', for completion. */
std::vector<std::string> chat_commands();

struct DialogSettings {
  bool replaces_files = false;                  // /save replaces files
  std::function<void(ModelSettings&)> prepare;  // completes the settings of a model that /model names; may throw Error
};

struct ChatTotals {
  std::int64_t answers = 0, prompt_tokens = 0, completion_tokens = 0;
  std::int64_t reused_tokens = 0;   // of the prompts: see ModelSettings::keeps_keys
  std::int64_t skipped_lines = 0;   // of a file, without text
  std::int64_t repaired_lines = 0;  // of a file, in which invalid UTF-8 was replaced by U+FFFD
};

/** Answers what is typed until /quit, the end of the input, or two interrupts in a row at an empty line. Errors about a
    message or a command are logged; those of the console, and Interrupted, end the dialog. */
ChatTotals run_dialog(Chat& chat, ChatConsole& console, const DialogSettings& settings, const Sinks& sinks);

/** Answers each line of `lines` as the next message of one conversation; after each answer `show` gets a newline. Error
    names the line that cannot be answered. */
ChatTotals answer_lines(Chat& chat, LineReader lines, const std::function<void(std::string_view)>& show,
                        const Sinks& sinks);

}  // namespace intelia
