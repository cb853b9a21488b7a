// One record of a JSON Lines or CSV file → the fields of a stored conversation, as texts. It knows under which names
// files hold them, and nothing of what is selected.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "extraction/selection.hpp"

namespace intelia::extraction {

/** The texts that a database would have sent, but for created_at, which is as it stands in the file. */
struct RecordFields {
  std::optional<std::string> conversation_id, messages, rating, created_at, language, thumbs;
  bool is_corrected = false;            // there is a corrected answer that is not blank
  std::optional<std::string> feedback;  // JSON, as Judgements reads it, of a corrected answer where it is listened to
};

/** Which of our names some record had. */
struct SeenNames {
  bool conversation_id = false, messages = false, rating = false, created_at = false, language = false, thumbs = false;
};

/**
 * Reads records of one file. Where the setting `columns` does not name them, it looks for
 * - our own names, in JSON also inside `metadata`, as this program writes them (there language_tag before language);
 * - messages: also conversations, conversation, turns and history; the id: also id (ShareGPT);
 * - where there are no messages, `question` and `answer` as a conversation of two turns, the answer replaced by a
 *   `corrected_answer` that is not blank (or, where feedback is among the signals, with it as feedback); the id is then
 *   feedback_id, id, conversation_id or else "qa-" and a hash of both texts.
 * A name among `columns` may lead into JSON objects: metadata.rating. Of doubled JSON keys the last wins.
 */
class FieldReader {
 public:
  virtual ~FieldReader() = default;

  enum class Part { key /* all but messages */, all };

  /** Fills `fields`; returns the fault of the record in words, or nothing. */
  virtual std::optional<std::string> read(std::string_view record, Part part, RecordFields& fields) = 0;

  /** Whether the last record was faulty because of its quotes, so that it may hold more or less than one record. */
  bool has_misplaced_quote() const { return has_misplaced_quote_; }

  const SeenNames& seen() const { return seen_; }

  /** Names that the file has, for a hint at the one that was meant. */
  const std::vector<std::string>& names() const { return names_; }

 protected:
  SeenNames seen_;
  std::vector<std::string> names_;
  bool has_misplaced_quote_ = false;
};

/** Of JSON Lines: a record is an object. */
std::unique_ptr<FieldReader> json_field_reader(const Selection& selection);

/** Of separated values: `header` names the cells. `separator` 0: comma, or semicolon where the header has no comma.
    Throws Error{input} for a header that cannot be read. */
std::unique_ptr<FieldReader> csv_field_reader(const Selection& selection, std::string_view header, char separator);

}  // namespace intelia::extraction
