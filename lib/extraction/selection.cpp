#include "extraction/selection.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <utility>

#include "base/error.hpp"
#include "base/nearest_word.hpp"
#include "extraction/roles.hpp"
#include "record/json_fwd.hpp"
#include "text/utf8.hpp"

namespace intelia::extraction {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/** Consumes `count` digits. */
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

/** YYYY-MM-DD[(T| )HH:MM[:SS[.ffffff]]][Z|±HH[[:]MM]]: the part of ISO 8601 that PostgreSQL reads unambiguously. */
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

constexpr std::array<std::pair<const char*, Signal>, 5> kSignals{{{"rating", Signal::rating},
                                                                  {"thumbs", Signal::thumbs},
                                                                  {"turns", Signal::turns},
                                                                  {"feedback", Signal::feedback},
                                                                  {"annotations", Signal::annotations}}};

/** "conversation_id, messages or language". */
std::string one_of(const std::vector<std::string>& names) {
  std::string words;
  for (std::size_t i = 0; i < names.size(); ++i)
    words += (i == 0 ? "" : i + 1 == names.size() ? " or " : ", ") + names[i];
  return words;
}

/** Whether `name` has the form of an IANA time zone; the source checks that it exists. */
bool is_zone_name(std::string_view name) {
  constexpr std::string_view kSigns = "/_+-";
  return !name.empty() && std::all_of(name.begin(), name.end(), [&](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || kSigns.find(c) != std::string_view::npos;
  });
}

}  // namespace

void check(const Selection& selection) {
  const auto fail = [](const char* setting, const std::string& words) {
    throw SettingError(Kind::usage, setting, words);
  };
  if (!std::isfinite(selection.min_rating)) fail("min-rating", "expected a finite number");
  if (selection.min_messages < 0)
    fail("min-messages", "expected 0 or more, got " + std::to_string(selection.min_messages));
  if (selection.limit < 0) fail("limit", "expected 0 (none) or more, got " + std::to_string(selection.limit));
  for (const auto& [setting, time] : {std::pair{"since", selection.since}, std::pair{"until", selection.until}})
    if (!time.empty() && !is_time(time))
      fail(setting, "expected a UTC date or time such as 2026-11-21 or 2026-11-21T10:58:03Z, got '" + time + "'");
  for (const std::string& language : selection.languages)
    if (language.empty() || language.find('\0') != std::string::npos || !is_valid_utf8(language))
      fail("languages", "expected codes such as fr,en, got an empty or unreadable one");
  if (!is_valid_utf8(selection.system_prompt)) fail("system-prompt", "expected UTF-8 text");
  column_names(selection.columns);
  if (selection.min_annotators < 1)
    fail("min-annotators", "expected 1 or more, got " + std::to_string(selection.min_annotators));
  if (!(selection.max_disagreement >= 0)) fail("max-disagreement", "expected 0 or more");
  if (!is_zone_name(selection.time_zone))
    fail("time-zone", "expected a name such as UTC or Europe/Paris, got '" + selection.time_zone + "'");
  row_rules(selection, MessagesForm::any);
  RoleNames{selection.roles};
}

std::vector<Signal> signals(const Selection& selection) {
  std::vector<std::string> names;
  for (const auto& [name, signal] : kSignals) names.emplace_back(name);
  std::vector<Signal> found;
  for (const std::string& word : selection.signals) {
    const auto known = std::find(names.begin(), names.end(), word);
    if (known == names.end())
      throw SettingError(Kind::usage, "signals",
                         "unknown signal '" + word + "'" + did_you_mean(word, names) + "; expected " + one_of(names));
    const Signal signal = kSignals[static_cast<std::size_t>(known - names.begin())].second;
    if (listens_to(found, signal)) throw SettingError(Kind::usage, "signals", "'" + word + "' is given twice");
    found.push_back(signal);
  }
  if (found.empty()) throw SettingError(Kind::usage, "signals", "expected at least one of " + one_of(names));
  return found;
}

bool listens_to(const Selection& selection, Signal signal) { return listens_to(signals(selection), signal); }

RowRules row_rules(const Selection& selection, MessagesForm form) {
  return {.min_messages = selection.min_messages,
          .system_prompt = selection.system_prompt,
          .form = form,
          .signals = signals(selection),
          .rating_scale = rating_scale(selection.rating_scale, "rating-scale"),
          .feedback_scale = rating_scale(selection.feedback_scale, "feedback-scale"),
          .min_rating = selection.min_rating,
          .min_annotators = selection.min_annotators,
          .max_disagreement = selection.max_disagreement,
          .roles = selection.roles};
}

void map_names(const std::vector<std::string>& mappings, const std::string& setting,
               const std::vector<std::pair<std::string, std::string*>>& ours) {
  std::vector<std::string> names, seen;
  for (const auto& [name, theirs] : ours) names.push_back(name);
  for (const std::string& mapping : mappings) {
    const std::size_t equals = mapping.find('=');
    const std::string name = mapping.substr(0, equals);
    const std::string theirs = equals == std::string::npos ? "" : mapping.substr(equals + 1);
    if (theirs.empty())
      throw SettingError(Kind::usage, setting,
                         "expected OUR_NAME=THEIR_NAME such as conversation_id=id, got '" + mapping + "'");
    const auto known = std::find(names.begin(), names.end(), name);
    if (known == names.end())
      throw SettingError(Kind::usage, setting,
                         "unknown name '" + name + "'" + did_you_mean(name, names) + "; expected " + one_of(names) +
                             " before the '='");
    if (std::find(seen.begin(), seen.end(), name) != seen.end())
      throw SettingError(Kind::usage, setting, "'" + name + "' is given twice");
    seen.push_back(name);
    *ours[static_cast<std::size_t>(known - names.begin())].second = theirs;
  }
}

ColumnNames column_names(const std::vector<std::string>& columns) {
  ColumnNames names;
  map_names(columns, "columns",
            {{"conversation_id", &names.conversation_id},
             {"messages", &names.messages},
             {"rating", &names.rating},
             {"created_at", &names.created_at},
             {"language", &names.language},
             {"thumbs", &names.thumbs}});
  return names;
}

}  // namespace intelia::extraction
