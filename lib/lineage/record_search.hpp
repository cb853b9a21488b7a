// Finds the records with an id in a JSON Lines file of any size: only lines that can contain the id are parsed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/sinks.hpp"

namespace intelia {

struct FoundRecord {
  std::int64_t line = 0;             // from 1
  std::string reason;                // why the record was rejected or dropped; empty: it was not
  std::string metadata_json = "{}";  // verbatim
};

class RecordSearch {
 public:
  explicit RecordSearch(std::string id);

  /**
   * Calls `take` for each record of `file` with the id, in order: conversation_id or id, in the metadata or at top
   * level; in rejected.jsonl, of the rejected record, or `where`. Returns the number of lines longer than 64 MiB, which
   * are not parsed. Throws Error{io}.
   */
  std::int64_t read(const std::filesystem::path& file, Sinks sinks,
                    const std::function<void(FoundRecord&&)>& take) const;

 private:
  bool may_hold(std::string_view line) const;

  std::string id_;
  std::vector<std::string> needles_;  // a line with the id contains one of them, whatever is escaped
};

}  // namespace intelia
