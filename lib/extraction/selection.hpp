// Which conversations are asked for, whatever they are stored in, and the names that a source gives to what we read.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "extraction/row.hpp"

namespace intelia::extraction {

/** The selection of `extract` and its defaults. The source filters by rating, language and time; RowReader by shape. */
struct Selection {
  double min_rating = 4.0;
  std::int64_t min_messages = 3;                               // of the messages as they are stored
  std::vector<std::string> languages{"fr", "en", "es", "pt"};  // empty: any
  std::int64_t limit = 50'000;                                 // rows that the source gives, newest first; 0: all
  std::string since;                                           // inclusive; empty: no bound
  std::string until;                                           // exclusive; empty: no bound
  std::string system_prompt;                                   // put before each conversation, unless empty
  std::vector<std::string> columns;                            // "conversation_id=id": ours = theirs
  std::vector<std::string> signals{"rating"};                  // the first that says something is the rating
  std::string rating_scale = "1-5";                            // of the rating column and of ratings inside messages
  std::string feedback_scale = "1-5";                          // of the ratings of the feedback
  std::int64_t min_annotators = 1;                             // on a turn, for an expert's correction of it to be used
  double max_disagreement = 2;                                 // between two annotators' mean scores of a turn
  std::vector<std::string> roles;                              // "human=user": theirs = ours
  std::string time_zone = "UTC";                               // of a created_at that has none
};

/** The columns by the names that the source gives them. */
struct ColumnNames {
  std::string conversation_id = "conversation_id", messages = "messages", rating = "rating", created_at = "created_at",
              language = "language", thumbs = "thumbs";
};

/** Checks every setting without a source. Throws SettingError{usage}. */
void check(const Selection& selection);

/** The signals by their names. Throws SettingError{usage} for an unknown or doubled one, or none at all. */
std::vector<Signal> signals(const Selection& selection);

/** Whether `signal` is among those of `selection`. */
bool listens_to(const Selection& selection, Signal signal);

/** What RowReader needs to know to judge the rows of `selection`. Throws as check does. */
RowRules row_rules(const Selection& selection, MessagesForm form);

/**
 * Resolves OUR_NAME=THEIR_NAME mappings, the value of `setting`: each of `ours` gets the name that it has there. Throws
 * SettingError{usage} for an unknown or doubled name, with the nearest known one.
 */
void map_names(const std::vector<std::string>& mappings, const std::string& setting,
               const std::vector<std::pair<std::string, std::string*>>& ours);

/** Resolves the mappings of the setting `columns` with map_names. */
ColumnNames column_names(const std::vector<std::string>& columns);

}  // namespace intelia::extraction
