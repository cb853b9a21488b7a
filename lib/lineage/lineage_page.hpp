// Formats the result of a lineage query as a tree of text or as JSON.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "lineage/lineage.hpp"
#include "lineage/record_search.hpp"

namespace intelia {

/** Files of one folder, with their origins and uses. */
struct LineageSection {
  std::vector<LineageOrigin> origins;
  std::vector<LineageUse> uses;
};

struct LineageReport {
  std::string target, kind;                                            // "file", "folder" or "id"
  std::vector<std::pair<std::filesystem::path, FoundRecord>> records;  // of an id; the first ones
  std::int64_t num_records = 0;
  std::vector<LineageSection> sections;
  std::int64_t num_changed = 0, num_not_found = 0, num_refused = 0;
};

std::string lineage_text(const LineageReport& report);
Json lineage_json(const LineageReport& report);

}  // namespace intelia
