// Which conversations are asked for, and the SQL that asks: pure text, no connection. COPY takes no parameters, so every
// name and value that comes from outside is quoted here and nowhere else.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace intelia::postgres {

/** The selection of `extract` and its defaults. The database filters by rating, language and time; we by shape. */
struct ExtractQuery {
  double min_rating = 4.0;
  std::int64_t min_messages = 3;                            // of the messages as they are stored
  std::vector<std::string> languages{"fr", "en", "es", "pt"};  // empty: any
  std::int64_t limit = 50'000;                              // rows that the database returns; 0: all
  std::string since;                                        // inclusive; empty: no bound
  std::string until;                                        // exclusive; empty: no bound
  std::string system_prompt;                                // put before each conversation, unless empty
  std::string table = "conversations";                      // NAME or SCHEMA.NAME
  std::vector<std::string> columns;                         // "conversation_id=id": ours = theirs
};

/** The five columns by the names that the table gives them. */
struct ColumnNames {
  std::string conversation_id = "conversation_id", messages = "messages", rating = "rating",
              created_at = "created_at", language = "language";
};

/** The types of the five columns, as OIDs of pg_type. */
struct ColumnTypes {
  std::uint32_t conversation_id = 0, messages = 0, rating = 0, created_at = 0, language = 0;
};

// OIDs from PostgreSQL's pg_type.dat; those of built-in types never change.
inline constexpr std::uint32_t kTextType = 25, kJsonType = 114, kVarcharType = 1043, kDateType = 1082,
                               kTimestampType = 1114, kTimestamptzType = 1184, kJsonbType = 3802;

/** The longest text of one conversation's messages that is fetched; what is longer is rejected by name. */
inline constexpr std::int64_t kMaxMessagesBytes = 8 << 20;

/** Checks every setting without a database. Throws Error{usage} naming the option. */
void check(const ExtractQuery& query);

/** Resolves `--columns`. Throws Error{usage} for an unknown or doubled name, with the nearest known one. */
ColumnNames column_names(const std::vector<std::string>& columns);

/** `name` as an SQL identifier. */
std::string quote_identifier(std::string_view name);

/** `text` as an SQL string, whatever standard_conforming_strings says. */
std::string quote_literal(std::string_view text);

/** The parts of NAME or SCHEMA.NAME; a part in double quotes may hold dots. Throws Error{usage}. */
std::vector<std::string> split_table_name(std::string_view table);

/** `SELECT the five columns FROM the table LIMIT 0`: what they are, and whether they are there. */
std::string describe_sql(const ExtractQuery& query);

/**
 * The selection: conversation_id, messages, rating, created_at, language as text (jsonb and json as they are), and the
 * size of messages where it is above kMaxMessagesBytes. Newest first, then by conversation_id.
 */
std::string select_sql(const ExtractQuery& query, const ColumnTypes& types);

/** How many rows select_sql gives. */
std::string count_sql(const ExtractQuery& query, const ColumnTypes& types);

/** Of `candidates` the one nearest to `word`, if it is near enough to be meant; else empty. */
std::string nearest_word(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace intelia::postgres
