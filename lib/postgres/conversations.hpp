// Reads the conversations of a PostgreSQL table or view in one read-only snapshot, streamed by COPY over one or several
// connections, in memory that does not grow with the number of rows.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/sinks.hpp"
#include "extraction/copies.hpp"
#include "extraction/source.hpp"
#include "postgres/connection.hpp"
#include "postgres/query.hpp"
#include "record/json.hpp"

namespace intelia::postgres {

/** The settings for reading a selection, with their defaults. */
struct ReadSettings {
  int jobs = 1;                                     // parallel connections; more than one needs an index on created_at
  std::string snapshot;                             // of another session, from pg_export_snapshot(); empty: a new one
  std::int64_t statement_timeout_seconds = 14'400;  // 0: none
  std::int64_t lock_timeout_seconds = 30;           // for a table that is being altered; 0: no limit
  std::int64_t idle_timeout_seconds = 300;          // of a transaction that is idle; 0: none
};

/** Checks every value. Throws SettingError{usage}. */
void check(const ReadSettings& settings);

class ConversationSource final : public extraction::VersionedSource {
 public:
  /**
   * Opens a repeatable-read, read-only transaction in UTC and reads the types of the columns; `connect` returns a new
   * connection at each call. Throws Error{usage} for a missing table or column (with a suggestion), missing privileges,
   * a column of an unsupported type, an unknown snapshot; see Connection for other errors.
   */
  using Connect = std::function<std::unique_ptr<Connection>()>;
  ConversationSource(Connect connect, const ExtractQuery& query, const ReadSettings& settings = {});

  const Connection& connection() const { return *connection_; }
  std::string snapshot() const override { return snapshot_; }  // pg_current_snapshot()
  std::string sql() const { return sql_->rows(); }
  extraction::MessagesForm form() const;

  std::string why_not_incremental() const override;
  /** Why only one connection can be used; empty: several can. */
  std::string why_not_parallel() const;

  extraction::RowRules rules() const override;
  /** Server, its history, database, table, columns. */
  Json identity() override;
  std::uint64_t next_transaction() override;
  /** The details contain the query and the rows that do not match, by reason. */
  extraction::SelectionCount count() override;
  /** By the estimate of the query planner. */
  std::uint64_t estimated_bytes() override;

  void read(const MakeClassifier& make_classifier, const Sinks& sinks, const Take& take) override;
  void read_index(const Sinks& sinks, const TakeKey& take) override;
  void read_conversations(const std::vector<std::string>& conversation_ids, extraction::RowClassifier& classifier,
                          const Take& take) override;
  /** Ends the transaction. All rows were received, so an error of the server is ignored. Throws a DatabaseError that is
      a conflict if a table was altered after the snapshot was taken: its rows are then not those of the snapshot. */
  void finish() override;
  void keep_alive() override { connection_->query("SELECT"); }
  Json describe() const override;
  /** Rows outside the selected period are not counted. */
  std::map<std::string, std::int64_t> unmatched_by_reason() const override {
    return counts_ ? counts_->unmatched : Unmatched();
  }

 private:
  std::unique_ptr<Connection> open_transaction(const std::string& snapshot);
  void describe();
  [[noreturn]] void fail_with_nearest_name(const DatabaseError& error);
  struct TableSize {
    double rows = 0, row_bytes = 0;
  };
  std::optional<TableSize> table_size();
  using Unmatched = std::map<std::string, std::int64_t>;
  struct Counts {
    std::int64_t rows = 0;  // that are read
    Unmatched unmatched;
  };
  const Counts& count_rows();
  void find_secured_tables();
  void find_parts();
  void find_parts(const UsedTable& table, bool& has_row_version, std::string& unversioned_part);
  void check_unaltered();
  void warn_of_security(Log& log);
  std::vector<std::string> find_boundaries();
  void read_rows(Connection& connection, const std::string& query, extraction::RowClassifier& classifier,
                 const Take& take) const;

  const Connect connect_;
  const ExtractQuery query_;
  const ReadSettings settings_;
  std::unique_ptr<Connection> connection_;
  std::string snapshot_;
  SourceColumns columns_;
  bool is_table_ = false;                             // not a view
  std::vector<std::string> secured_tables_;           // with row-level security that is active for this role
  bool has_warned_ = false;                           // of them
  Json parts_ = Json::object();                       // of all tables, for the identity
  std::map<std::string, std::string> part_versions_;  // of the parts: the last field of parts_sql
  std::vector<UsedTable> used_tables_;
  std::vector<std::string> table_oids_;
  std::string unversioned_part_;  // of the table, as in JudgementTable
  std::unique_ptr<SelectionSql> sql_;
  std::optional<Counts> counts_;                  // by count_rows()
  std::optional<extraction::CopyFinder> copies_;  // used when no index guarantees unique ids
  bool is_cut_short_ = false;                     // the connection is still sending rows that are not needed
};

/** A new connection and snapshot for each attempt. */
class DatabaseSourceFactory final : public extraction::SourceFactory {
 public:
  DatabaseSourceFactory(ConversationSource::Connect connect, ExtractQuery query, ReadSettings settings)
      : connect_(std::move(connect)), query_(std::move(query)), settings_(std::move(settings)) {}
  void connect() override { first_ = connect_(); }
  std::unique_ptr<extraction::Source> open() override;
  bool is_conflict(const Error& error) const override;

 private:
  const ConversationSource::Connect connect_;
  const ExtractQuery query_;
  const ReadSettings settings_;
  std::unique_ptr<Connection> first_;  // made by connect(), not yet used
};

}  // namespace intelia::postgres
