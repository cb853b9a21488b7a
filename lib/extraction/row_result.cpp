#include "extraction/row_result.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "record/json.hpp"
#include "record/jsonl.hpp"
#include "text/utf8.hpp"

namespace intelia::extraction {

namespace {

/** A name for a row in messages, without control characters and of limited length. */
std::string readable_name(const Row& row) {
  constexpr std::size_t kMaxBytes = 200;
  const std::optional<std::string_view>& conversation_id = row.conversation_id;
  if (row.too_long.column == "conversation_id")
    return fmt::format("conversation (id of {} bytes)", row.too_long.size_bytes);
  if (!conversation_id || !is_valid_utf8(*conversation_id)) return "conversation (no readable id)";
  if (conversation_id->empty()) return "conversation (empty id)";
  std::string quoted;
  append_json_string(quoted, *conversation_id);
  if (quoted.size() > kMaxBytes) return "conversation (id of " + std::to_string(conversation_id->size()) + " bytes)";
  return "conversation " + quoted.substr(1, quoted.size() - 2);
}

OutputKind output_of(SplitPart part) {
  if (part == SplitPart::train) return OutputKind::train;
  return part == SplitPart::validation ? OutputKind::validation : OutputKind::test;
}

/** Language, rating rounded to halves (empty for none), and "2026-09". */
void append_tally(std::string& out, const RowReader& reader, std::string_view created_at) {
  out += reader.language();
  std::replace(out.begin(), out.end(), '\t', ' ');
  out += '\t';
  if (reader.rating()) fmt::format_to(std::back_inserter(out), "{:g}", std::round(*reader.rating() * 2) / 2);
  const std::size_t year_end = std::min(created_at.find('-'), created_at.size());
  fmt::format_to(std::back_inserter(out), "\t{}", created_at.substr(0, year_end + 3));
}

}  // namespace

RowClassifier::RowClassifier(const RowRules& rules, const Split& split) : reader_(rules), split_(split) {}

RowResult rejected(std::string_view where, const std::string& reason, std::string_view raw) {
  RowResult result{OutputKind::rejected, "", reason_name(reason), std::string(where) + ": " + reason};
  append_rejected(result.line, where, reason, raw);
  return result;
}

const RowResult& RowClassifier::classify(const Row& row, std::string_view where) {
  result_.line.clear();
  result_.tally.clear();
  result_.message.clear();
  const RowStatus status = reader_.read(row, result_.line);
  if (status == RowStatus::kept) {
    result_.output = output_of(part_of(*row.conversation_id, split_));
    append_tally(result_.tally, reader_, row.created_at.value_or(""));
    return result_;
  }
  const std::string name = where.empty() ? readable_name(row) : std::string(where);
  result_.tally = reason_name(reader_.reason());
  result_.message = name + ": " + reader_.reason();
  if (status == RowStatus::dropped) {
    result_.output = OutputKind::dropped;
    result_.line = "{\"conversation_id\":";
    append_json_string(result_.line, row.conversation_id.value_or(""));
    result_.line += ",\"reason\":";
    append_json_string(result_.line, reader_.reason());
    result_.line += "}\n";
  } else {
    result_.output = status == RowStatus::quarantined ? OutputKind::quarantined : OutputKind::rejected;
    if (row.record.empty())
      append_rejected(result_.line, name, reader_.reason(), row.messages.value_or(""));
    else
      append_rejected(result_.line, name, reader_.reason(), row.record, row.conversation_id);
  }
  return result_;
}

}  // namespace intelia::extraction
