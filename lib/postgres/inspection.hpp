// What a source of conversations should be like, and what about this one is not: version, encryption, table, columns
// and their types, privileges, indexes, time limits, replication, clock. It reads the catalogue and no conversation,
// and changes nothing; what to do about a finding is said in words and SQL for the owner of the table.
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
 * The file with the connection's secret that DATABASE_URL_FILE names: whether it is there, and readable by its owner
 * only. Nothing when it names none.
 */
std::optional<Finding> inspect_secret();

/** Connects to the database of database_url_from_environment() and inspects it; what fails is a finding. Throws
    Interrupted when asked to stop. */
std::vector<Finding> inspect_database(const ExtractQuery& query, const StopFlag& stop,
                                      const std::function<double()>& unix_seconds);

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
