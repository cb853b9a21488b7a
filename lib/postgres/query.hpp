// The SQL that asks for a selection of conversations: pure text, no connection. COPY takes no parameters, so every name
// and value that comes from outside is quoted here and nowhere else.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "extraction/selection.hpp"

namespace intelia::postgres {

/** A selection from a table or view of a database. */
struct ExtractQuery : extraction::Selection {
  std::string table = "conversations";  // NAME or SCHEMA.NAME
};

/** What the catalogue says about the columns that are read: types as OIDs of pg_type. */
struct SourceColumns {
  std::uint32_t conversation_id = 0, messages = 0, rating = 0, created_at = 0, language = 0;
  std::string conversation_id_type = "text";  // as SQL writes it: "uuid", "character varying(64)"
  std::string created_at_type = "timestamp with time zone";
  bool has_row_version = false;               // rows have an xmin: true of tables, false of views
  bool has_unique_ids = false;                // an index sees to it
  bool has_time_index = false;                // one that begins with created_at
};

// OIDs from PostgreSQL's pg_type.dat; those of built-in types never change.
inline constexpr std::uint32_t kTextType = 25, kJsonType = 114, kVarcharType = 1043, kDateType = 1082,
                               kTimestampType = 1114, kTimestamptzType = 1184, kJsonbType = 3802;

/** Checks every setting without a database. Throws Error{usage} naming the option. */
void check(const ExtractQuery& query);

/** `name` as an SQL identifier. */
std::string quote_identifier(std::string_view name);

/** `text` as an SQL string, whatever standard_conforming_strings says. */
std::string quote_literal(std::string_view text);

/** The parts of NAME or SCHEMA.NAME; a part in double quotes may hold dots. Throws Error{usage}. */
std::vector<std::string> split_table_name(std::string_view table);

/** The table's name as SQL, quoted. */
std::string table_sql(const ExtractQuery& query);

/** `SELECT the five columns FROM the table LIMIT 0`: what they are, and whether they are there. */
std::string describe_sql(const ExtractQuery& query);

/** The statements of one selection. Every order is newest first, then by conversation_id. */
class SelectionSql {
 public:
  SelectionSql(const ExtractQuery& query, const SourceColumns& columns);

  /** The whole selection. Fields: kRowFields. */
  std::string rows() const;

  /** The part created at `older` (inclusive) and later, before `newer` (exclusive), which are values of the column as
      text; either may be empty. No limit. */
  std::string rows_between(std::string_view older, std::string_view newer) const;

  /** The rows of these conversations, in any order, whether they are selected or not. */
  std::string rows_of(const std::vector<std::string>& conversation_ids) const;

  /** The whole selection without what is large. Fields: kIndexFields. */
  std::string index() const;

  /** How many rows the selection has. */
  std::string count() const;

  /** Different values of created_at, as text, in about `percent` of the selection's rows, without limit, newest first;
      tables only. */
  std::string sample(double percent) const;

 private:
  std::string row_columns() const;
  std::string version_sql() const;

  const ExtractQuery query_;
  const SourceColumns columns_;
  const extraction::ColumnNames names_;
  std::string from_, where_, order_, limit_;
};

/** Fields of a row: conversation_id, messages (jsonb and json as they are, else text), rating, created_at and language
    as text, the size of messages where it is above extraction::kMaxMessagesBytes, the row's version as text (NULL of
    views). */
inline constexpr int kRowFields = 7;

/** Fields of a row of the index: conversation_id, rating, created_at, language and the row's version, all as text. */
inline constexpr int kIndexFields = 5;

}  // namespace intelia::postgres
