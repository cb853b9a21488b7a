#include "postgres/query.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "base/error.hpp"
#include "base/nearest_word.hpp"
#include "extraction/row.hpp"
#include "record/json_fwd.hpp"
#include "text/utf8.hpp"

namespace intelia::postgres {

using extraction::Signal;

namespace {

/** Tolerance for means of ratings in SQL, which can add them in another order than the program. The program decides. */
constexpr double kSlack = 1e-9;

std::string quoted_table(std::string_view table, const std::string& setting) {
  std::string sql;
  for (const std::string& part : split_table_name(table, setting))
    sql += (sql.empty() ? "" : ".") + quote_identifier(part);
  return sql;
}

/** Counted for a row of feedback or annotations in addition to its values. */
constexpr int kRowBytes = 64;

using NamedColumns = std::vector<std::pair<std::string, JudgementTable::Column*>>;

/** The columns that are read, by our names. */
NamedColumns feedback_names(JudgementTable& table) {
  return {{"feedback_id", &table.id},
          {"conversation_id", &table.conversation_id},
          {"turn", &table.turn},
          {"answer", &table.answer},
          {"rating", &table.rating},
          {"corrected_answer", &table.corrected_answer},
          {"created_at", &table.created_at}};
}

NamedColumns annotations_names(JudgementTable& table) {
  return {{"annotation_id", &table.id},
          {"conversation_id", &table.conversation_id},
          {"turn", &table.turn},
          {"annotator", &table.annotator},
          {"scores", &table.scores},
          {"corrected_answer", &table.corrected_answer},
          {"created_at", &table.created_at}};
}

/** Sets the name of every column, as mapped by the setting or ours. */
void name_columns(const NamedColumns& columns, const std::vector<std::string>& mappings, const std::string& setting) {
  std::vector<std::pair<std::string, std::string*>> ours;
  for (const auto& [name, column] : columns) {
    column->name = name;
    ours.emplace_back(name, &column->name);
  }
  extraction::map_names(mappings, setting, ours);
}

std::string describe_table_sql(const std::string& table, const std::string& setting) {
  const std::vector<std::string> parts = split_table_name(table, setting);
  const std::string found = "to_regclass(" + quote_literal(quoted_table(table, setting)) + ")";
  const std::string is_in_reach = parts.size() == 2 ? "n.nspname = " + quote_literal(parts[0])
                                                    : "pg_table_is_visible(c.oid) AND n.nspname !~ '^pg_'";
  return "SELECT 'column', a.attname::text, COALESCE(NULLIF(t.typbasetype, 0), t.oid)::text, c.relkind IN ('r', 'p', "
         "'m') AND has_table_privilege(c.oid, 'SELECT') FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid JOIN "
         "pg_type t ON t.oid = a.atttypid WHERE "
         "c.oid = " +
         found +
         " AND a.attnum > 0 AND NOT a.attisdropped "
         "UNION ALL SELECT 'table', c.relname::text, NULL, NULL FROM pg_class c JOIN pg_namespace n ON n.oid = "
         "c.relnamespace "
         "WHERE " +
         found + " IS NULL AND c.relkind IN ('r', 'p', 'm', 'v', 'f') AND " + is_in_reach;
}

/**
 * Looks up the columns of `table`, named by name_columns, in `rows`. Those that are not there lose their name; the
 * needed ones and those in `mappings` must be there. `signal`: "feedback" of the settings feedback-table and
 * feedback-columns.
 */
void find_columns(JudgementTable& table, const NamedColumns& columns, const std::vector<std::string>& needed,
                  const std::vector<std::string>& mappings, const std::string& table_name, const std::string& signal,
                  const TextRows& rows) {
  std::vector<std::string> tables, names;
  for (const auto& row : rows) (row.at(0) == "table" ? tables : names).push_back(row.at(1).value_or(""));
  if (names.empty())
    throw SettingError(Kind::usage, signal + "-table",
                       "there is no table '" + table_name + "'" +
                           did_you_mean(split_table_name(table_name).back(), tables) +
                           "; name another table, or remove " + signal + " from the signals",
                       SettingError::Role::remedy);
  for (const auto& [ours, column] : columns) {
    const auto found =
        std::find_if(rows.begin(), rows.end(), [&](const auto& row) { return row.at(1) == column->name; });
    if (found != rows.end()) {
      column->type = static_cast<std::uint32_t>(std::stoul(found->at(2).value_or("0")));
      table.has_row_version = found->at(3) == "t";
      continue;
    }
    const bool is_mapped = std::any_of(mappings.begin(), mappings.end(),
                                       [&](const std::string& mapping) { return mapping.rfind(ours + "=", 0) == 0; });
    if (is_mapped || std::find(needed.begin(), needed.end(), ours) != needed.end())
      throw SettingError(Kind::usage, signal + "-columns",
                         "table '" + table_name + "' has no column '" + column->name + "'" +
                             did_you_mean(column->name, names) + "; map it as " + ours + "=NAME",
                         SettingError::Role::remedy);
    column->name.clear();
  }
}

}  // namespace

void check(const ExtractQuery& query) {
  extraction::check(query);
  split_table_name(query.table);
  describe_feedback_sql(query);
  describe_annotations_sql(query);
  JudgementTable table;
  name_columns(feedback_names(table), query.feedback_columns, "feedback-columns");
  name_columns(annotations_names(table), query.annotations_columns, "annotations-columns");
}

std::vector<std::string> split_table_name(std::string_view table, const std::string& setting) {
  auto fail = [&] {
    throw SettingError(
        Kind::usage, setting,
        "expected NAME or SCHEMA.NAME (parts with dots in double quotes), got '" + std::string(table) + "'");
  };
  std::vector<std::string> parts(1);
  bool is_quoted = false;
  for (std::size_t i = 0; i < table.size(); ++i) {
    const char c = table[i];
    if (c == '\0') fail();
    if (c == '"' && is_quoted && i + 1 < table.size() && table[i + 1] == '"') {
      parts.back() += table[++i];
    } else if (c == '"') {
      is_quoted = !is_quoted;
    } else if (c == '.' && !is_quoted) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  if (is_quoted || parts.size() > 2 || !is_valid_utf8(table) ||
      std::any_of(parts.begin(), parts.end(), [](const std::string& part) { return part.empty(); }))
    fail();
  return parts;
}

std::string table_sql(const ExtractQuery& query) { return table_sql(query.table); }

std::string table_sql(std::string_view table) { return quoted_table(table, "table"); }

std::string describe_sql(const ExtractQuery& query) {
  const extraction::ColumnNames names = extraction::column_names(query.columns);
  std::string columns;
  for (const std::string& name :
       {names.conversation_id, names.messages, names.rating, names.created_at, names.language})
    columns += (columns.empty() ? "" : ", ") + quote_identifier(name);
  if (extraction::listens_to(query, Signal::thumbs)) columns += ", " + quote_identifier(names.thumbs);
  return "SELECT " + columns + " FROM " + table_sql(query) + " LIMIT 0";
}

std::string describe_feedback_sql(const ExtractQuery& query) {
  return describe_table_sql(query.feedback_table, "feedback-table");
}

std::string describe_annotations_sql(const ExtractQuery& query) {
  return describe_table_sql(query.annotations_table, "annotations-table");
}

UsedTable used_conversations(const ExtractQuery& query) {
  const extraction::ColumnNames names = extraction::column_names(query.columns);
  UsedTable table{query.table, {names.conversation_id, names.messages, names.rating, names.created_at, names.language}};
  if (extraction::listens_to(query, Signal::thumbs)) table.columns.push_back(names.thumbs);
  return table;
}

UsedTable used_judgements(const std::string& name, const JudgementTable& table) {
  UsedTable used{name, {}};
  for (const JudgementTable::Column* column :
       {&table.id, &table.conversation_id, &table.turn, &table.corrected_answer, &table.created_at, &table.answer,
        &table.rating, &table.annotator, &table.scores})
    if (column->is_there()) used.columns.push_back(column->name);
  return used;
}

std::string parts_sql(const UsedTable& table) {
  // A default for rows that were stored before it, and the stored values of a generated column, belong to the number of
  // the column, which is never used again. Row versions are those of the access method heap, whose id is 2.
  return "WITH RECURSIVE part(oid) AS (SELECT to_regclass(" + quote_literal(table_sql(table.name)) +
         ")::oid UNION SELECT i.inhrelid FROM pg_inherits i JOIN part ON i.inhparent = part.oid), "
         "used AS (SELECT a.*, a.xmin AS row_version FROM pg_attribute a JOIN part ON a.attrelid = part.oid WHERE "
         "a.attnum > 0 AND NOT "
         "a.attisdropped AND a.attname IN (" +
         list_sql(table.columns) +
         ")), "
         "used_type(oid) AS (SELECT atttypid FROM used UNION SELECT inner_type.oid FROM used_type JOIN pg_type t ON "
         "t.oid = "
         "used_type.oid CROSS JOIN LATERAL (SELECT t.typbasetype UNION SELECT t.typelem UNION SELECT a.atttypid FROM "
         "pg_attribute a WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped UNION SELECT "
         "r.rngsubtype "
         "FROM pg_range r WHERE r.rngtypid = t.oid) AS inner_type(oid) WHERE inner_type.oid <> 0) "
         "SELECT 'table ' || c.oid, concat_ws(' ', c.relkind, c.relam, (SELECT string_agg(concat_ws(':', u.attname, "
         "u.attnum, u.atttypid, u.atttypmod, u.attcollation, CASE WHEN u.attgenerated <> '' THEN u.attgenerated::text "
         "|| md5(pg_get_expr(d.adbin, d.adrelid)) END), ' ' ORDER BY u.attnum) FROM used u LEFT JOIN pg_attrdef d ON "
         "d.adrelid = u.attrelid AND d.adnum = u.attnum WHERE u.attrelid = c.oid)), 'table ' || c.oid::regclass, CASE "
         "WHEN c.relkind = 'f' THEN 'a foreign table' WHEN c.relkind IN ('r', 'm') AND c.relam <> 2 THEN 'stored by ' "
         "|| (SELECT amname FROM pg_am WHERE pg_am.oid = c.relam) END, concat_ws(' ', c.relfilenode, (SELECT "
         "string_agg(u.row_version::text, ' ' ORDER BY u.attnum) FROM used u WHERE u.attrelid = c.oid)) "
         "FROM pg_class c JOIN part ON part.oid = c.oid "
         "UNION ALL SELECT 'label ' || e.oid, e.enumlabel::text, 'type ' || e.enumtypid::regtype, NULL, e.xmin::text "
         "FROM pg_enum e JOIN used_type ON used_type.oid = e.enumtypid "
         "UNION ALL SELECT 'type ' || t.oid, string_agg(concat_ws(':', a.attname, a.attnum, a.atttypid), ' ' ORDER BY "
         "a.attnum), 'type ' || t.oid::regtype, NULL, string_agg(a.xmin::text, ' ' ORDER BY a.attnum) FROM used_type "
         "JOIN pg_type t ON t.oid = used_type.oid JOIN pg_attribute a ON a.attrelid = t.typrelid AND a.attnum > 0 AND "
         "NOT a.attisdropped GROUP BY t.oid "
         "UNION ALL SELECT 'cast of ' || t.oid, COALESCE((SELECT p.oid || ' ' || md5(p.prosrc) FROM pg_cast k JOIN "
         "pg_proc p ON p.oid = k.castfunc WHERE k.castsource = t.oid AND k.casttarget = 'text'::regtype), ''), 'type ' "
         "|| t.oid::regtype, NULL, NULL FROM used_type JOIN pg_type t ON t.oid = used_type.oid WHERE t.oid >= 16384 "
         "ORDER BY 1";
}

JudgementTable feedback_table(const ExtractQuery& query, const TextRows& rows) {
  JudgementTable table;
  const NamedColumns columns = feedback_names(table);
  name_columns(columns, query.feedback_columns, "feedback-columns");
  find_columns(table, columns, {"conversation_id", "rating"}, query.feedback_columns, query.feedback_table, "feedback",
               rows);
  return table;
}

JudgementTable annotations_table(const ExtractQuery& query, const TextRows& rows) {
  JudgementTable table;
  const NamedColumns columns = annotations_names(table);
  name_columns(columns, query.annotations_columns, "annotations-columns");
  find_columns(table, columns, {"conversation_id", "annotator"}, query.annotations_columns, query.annotations_table,
               "annotations", rows);
  return table;
}

bool needs_time_zone(const ExtractQuery& query, std::uint32_t created_at_type) {
  return query.time_zone != "UTC" && created_at_type != kTimestamptzType;
}

std::string time_zones_sql() { return "SELECT name FROM pg_timezone_names ORDER BY name"; }

void check_time_zone(const ExtractQuery& query, const TextRows& rows) {
  std::vector<std::string> names;
  for (const auto& row : rows) names.push_back(row.at(0).value_or(""));
  if (std::find(names.begin(), names.end(), query.time_zone) != names.end()) return;
  throw SettingError(Kind::usage, "time-zone",
                     "the server has no time zone '" + query.time_zone + "'" + did_you_mean(query.time_zone, names) +
                         "; expected a name such as Europe/Paris");
}

SelectionSql::SelectionSql(const ExtractQuery& query, const SourceColumns& columns)
    : query_(query),
      columns_(columns),
      names_(extraction::column_names(query.columns)),
      rules_(extraction::row_rules(query, extraction::MessagesForm::any)),
      created_at_(column(names_.created_at)),
      created_at_type_(columns.created_at_type) {
  if (needs_time_zone(query_, columns_.created_at)) {
    created_at_ = "(" + created_at_ + (columns_.created_at == kDateType ? "::timestamp" : "") + " AT TIME ZONE " +
                  quote_literal(query_.time_zone) + ")";
    created_at_type_ = "timestamp with time zone";
  }
  if (!query_.since.empty()) bounds_ += " AND " + created_at_ + " >= " + time_sql(query_.since);
  if (!query_.until.empty()) bounds_ += " AND " + created_at_ + " < " + time_sql(query_.until);
  // A comparison with NULL is not true, so rows with a NULL there do not match.
  where_ = " WHERE " + qualifies() + " AND " + created_at_ + " IS NOT NULL";
  if (!query_.languages.empty())
    where_ += " AND " + language_sql(column(names_.language), columns_.language, query_.languages);
  where_ += bounds_;
  order_ = " ORDER BY " + created_at_ + " DESC, " + column(names_.conversation_id);
  // Rows with the same id, or without one, in one order, whatever plan reads them.
  if (columns_.has_row_version && !(columns_.has_unique_ids && columns_.has_every_id)) order_ += ", c.tableoid, c.ctid";
  limit_ = query_.limit > 0 ? " LIMIT " + std::to_string(query_.limit) : "";
}

bool SelectionSql::listens_to(Signal signal) const { return extraction::listens_to(rules_.signals, signal); }

/** `time` as SQL for comparison with created_at. */
std::string SelectionSql::time_sql(std::string_view time) const {
  const std::string instant = quote_literal(time) + "::timestamptz";
  const bool is_instant = columns_.created_at == kTimestamptzType || needs_time_zone(query_, columns_.created_at);
  return is_instant ? instant : "(" + instant + " AT TIME ZONE 'UTC')";
}

/** The rating by `signal` on 1..5; NULL: none. */
std::string SelectionSql::rating_of(Signal signal) const {
  switch (signal) {
    case Signal::rating:
      return rating_sql(column(names_.rating), columns_.rating, rules_.rating_scale);
    case Signal::thumbs:
      return thumb_sql(column(names_.thumbs), columns_.thumbs);
    case Signal::feedback:
      return "f.rating";
    case Signal::annotations:
      return columns_.annotations.scores.is_there() ? "s.rating" : "NULL::float8";
    case Signal::turns:
      break;
  }
  return "'NaN'::float8";
}

/** The rating by the first signal that has one. Only the program can read the ratings of turns, so signals after them
   are not evaluated here. */
std::string SelectionSql::effective_rating() const {
  std::string sql;
  for (const Signal signal : rules_.signals) {
    sql += (sql.empty() ? "" : ", ") + rating_of(signal);
    if (signal == Signal::turns) break;
  }
  return "COALESCE(" + sql + ")";
}

std::string SelectionSql::qualifies() const {
  // A real would be compared as a double: 4.1::real is less than 4.1. The program reads its shortest text.
  const bool is_plain = rules_.signals == std::vector{Signal::rating} && is_number(columns_.rating) &&
                        columns_.rating != kRealType && rules_.rating_scale == extraction::RatingScale::one_to_five;
  if (is_plain) return column(names_.rating) + " >= (" + fmt::format("{}", query_.min_rating) + ")";
  const bool has_means = listens_to(Signal::feedback) || listens_to(Signal::annotations);
  std::string sql =
      effective_rating() + " >= (" + fmt::format("{}", query_.min_rating - (has_means ? kSlack : 0)) + ")";
  if (!has_means) return sql;
  if (listens_to(Signal::feedback)) sql += " OR f.is_corrected";
  if (listens_to(Signal::annotations)) sql += " OR a.is_corrected";
  return "(" + sql + ")";
}

/** A condition that a row of `joined` belongs to the conversation c. */
std::string SelectionSql::is_same_conversation_sql(const std::string& joined) const {
  return joined + ".conversation_id = " + column(names_.conversation_id) + "::text";
}

/** The table of `signal`, with the name j. */
std::string SelectionSql::judgement_table_sql(Signal signal) const {
  return (signal == Signal::feedback ? quoted_table(query_.feedback_table, "feedback-table")
                                     : quoted_table(query_.annotations_table, "annotations-table")) +
         " AS j";
}

/** A condition that a row j of `table` belongs to a conversation of `range`, which has an id that is short enough. */
std::string SelectionSql::is_of_range_sql(const JudgementTable& table, const Range& range) const {
  const bool is_same_type = table.conversation_id.type == columns_.conversation_id;
  const std::string cast = is_same_type ? "" : "::text";
  const std::string column_name = "j." + quote_identifier(table.conversation_id.name);
  const std::string size = size_sql(column_name, table.conversation_id.type);
  const std::string is_short = size.empty() ? "" : fmt::format(" AND {} <= {}", size, extraction::kMaxIdBytes);
  const std::string id = column_name + cast;
  if (range.conversation_ids != nullptr)
    return id + " = ANY (ARRAY[" + list_sql(*range.conversation_ids) + "]::text[]" +
           (is_same_type ? "::" + columns_.conversation_id_type + "[]" : "") + ")" + is_short;
  if (range.condition.empty()) return id + " IS NOT NULL" + is_short;
  return id + " IN (SELECT " + column(names_.conversation_id) + cast + " FROM " + table_sql(query_) +
         " AS c WHERE true" + range.condition + ")" + is_short;
}

/** The columns of `table` that are read, each with its name in judged_rows_sql. */
SelectionSql::JudgementColumns SelectionSql::judgement_columns(const JudgementTable& table, Signal signal) {
  JudgementColumns columns{{"id", &table.id},
                           {"turn", &table.turn},
                           {"corrected_answer", &table.corrected_answer},
                           {"created_at", &table.created_at}};
  if (signal == Signal::feedback)
    columns.insert(columns.end(), {{"answer", &table.answer}, {"rating", &table.rating}});
  else
    columns.insert(columns.end(), {{"annotator", &table.annotator}, {"scores", &table.scores}});
  return columns;
}

/** SELECT of the rows of `table` in `range` under our names, with `bytes`: the size of all rows of the conversation. */
std::string SelectionSql::judged_rows_sql(const JudgementTable& table, Signal signal, const Range& range) const {
  const std::string id = "j." + quote_identifier(table.conversation_id.name) + "::text";
  std::string sql = "SELECT " + id + " AS conversation_id";
  std::string row_bytes = std::to_string(kRowBytes);
  for (const auto& [name, column] : judgement_columns(table, signal)) {
    const std::string theirs = column->is_there() ? "j." + quote_identifier(column->name) : "NULL::text";
    sql += ", " + theirs + " AS " + name;
    const std::string size = column->is_there() ? size_sql(theirs, column->type) : "";
    if (!size.empty()) row_bytes += " + COALESCE(" + size + ", 0)";
  }
  if (table.has_row_version) sql += ", j.xmin AS row_version, j.tableoid::text AS part, j.ctid AS place";
  return sql + ", sum((" + row_bytes + ")::bigint) OVER (PARTITION BY " + id + ") AS bytes FROM " +
         judgement_table_sql(signal) + " WHERE " + is_of_range_sql(table, range);
}

/** LEFT JOIN of the feedback or annotations of each conversation: rows (JSON), bytes, version, rating (of feedback),
 * is_corrected. Rows of more than extraction::kMaxMessagesBytes are not read: is_corrected is true, so that the program
 * rejects the conversation. */
std::string SelectionSql::judgements_sql(const JudgementTable& table, const std::string& name, Signal signal,
                                         const Range& range) const {
  const bool is_feedback = signal == Signal::feedback;
  std::string order;
  if (table.created_at.is_there()) order += "j.created_at NULLS FIRST";
  if (table.id.is_there()) order += (order.empty() ? "" : ", ") + std::string("j.id");
  if (!table.id.is_there() && table.corrected_answer.is_there())
    order += (order.empty() ? "" : ", ") + std::string("j.corrected_answer::text COLLATE \"C\"");
  std::string members = "'id', j.id::text, 'turn', j.turn::text, 'corrected_answer', j.corrected_answer::text, ";
  members += is_feedback ? "'answer', CASE WHEN j.turn IS NULL THEN j.answer::text END, 'rating', j.rating::text"
                         : "'annotator', j.annotator::text, 'scores', j.scores";
  const std::string is_short = fmt::format("j.bytes <= {}", extraction::kMaxMessagesBytes);
  const std::string only_short = " FILTER (WHERE " + is_short + ")";
  const std::string rows = "json_agg(json_build_object(" + members + ")" + (order.empty() ? "" : " ORDER BY " + order) +
                           ")" + only_short + "::text";
  const std::string key = table.id.is_there() ? "COALESCE(j.id::text, '')" : "j.place::text";
  const std::string version = table.has_row_version
                                  ? "md5(string_agg(" + key +
                                        " || ':' || j.part || ':' || j.row_version::text, ',' ORDER BY " + key +
                                        ", j.row_version::text)" + only_short + ")"
                                  : "md5(" + rows + ")";
  std::string sql = " LEFT JOIN (SELECT j.conversation_id, " + rows + " AS rows, max(j.bytes) AS bytes, COALESCE(" +
                    version + ", max(j.bytes)::text) AS version";
  if (is_feedback) sql += ", avg(" + rating_sql("j.rating", table.rating.type, rules_.feedback_scale) + ") AS rating";
  sql +=
      ", bool_or(CASE WHEN " + is_short + " THEN " +
      (table.corrected_answer.is_there() ? "btrim(j.corrected_answer::text, " + quote_literal(" \t\n\r\f\v") + ") <> ''"
                                         : std::string("false")) +
      " ELSE true END) AS is_corrected";
  return sql + " FROM (" + judged_rows_sql(table, signal, range) + ") AS j GROUP BY 1) AS " + name + " ON " +
         is_same_conversation_sql(name);
}

/** LEFT JOIN of the mean over the annotators of their mean scores. */
std::string SelectionSql::scores_sql(const Range& range) const {
  const JudgementTable& table = columns_.annotations;
  const std::string column_name = "j." + quote_identifier(table.annotator.name);
  const std::string annotator =
      if_short_sql(column_name, table.annotator.type, extraction::kMaxMessagesBytes, column_name + "::text");
  // Annotators without a name are all different: the program counts them.
  const std::string score =
      "CASE WHEN btrim(COALESCE(" + annotator + ", '')) = '' THEN 'NaN'::float8 ELSE " + score_sql("e.value") + " END";
  return " LEFT JOIN (SELECT conversation_id, avg(score) AS rating FROM (SELECT j." +
         quote_identifier(table.conversation_id.name) + "::text AS conversation_id, avg(" + score + ") AS score FROM " +
         judgement_table_sql(Signal::annotations) + " CROSS JOIN LATERAL jsonb_each(" +
         scores_object_sql("j." + quote_identifier(table.scores.name), table.scores.type) + ") AS e WHERE " +
         is_of_range_sql(table, range) + " AND jsonb_typeof(e.value) <> 'null' GROUP BY 1, " + annotator +
         ") AS by_annotator GROUP BY 1) AS s ON " + is_same_conversation_sql("s");
}

std::string SelectionSql::from(const Range& range, const std::string& sample) const {
  std::string sql = " FROM " + table_sql(query_) + " AS c" + sample;
  if (listens_to(Signal::feedback)) sql += judgements_sql(columns_.feedback, "f", Signal::feedback, range);
  if (listens_to(Signal::annotations)) {
    sql += judgements_sql(columns_.annotations, "a", Signal::annotations, range);
    if (columns_.annotations.scores.is_there()) sql += scores_sql(range);
  }
  return sql;
}

/** The size of the text of messages. */
std::string SelectionSql::messages_size_sql() const {
  const std::string messages = column(names_.messages);
  if (is_text(columns_.messages)) return size_sql(messages, columns_.messages);
  // LZ4 compresses text by at most a factor of 255, so values stored in kMaxMessagesBytes / 256 cannot be too long. The
  // text of a longer jsonb has at least a quarter of its uncompressed size, and can have six times it, which may be
  // more than PostgreSQL supports. Only for sizes in between does the server compute the text.
  const bool is_array = has_messages_as_array();
  const std::string text = (is_array ? "to_jsonb(" + messages + ")" : messages) + "::text";
  const std::string stored = columns_.messages == kJsonbType ? size_sql(messages, kJsonbType)
                             : is_array ? "pg_column_size(array_cat(" + messages + ", '{}'))"  // uncompressed
                                        : "pg_column_size(" + messages + ")";
  const std::int64_t max_bytes = extraction::kMaxMessagesBytes * (columns_.messages == kJsonbType || is_array ? 4 : 1);
  return fmt::format("CASE WHEN pg_column_size({}) <= {} THEN 0 WHEN {} > {} THEN {} ELSE octet_length({}) END",
                     messages, extraction::kMaxMessagesBytes / 256, stored, max_bytes, stored, text);
}

bool SelectionSql::has_messages_as_array() const {
  return columns_.messages == kJsonArrayType || columns_.messages == kJsonbArrayType;
}

/** conversation_id as text; NULL if it is too long. */
std::string SelectionSql::id_text_sql() const {
  const std::string id = column(names_.conversation_id);
  return if_short_sql(id, columns_.conversation_id, extraction::kMaxIdBytes, id + "::text");
}

/** The first value of a row that is too long to be sent, and its size, as "messages:12345"; NULL: none. */
std::string SelectionSql::too_long_sql() const {
  std::string sql = "CASE";
  const auto add = [&](const char* name, const std::string& size, std::int64_t max_bytes) {
    if (!size.empty()) sql += fmt::format(" WHEN {0} > {1} THEN '{2}:' || {0}", size, max_bytes, name);
  };
  add("conversation_id", size_sql(column(names_.conversation_id), columns_.conversation_id), extraction::kMaxIdBytes);
  add("rating", size_sql(column(names_.rating), columns_.rating), extraction::kMaxValueBytes);
  add("language", size_sql(column(names_.language), columns_.language), extraction::kMaxValueBytes);
  if (listens_to(Signal::thumbs))
    add("thumbs", size_sql(column(names_.thumbs), columns_.thumbs), extraction::kMaxValueBytes);
  add("messages", messages_size_sql(), extraction::kMaxMessagesBytes);
  for (const auto& [signal, table, name] :
       {std::tuple(Signal::feedback, "f", "feedback"), std::tuple(Signal::annotations, "a", "annotations")})
    if (listens_to(signal)) {
      add(name, fmt::format("{}.bytes", table), extraction::kMaxMessagesBytes);
      add(name, fmt::format("octet_length({}.rows)", table), extraction::kMaxMessagesBytes);
    }
  return sql + " END";
}

std::string SelectionSql::row_columns() const {
  // The text of an array is not JSON.
  const std::string messages =
      has_messages_as_array() ? "to_jsonb(" + column(names_.messages) + ")" : column(names_.messages);
  const bool is_sent_as_it_is =
      columns_.messages == kJsonbType || columns_.messages == kJsonType || is_text(columns_.messages);
  const auto text_of = [&](const std::string& name, std::uint32_t type) {
    return if_short_sql(column(name), type, extraction::kMaxValueBytes, column(name) + "::text");
  };
  const auto judgements = [&](const char* table, Signal signal) {
    return listens_to(signal) ? fmt::format("CASE WHEN octet_length({0}.rows) <= {1} THEN {0}.rows END", table,
                                            extraction::kMaxMessagesBytes)
                              : std::string("NULL::text");
  };
  return id_text_sql() + ", CASE WHEN " + messages_size_sql() + " <= " + std::to_string(extraction::kMaxMessagesBytes) +
         " THEN " + messages + (is_sent_as_it_is ? "" : "::text") + " END, " + text_of(names_.rating, columns_.rating) +
         ", " + created_at_ + "::text, " + text_of(names_.language, columns_.language) + ", " + too_long_sql() + ", " +
         version_sql() + ", " + (listens_to(Signal::thumbs) ? text_of(names_.thumbs, columns_.thumbs) : "NULL::text") +
         ", " + judgements("f", Signal::feedback) + ", " + judgements("a", Signal::annotations);
}

std::string SelectionSql::version_sql() const {
  // The part of the table, the inserting transaction, and the stored size in case its id wrapped around or a backup was
  // restored; and the same for feedback and annotations.
  if (!columns_.has_row_version) return "NULL::text";
  std::string sql =
      "c.tableoid::text || ':' || c.xmin::text || ':' || COALESCE(pg_column_size(" + column(names_.messages) + "), 0)";
  if (listens_to(Signal::feedback)) sql += " || ':' || COALESCE(f.version, '')";
  if (listens_to(Signal::annotations)) sql += " || ':' || COALESCE(a.version, '')";
  return sql;
}

std::string SelectionSql::rows() const {
  return "SELECT " + row_columns() + from({.condition = bounds_}) + where_ + order_ + limit_;
}

std::string SelectionSql::rows_between(std::string_view older, std::string_view newer) const {
  std::string range;
  if (!older.empty()) range += " AND " + created_at_ + " >= " + quote_literal(older) + "::" + created_at_type_;
  if (!newer.empty()) range += " AND " + created_at_ + " < " + quote_literal(newer) + "::" + created_at_type_;
  return "SELECT " + row_columns() + from({.condition = bounds_ + range}) + where_ + range + order_;
}

std::string SelectionSql::rows_of(const std::vector<std::string>& conversation_ids) const {
  // The cast is on the values' side, so that an index on the column can be used.
  return "SELECT " + row_columns() + from({.condition = "", .conversation_ids = &conversation_ids}) + " WHERE " +
         column(names_.conversation_id) + " = ANY (ARRAY[" + list_sql(conversation_ids) +
         "]::text[]::" + columns_.conversation_id_type + "[])";
}

std::string SelectionSql::index() const {
  const std::string language = column(names_.language);
  return "SELECT " + id_text_sql() + ", " + created_at_ + "::text, " +
         if_short_sql(language, columns_.language, extraction::kMaxValueBytes, language + "::text") + ", " +
         version_sql() + from({.condition = bounds_}) + where_ + order_ + limit_;
}

/** Why a row of the period does not match; NULL: it does. */
std::string SelectionSql::mismatch() const {
  const bool is_rating_only = rules_.signals == std::vector{Signal::rating};
  std::string sql = "CASE WHEN (" + qualifies() + ") IS NOT TRUE THEN CASE WHEN " +
                    (is_rating_only ? column(names_.rating) : effective_rating()) + " IS NULL THEN " +
                    quote_literal(is_rating_only ? extraction::kRatingIsNull : extraction::kNoSignal) + " ELSE " +
                    quote_literal(extraction::kBelowMinimum) + " END";
  if (!query_.languages.empty())
    sql += " WHEN " + column(names_.language) + " IS NULL THEN " + quote_literal(extraction::kLanguageIsNull) +
           " WHEN NOT " + language_sql(column(names_.language), columns_.language, query_.languages) + " THEN " +
           quote_literal(extraction::kOtherLanguage);
  return sql + " WHEN " + created_at_ + " IS NULL THEN " + quote_literal(extraction::kTimeIsNull) + " END";
}

std::string SelectionSql::counts() const {
  return "SELECT reason, count(*) FROM (SELECT " + mismatch() + " AS reason" + from({.condition = bounds_}) +
         " WHERE true" + bounds_ + ") AS judged GROUP BY 1 ORDER BY 1";
}

std::string SelectionSql::sample(double percent) const {
  return "SELECT time::text FROM (SELECT DISTINCT " + created_at_ + " AS time" +
         from({.condition = bounds_}, " TABLESAMPLE SYSTEM (" + fmt::format("{}", percent) + ") REPEATABLE (1)") +
         where_ + ") AS sampled ORDER BY time DESC";
}

}  // namespace intelia::postgres
