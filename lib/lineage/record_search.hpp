// The records of one id in a file of JSON Lines, whatever its size: bytes are searched, and only lines that may hold
// the id are parsed.
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
  std::string reason;                // why the record was set aside; empty: it is in use
  std::string metadata_json = "{}";  // as it stands in the file
};

class RecordSearch {
 public:
  explicit RecordSearch(std::string id);

  /**
   * Calls `take` for each record of `file` whose id this is, in order: metadata.conversation_id, metadata.id, or either
   * of them beside the messages; of a record set aside, the same within it, or `where`. Returns the number of lines
   * longer than 64 MiB, which are not parsed. Throws Error{io}.
   */
  std::int64_t read(const std::filesystem::path& file, Sinks sinks,
                    const std::function<void(FoundRecord&&)>& take) const;

 private:
  bool may_hold(std::string_view line) const;

  std::string id_;
  std::vector<std::string> needles_;  // a line with the id has one of them, however its writer escapes
};

}  // namespace intelia
