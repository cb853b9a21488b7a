#include "lineage/record_search.hpp"

#include <algorithm>
#include <cstring>
#include <optional>

#include "record/json_value.hpp"
#include "record/record_lines.hpp"

namespace intelia {

namespace {

/** Whether no JSON writer escapes this character. */
bool is_plain(char c) {
  return c >= 0x20 && c < 0x7F && c != '"' && c != '\\' && c != '/' && c != '<' && c != '>' && c != '&' && c != '\'';
}

std::string longest_plain_part(std::string_view text) {
  std::string_view best;
  for (std::size_t begin = 0; begin < text.size();) {
    std::size_t end = begin;
    while (end < text.size() && is_plain(text[end])) ++end;
    if (end - begin > best.size()) best = text.substr(begin, end - begin);
    begin = end + 1;
  }
  return std::string(best);
}

bool is_text(JsonDocument& document, const JsonValue& object, const char* key, std::string_view text) {
  JsonValue value;
  std::string_view found;
  return document.find(object, key, value) && value.get(found) && found == text;
}

bool has_id(JsonDocument& document, const JsonValue& record, std::string_view id, std::string& metadata_json) {
  JsonValue metadata;
  const bool has_metadata = document.find(record, "metadata", metadata) && metadata.is_object();
  if (has_metadata) metadata_json = document.plain_text(metadata);
  for (const char* key : {"conversation_id", "id"})
    if (document.id_in(record, key) == id || (has_metadata && document.id_in(metadata, key) == id)) return true;
  return false;
}

/** Whether a line of rejected.jsonl ("where", "reason", "record" as text or JSON) has the id. */
bool set_aside_has_id(JsonDocument& document, const JsonValue& line, std::string_view id, std::string& metadata_json) {
  if (is_text(document, line, "where", "conversation " + std::string(id))) return true;
  JsonValue record;
  std::string_view text;
  if (!document.find(line, "record", record)) return false;
  if (record.is_object()) return has_id(document, record, id, metadata_json);
  if (!record.get(text)) return false;
  static thread_local JsonDocument inside;
  return !inside.parse(text) && inside.root().is_object() && has_id(inside, inside.root(), id, metadata_json);
}

std::optional<FoundRecord> record_of(std::string_view line, std::string_view id) {
  static thread_local JsonDocument document;
  if (document.parse(line) || !document.root().is_object()) return std::nullopt;
  const JsonValue root = document.root();
  FoundRecord found;
  if (!has_id(document, root, id, found.metadata_json) && !set_aside_has_id(document, root, id, found.metadata_json))
    return std::nullopt;
  JsonValue reason;
  std::string_view text;
  if (document.find(root, "reason", reason) && reason.get(text)) found.reason = text;
  return found;
}

}  // namespace

RecordSearch::RecordSearch(std::string id) : id_(std::move(id)) {
  needles_.push_back(longest_plain_part(id_));
  // All characters can be escaped: search for the id verbatim and for any escape.
  if (needles_.front().empty()) needles_ = {id_, "\\"};
}

bool RecordSearch::may_hold(std::string_view line) const {
  return std::any_of(needles_.begin(), needles_.end(), [&](const std::string& needle) {
    return ::memmem(line.data(), line.size(), needle.data(), needle.size()) != nullptr;
  });
}

std::int64_t RecordSearch::read(const std::filesystem::path& file, Sinks sinks,
                                const std::function<void(FoundRecord&&)>& take) const {
  RecordLines lines(file);
  std::int64_t num_too_long = 0;
  while (const auto line = lines.next()) {
    if (lines.line_number() % 4096 == 0) {
      sinks.stop.check("lineage");
      sinks.progress.update({"line", lines.line_number(), 0, file.filename().string()});
    }
    if (lines.is_too_long()) {
      ++num_too_long;
    } else if (may_hold(*line)) {
      if (auto found = record_of(*line, id_)) {
        found->line = lines.line_number();
        take(std::move(*found));
      }
    }
  }
  return num_too_long;
}

}  // namespace intelia
