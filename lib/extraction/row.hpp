// Converts a stored conversation to one line of a dataset, or to the reason why it is not used. It knows the forms in
// which systems store messages, not the database or file that they come from.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "extraction/rating_scale.hpp"

namespace intelia::extraction {

/** The maximum size of the messages of one conversation, of all its feedback, and of all its annotations; rows with
   more are rejected. */
inline constexpr std::int64_t kMaxMessagesBytes = 8 << 20;

/** The maximum size of an id: more than PostgreSQL can index as a primary key (2704 bytes). */
inline constexpr std::size_t kMaxIdBytes = 4096;

/** The maximum size of any other value of a row, as text: more than a numeric of PostgreSQL can have (147,456 bytes).
 */
inline constexpr std::int64_t kMaxValueBytes = 256 << 10;

/** A value that was too long to be sent. */
struct LongValue {
  std::string_view column;  // our name: "messages", "feedback"; empty: none
  std::int64_t size_bytes = 0;
};

/** One row of a source; the bytes belong to the caller. */
struct Row {
  std::optional<std::string_view> conversation_id, messages, rating, created_at, language;
  LongValue too_long;                        // its column is NULL here
  std::int64_t num_copies = 1;               // number of selected rows with this conversation_id
  std::optional<std::string_view> thumbs;    // for read_thumb
  std::optional<std::string_view> feedback;  // JSON, for Judgements
  std::optional<std::string_view> annotations;
  std::string_view record;                // of a file: as it is stored there
  std::string_view no_value = "is NULL";  // what a missing value is called in messages
  bool is_undated = false;                // the source has no created_at: NULL is not a fault
};

enum class MessagesForm {
  jsonb,  // formatted by PostgreSQL from jsonb: valid, with uniform spacing and escapes
  any,    // json or text, as a client stored it
};

/** Sources of the rating of a conversation, named as in the setting `signals`. */
enum class Signal {
  rating,       // the rating of the conversation
  thumbs,       // its thumb
  turns,        // mean of the ratings inside its messages
  feedback,     // feedback of users on its answers: mean rating, corrections
  annotations,  // annotations of experts: mean of their mean scores, corrections
};

/** Whether `signal` is among `signals`. */
inline bool listens_to(const std::vector<Signal>& signals, Signal signal) {
  return std::find(signals.begin(), signals.end(), signal) != signals.end();
}

struct RowRules {
  std::int64_t min_messages = 3;
  std::string system_prompt;
  MessagesForm form = MessagesForm::any;
  std::vector<Signal> signals{Signal::rating};  // the first one with a value is used
  RatingScale rating_scale = RatingScale::one_to_five, feedback_scale = RatingScale::one_to_five;
  double min_rating = -std::numeric_limits<double>::infinity();
  std::int64_t min_annotators = 1;
  double max_disagreement = 2;
  std::vector<std::string> roles;  // "theirs=user", …
};

enum class RowStatus {
  kept,
  dropped,      // valid, but too short, rated too low, or not rated
  rejected,     // malformed
  quarantined,  // valid, but experts disagree about it
};

/**
 * Reads messages in every form of StoredMessages. User and assistant turns are kept if there are at least two. The
 * rating of the record is on 1..5, whatever its stored scale; its language is the primary subtag.
 *
 * With feedback or annotations among the signals, a corrected answer replaces the answer (an expert's takes precedence
 * over a user's) and later turns are removed, since they respond to the old text; such a record is kept whatever its
 * rating. Of several corrected turns the first is used. A correction equal to the answer is ignored. With turns,
 * feedback or annotations among the signals, the conversation is truncated before the question of the first answer that
 * is rated below min_rating (by the first of these signals that rates it) and not corrected.
 */
class RowReader {
 public:
  explicit RowReader(RowRules rules);
  ~RowReader();
  RowReader(const RowReader&) = delete;
  RowReader& operator=(const RowReader&) = delete;

  /** Appends the line with its newline to `out` if the row is kept; else leaves `out` unchanged and sets reason(), a
     name followed by a colon and details. Never throws on content. */
  RowStatus read(const Row& row, std::string& out);
  const std::string& reason() const;

  /** Of the row that was kept last: its rating on 1..5, if any (a corrected answer needs none), and its language code,
      empty for NULL. */
  std::optional<double> rating() const;
  const std::string& language() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace intelia::extraction
