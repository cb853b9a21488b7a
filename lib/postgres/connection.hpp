// One connection to a PostgreSQL server: statements, streamed COPY, and what went wrong in the words and exit statuses
// of this house. No message that leaves here holds a password. It does not know what the tables mean.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/sinks.hpp"

namespace intelia::postgres {

/** What the server (or libpq) said, with its SQLSTATE; empty when the connection itself was lost. */
class DatabaseError : public Error {
 public:
  DatabaseError(Kind kind, const std::string& message, std::string sql_state)
      : Error(kind, message), sql_state_(std::move(sql_state)) {}
  const std::string& sql_state() const { return sql_state_; }
  /** Whether the server gave up this transaction for another's sake, as a standby does: the next attempt may succeed.
   */
  bool is_conflict() const { return sql_state_.substr(0, 2) == "40"; }

 private:
  std::string sql_state_;
};

/** The kind (so the exit status) that an SQLSTATE stands for; `sql_state` empty: the connection was lost. */
Kind kind_of_sql_state(std::string_view sql_state);

/** $DATABASE_URL, else the content of the file that $DATABASE_URL_FILE names. Throws Error{usage}. */
std::string database_url_from_environment();

/**
 * Hides secrets in messages of others: each of `secrets`, as it stands and percent-encoded, becomes "***". A message
 * that holds a secret of fewer than four bytes is withheld whole, since the gaps would spell it.
 */
std::string hide_secrets(std::string message, const std::vector<std::string>& secrets);

/** How long to wait; a value in the URL wins over connect_seconds. */
struct Timeouts {
  int connect_seconds = 10;
  int silence_seconds = 900;  // the server sends nothing although a statement is running
};

using Field = std::optional<std::string>;

class Connection {
 public:
  /**
   * Connects to `url` (postgresql://… or key=value pairs). Throws Error{usage} for a malformed URL, bad credentials or
   * a missing database, Error{unavailable} for a server that is away, starting or full, Interrupted when `stop` is set.
   */
  Connection(const std::string& url, const StopFlag& stop, Timeouts timeouts = {});
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /** Runs `sql` (several statements are allowed) and returns the rows of the last one, as text. Throws DatabaseError.
   */
  std::vector<std::vector<Field>> query(const std::string& sql);

  /** The type OIDs of the columns that `sql`, a query, gives. */
  std::vector<std::uint32_t> column_types(const std::string& sql);

  /** Runs `sql`, a COPY … TO STDOUT, and hands over each message of the stream; the bytes live until `take` returns. */
  void copy_out(const std::string& sql, const std::function<void(std::string_view)>& take);

  std::string host() const;  // a name, an address, or the folder of a Unix socket
  std::string database() const;
  std::string server_encoding() const;
  std::string server_version() const;  // "15.20 (Debian 15.20-0+deb12u1)"
  int server_version_number() const;   // 150020

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace intelia::postgres
