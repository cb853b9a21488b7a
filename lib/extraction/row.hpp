// A stored conversation → one line of a dataset, or the reason why not. Pure: it knows the forms in which
// systems store messages, and nothing of the database or file that they came from.
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

/** The longest text of one conversation's messages that is read; what is longer is rejected by name. */
inline constexpr std::int64_t kMaxMessagesBytes = 8 << 20;

/** One row as it came; the bytes belong to the caller. */
struct Row {
  std::optional<std::string_view> conversation_id, messages, rating, created_at, language;
  std::int64_t too_long_bytes = 0;           // size of messages when they were too long to be sent
  std::int64_t num_copies = 1;               // selected rows that have this conversation_id
  std::optional<std::string_view> thumbs;    // as read_thumb reads it
  std::optional<std::string_view> feedback;  // JSON, as Judgements reads it
  std::optional<std::string_view> annotations;
  bool is_undated = false;  // of a source without created_at: there its NULL is no fault
};

enum class MessagesForm {
  jsonb,  // written by PostgreSQL from jsonb: valid, one way of spacing and escaping
  any,    // json, text: whatever a client stored
};

/** Where a conversation's rating may come from. The names are those of the setting `signals`. */
enum class Signal {
  rating,       // the rating of the conversation
  thumbs,       // its thumb
  turns,        // ratings inside its messages: their mean
  feedback,     // what users said about its answers: the mean of their ratings; their corrections
  annotations,  // what experts said: the mean over them of the mean of each one's scores; their corrections
};

/** Whether `signal` is among `signals`. */
inline bool listens_to(const std::vector<Signal>& signals, Signal signal) {
  return std::find(signals.begin(), signals.end(), signal) != signals.end();
}

struct RowRules {
  std::int64_t min_messages = 3;
  std::string system_prompt;
  MessagesForm form = MessagesForm::any;
  std::vector<Signal> signals{Signal::rating};  // the first that says something is the rating
  RatingScale rating_scale = RatingScale::one_to_five, feedback_scale = RatingScale::one_to_five;
  double min_rating = -std::numeric_limits<double>::infinity();
  std::int64_t min_annotators = 1;
  double max_disagreement = 2;
  std::vector<std::string> roles;  // "theirs=user", …
};

enum class RowStatus {
  kept,
  dropped,      // sound, but too short, rated too low, or not rated
  rejected,     // malformed
  quarantined,  // sound, but experts disagree about it
};

/**
 * Messages are read in every form that StoredMessages knows. User and assistant turns are kept if at least two remain.
 * The record's rating is on 1..5, whatever the scale it is stored in; its language is the primary subtag.
 *
 * With feedback or annotations among the signals a corrected answer takes the answer's place, an expert's before a
 * user's, and what followed it is cut, since it answered another text; such a record is kept whatever its rating. Of
 * several corrected turns that is the first. A corrected answer that says what the answer says is none. With turns,
 * feedback or annotations the conversation ends before the question that led to the first answer which is rated below
 * min_rating (by the first of these signals that says something about it) and not corrected.
 */
class RowReader {
 public:
  explicit RowReader(RowRules rules);
  ~RowReader();
  RowReader(const RowReader&) = delete;
  RowReader& operator=(const RowReader&) = delete;

  /** Appends the line with its newline to `out` when kept; else `out` is as before and reason() says why. Never throws
      on content. A reason is a name, then a colon and the details. */
  RowStatus read(const Row& row, std::string& out);
  const std::string& reason() const;

  /** Of the row that was kept last: its rating on 1..5, if it has one (a corrected answer needs none), and the code of
      its language, empty for NULL. */
  std::optional<double> rating() const;
  const std::string& language() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace intelia::extraction
