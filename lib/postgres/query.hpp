// The SQL that asks for a selection of conversations: pure text, no connection. COPY takes no parameters, so every name
// and value that comes from outside is quoted here and nowhere else.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
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

/** What the catalogue says about feedback or annotations. */
struct JudgementTable {
  struct Column {
    std::string name;  // empty: the table has none
    std::uint32_t type = 0;
    bool is_there() const { return !name.empty(); }
  };
  Column id, conversation_id, turn, corrected_answer, created_at;
  Column answer, rating;     // of feedback
  Column annotator, scores;  // of annotations
  bool has_row_version = false;
};

/**
 * What the catalogue says about the columns that are read: types as OIDs of pg_type. `thumbs` is the sixth type of
 * describe_sql when the signals name thumbs; `feedback` and `annotations` are what judgement_table makes of the rows of
 * describe_feedback_sql and describe_annotations_sql when the signals name those. Else nobody looks at them.
 */
struct SourceColumns {
  std::uint32_t conversation_id = 0, messages = 0, rating = 0, created_at = 0, language = 0;
  std::string conversation_id_type = "text";  // as SQL writes it: "uuid", "character varying(64)"
  std::string created_at_type = "timestamp with time zone";
  bool has_row_version = false;  // rows have an xmin, which may be read: a table's, with SELECT on all of it
  bool has_unique_ids = false;   // an index sees to it
  bool has_time_index = false;   // one that begins with created_at
  std::uint32_t thumbs = 0;
  JudgementTable feedback, annotations;
};

/** Checks every setting without a database. Throws SettingError{usage}. */
void check(const ExtractQuery& query);

/** The parts of NAME or SCHEMA.NAME; a part in double quotes may hold dots. Throws SettingError{usage} for
    `setting`. */
std::vector<std::string> split_table_name(std::string_view table, const std::string& setting = "table");

/** The table's name as SQL, quoted. */
std::string table_sql(const ExtractQuery& query);

/** `SELECT the five columns FROM the table LIMIT 0`: what they are, and whether they are there. The sixth is thumbs,
   when the signals name it. */
std::string describe_sql(const ExtractQuery& query);

/** What the catalogue knows of the feedback's or annotations' table, for judgement_table to read. It never fails for a
    table or column that is not there. Fields: "column" or "table", name, type, whether rows have a version. */
std::string describe_feedback_sql(const ExtractQuery& query);
std::string describe_annotations_sql(const ExtractQuery& query);

/** Rows of a query as text. */
using TextRows = std::vector<std::vector<std::optional<std::string>>>;

/** The table by the rows of describe_feedback_sql or describe_annotations_sql. Throws Error{usage}, with the nearest
    name, for a table that is not there or one without a column that is needed or was named in an option. */
JudgementTable feedback_table(const ExtractQuery& query, const TextRows& rows);
JudgementTable annotations_table(const ExtractQuery& query, const TextRows& rows);

/** Whether created_at of this type is read in query.time_zone, and that is not UTC. */
bool needs_time_zone(const ExtractQuery& query, std::uint32_t created_at_type);

/** The names of all time zones of the server; ask when needs_time_zone. */
std::string time_zones_sql();

/** Throws Error{usage}, with the nearest name, when query.time_zone is not among `rows` of time_zones_sql. */
void check_time_zone(const ExtractQuery& query, const TextRows& rows);

/** The statements of one selection. Every order is newest first, then by conversation_id. */
class SelectionSql {
 public:
  SelectionSql(const ExtractQuery& query, const SourceColumns& columns);

  /** The whole selection. Fields: kRowFields. */
  std::string rows() const;

  /** The part created at `older` (inclusive) and later, before `newer` (exclusive), which are texts as sample() gives
      them; either may be empty. No limit. */
  std::string rows_between(std::string_view older, std::string_view newer) const;

  /** The rows of these conversations, in any order, whether they are selected or not. */
  std::string rows_of(const std::vector<std::string>& conversation_ids) const;

  /** The whole selection without what is large. Fields: kIndexFields. */
  std::string index() const;

  /** How many rows the selection has. */
  std::string count() const;

  /** Different values of created_at (in UTC, if it is read in a time zone), as text, in about `percent` of the
      selection's rows, without limit, newest first; tables only. */
  std::string sample(double percent) const;

 private:
  /** Which rows of feedback and annotations are looked at: those of the conversations created in a range, or these. */
  struct Range {
    std::string condition;  // " AND …" on the table of conversations; empty: all
    const std::vector<std::string>* conversation_ids = nullptr;
  };

  std::string column(const std::string& name) const { return "c." + quote_identifier(name); }
  std::string from(const Range& range, const std::string& sample = "") const;
  std::string judgements_sql(const JudgementTable& table, const std::string& name, extraction::Signal signal,
                             const Range& range) const;
  std::string judgement_table_sql(extraction::Signal signal) const;
  std::string is_of_range_sql(const JudgementTable& table, const Range& range) const;
  std::string scores_sql(const Range& range) const;
  std::string is_same_conversation_sql(const std::string& joined) const;
  std::string time_sql(std::string_view time) const;
  std::string rating_of(extraction::Signal signal) const;
  std::string effective_rating() const;
  std::string qualifies() const;
  std::string row_columns() const;
  std::string version_sql() const;
  bool listens_to(extraction::Signal signal) const;

  const ExtractQuery query_;
  const SourceColumns columns_;
  const extraction::ColumnNames names_;
  const extraction::RowRules rules_;
  std::string created_at_, created_at_type_;  // what is compared, sorted by and sent
  std::string bounds_, where_, order_, limit_;
};

/** Fields of a row: conversation_id, messages (jsonb and json as they are, else text), rating, created_at and language
    as text, the size of messages where it is above extraction::kMaxMessagesBytes, the row's version as text (NULL of
    views), thumbs as text, the feedback and the annotations as JSON that extraction::Judgements reads. The last three
   are NULL when the signals do not name them or there are none. */
inline constexpr int kRowFields = 10;

/** Fields of a row of the index, all as text: conversation_id, the rating on 1..5 by the first signal that says
   something (NaN where only the program can know; of the scale 1-5 alone as it is stored), created_at, language and the
   row's version. */
inline constexpr int kIndexFields = 5;

}  // namespace intelia::postgres
