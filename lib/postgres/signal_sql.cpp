#include "postgres/signal_sql.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "extraction/language_tag.hpp"
#include "extraction/row.hpp"

namespace intelia::postgres {

using namespace extraction;

namespace {

constexpr const char* kNotANumber = "'NaN'::float8";

/** `column` as trimmed text; NULL if it is too long. */
std::string trimmed_sql(const std::string& column, std::uint32_t type) {
  return "btrim(" + if_short_sql(column, type, kMaxValueBytes, text_sql(column, type)) + ", " +
         quote_literal(" \t\n\r\f\v") + ")";
}

/** A condition that `column` is too long. */
std::string is_long_sql(const std::string& column, std::uint32_t type) {
  const std::string size = size_sql(column, type);
  return size.empty() ? "false" : fmt::format("{} > {}", size, kMaxValueBytes);
}

/** Lower case for ASCII only: lower() depends on the locale of the database. */
std::string lower_sql(const std::string& text) {
  return "translate(" + text + ", 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz')";
}

/** A number of `type`, converted to 1..5. */
std::string number_sql(const std::string& number, std::uint32_t type, RatingScale scale) {
  if (scale == RatingScale::boolean)
    return fmt::format("CASE WHEN {0} = 1 THEN 5 WHEN {0} = 0 THEN 1 WHEN {0} IS NOT NULL THEN {1} END", number,
                       kNotANumber);
  // On 1-5 every number below 1 is a bad rating; far below, the cast to double precision would fail.
  const bool is_as_stored = scale == RatingScale::one_to_five;
  const std::string lowest = is_as_stored ? "-1e300" : fmt::format("{}", bounds(scale).lowest);
  const std::string highest = fmt::format("{}", bounds(scale).highest);
  // The program reads the shortest text of a real.
  const std::string as_double = number + (type == kRealType ? "::text::float8" : "::float8");
  const double factor = (kBestRating - kWorstRating) / (bounds(scale).highest - bounds(scale).lowest);
  const std::string spread =
      is_as_stored ? as_double
                   : fmt::format("{} + ({} - {}) * {}::float8", kWorstRating, as_double, bounds(scale).lowest, factor);
  return fmt::format("CASE WHEN {0} BETWEEN {1} AND {2}{3} THEN {4} WHEN {0} IS NOT NULL THEN {5} END", number, lowest,
                     highest, type == kNumericType ? " AND scale(" + number + ") <= 300" : "", spread, kNotANumber);
}

bool is_ascii(const std::string& word) {
  return std::all_of(word.begin(), word.end(), [](unsigned char c) { return c < 0x80; });
}

/** A list of SQL strings, without words that the encoding of the database may not support: the program checks those. */
std::string ascii_list_sql(const std::vector<std::string>& words) {
  std::vector<std::string> ascii;
  std::copy_if(words.begin(), words.end(), std::back_inserter(ascii), is_ascii);
  return list_sql(ascii);
}

/** "franc*ais" → "franc?[^\x01-\x7f]{0,2}ais" */
std::string accent_pattern(const std::string& word) {
  std::string pattern;
  for (const char c : word) {
    if (c == '*')
      pattern += "?[^\\x01-\\x7f]{0,2}";
    else
      pattern += c;
  }
  return pattern;
}

}  // namespace

bool is_text(std::uint32_t type) { return type == kTextType || type == kVarcharType; }

bool is_number(std::uint32_t type) {
  return type == kSmallintType || type == kIntegerType || type == kBigintType || type == kRealType ||
         type == kDoubleType || type == kNumericType;
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
  // In E strings a backslash always escapes; in others that depends on standard_conforming_strings.
  std::string out = has_backslash ? "E'" : "'";
  for (char c : text) {
    if (c == '\'' || c == '\\') out += c;
    out += c;
  }
  return out + '\'';
}

std::string list_sql(const std::vector<std::string>& values) {
  std::string sql;
  for (const std::string& value : values) sql += (sql.empty() ? "" : ", ") + quote_literal(value);
  return sql;
}

std::string text_sql(const std::string& column, std::uint32_t type) {
  return column + (is_text(type) ? "" : "::text") + " COLLATE \"C\"";
}

std::string size_sql(const std::string& column, std::uint32_t type) {
  if (is_text(type)) return "octet_length(" + column + ")";  // known without reading the value
  // Its stored form, uncompressed: the text of a jsonb can be longer than PostgreSQL supports.
  if (type == kJsonbType) return "pg_column_size(" + column + " #> '{}')";
  if (is_number(type) || type == kBoolType || type == kUuidType || type == kDateType || type == kTimestampType ||
      type == kTimestamptzType)
    return "";
  return fmt::format("CASE WHEN pg_column_size({0}) > {1} THEN pg_column_size({0}) ELSE octet_length({0}::text) END",
                     column, kMaxMessagesBytes);
}

std::string if_short_sql(const std::string& column, std::uint32_t type, std::int64_t max_bytes,
                         const std::string& value) {
  const std::string size = size_sql(column, type);
  return size.empty() ? value : fmt::format("CASE WHEN {} <= {} THEN {} END", size, max_bytes, value);
}

std::string rating_sql(const std::string& column, std::uint32_t type, RatingScale scale) {
  if (type == kBoolType) return fmt::format("CASE WHEN {0} THEN 5 WHEN NOT {0} THEN 1 END", column);
  if (is_number(type)) return number_sql(column, type, scale);
  // The program reads longer or larger numbers.
  const std::string text = trimmed_sql(column, type);
  const std::string is_number_text =
      text + " ~ '^[-+]?([0-9]{1,30}([.,][0-9]{0,30})?|[.,][0-9]{1,30})([eE][-+]?[0-9]{1,2})?$'";
  return fmt::format("CASE WHEN {} THEN {} WHEN {} IS NOT NULL THEN {} END", is_number_text,
                     number_sql("translate(" + text + ", ',', '.')::numeric", kNumericType, scale), column,
                     kNotANumber);
}

std::string thumb_sql(const std::string& column, std::uint32_t type) {
  if (type == kBoolType) return rating_sql(column, type, RatingScale::boolean);
  if (is_number(type))
    return fmt::format("CASE WHEN {0} = 1 THEN 5 WHEN {0} = -1 THEN 1 WHEN {0} <> 0 THEN {1} END", column, kNotANumber);
  const std::string word = lower_sql(trimmed_sql(column, type));
  return fmt::format(
      "CASE WHEN {5} THEN {4} WHEN {0} IN ({1}) THEN 5 WHEN {0} IN ({2}) THEN 1 WHEN {0} NOT IN ({3}) THEN {4} END",
      word, ascii_list_sql(thumbs_up()), ascii_list_sql(thumbs_down()), ascii_list_sql(no_thumbs()), kNotANumber,
      is_long_sql(column, type));
}

std::string scores_object_sql(const std::string& column, std::uint32_t type) {
  std::string scores = column;
  if (is_number(type)) scores = "to_jsonb(" + column + ")";
  // Text may not be JSON, and a failing cast would end the query: a string is left to the program.
  else if (type != kJsonbType)
    scores = "CASE WHEN " + column + " IS NOT NULL THEN '\"\"'::jsonb END";
  else
    scores = fmt::format("CASE WHEN {} > {} THEN '\"\"'::jsonb ELSE {} END", size_sql(column, type), kMaxMessagesBytes,
                         column);
  return fmt::format("CASE jsonb_typeof({0}) WHEN 'object' THEN {0} ELSE jsonb_build_object('score', {0}) END", scores);
}

std::string score_sql(const std::string& value) {
  return fmt::format(
      "CASE WHEN jsonb_typeof({0}) <> 'number' THEN {1} WHEN ({0} #>> '{{}}')::numeric BETWEEN {2} AND {3} "
      "AND scale(({0} #>> '{{}}')::numeric) <= 300 THEN ({0} #>> '{{}}')::float8 ELSE {1} END",
      value, kNotANumber, kWorstRating, kBestRating);
}

std::string language_sql(const std::string& column, std::uint32_t type, const std::vector<std::string>& wanted) {
  const std::string text = text_sql(column, type);
  const std::string tag = is_text(type) ? text : if_short_sql(column, type, kMaxValueBytes, text);
  const std::string lower = lower_sql(trimmed_sql(column, type));
  const WantedLanguages languages(wanted);
  std::vector<std::string> words, patterns;
  for (const std::string& code : languages.codes()) {
    words.push_back(code);
    for (const std::string& word : words_for_language(code))
      (word.find('*') == std::string::npos ? words : patterns).push_back(word);
  }
  std::string sql = "(" + tag + " IN (" + list_sql(wanted) + ")";
  const std::string primary = "substring(" + lower + " from " + quote_literal("^[^-_.@,;(/ \\t\\n\\r\\f\\v]*") + ")";
  if (!words.empty()) sql += " OR " + primary + " IN (" + list_sql(words) + ")";
  if (!patterns.empty()) {
    std::string pattern;
    for (const std::string& word : patterns) pattern += (pattern.empty() ? "^(" : "|") + accent_pattern(word);
    sql += " OR " + primary + " ~ " + quote_literal(pattern + ")$");
  }
  for (const std::string& range : languages.ranges())
    sql += " OR strpos(translate(substring(" + lower + " from " + quote_literal("^[^.@,;(/ \\t\\n\\r\\f\\v]*") +
           "), '_', '-') || '-', " + quote_literal(range + "-") + ") = 1";
  const std::string is_long = is_long_sql(column, type);  // left to the program
  return sql + (is_long == "false" ? ")" : " OR " + is_long + ")");
}

}  // namespace intelia::postgres
