// Builds the SQL for a selection of conversations, without a connection. COPY takes no parameters, so all external
// names and values are quoted here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "extraction/selection.hpp"
#include "postgres/signal_sql.hpp"

namespace intelia::postgres {

/** A selection from a table or view of a database. */
struct ExtractQuery : extraction::Selection {
  std::string table = "conversations";  // NAME or SCHEMA.NAME
  std::string feedback_table = "feedback", annotations_table = "annotations";
  std::vector<std::string> feedback_columns, annotations_columns;  // "rating=stars": ours = theirs
};

/** The feedback or annotations table, from the system catalogs. */
struct JudgementTable {
  struct Column {
    std::string name;  // empty: not in the table
    std::uint32_t type = 0;
    bool is_there() const { return !name.empty(); }
  };
  Column id, conversation_id, turn, corrected_answer, created_at;
  Column answer, rating;     // of feedback
  Column annotator, scores;  // of annotations
  bool has_row_version = false;
  std::string unversioned_part;  // "'part_2' is a foreign table": a partition or child without versions
};

/**
 * The columns that are read, from the system catalogs: types as OIDs of pg_type. `thumbs` is the sixth type of
 * describe_sql if thumbs are a signal; `feedback` and `annotations` are made by feedback_table and annotations_table if
 * they are signals. Else they are not used.
 */
struct SourceColumns {
  std::uint32_t conversation_id = 0, messages = 0, rating = 0, created_at = 0, language = 0;
  std::string conversation_id_type = "text";  // in SQL: "uuid", "character varying(64)"
  std::string created_at_type = "timestamp with time zone";
  bool has_row_version = false;  // xmin is readable: a table with all its parts, with SELECT on all of it
  bool has_unique_ids = false;   // by an index; NULL may occur several times
  bool has_every_id = false;     // none is NULL
  bool has_time_index = false;   // begins with created_at
  std::uint32_t thumbs = 0;
  JudgementTable feedback, annotations;
};

/** Checks every setting without a database. Throws SettingError{usage}. */
void check(const ExtractQuery& query);

/** The parts of NAME or SCHEMA.NAME; a part in double quotes may contain dots. Throws SettingError{usage} for
    `setting`. */
std::vector<std::string> split_table_name(std::string_view table, const std::string& setting = "table");

/** The quoted name of the table. */
std::string table_sql(const ExtractQuery& query);
std::string table_sql(std::string_view table);

/** `SELECT the five columns FROM the table LIMIT 0`: to get their types. The sixth is
    thumbs, if it is a signal. */
std::string describe_sql(const ExtractQuery& query);

/** Queries the system catalogs about the feedback or annotations table. Missing tables and columns are no error.
 * Fields: "column" or "table", name, type, whether rows have a version. */
std::string describe_feedback_sql(const ExtractQuery& query);
std::string describe_annotations_sql(const ExtractQuery& query);

/** A table that is read, and the columns of it that lines depend on. */
struct UsedTable {
  std::string name;  // as in the settings
  std::vector<std::string> columns;
};
UsedTable used_conversations(const ExtractQuery& query);
UsedTable used_judgements(const std::string& name, const JudgementTable& table);

/**
 * Queries the system catalogs about all that the text of these columns depends on beside the rows: for the table and
 * each of its partitions and children, their columns; the labels of enumerations; composite types; casts to text.
 * Fields, in the order of the keys: a key, its facts, a name for messages, for a part whose rows have no versions its
 * kind, and what changes with every alteration, even if it is undone by another one. No rows: there is no such table.
 */
std::string parts_sql(const UsedTable& table);

/** The rows of a query, as text. */
using TextRows = std::vector<std::vector<std::optional<std::string>>>;

/** The table, from the rows of describe_feedback_sql or describe_annotations_sql. Throws SettingError{usage}, with a
    suggestion, for a missing table or a missing column that is required or was named explicitly. */
JudgementTable feedback_table(const ExtractQuery& query, const TextRows& rows);
JudgementTable annotations_table(const ExtractQuery& query, const TextRows& rows);

/** Whether created_at of this type is interpreted in a query.time_zone other than UTC. */
bool needs_time_zone(const ExtractQuery& query, std::uint32_t created_at_type);

/** Queries the names of all time zones; used if needs_time_zone. */
std::string time_zones_sql();

/** Throws SettingError{usage}, with a suggestion, when query.time_zone is not among the `rows` of time_zones_sql. */
void check_time_zone(const ExtractQuery& query, const TextRows& rows);

/** The statements of a selection. Rows are ordered newest first, then by conversation_id. */
class SelectionSql {
 public:
  SelectionSql(const ExtractQuery& query, const SourceColumns& columns);

  /** The whole selection. Fields: kRowFields. */
  std::string rows() const;

  /** The part created from `older` (inclusive) to `newer` (exclusive), as returned by sample(); either may be empty.
      Without limit. */
  std::string rows_between(std::string_view older, std::string_view newer) const;

  /** The rows of these conversations, selected or not, in any order. */
  std::string rows_of(const std::vector<std::string>& conversation_ids) const;

  /** The whole selection without its large columns. Fields: kIndexFields. */
  std::string index() const;

  /** Counts the rows of the period by what becomes of them, without limit. Fields: the reason why they do not match
      (see selection.hpp; NULL: they match), the number of rows. */
  std::string counts() const;

  /** Different values of created_at (in UTC, if it is read in a time zone), as text, in about `percent` of the
      selection's rows, without limit, newest first; tables only. */
  std::string sample(double percent) const;

 private:
  /** The rows of feedback and annotations to read: of the conversations created in a range, or of given ones. */
  struct Range {
    std::string condition;  // " AND …" on the conversations; empty: all
    const std::vector<std::string>* conversation_ids = nullptr;
  };

  std::string column(const std::string& name) const { return "c." + quote_identifier(name); }
  std::string from(const Range& range, const std::string& sample = "") const;
  std::string judgements_sql(const JudgementTable& table, const std::string& name, extraction::Signal signal,
                             const Range& range) const;
  std::string judgement_table_sql(extraction::Signal signal) const;
  std::string is_of_range_sql(const JudgementTable& table, const Range& range) const;
  using JudgementColumns = std::vector<std::pair<std::string, const JudgementTable::Column*>>;
  static JudgementColumns judgement_columns(const JudgementTable& table, extraction::Signal signal);
  std::string judged_rows_sql(const JudgementTable& table, extraction::Signal signal, const Range& range) const;
  std::string scores_sql(const Range& range) const;
  std::string is_same_conversation_sql(const std::string& joined) const;
  std::string time_sql(std::string_view time) const;
  std::string rating_of(extraction::Signal signal) const;
  std::string effective_rating() const;
  std::string qualifies() const;
  std::string mismatch() const;
  bool has_messages_as_array() const;
  std::string messages_size_sql() const;
  std::string id_text_sql() const;
  std::string too_long_sql() const;
  std::string row_columns() const;
  std::string version_sql() const;
  bool listens_to(extraction::Signal signal) const;

  const ExtractQuery query_;
  const SourceColumns columns_;
  const extraction::ColumnNames names_;
  const extraction::RowRules rules_;
  std::string created_at_, created_at_type_;  // for comparison, sorting and output
  std::string bounds_, where_, order_, limit_;
};

/** Fields of a row: conversation_id, messages (jsonb and json as they are, else text), rating, created_at and language
    as text, the name and the size of a value that is too long to be sent, as "messages:12345", the row's version as
   text (NULL of views), thumbs as text, the feedback and the annotations as JSON that extraction::Judgements reads. The
   last three are NULL if they are not signals or there are none; values that are too long are NULL. */
inline constexpr int kRowFields = 10;

/** Fields of a row of the index, all as text: conversation_id, created_at, language and the row's version; values that
    are too long are NULL. */
inline constexpr int kIndexFields = 4;

}  // namespace intelia::postgres
