// Checks a database as a source of conversations: version, encryption, table, columns and their types, privileges,
// indexes, timeouts, replication, clock. It reads the system catalogs, and a few values where columns are missing, to
// propose a mapping. It changes nothing; findings come with SQL for the owner of the table.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/finding.hpp"
#include "base/sinks.hpp"
#include "postgres/connection.hpp"
#include "postgres/query.hpp"

namespace intelia::postgres {

/**
 * Checks the file that DATABASE_URL_FILE names: whether it exists and is accessible to its owner only. Nothing when the
 * variable is not set.
 */
std::optional<Finding> inspect_secret();

/** Connects to the database of database_url_from_environment() and inspects it; failures are findings. Throws
   Interrupted when asked to stop. */
std::vector<Finding> inspect_database(const ExtractQuery& query, const StopFlag& stop,
                                      const std::function<double()>& unix_seconds);

/**
 * Inspects the table of `query` and the server of `connection`, which was opened with `url`. Checks that depend on a
 * failed one are skipped. `unix_seconds`: the local clock. Throws like Connection when the connection is lost.
 */
std::vector<Finding> inspect(Connection& connection, const std::string& url, const ExtractQuery& query,
                             const std::function<double()>& unix_seconds);

/** The effective sslmode for `url`: its own, else $PGSSLMODE, else the default of libpq, "prefer". */
std::string ssl_mode(const std::string& url);

/** Whether `host`, as returned by Connection::host, is this machine. */
bool is_local_host(const std::string& host);

}  // namespace intelia::postgres
