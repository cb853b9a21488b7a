// A conversation with a loaded model: messages, answers that are shown as they grow, and what a person can do with the
// conversation between them. It knows neither a terminal nor how its operations are asked for.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "inference/generator.hpp"

namespace intelia {

struct ChatSettings {
  ModelSettings model;
  SamplingSettings sampling{.max_new_tokens = 1024};
  std::vector<std::string> stop_strings;  // end an answer and are not part of it
  std::string system;                     // the system prompt; empty: none
  std::string date;                       // of chat templates that read it
  TokenizerRules tokenizer_rules = TokenizerRules::transformers;
};

/** Throws SettingError{usage} for values that have no meaning. */
void check(const ChatSettings& settings);

/** Reads everything but the weights, and checks it as the constructor of Chat does. */
void check_chat(const ChatSettings& settings, Log& log);

/** The file to write exists. */
class FileExists : public Error {
 public:
  explicit FileExists(const std::string& message) : Error(Kind::usage, message) {}
};

/** An answer, and how it came about. */
struct ChatAnswer {
  Completion completion;        // its text ends where an interrupt came
  bool is_interrupted = false;  // by SIGINT
  double first_seconds = 0;     // until the first token
  double seconds = 0;
};

class Chat {
 public:
  /**
   * Loads the model. Sinks::stop must take interrupts (StopFlag::InterruptsTaken) while answer() or set_model() runs,
   * if SIGINT is to end these and not the program. Errors as those of load_text_side and Engine::load;
   * SettingError{usage} when the chat template takes no system prompt and there is one.
   */
  Chat(ChatSettings settings, const Sinks& sinks);
  ~Chat();
  Chat(const Chat&) = delete;
  Chat& operator=(const Chat&) = delete;

  /**
   * Answers `message`, and adds both to the conversation. `show` gets the parts of the answer: whole characters, none
   * of a stop string. SIGINT ends the answer, whose beginning is kept; before its first character the message is not
   * kept either. Error{input} when the template refuses the conversation, ContextFull when it fills the context. After
   * any error the conversation is as before.
   */
  ChatAnswer answer(const std::string& message, const std::function<void(std::string_view)>& show);

  /** Removes all messages; the system prompt stays. */
  void reset() { exchanges_.clear(); }
  /** Removes the last message and its answer; returns whether there was one. */
  bool undo();
  /** Replaces the system prompt; empty: none. SettingError{usage} when the chat template takes none. */
  void set_system(const std::string& system);
  const std::string& system() const { return settings_.system; }
  /**
   * Loads another model, which continues the conversation. The present one stays in memory until then, and for good
   * after an error: those of the constructor, Error{input} when the new template refuses the conversation, and
   * Interrupted.
   */
  void set_model(const ModelSettings& model);
  const ModelSettings& model() const { return settings_.model; }
  /** "llama, 4.2 M parameters, fp32 on cpu; model 'FOLDER', adapter 'FOLDER', weights as stored". */
  std::string description() const;

  std::size_t num_answers() const { return exchanges_.size(); }
  /** The tokens of the conversation as the template renders it. */
  std::int64_t num_tokens() const;
  std::int64_t context_length() const;

  /**
   * Writes the conversation to `path` as one record of a training file, {"messages","metadata"}, with mode 0600.
   * Answers that were cut short, and exchanges with U+FFFD in place of bytes that are not UTF-8, have "weight" 0, so
   * that they are not trained; their number is returned. Error{usage}
   * for a conversation without answers, and when `path` is not a file; FileExists when it is one, unless `replaces`.
   */
  std::int64_t save(const std::filesystem::path& path, bool replaces) const;

 private:
  struct Loaded;
  struct Exchange {
    std::string message, answer;
    bool is_cut = false;  // the answer was interrupted, or reached a limit of tokens
  };

  std::vector<Message> messages() const;
  std::unique_ptr<Loaded> load(ModelSettings model) const;
  RenderOptions render_options() const { return {.date = settings_.date}; }

  ChatSettings settings_;
  const Sinks& sinks_;
  std::unique_ptr<Loaded> loaded_;
  std::vector<Exchange> exchanges_;
};

}  // namespace intelia
