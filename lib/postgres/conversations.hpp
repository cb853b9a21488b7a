// Conversations of a PostgreSQL table as lines of a dataset: one read-only snapshot, one streamed COPY, memory that does
// not grow with the number of rows. It does not know into which file a line goes.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "base/sinks.hpp"
#include "postgres/connection.hpp"
#include "postgres/query.hpp"
#include "record/jsonl.hpp"

namespace intelia::postgres {

/** What a run read, for its manifest; the rejected ones are counted by Rejects. */
struct RowCounts {
  std::int64_t matched = 0;  // rows that the database returned
  std::int64_t kept = 0;
  std::map<std::string, std::int64_t> dropped_by_reason;
  std::map<std::string, std::int64_t> kept_by_language;
};

class ConversationSource {
 public:
  /**
   * Opens a repeatable-read, read-only transaction in UTC and looks at the columns. Throws Error{usage} for a missing
   * table or column (with the nearest name), missing rights, or a column of another type; see Connection for the rest.
   */
  ConversationSource(Connection& connection, const ExtractQuery& query);

  const std::string& snapshot() const { return snapshot_; }  // pg_current_snapshot()
  const std::string& sql() const { return select_; }

  /** How many rows the selection gives. */
  std::int64_t count_rows();

  /** About how many bytes the selection will take on disk, by the planner's estimate; 0: not known. */
  std::uint64_t estimated_bytes();

  /**
   * Streams the selection: `take` gets each kept conversation's id and line (newline included), newest first; `rejects`
   * the malformed ones. Throws Interrupted between rows when asked to stop, Error{unavailable} when the server goes.
   */
  RowCounts read(Rejects& rejects, const Sinks& sinks,
                 const std::function<void(std::string_view conversation_id, std::string_view line)>& take);

 private:
  [[noreturn]] void fail_with_nearest_name(const DatabaseError& error);

  Connection& connection_;
  const ExtractQuery query_;
  SourceColumns columns_;
  std::string snapshot_;
  std::string select_;
};

}  // namespace intelia::postgres
