#include "extraction/selection.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>

#include "base/error.hpp"
#include "base/nearest_word.hpp"
#include "record/json.hpp"

namespace intelia::extraction {

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

void check(const Selection& selection) {
  auto fail = [](const std::string& words) { throw Error(Kind::usage, words); };
  if (!std::isfinite(selection.min_rating)) fail("--min-rating: expected a finite number");
  if (selection.min_messages < 0) fail("--min-messages: expected 0 or more, got " + std::to_string(selection.min_messages));
  if (selection.limit < 0) fail("--limit: expected 0 (none) or more, got " + std::to_string(selection.limit));
  for (const auto& [option, time] : {std::pair{"--since", selection.since}, std::pair{"--until", selection.until}})
    if (!time.empty() && !is_time(time))
      fail(std::string(option) + ": expected a UTC date or time such as 2026-11-21 or 2026-11-21T10:58:03Z, got '" +
           time + "'");
  for (const std::string& language : selection.languages)
    if (language.empty() || language.find('\0') != std::string::npos || !is_valid_utf8(language))
      fail("--languages: expected codes such as fr,en, got an empty or unreadable one");
  if (!is_valid_utf8(selection.system_prompt)) fail("--system-prompt: expected UTF-8 text");
  column_names(selection.columns);
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

}  // namespace intelia::extraction
