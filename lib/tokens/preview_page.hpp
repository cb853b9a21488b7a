// Formats of record previews: text for a terminal, with colours or with marks; JSON, one object per record; one HTML
// page. Knows neither files nor models.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tokens/preview.hpp"

namespace intelia {

enum class PreviewFormat { text, json, html };

struct PreviewRecord {
  std::string where;  // "train.jsonl:3"
  std::int64_t line = 0;
  std::string id;  // of the conversation, or empty
  std::vector<PreviewPart> parts;
};

struct PreviewStyle {
  PreviewFormat format = PreviewFormat::text;
  bool shows_ids = false;
  bool uses_color = false;  // of the terminal
};

/** The text before the first record, of each record, and after the last. */
std::string preview_head(const PreviewStyle& style, const std::string& title);
std::string preview_record(const PreviewStyle& style, const PreviewRecord& record);
std::string preview_tail(const PreviewStyle& style);

}  // namespace intelia
