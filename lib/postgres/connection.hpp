// One connection to a PostgreSQL server: statements, streamed COPY, and errors with the kinds of this project. Messages
// never contain a password. It knows nothing about the tables.
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

/** An error of the server or of libpq, with its SQLSTATE; empty when the connection was lost. */
class DatabaseError : public Error {
 public:
  DatabaseError(Kind kind, const std::string& message, std::string sql_state)
      : Error(kind, message), sql_state_(std::move(sql_state)) {}
  const std::string& sql_state() const { return sql_state_; }
  /** Whether it is a conflict with another transaction, or with recovery on a standby, or the end of a transaction that
      was idle for too long, so that a retry can succeed. */
  bool is_conflict() const { return sql_state_.substr(0, 2) == "40" || sql_state_ == "25P03"; }

 private:
  std::string sql_state_;
};

/** The error kind of an SQLSTATE; `sql_state` empty: the connection was lost. */
Kind kind_of_sql_state(std::string_view sql_state);

/** $DATABASE_URL, else the content of the file that $DATABASE_URL_FILE names. Throws Error{usage}. */
std::string database_url_from_environment();

/**
 * Redacts secrets in messages: each of `secrets`, plain and percent-encoded, is replaced by "***". A message with a
 * secret of fewer than four bytes is suppressed entirely, since its length would reveal it.
 */
std::string hide_secrets(std::string message, const std::vector<std::string>& secrets);

/** Timeouts; connect_timeout in the URL takes precedence over connect_seconds. */
struct Timeouts {
  int connect_seconds = 10;
  int silence_seconds = 900;  // maximum time without data while a statement is running
};

using Field = std::optional<std::string>;

class Connection {
 public:
  /**
   * Connects to `url` (postgresql://… or key=value pairs). Throws Error{usage} for a malformed URL, bad credentials or
   * a missing database, Error{unavailable} for a server that is unreachable, starting or has no free connection,
   * Interrupted when `stop` is set.
   */
  Connection(const std::string& url, const StopFlag& stop, Timeouts timeouts = {});
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /** Runs `sql`, one or several statements, and returns the rows of the last one as text. Throws DatabaseError. */
  std::vector<std::vector<Field>> query(const std::string& sql);

  /** The type OIDs of the columns of the query `sql`. */
  std::vector<std::uint32_t> column_types(const std::string& sql);

  /** Runs `sql`, a COPY … TO STDOUT, and calls `take` with each message; the bytes are valid until it returns. */
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
