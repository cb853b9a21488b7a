#include "postgres/query.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/error.hpp"
#include "record/json.hpp"

namespace intelia::postgres {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/** Takes `count` digits from the front of `text`. */
bool take_digits(std::string_view& text, std::size_t count) {
  if (text.size() < count || !std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(count), is_digit))
    return false;
  text.remove_prefix(count);
  return true;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

/** YYYY-MM-DD[(T| )HH:MM[:SS[.ffffff]]][Z|±HH[[:]MM]]: the part of ISO 8601 that PostgreSQL reads in one way only. */
bool is_time(std::string_view text) {
  if (!(take_digits(text, 4) && take(text, '-') && take_digits(text, 2) && take(text, '-') && take_digits(text, 2)))
    return false;
  if (text.empty()) return true;
  if (!take(text, 'T') && !take(text, ' ')) return false;
  if (!(take_digits(text, 2) && take(text, ':') && take_digits(text, 2))) return false;
  if (take(text, ':')) {
    if (!take_digits(text, 2)) return false;
    if (take(text, '.')) {
      std::size_t num_digits = 0;
      while (take_digits(text, 1)) ++num_digits;
      if (num_digits == 0 || num_digits > 6) return false;
    }
  }
  if (text.empty() || text == "Z") return true;
  if (!take(text, '+') && !take(text, '-')) return false;
  if (!take_digits(text, 2)) return false;
  if (text.empty()) return true;
  take(text, ':');
  return take_digits(text, 2) && text.empty();
}

std::string table_sql(const ExtractQuery& query) {
  std::string sql;
  for (const std::string& part : split_table_name(query.table))
    sql += (sql.empty() ? "" : ".") + quote_identifier(part);
  return sql;
}

bool is_text(std::uint32_t type) { return type == kTextType || type == kVarcharType; }

std::string time_bound(const std::string& time, std::uint32_t column_type) {
  const std::string instant = quote_literal(time) + "::timestamptz";
  return column_type == kTimestamptzType ? instant : "(" + instant + " AT TIME ZONE 'UTC')";
}

/** FROM … WHERE … of the selection. A comparison with NULL is not true, so rows with a NULL there do not match. */
std::string from_where_sql(const ExtractQuery& query, const ColumnTypes& types) {
  const ColumnNames names = column_names(query.columns);
  const std::string created_at = quote_identifier(names.created_at);
  std::string sql = " FROM " + table_sql(query) + " WHERE " + quote_identifier(names.rating) + " >= (" +
                    fmt::format("{}", query.min_rating) + ") AND " + created_at + " IS NOT NULL";
  if (!query.languages.empty()) {
    sql += " AND " + quote_identifier(names.language) + (is_text(types.language) ? "" : "::text") + " IN (";
    for (std::size_t i = 0; i < query.languages.size(); ++i)
      sql += (i == 0 ? "" : ", ") + quote_literal(query.languages[i]);
    sql += ")";
  }
  if (!query.since.empty()) sql += " AND " + created_at + " >= " + time_bound(query.since, types.created_at);
  if (!query.until.empty()) sql += " AND " + created_at + " < " + time_bound(query.until, types.created_at);
  return sql;
}

std::string limit_sql(const ExtractQuery& query) {
  return query.limit > 0 ? " LIMIT " + std::to_string(query.limit) : "";
}

/** The member of `names` that our word `name` stands for, or null. */
std::string* column_by_name(ColumnNames& names, std::string_view name) {
  if (name == "conversation_id") return &names.conversation_id;
  if (name == "messages") return &names.messages;
  if (name == "rating") return &names.rating;
  if (name == "created_at") return &names.created_at;
  if (name == "language") return &names.language;
  return nullptr;
}

}  // namespace

void check(const ExtractQuery& query) {
  auto fail = [](const std::string& words) { throw Error(Kind::usage, words); };
  if (!std::isfinite(query.min_rating)) fail("--min-rating: expected a finite number");
  if (query.min_messages < 0) fail("--min-messages: expected 0 or more, got " + std::to_string(query.min_messages));
  if (query.limit < 0) fail("--limit: expected 0 (none) or more, got " + std::to_string(query.limit));
  for (const auto& [option, time] : {std::pair{"--since", query.since}, std::pair{"--until", query.until}})
    if (!time.empty() && !is_time(time))
      fail(std::string(option) + ": expected a UTC date or time such as 2026-11-21 or 2026-11-21T10:58:03Z, got '" +
           time + "'");
  for (const std::string& language : query.languages)
    if (language.empty() || language.find('\0') != std::string::npos || !is_valid_utf8(language))
      fail("--languages: expected codes such as fr,en, got an empty or unreadable one");
  if (!is_valid_utf8(query.system_prompt)) fail("--system-prompt: expected UTF-8 text");
  split_table_name(query.table);
  column_names(query.columns);
}

ColumnNames column_names(const std::vector<std::string>& columns) {
  ColumnNames names;
  std::vector<std::string> seen;
  for (const std::string& column : columns) {
    const std::size_t equals = column.find('=');
    const std::string ours = column.substr(0, equals);
    const std::string theirs = equals == std::string::npos ? "" : column.substr(equals + 1);
    if (theirs.empty())
      throw Error(Kind::usage, "--columns: expected OUR_NAME=THEIR_NAME such as conversation_id=id, got '" + column + "'");
    std::string* name = column_by_name(names, ours);
    if (name == nullptr) {
      const std::string meant = nearest_word(ours, {"conversation_id", "messages", "rating", "created_at", "language"});
      throw Error(Kind::usage,
                  "--columns: unknown name '" + ours + "'" + (meant.empty() ? "" : " (did you mean '" + meant + "'?)") +
                      "; expected conversation_id, messages, rating, created_at or language before the '='");
    }
    if (std::find(seen.begin(), seen.end(), ours) != seen.end())
      throw Error(Kind::usage, "--columns: '" + ours + "' is given twice");
    seen.push_back(ours);
    *name = theirs;
  }
  return names;
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

std::string describe_sql(const ExtractQuery& query) {
  const ColumnNames names = column_names(query.columns);
  return "SELECT " + quote_identifier(names.conversation_id) + ", " + quote_identifier(names.messages) + ", " +
         quote_identifier(names.rating) + ", " + quote_identifier(names.created_at) + ", " +
         quote_identifier(names.language) + " FROM " + table_sql(query) + " LIMIT 0";
}

std::string select_sql(const ExtractQuery& query, const ColumnTypes& types) {
  const ColumnNames names = column_names(query.columns);
  const std::string id = quote_identifier(names.conversation_id);
  const std::string messages = quote_identifier(names.messages);
  const std::string created_at = quote_identifier(names.created_at);
  const bool is_sent_as_it_is = types.messages == kJsonbType || types.messages == kJsonType || is_text(types.messages);
  // The stored size is known without reading the value. LZ4 makes text at most 255 times smaller, so nothing stored in
  // kMaxMessagesBytes / 256 can be too long; only for what is larger does the server write the text twice.
  const std::string is_short = fmt::format("(pg_column_size({0}) <= {1} OR octet_length({0}::text) <= {2})", messages,
                                           kMaxMessagesBytes / 256, kMaxMessagesBytes);
  const std::string text_of_messages = messages + (is_sent_as_it_is ? "" : "::text");
  return "SELECT " + id + "::text, CASE WHEN " + is_short + " THEN " + text_of_messages + " END, " +
         quote_identifier(names.rating) + "::text, " + created_at + "::text, " + quote_identifier(names.language) +
         "::text, CASE WHEN NOT " + is_short + " THEN octet_length(" + messages + "::text) END" +
         from_where_sql(query, types) + " ORDER BY " + created_at + " DESC, " + id + limit_sql(query);
}

std::string count_sql(const ExtractQuery& query, const ColumnTypes& types) {
  return "SELECT count(*) FROM (SELECT 1" + from_where_sql(query, types) + limit_sql(query) + ") AS selected";
}

std::string nearest_word(std::string_view word, const std::vector<std::string>& candidates) {
  std::string best;
  std::size_t best_distance = word.size() / 3 + 2;  // from here on it is another word
  for (const std::string& candidate : candidates) {
    std::vector<std::size_t> row(candidate.size() + 1);
    for (std::size_t j = 0; j < row.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= word.size(); ++i) {
      std::size_t diagonal = row[0];
      row[0] = i;
      for (std::size_t j = 1; j <= candidate.size(); ++j) {
        const std::size_t changed = diagonal + (word[i - 1] == candidate[j - 1] ? 0 : 1);
        diagonal = std::exchange(row[j], std::min({changed, row[j] + 1, row[j - 1] + 1}));
      }
    }
    if (row.back() < best_distance) {
      best = candidate;
      best_distance = row.back();
    }
  }
  return best;
}

}  // namespace intelia::postgres
