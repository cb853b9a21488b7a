#include "extraction/outcome.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "dataset/split.hpp"
#include "record/json.hpp"
#include "record/jsonl.hpp"

namespace intelia::extraction {

namespace {

/** A name for a row in words to people: no control characters, not endless. */
std::string readable_name(const std::optional<std::string_view>& conversation_id) {
  constexpr std::size_t kMaxBytes = 200;
  if (!conversation_id || !is_valid_utf8(*conversation_id)) return "conversation (no readable id)";
  std::string quoted;
  append_json_string(quoted, *conversation_id);
  if (quoted.size() > kMaxBytes) return "conversation (id of " + std::to_string(conversation_id->size()) + " bytes)";
  return "conversation " + quoted.substr(1, quoted.size() - 2);
}

/** language, rating to the nearest half, and "2026-09". */
void append_tally(std::string& out, const Row& row) {
  out += row.language.value_or("");
  std::replace(out.begin(), out.end(), '\t', ' ');
  double rating = 0;
  if (row.rating) std::from_chars(row.rating->data(), row.rating->data() + row.rating->size(), rating);
  const std::string_view time = row.created_at.value_or("");
  const std::size_t year_end = std::min(time.find('-'), time.size());
  fmt::format_to(std::back_inserter(out), "\t{:g}\t{}", std::round(rating * 2) / 2, time.substr(0, year_end + 3));
}

}  // namespace

Judge::Judge(const RowRules& rules, double train_fraction) : reader_(rules), train_fraction_(train_fraction) {}

const Outcome& Judge::judge(const Row& row) {
  outcome_.line.clear();
  outcome_.tally.clear();
  outcome_.words.clear();
  const Fate fate = reader_.read(row, outcome_.line);
  if (fate == Fate::kept) {
    outcome_.place = is_in_training(*row.conversation_id, train_fraction_) ? Place::train : Place::validation;
    append_tally(outcome_.tally, row);
    return outcome_;
  }
  const std::string name = readable_name(row.conversation_id);
  outcome_.tally = reason_name(reader_.reason());
  outcome_.words = name + ": " + reader_.reason();
  if (fate == Fate::dropped) {
    outcome_.place = Place::dropped;
    outcome_.line = "{\"conversation_id\":";
    append_json_string(outcome_.line, row.conversation_id.value_or(""));
    outcome_.line += ",\"reason\":";
    append_json_string(outcome_.line, reader_.reason());
    outcome_.line += "}\n";
  } else {
    outcome_.place = Place::rejected;
    append_rejected(outcome_.line, name, reader_.reason(), row.messages.value_or(""));
  }
  return outcome_;
}

}  // namespace intelia::extraction
