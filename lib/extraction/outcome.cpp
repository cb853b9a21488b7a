#include "extraction/outcome.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "dataset/split.hpp"
#include "record/json_fwd.hpp"
#include "record/jsonl.hpp"
#include "text/utf8.hpp"

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

/** Language, rating to the nearest half (empty for none), and "2026-09". */
void append_tally(std::string& out, const RowReader& reader, std::string_view created_at) {
  out += reader.language();
  std::replace(out.begin(), out.end(), '\t', ' ');
  out += '\t';
  if (reader.rating()) fmt::format_to(std::back_inserter(out), "{:g}", std::round(*reader.rating() * 2) / 2);
  const std::size_t year_end = std::min(created_at.find('-'), created_at.size());
  fmt::format_to(std::back_inserter(out), "\t{}", created_at.substr(0, year_end + 3));
}

}  // namespace

Judge::Judge(const RowRules& rules, double train_fraction) : reader_(rules), train_fraction_(train_fraction) {}

Outcome rejected(std::string_view where, const std::string& reason, std::string_view raw) {
  Outcome outcome{Place::rejected, "", reason_name(reason), std::string(where) + ": " + reason};
  append_rejected(outcome.line, where, reason, raw);
  return outcome;
}

const Outcome& Judge::judge(const Row& row, std::string_view where) {
  outcome_.line.clear();
  outcome_.tally.clear();
  outcome_.words.clear();
  const Fate fate = reader_.read(row, outcome_.line);
  if (fate == Fate::kept) {
    outcome_.place = is_in_training(*row.conversation_id, train_fraction_) ? Place::train : Place::validation;
    append_tally(outcome_.tally, reader_, row.created_at.value_or(""));
    return outcome_;
  }
  const std::string name = where.empty() ? readable_name(row.conversation_id) : std::string(where);
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
    outcome_.place = fate == Fate::quarantined ? Place::quarantined : Place::rejected;
    append_rejected(outcome_.line, name, reader_.reason(), row.messages.value_or(""));
  }
  return outcome_;
}

}  // namespace intelia::extraction
