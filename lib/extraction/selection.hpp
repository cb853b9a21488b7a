// Which conversations are asked for, whatever they are stored in, and the names that a source gives to what we read.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace intelia::extraction {

/** The selection of `extract` and its defaults. The source filters by rating, language and time; RowReader by shape. */
struct Selection {
  double min_rating = 4.0;
  std::int64_t min_messages = 3;                            // of the messages as they are stored
  std::vector<std::string> languages{"fr", "en", "es", "pt"};  // empty: any
  std::int64_t limit = 50'000;                              // rows that the source gives, newest first; 0: all
  std::string since;                                        // inclusive; empty: no bound
  std::string until;                                        // exclusive; empty: no bound
  std::string system_prompt;                                // put before each conversation, unless empty
  std::vector<std::string> columns;                         // "conversation_id=id": ours = theirs
};

/** The five columns by the names that the source gives them. */
struct ColumnNames {
  std::string conversation_id = "conversation_id", messages = "messages", rating = "rating",
              created_at = "created_at", language = "language";
};

/** Checks every setting without a source. Throws Error{usage} naming the option. */
void check(const Selection& selection);

/** Resolves `--columns`. Throws Error{usage} for an unknown or doubled name, with the nearest known one. */
ColumnNames column_names(const std::vector<std::string>& columns);

}  // namespace intelia::extraction
