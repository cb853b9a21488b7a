#include "postgres/query.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "extraction/row.hpp"
#include "record/json.hpp"

namespace intelia::postgres {

namespace {

bool is_text(std::uint32_t type) { return type == kTextType || type == kVarcharType; }

/** `time`, an instant in text, as SQL of the type of created_at. */
std::string time_sql(std::string_view time, std::uint32_t column_type) {
  const std::string instant = quote_literal(time) + "::timestamptz";
  return column_type == kTimestamptzType ? instant : "(" + instant + " AT TIME ZONE 'UTC')";
}

std::string list_sql(const std::vector<std::string>& values) {
  std::string sql;
  for (const std::string& value : values) sql += (sql.empty() ? "" : ", ") + quote_literal(value);
  return sql;
}

}  // namespace

void check(const ExtractQuery& query) {
  extraction::check(query);
  split_table_name(query.table);
}

std::string quote_identifier(std::string_view name) {
  std::string out = "\"";
  for (char c : name) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

std::string quote_literal(std::string_view text) {
  const bool has_backslash = text.find('\\') != std::string_view::npos;
  // With E the backslash always escapes, without it standard_conforming_strings decides.
  std::string out = has_backslash ? "E'" : "'";
  for (char c : text) {
    if (c == '\'' || c == '\\') out += c;
    out += c;
  }
  return out + '\'';
}

std::vector<std::string> split_table_name(std::string_view table) {
  auto fail = [&] {
    throw Error(Kind::usage, "--table: expected NAME or SCHEMA.NAME (parts with dots in double quotes), got '" +
                                 std::string(table) + "'");
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

std::string table_sql(const ExtractQuery& query) {
  std::string sql;
  for (const std::string& part : split_table_name(query.table)) sql += (sql.empty() ? "" : ".") + quote_identifier(part);
  return sql;
}

std::string describe_sql(const ExtractQuery& query) {
  const extraction::ColumnNames names = extraction::column_names(query.columns);
  return "SELECT " + quote_identifier(names.conversation_id) + ", " + quote_identifier(names.messages) + ", " +
         quote_identifier(names.rating) + ", " + quote_identifier(names.created_at) + ", " +
         quote_identifier(names.language) + " FROM " + table_sql(query) + " LIMIT 0";
}

SelectionSql::SelectionSql(const ExtractQuery& query, const SourceColumns& columns)
    : query_(query), columns_(columns), names_(extraction::column_names(query.columns)) {
  const std::string created_at = quote_identifier(names_.created_at);
  from_ = " FROM " + table_sql(query_);
  // A comparison with NULL is not true, so rows with a NULL there do not match.
  where_ = " WHERE " + quote_identifier(names_.rating) + " >= (" + fmt::format("{}", query_.min_rating) + ") AND " +
           created_at + " IS NOT NULL";
  if (!query_.languages.empty())
    where_ += " AND " + quote_identifier(names_.language) + (is_text(columns_.language) ? "" : "::text") + " IN (" +
              list_sql(query_.languages) + ")";
  if (!query_.since.empty()) where_ += " AND " + created_at + " >= " + time_sql(query_.since, columns_.created_at);
  if (!query_.until.empty()) where_ += " AND " + created_at + " < " + time_sql(query_.until, columns_.created_at);
  order_ = " ORDER BY " + created_at + " DESC, " + quote_identifier(names_.conversation_id);
  limit_ = query_.limit > 0 ? " LIMIT " + std::to_string(query_.limit) : "";
}

std::string SelectionSql::row_columns() const {
  const std::string messages = quote_identifier(names_.messages);
  const bool is_sent_as_it_is =
      columns_.messages == kJsonbType || columns_.messages == kJsonType || is_text(columns_.messages);
  // The stored size is known without reading the value. LZ4 makes text at most 255 times smaller, so nothing stored in
  // kMaxMessagesBytes / 256 can be too long; only for what is larger does the server write the text twice.
  const std::string is_short = fmt::format("(pg_column_size({0}) <= {1} OR octet_length({0}::text) <= {2})", messages,
                                           extraction::kMaxMessagesBytes / 256, extraction::kMaxMessagesBytes);
  return quote_identifier(names_.conversation_id) + "::text, CASE WHEN " + is_short + " THEN " + messages +
         (is_sent_as_it_is ? "" : "::text") + " END, " + quote_identifier(names_.rating) + "::text, " +
         quote_identifier(names_.created_at) + "::text, " + quote_identifier(names_.language) + "::text, CASE WHEN NOT " +
         is_short + " THEN octet_length(" + messages + "::text) END, " + version_sql();
}

std::string SelectionSql::version_sql() const {
  // The inserting transaction and, should its number have come round or a backup been put back, the stored size.
  if (!columns_.has_row_version) return "NULL::text";
  return "xmin::text || ':' || pg_column_size(" + quote_identifier(names_.messages) + ")";
}

std::string SelectionSql::rows() const { return "SELECT " + row_columns() + from_ + where_ + order_ + limit_; }

std::string SelectionSql::rows_between(std::string_view older, std::string_view newer) const {
  const std::string created_at = quote_identifier(names_.created_at);
  std::string range;
  if (!older.empty()) range += " AND " + created_at + " >= " + quote_literal(older) + "::" + columns_.created_at_type;
  if (!newer.empty()) range += " AND " + created_at + " < " + quote_literal(newer) + "::" + columns_.created_at_type;
  return "SELECT " + row_columns() + from_ + where_ + range + order_;
}

std::string SelectionSql::rows_of(const std::vector<std::string>& conversation_ids) const {
  // The cast is on the values' side, so that an index on the column can be used.
  return "SELECT " + row_columns() + from_ + " WHERE " + quote_identifier(names_.conversation_id) + " = ANY (ARRAY[" +
         list_sql(conversation_ids) + "]::text[]::" + columns_.conversation_id_type + "[])";
}

std::string SelectionSql::index() const {
  return "SELECT " + quote_identifier(names_.conversation_id) + "::text, " + quote_identifier(names_.rating) + "::text, " +
         quote_identifier(names_.created_at) + "::text, " + quote_identifier(names_.language) + "::text, " + version_sql() +
         from_ + where_ + order_ + limit_;
}

std::string SelectionSql::count() const {
  return "SELECT count(*) FROM (SELECT 1" + from_ + where_ + limit_ + ") AS selected";
}

std::string SelectionSql::sample(double percent) const {
  return "SELECT time::text FROM (SELECT DISTINCT " + quote_identifier(names_.created_at) + " AS time" + from_ +
         " TABLESAMPLE SYSTEM (" + fmt::format("{}", percent) + ") REPEATABLE (1)" + where_ + ") AS sampled ORDER BY time DESC";
}

}  // namespace intelia::postgres
