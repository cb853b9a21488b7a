// What a source of conversations should be like, and what about this one is not: version, encryption, table, columns
// and their types, privileges, indexes, time limits, replication, clock. It reads the catalogue and no conversation,
// and changes nothing; what to do about a finding is said in words and SQL for the owner of the table.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "postgres/connection.hpp"
#include "postgres/query.hpp"

namespace intelia::postgres {

enum class Condition {
  ok,
  note,     // works; something about it is worth knowing
  warning,  // works today; it can cost data, time or secrecy
  failed,   // `extract` does not work with it
};

struct Finding {
  std::string part;  // "privileges"; each part occurs at most once
  Condition condition = Condition::ok;
  std::string words;
  std::vector<std::string> remedies;  // SQL statements, each to be run as the owner of what it names
};

/**
 * Inspects the table of `query` and the server behind `connection`, which was made from `url`. What depends on
 * something that failed is left out. `unix_seconds` tells our time. Throws what Connection throws when the server goes
 * away.
 */
std::vector<Finding> inspect(Connection& connection, const std::string& url, const ExtractQuery& query,
                             const std::function<double()>& unix_seconds);

/** The sslmode that holds for `url`: its own, else that of $PGSSLMODE, else libpq's default, "prefer". */
std::string ssl_mode(const std::string& url);

/** Whether a connection to `host`, as Connection::host gives it, stays on this machine. */
bool is_local_host(const std::string& host);

}  // namespace intelia::postgres
