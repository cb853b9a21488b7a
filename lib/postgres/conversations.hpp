// Conversations of a PostgreSQL table or view: one read-only snapshot, streamed by COPY over one connection or several,
// in memory that does not grow with the number of rows. It does not know into which file a line goes.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/sinks.hpp"
#include "extraction/copies.hpp"
#include "extraction/outcome.hpp"
#include "postgres/connection.hpp"
#include "postgres/query.hpp"
#include "record/json_fwd.hpp"

namespace intelia::postgres {

/** How a selection is read; every default lives here. */
struct ReadSettings {
  int jobs = 1;          // connections that read at once; more than one needs an index by time
  std::string snapshot;  // of another session, from pg_export_snapshot(); empty: a new one
  std::int64_t statement_timeout_seconds = 14'400;  // 0: none
  std::int64_t lock_timeout_seconds = 30;           // a DROP or ALTER at work is not waited for longer; 0: for ever
};

class ConversationSource {
 public:
  /**
   * Opens a repeatable-read, read-only transaction in UTC and looks at the columns; `connect` gives a connection each
   * time that it is called. Throws Error{usage} for a missing table or column (with the nearest name), missing rights,
   * a column of another type, a snapshot that is not there; see Connection for the rest.
   */
  using Connect = std::function<std::unique_ptr<Connection>()>;
  ConversationSource(Connect connect, const ExtractQuery& query, const ReadSettings& settings = {});

  const Connection& connection() const { return *connection_; }
  const std::string& snapshot() const { return snapshot_; }  // pg_current_snapshot()
  std::string sql() const { return sql_->rows(); }
  extraction::MessagesForm form() const;

  /** Why rows cannot be told apart by version, so that each increment reads all; empty: they can. */
  std::string why_not_incremental() const;
  /** Why one connection must do; empty: several can read. */
  std::string why_not_parallel() const;

  /** What the versions of rows hang on: server, its history, database, table, columns. */
  Json identity();
  /** The 64-bit number of the first transaction that the snapshot does not see. */
  std::uint64_t next_transaction();

  std::int64_t count_rows();
  /** About how many bytes the selection will take on disk, by the planner's estimate; 0: not known. */
  std::uint64_t estimated_bytes();

  using MakeJudge = std::function<extraction::Judge()>;
  using Take =
      std::function<void(std::string_view conversation_id, std::uint64_t version, const extraction::Outcome& outcome)>;

  /**
   * Reads the whole selection, in order: `take` gets each row. `make_judge` is called once a connection. Throws
   * Interrupted between rows when asked to stop, Error{unavailable} when the server goes.
   */
  void read(const MakeJudge& make_judge, const Sinks& sinks, const Take& take);

  /** Reads the whole selection, in order, without what is large. */
  void read_index(const Sinks& sinks,
                  const std::function<void(std::string_view conversation_id, std::uint64_t version)>& take);

  /** Reads these conversations, in any order. */
  void read_conversations(const std::vector<std::string>& conversation_ids, extraction::Judge& judge, const Take& take);

  /** Ends the transaction; nothing can be read afterwards. */
  void finish();

 private:
  std::unique_ptr<Connection> open_transaction(const std::string& snapshot);
  void describe();
  [[noreturn]] void fail_with_nearest_name(const DatabaseError& error);
  struct TableSize {
    double rows = 0, row_bytes = 0;
  };
  std::optional<TableSize> table_size();
  std::vector<std::string> find_boundaries();
  void read_rows(Connection& connection, const std::string& query, extraction::Judge& judge, const Take& take) const;

  const Connect connect_;
  const ExtractQuery query_;
  const ReadSettings settings_;
  std::unique_ptr<Connection> connection_;
  std::string snapshot_;
  SourceColumns columns_;
  bool is_table_ = false;        // and no view
  std::string catalogue_facts_;  // of the five columns, for the identity
  std::unique_ptr<SelectionSql> sql_;
  std::optional<extraction::CopyFinder> copies_;  // where no index sees to it that ids are unique
  bool is_cut_short_ = false;                     // the connection is amid rows that nobody wants
};

}  // namespace intelia::postgres
