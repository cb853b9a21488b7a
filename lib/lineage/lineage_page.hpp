// How `lineage` shows what it found: a tree for people, one object for programs. It knows nothing of searching.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "lineage/lineage.hpp"
#include "lineage/record_search.hpp"

namespace intelia {

/** Files of one place: where they came from, and what was made of them. */
struct LineageSection {
  std::vector<LineageOrigin> origins;
  std::vector<LineageUse> uses;
};

struct LineageReport {
  std::string target, kind;                                            // "file", "folder" or "id"
  std::vector<std::pair<std::filesystem::path, FoundRecord>> records;  // of an id, the first of them
  std::int64_t num_records = 0;
  std::vector<LineageSection> sections;
  std::int64_t num_changed = 0, num_not_found = 0, num_refused = 0;
};

std::string lineage_text(const LineageReport& report);
Json lineage_json(const LineageReport& report);

}  // namespace intelia
