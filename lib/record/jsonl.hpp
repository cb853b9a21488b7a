// Reading and writing records as JSON Lines. Each bad line is reported (file:line: what is wrong, what was expected),
// counted and optionally copied with its reason; too many of them end the run.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.hpp"
#include "base/sinks.hpp"
#include "record/message.hpp"
#include "record/record_lines.hpp"

namespace intelia {

/**
 * Parses one line of a dataset. Returns a description of the fault, or nothing on success. Never throws on content.
 *
 * A conversation has `messages`, or ShareGPT's `conversations` (from, value), or `prompt` and `completion`, two lists
 * of messages or two strings, of which only the completion is trained, or `text`. Content is a string or a list of text
 * parts; `tools` is a list or a string with its JSON. A member that is null is absent. Of a key that occurs twice the
 * last value is used, and duplicate_key is set. Numbers that are not computed with are kept digit by digit.
 */
std::optional<std::string> parse_conversation(std::string_view line, Conversation& out);
/** Without `prompt` it is what `chosen` and `rejected` have in common: whole conversations, or strings; transcripts
   "\n\nHuman: …\n\nAssistant: …" become messages. A prompt that is a string is one user turn where the answers are
   messages. */
std::optional<std::string> parse_preference(std::string_view line, Preference& out);
/** Whether a line for rated answers is a preference, which is two of them: it has `chosen` and no `label`. */
bool is_preference_line(std::string_view line);
/** A `prompt`, a `completion` and a `label`, true or false. */
std::optional<std::string> parse_rated_answer(std::string_view line, RatedAnswer& out);
std::optional<std::string> parse_question(std::string_view line, Question& out);
/** What a model is to answer: a question, or a conversation up to an answer. */
struct Prompt {
  std::string id;  // "id", else metadata.conversation_id, else metadata.id, else empty
  std::vector<Message> messages;
  std::string text;  // used when messages is empty: to be continued as it is
  TemplateInputs inputs;
  std::string duplicate_key;         // as in Conversation
  std::vector<std::string> ignored;  // members that are not read, except answers and labels
};

/** A question, or a conversation, of which what comes before its last answer is the prompt, or an object with a
   `prompt`: a list of messages, or a string, which is plain text as in training: one user turn where the record has
   answers that are messages. The id may be missing. */
std::optional<std::string> parse_prompt(std::string_view line, Prompt& out);

/** Appends `{"messages":[…],"metadata":{…}}` (or `{"text":…,"metadata":…}`, or with prompt and completion) and a
 * newline. */
void append_conversation(std::string& out, const Conversation& conversation);

/** Appends `{"prompt":[…],"chosen":[…],"rejected":[…],"metadata":{…}}` and a newline: what TRL's DPOTrainer reads. */
void append_preference(std::string& out, const Preference& preference);

/** Appends `"prompt":…` and what the chat template gets beside it, without braces. */
void append_prompt(std::string& out, const Prompt& prompt);

/** The handling of lines that are not valid records. */
struct RejectPolicy {
  double max_rejected = 0.05;  // maximum fraction of bad records
  bool is_strict = false;      // fail at the first bad record
};

/** Throws SettingError{usage} unless max_rejected is a fraction. */
void check(const RejectPolicy& policy);

/** The name of a reason, without details: the part before the first ':' or '('. */
std::string reason_name(std::string_view reason);

/** Appends `{"where":…,"conversation_id":…,"reason":…,"record":…}` and a newline; the id only if it is given. If `raw`
 * is not UTF-8, its bytes are written as Latin-1.
 */
void append_rejected(std::string& out, std::string_view where, const std::string& reason, std::string_view raw,
                     std::optional<std::string_view> conversation_id = std::nullopt);

/** Logs the first warnings of a kind; further ones are suppressed. */
class FirstWarnings {
 public:
  /** `rest`: logged once, when warnings start to be suppressed. */
  FirstWarnings(Log& log, std::string rest) : log_(log), rest_(std::move(rest)) {}
  void add(const std::string& message);

 private:
  Log& log_;
  std::string rest_;
  std::int64_t num_warnings_ = 0;
};

/** Throws Error{input} when `num_rejected` is more than the allowed fraction of `num_read`. */
void check_rejected(const RejectPolicy& policy, std::int64_t num_rejected, std::int64_t num_read);

/** Throws Error{input} for the first bad record under a strict policy. */
[[noreturn]] void fail_strictly(const std::string& message);

/** Reports, counts and copies rejected records. */
class Rejects {
 public:
  /** `file`: receives the rejected records; may be null. */
  Rejects(RejectPolicy policy, Log& log, AtomicFile* file = nullptr);
  /** Adds a bad record: `where` is "file:line" or the key of a row, `reason` says what is wrong and what was expected,
   * `raw` is the record. */
  void add(const std::string& where, const std::string& reason, std::string_view raw);
  /** Throws Error{input} when more than the allowed fraction of `num_read` records is bad. */
  void check(std::int64_t num_read) const;
  std::int64_t count() const { return count_; }
  Log& log() const { return log_; }
  /** Counts by reason_name. */
  const std::map<std::string, std::int64_t>& by_reason() const { return by_reason_; }

 private:
  RejectPolicy policy_;
  Log& log_;
  FirstWarnings warnings_;
  AtomicFile* file_;
  std::int64_t count_ = 0;
  std::map<std::string, std::int64_t> by_reason_;
};

/** Reads every record of `path` in order and calls `take` with its line number. Returns the number of records. Warns of
    keys that occur twice. */
std::int64_t read_conversations(const std::filesystem::path& path, Rejects& rejects, const StopFlag& stop,
                                const std::function<void(Conversation&&, std::int64_t line_number)>& take);

/** The same for preferences. */
std::int64_t read_preferences(const std::filesystem::path& path, Rejects& rejects, const StopFlag& stop,
                              const std::function<void(Preference&&, std::int64_t line_number)>& take);

/** All questions of `path`. Throws Error{input} at the first bad line, and at an id that is used twice. */
std::vector<Question> read_questions(const std::filesystem::path& path);

}  // namespace intelia
