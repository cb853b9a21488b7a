// A stored conversation → one line of a dataset, or the reason why not. Pure: it knows the forms in which
// systems store messages, and nothing of the database or file that they came from.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace intelia::extraction {

/** The longest text of one conversation's messages that is read; what is longer is rejected by name. */
inline constexpr std::int64_t kMaxMessagesBytes = 8 << 20;

/** One row as it came; the bytes belong to the caller. */
struct Row {
  std::optional<std::string_view> conversation_id, messages, rating, created_at, language;
  std::int64_t too_long_bytes = 0;  // size of messages when they were too long to be sent
  std::int64_t num_copies = 1;      // selected rows that have this conversation_id
};

enum class MessagesForm {
  jsonb,  // written by PostgreSQL from jsonb: valid, one way of spacing and escaping
  any,    // json, text: whatever a client stored
};

struct RowRules {
  std::int64_t min_messages = 3;
  std::string system_prompt;
  MessagesForm form = MessagesForm::any;
};

enum class Fate { kept, dropped /* sound, but too short */, rejected /* malformed */ };

/**
 * Accepts: a list of {"role","content"} with roles system, user, assistant; such a list under "messages" of an object;
 * either of them as a JSON string of JSON (once); content as a list of {"type":"text","text"} parts, joined. Of
 * doubled keys the last wins, as in jsonb. Keeps user and assistant turns if at least two remain.
 */
class RowReader {
 public:
  explicit RowReader(RowRules rules);
  ~RowReader();
  RowReader(const RowReader&) = delete;
  RowReader& operator=(const RowReader&) = delete;

  /** Appends the line with its newline to `out` when kept; else `out` is as before and reason() says why. Never throws
      on content. A reason is a name, then a colon and the details. */
  Fate read(const Row& row, std::string& out);
  const std::string& reason() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace intelia::extraction
