#include "lineage/record_search.hpp"

#include <simdjson.h>

#include <algorithm>
#include <cstring>
#include <optional>

#include "base/file.hpp"

namespace intelia {

namespace dom = simdjson::dom;

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

bool is_text(const dom::object& object, const char* key, std::string_view text) {
  std::string_view value;
  return object[key].get(value) == simdjson::SUCCESS && value == text;
}

/** Other programs may write ids as numbers. */
bool is_id(const dom::object& object, const char* key, std::string_view id) {
  if (is_text(object, key, id)) return true;
  dom::element value;
  return object[key].get(value) == simdjson::SUCCESS && (value.is_int64() || value.is_uint64()) &&
         simdjson::minify(value) == id;
}

bool has_id(const dom::object& record, std::string_view id, std::string& metadata_json) {
  dom::object metadata;
  const bool has_metadata = record["metadata"].get(metadata) == simdjson::SUCCESS;
  if (has_metadata) metadata_json = simdjson::minify(metadata);
  for (const char* key : {"conversation_id", "id"})
    if (is_id(record, key, id) || (has_metadata && is_id(metadata, key, id))) return true;
  return false;
}

/** Whether a line of rejected.jsonl ("where", "reason", "record" as text or JSON) has the id. */
bool set_aside_has_id(const dom::object& line, std::string_view id, std::string& metadata_json) {
  if (is_text(line, "where", "conversation " + std::string(id))) return true;
  dom::object record;
  if (line["record"].get(record) == simdjson::SUCCESS) return has_id(record, id, metadata_json);
  std::string_view text;
  if (line["record"].get(text) != simdjson::SUCCESS) return false;
  static thread_local dom::parser parser;
  dom::element root;
  const bool is_json =
      parser.parse(text.data(), text.size(), /*realloc_if_needed=*/true).get(root) == simdjson::SUCCESS;
  return is_json && root.get(record) == simdjson::SUCCESS && has_id(record, id, metadata_json);
}

std::optional<FoundRecord> record_of(std::string_view line, std::string_view id) {
  static thread_local dom::parser parser;
  dom::element root;
  dom::object object;
  if (parser.parse(line.data(), line.size(), /*realloc_if_needed=*/true).get(root) || root.get(object))
    return std::nullopt;
  FoundRecord found;
  if (!has_id(object, id, found.metadata_json) && !set_aside_has_id(object, id, found.metadata_json))
    return std::nullopt;
  std::string_view reason;
  if (object["reason"].get(reason) == simdjson::SUCCESS) found.reason = reason;
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
  LineReader lines(file);
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
