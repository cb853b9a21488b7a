// Finds the fields of a conversation in one record of a JSON Lines or CSV file, as texts. It knows the names of fields
// in files, not the selection.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "extraction/selection.hpp"

namespace intelia::extraction {

/** The texts that a database would have sent, except created_at, which is verbatim. */
struct RecordFields {
  std::optional<std::string> conversation_id, messages, rating, created_at, language, thumbs;
  bool is_corrected = false;            // it has a corrected answer that is not blank
  std::optional<std::string> feedback;  // JSON for Judgements, of a corrected answer, if it is a signal
};

/** The fields that occurred in some record. */
struct SeenNames {
  bool conversation_id = false, messages = false, rating = false, created_at = false, language = false, thumbs = false;
};

/**
 * Reads records of one file. Fields that the setting `columns` does not name are looked up under
 * - our own names, in JSON also inside `metadata`, as this program writes them (there language_tag before language);
 * - messages: also conversations, conversation, turns and history; the id: also id (ShareGPT);
 * - where there are no messages, `question` and `answer` as a conversation of two turns, the answer replaced by a
 *   `corrected_answer` that is not blank (or, where feedback is among the signals, with it as feedback); the id is then
 *   feedback_id, id, conversation_id or else "qa-" and a hash of both texts.
 * A name in `columns` may be a path into JSON objects: metadata.rating. Of duplicate JSON keys the last is used.
 */
class FieldReader {
 public:
  virtual ~FieldReader() = default;

  enum class Part { key /* all but messages */, all };

  /** Fills `fields`; returns a description of the fault, or nothing. */
  virtual std::optional<std::string> read(std::string_view record, Part part, RecordFields& fields) = 0;

  /** Whether the last record had misplaced quotes, so that it may contain more or less than one record. */
  bool has_misplaced_quote() const { return has_misplaced_quote_; }

  /** A key that occurs twice in the last record, as far as it was read; empty: none. */
  virtual std::string duplicate_key() const { return ""; }

  const SeenNames& seen() const { return seen_; }

  /** The names in the file, for suggestions. */
  const std::vector<std::string>& names() const { return names_; }

 protected:
  SeenNames seen_;
  std::vector<std::string> names_;
  bool has_misplaced_quote_ = false;
};

/** For JSON Lines: each record is an object. */
std::unique_ptr<FieldReader> json_field_reader(const Selection& selection);

/** For separated values: `header` names the cells. `separator` 0: comma, or semicolon where the header has no comma.
    Throws Error{input} for a header that cannot be read. */
std::unique_ptr<FieldReader> csv_field_reader(const Selection& selection, std::string_view header, char separator);

}  // namespace intelia::extraction
