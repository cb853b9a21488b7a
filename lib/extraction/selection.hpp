// The selection of conversations, independent of the source, and the mapping of names in a source to ours.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "extraction/row.hpp"

namespace intelia::extraction {

/** The selection of an extraction, with its defaults. The source filters by rating, language and time; RowReader checks
    the messages. */
struct Selection {
  double min_rating = 4.0;
  std::int64_t min_messages = 3;                               // counted as stored
  std::vector<std::string> languages{"fr", "en", "es", "pt"};  // empty: any
  std::int64_t limit = 50'000;                 // maximum number of rows from the source, newest first; 0: all
  std::string since;                           // inclusive; empty: no bound
  std::string until;                           // exclusive; empty: no bound
  std::string system_prompt;                   // prepended to each conversation, unless empty
  std::vector<std::string> columns;            // "conversation_id=id": ours = theirs
  std::vector<std::string> signals{"rating"};  // the first one with a value is used
  std::string rating_scale = "1-5";            // of the rating column and of ratings inside messages
  std::string feedback_scale = "1-5";          // of the ratings of the feedback
  std::int64_t min_annotators = 1;             // required for the correction of a turn to be used
  double max_disagreement = 2;                 // maximum, between the mean scores of two annotators of a turn
  std::vector<std::string> roles;              // "human=user": theirs = ours
  std::string time_zone = "UTC";               // of a created_at without time zone
};

/** The reasons why a row of the source is not read, as counted by every source, in the order in which they are checked.
 */
inline constexpr const char *kRatingIsNull = "rating is NULL", *kNoSignal = "no signal has a rating",
                            *kBelowMinimum = "rating is below the minimum", *kLanguageIsNull = "language is NULL",
                            *kOtherLanguage = "language is not among those selected",
                            *kTimeIsNull = "created_at is NULL", *kBeyondLimit = "beyond the limit";

/** The names of the columns in the source. */
struct ColumnNames {
  std::string conversation_id = "conversation_id", messages = "messages", rating = "rating", created_at = "created_at",
              language = "language", thumbs = "thumbs";
};

/** Checks every setting without a source. Throws SettingError{usage}. */
void check(const Selection& selection);

/** The signals by their names. Throws SettingError{usage} for unknown, duplicate or missing ones. */
std::vector<Signal> signals(const Selection& selection);

/** Whether `signal` is among those of `selection`. */
bool listens_to(const Selection& selection, Signal signal);

/** The rules of RowReader for `selection`. Throws like check(). */
RowRules row_rules(const Selection& selection, MessagesForm form);

/**
 * Resolves OUR_NAME=THEIR_NAME mappings, the value of `setting`: sets each of `ours` to the name in the source. Throws
 * SettingError{usage} for an unknown or duplicate name, with a suggestion.
 */
void map_names(const std::vector<std::string>& mappings, const std::string& setting,
               const std::vector<std::pair<std::string, std::string*>>& ours);

/** Resolves the mappings of the setting `columns` with map_names. */
ColumnNames column_names(const std::vector<std::string>& columns);

}  // namespace intelia::extraction
