#include "postgres/inspection.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <libpq-fe.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <optional>

#include "base/nearest_word.hpp"
#include "extraction/selection.hpp"
#include "postgres/column_proposal.hpp"

namespace intelia::postgres {

namespace {

constexpr int kOldestVersion = 130000;  // the first with pg_current_snapshot()
constexpr int kTriedVersion = 15;
constexpr double kClockSeconds = 60;  // tolerated difference between the clocks

using Rows = std::vector<std::vector<Field>>;

/** A value of the first row as text; empty if there is none. */
std::string value(const Rows& rows, std::size_t column = 0) {
  return rows.empty() ? std::string() : rows[0].at(column).value_or("");
}

bool is_true(const Rows& rows, std::size_t column = 0) { return value(rows, column) == "t"; }

/** The table in the system catalogs, with quoted names. */
struct Table {
  std::string oid, name, schema, kind;
  /** Whether it stores rows, which then have versions and can have indexes. */
  bool has_rows() const { return kind == "r" || kind == "p" || kind == "m"; }
  std::string kind_words() const {
    if (kind == "v") return "view";
    if (kind == "m") return "materialized view";
    if (kind == "f") return "foreign table";
    return kind == "p" ? "partitioned table" : "table";
  }
};

class Inspection {
 public:
  Inspection(Connection& connection, const ExtractQuery& query)
      : connection_(connection), query_(query), names_(extraction::column_names(query.columns)) {}

  Finding version() const {
    Finding finding{"version", Condition::ok, "PostgreSQL " + connection_.server_version()};
    const int number = connection_.server_version_number();
    if (number < kOldestVersion) {
      add(finding, Condition::failed, "not supported: 'extract' needs version 13 or later");
    } else if (number / 10000 != kTriedVersion) {
      add(finding, Condition::note, fmt::format("not tested; {} is the tested version", kTriedVersion));
    }
    return finding;
  }

  Finding encoding() const {
    const std::string name = connection_.server_encoding();
    if (name == "UTF8") return {"encoding", Condition::ok, name};
    if (name == "SQL_ASCII")
      return {"encoding", Condition::warning,
              "SQL_ASCII, no declared encoding: conversations that are not valid UTF-8 are rejected"};
    return {"encoding", Condition::note, name + "; the server converts it to UTF-8"};
  }

  Finding encryption(const std::string& mode) const {
    const std::string host = connection_.host();
    const Rows state = connection_.query("SELECT ssl, version, cipher FROM pg_stat_ssl WHERE pid = pg_backend_pid()");
    Finding finding{"encryption", Condition::ok, "none"};
    if (is_true(state)) finding.message = value(state, 1) + ", " + value(state, 2) + " (sslmode=" + mode + ")";
    if (is_local_host(host)) {
      if (!is_true(state)) finding.message = "not needed: the server is on this machine";
      return finding;
    }
    const std::string remedy = "set sslmode=verify-full and sslrootcert=FILE in DATABASE_URL";
    if (!is_true(state)) {
      add(finding, Condition::warning,
          "conversations are sent unencrypted, and the identity of the server '" + host + "' is not verified; " +
              remedy);
    } else if (mode == "verify-ca") {
      add(finding, Condition::warning,
          "the certificate is verified, but not that it belongs to '" + host + "'; " + remedy);
    } else if (mode != "verify-full") {
      add(finding, Condition::warning,
          "the certificate of '" + host + "' is not verified" + (mode == "require" ? "" : ", and TLS is not required") +
              "; " + remedy);
    }
    return finding;
  }

  /** Finds the table, which later checks need. */
  Finding find_table() {
    const std::vector<std::string> parts = split_table_name(query_.table);
    const std::string of_schema =
        parts.size() == 2 ? "n.nspname = " + quote_literal(parts[0]) : "pg_table_is_visible(c.oid)";
    const Rows found = connection_.query(
        "SELECT c.oid, format('%I.%I', n.nspname, c.relname), quote_ident(n.nspname), c.relkind, "
        "has_schema_privilege(n.oid, 'USAGE'), c.reltuples::bigint, pg_size_pretty(pg_table_size(c.oid)) "
        "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') "
        "AND c.relname = " +
        quote_literal(parts.back()) + " AND " + of_schema);
    if (found.empty())
      return {"table",
              Condition::failed,
              "'" + query_.table + "' does not exist" + where_it_may_be(parts) + "; name another table",
              {},
              "table"};
    table_ = Table{value(found), value(found, 1), value(found, 2), value(found, 3)};
    Finding finding{"table", Condition::ok, table_->kind_words() + " " + table_->name};
    if (table_->has_rows() && table_->kind != "p")
      finding.message += std::atoll(value(found, 5).c_str()) < 0
                             ? ", " + value(found, 6) + ", never analyzed"
                             : ", about " + value(found, 5) + " rows, " + value(found, 6);
    if (!is_true(found, 4)) {
      add(finding, Condition::failed, "this role has no USAGE privilege on its schema");
      finding.remedies.push_back("GRANT USAGE ON SCHEMA " + table_->schema + " TO " + role() + ";");
    }
    return finding;
  }

  bool has_table() const { return table_.has_value(); }

  Finding columns() {
    const Rows rows = connection_.query(
        "SELECT a.attname, format_type(a.atttypid, a.atttypmod), CASE WHEN t.typtype = 'd' THEN b.typname ELSE "
        "t.typname "
        "END, CASE WHEN t.typtype = 'd' THEN b.typcategory ELSE t.typcategory END, "
        "has_column_privilege(a.attrelid, a.attnum, 'SELECT'), EXISTS (SELECT FROM pg_index i WHERE i.indrelid = "
        "a.attrelid AND i.indisunique AND i.indpred IS NULL AND i.indnkeyatts = 1 AND i.indkey[0] = a.attnum) "
        "FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_type b ON b.oid = t.typbasetype "
        "WHERE a.attrelid = " +
        table_->oid + " AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum");
    std::vector<std::string> known;
    for (const auto& row : rows) known.push_back(row.at(0).value_or(""));
    Finding finding{"columns"};
    has_columns_ = true;
    std::string types;
    std::vector<std::string> missing, taken;
    for (const auto& [ours, theirs] : column_list()) {
      const auto place = std::find(known.begin(), known.end(), theirs);
      if (place == known.end()) {
        has_columns_ = false;
        missing.push_back(ours);
        finding.setting = "columns";
        add(finding, Condition::failed,
            "'" + theirs + "' is missing" + did_you_mean(theirs, known) + "; map it as " + ours + "=NAME");
        continue;
      }
      const auto& row = rows[static_cast<std::size_t>(place - known.begin())];
      taken.push_back(theirs);
      types +=
          (types.empty() ? "" : ", ") + (ours == theirs ? ours : ours + "=" + theirs) + " " + row.at(1).value_or("");
      judge_type(finding, ours, theirs, row.at(1).value_or(""), row.at(2).value_or(""), row.at(3).value_or(""));
    }
    if (!missing.empty()) propose_mapping(finding, rows, missing, taken);
    if (finding.message.empty()) finding.message = types;
    return finding;
  }

  bool has_columns() const { return has_columns_; }

  Finding privileges() const {
    Finding finding{"privileges"};
    std::vector<std::string> missing;
    for (const auto& [ours, theirs] : column_list())
      if (!is_true(connection_.query("SELECT has_column_privilege(" + table_->oid + ", " + quote_literal(theirs) +
                                     ", 'SELECT')")))
        missing.push_back(value(connection_.query("SELECT quote_ident(" + quote_literal(theirs) + ")")));
    if (!missing.empty()) {
      add(finding, Condition::failed,
          fmt::format("role {} has no SELECT privilege on {}", role(), fmt::join(missing, ", ")));
      finding.remedies.push_back("GRANT SELECT ON " + table_->name + " TO " + role() + ";");
    } else {
      finding.message = "role " + role() + " can read all five columns";
    }
    const Rows more = connection_.query(
        "SELECT rolsuper, has_table_privilege(" + table_->oid + ", 'INSERT') OR has_table_privilege(" + table_->oid +
        ", 'UPDATE') OR has_table_privilege(" + table_->oid + ", 'DELETE') OR has_table_privilege(" + table_->oid +
        ", 'TRUNCATE') FROM pg_roles WHERE rolname = current_user");
    if (is_true(more)) {
      add(finding, Condition::note, "it is a superuser; a read-only role is sufficient");
    } else if (is_true(more, 1)) {
      add(finding, Condition::note, "it can also write; a read-only role is sufficient");
    }
    if (finding.condition == Condition::note) {
      finding.remedies.push_back("CREATE ROLE intelia_reader LOGIN;");
      finding.remedies.push_back("GRANT USAGE ON SCHEMA " + table_->schema + " TO intelia_reader;");
      finding.remedies.push_back("GRANT SELECT ON " + table_->name + " TO intelia_reader;");
    }
    if (is_true(connection_.query("SELECT row_security_active(" + table_->oid + ")")))
      add(finding, Condition::warning,
          "row-level security is active: 'extract' reads only the rows that the policies allow");
    return finding;
  }

  Finding indexes() const {
    if (!table_->has_rows())
      return {"indexes", Condition::note,
              "a " + table_->kind_words() + " has no indexes; those of its tables were not checked"};
    Finding finding{"indexes"};
    judge_order_index(finding);
    judge_key_index(finding);
    for (const char* name : {"feedback", "annotations"}) judge_reference_index(finding, name);
    const Rows invalid =
        connection_.query("SELECT i.indexrelid::regclass::text FROM pg_index i WHERE i.indrelid = " + table_->oid +
                          " AND NOT i.indisvalid");
    for (const auto& row : invalid) {
      add(finding, Condition::note, "index " + row.at(0).value_or("") + " is invalid and not used");
      finding.remedies.push_back("DROP INDEX CONCURRENTLY " + row.at(0).value_or("") + ";");
    }
    if (finding.message.empty()) finding.message = "all recommended indexes exist";
    return finding;
  }

  Finding row_versions() const {
    constexpr const char* kAllIsRead = "so an incremental extraction reads all conversations every time";
    const std::string kind = table_->kind_words();
    const Rows right = connection_.query(
        "SELECT has_column_privilege(attrelid, attnum, 'SELECT') FROM pg_attribute "
        "WHERE attname = 'xmin' AND attnum < 0 AND attrelid = " +
        table_->oid);
    if (!table_->has_rows())
      return {"row versions", Condition::note, "a " + kind + " has no row versions (xmin), " + kAllIsRead};
    if (!is_true(right))
      return {
          "row versions",
          Condition::note,
          std::string("the system column xmin is not readable, since SELECT on single columns does not include it, ") +
              kAllIsRead,
          {"GRANT SELECT ON " + table_->name + " TO " + role() + ";"}};
    if (table_->kind == "m")
      return {"row versions", Condition::note,
              std::string("every REFRESH changes all row versions (xmin), ") + kAllIsRead};
    return {"row versions", Condition::ok, "xmin is readable"};
  }

  Finding time_limits() const {
    // SET LOCAL in the transaction of extract overrides these three; transaction_timeout (17) cannot be overridden.
    const Rows rows = connection_.query(
        "SELECT name, current_setting(name) FROM pg_settings WHERE setting <> '0' AND name IN ('statement_timeout', "
        "'idle_in_transaction_session_timeout', 'lock_timeout', 'transaction_timeout') ORDER BY name");
    Finding finding{"time limits"};
    for (const auto& row : rows) {
      const std::string name = row.at(0).value_or(""), setting = name + " = " + row.at(1).value_or("");
      if (name == "transaction_timeout") {
        add(finding, Condition::warning, setting + " ends long reads and cannot be overridden by 'extract'");
        finding.remedies.push_back("ALTER ROLE " + role() + " SET transaction_timeout = 0;");
      } else {
        add(finding, Condition::note, setting + " applies to this role; 'extract' overrides it in its transaction");
      }
    }
    if (finding.message.empty()) finding.message = "none";
    return finding;
  }

  Finding replication() const {
    if (!is_true(connection_.query("SELECT pg_is_in_recovery()")))
      return {"replication", Condition::ok, "the primary server"};
    const Rows rows = connection_.query(
        "SELECT current_setting('hot_standby_feedback'), current_setting('max_standby_streaming_delay'), "
        "extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())::bigint");
    Finding finding{"replication", Condition::ok, "a replica"};
    if (const std::string seconds = value(rows, 2); !seconds.empty())
      finding.message += ", last change " + seconds + " s ago";
    if (value(rows) != "on" && value(rows, 1) != "-1") {
      add(finding, Condition::warning,
          "it cancels queries that delay recovery by more than " + value(rows, 1) +
              " (max_standby_streaming_delay), and then 'extract' has to retry");
      finding.remedies.push_back(
          "ALTER SYSTEM SET hot_standby_feedback = on;  -- on the replica, then SELECT pg_reload_conf()");
    }
    return finding;
  }

  Finding clock(const std::function<double()>& unix_seconds) const {
    const double before = unix_seconds();
    const double theirs =
        std::strtod(value(connection_.query("SELECT extract(epoch FROM clock_timestamp())::float8")).c_str(), nullptr);
    const double ahead = theirs - (before + unix_seconds()) / 2;
    if (std::abs(ahead) <= kClockSeconds) return {"clock", Condition::ok, "within a minute of the server's clock"};
    return {"clock", Condition::warning,
            fmt::format("the server's clock is {:.0f} s {} this machine's; times in manifests and logs come from this "
                        "machine, created_at from the server; synchronize both with NTP",
                        std::abs(ahead), ahead > 0 ? "ahead of" : "behind")};
  }

 private:
  std::string role() const { return value(connection_.query("SELECT quote_ident(current_user)")); }

  std::vector<std::pair<std::string, std::string>> column_list() const {
    return {{"conversation_id", names_.conversation_id},
            {"messages", names_.messages},
            {"rating", names_.rating},
            {"created_at", names_.created_at},
            {"language", names_.language}};
  }

  std::string where_it_may_be(const std::vector<std::string>& parts) const {
    const Rows elsewhere = connection_.query(
        "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relname = " +
        quote_literal(parts.back()) + " AND n.nspname NOT LIKE 'pg\\_%' ORDER BY 1 LIMIT 1");
    if (!elsewhere.empty()) return " (did you mean " + value(elsewhere) + "?)";
    const Rows tables = connection_.query(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', "
        "'v', 'm', 'f') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' ORDER BY 1 LIMIT 10000");
    std::vector<std::string> known;
    for (const auto& row : tables) known.push_back(row.at(0).value_or(""));
    return did_you_mean(parts.back(), known);
  }

  /** Adds a mapping of all five columns to the remedies, if there is a likely column for each missing one. `rows`: of
      the columns' query. */
  void propose_mapping(Finding& finding, const Rows& rows, const std::vector<std::string>& missing,
                       const std::vector<std::string>& taken) const {
    std::vector<ColumnFacts> columns;
    for (const auto& row : rows)
      columns.push_back({row.at(0).value_or(""), row.at(2).value_or(""), row.at(3).value_or("?")[0], row.at(5) == "t",
                         row.at(4) == "t" ? sample_of(row.at(0).value_or("")) : std::vector<std::string>()});
    const ColumnProposal proposal = propose_columns(columns, missing, taken);
    if (proposal.empty()) return;
    std::string mapping;
    for (const auto& [ours, theirs] : column_list()) {
      const auto proposed = std::find_if(proposal.begin(), proposal.end(),
                                         [&, name = ours](const auto& one) { return one.first == name; });
      const bool is_missing = std::find(missing.begin(), missing.end(), ours) != missing.end();
      if (is_missing ? proposed == proposal.end() : ours == theirs) continue;
      mapping += (mapping.empty() ? "" : ",") + ours + "=" + (is_missing ? proposed->second : theirs);
    }
    finding.remedies.push_back("proposed mapping: " + mapping);
  }

  /** Some values of a column, each truncated; none if they cannot be read. */
  std::vector<std::string> sample_of(const std::string& column) const {
    constexpr int kNumRows = 50, kMaxCharacters = 500;
    std::vector<std::string> sample;
    connection_.query("SAVEPOINT sample");
    try {
      for (const auto& row :
           connection_.query(fmt::format("SELECT left({0}::text, {1}) FROM {2} WHERE {0} IS NOT NULL LIMIT {3}",
                                         quote_identifier(column), kMaxCharacters, table_->name, kNumRows)))
        sample.push_back(row.at(0).value_or(""));
    } catch (const DatabaseError& error) {
      if (error.kind() == Kind::unavailable) throw;
      sample.clear();
    }
    connection_.query("ROLLBACK TO SAVEPOINT sample");
    return sample;
  }

  /** `base` and `category` (pg_type.typcategory) are those beneath a domain; `type` is what the table says. */
  static void judge_type(Finding& finding, const std::string& ours, const std::string& theirs, const std::string& type,
                         const std::string& base, const std::string& category) {
    const bool is_text = category == "S";
    const std::string is = "'" + theirs + "' is " + type;
    if (ours == "messages") {
      const bool is_array = base == "_jsonb" || base == "_json";
      if (base != "jsonb" && base != "json" && !is_text && !is_array)
        add(finding, Condition::failed, is + "; expected jsonb, json, jsonb[], json[] or text");
      else if (base != "jsonb" && base != "_jsonb")
        add(finding, Condition::note, is + "; jsonb guarantees valid JSON");
    } else if (ours == "rating") {
      if (is_text)
        add(finding, Condition::note, is + "; a numeric type guarantees numbers");
      else if (category != "N" && category != "B")
        add(finding, Condition::failed, is + "; expected a number, such as numeric");
    } else if (ours == "created_at") {
      if (base == "timestamp" || base == "date") {
        add(finding, Condition::note, is + ", which is interpreted as UTC");
      } else if (base != "timestamptz") {
        add(finding, Condition::failed, is + "; expected timestamptz");
      }
    } else if (!is_text && category != "E" && base != "uuid" && !(ours == "conversation_id" && category == "N")) {
      add(finding, Condition::note, is + ", which is read as text");
    }
  }

  void judge_order_index(Finding& finding) const {
    // indoption: 1 DESC, 2 NULLS FIRST (https://www.postgresql.org/docs/15/catalog-pg-index.html). An index may be read
    // backwards, so (created_at, conversation_id DESC) works as well.
    const Rows found = connection_.query(
        "SELECT 1 FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am m ON m.oid = c.relam "
        "JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] "
        "JOIN pg_attribute b ON b.attrelid = i.indrelid AND b.attnum = i.indkey[1] "
        "WHERE i.indrelid = " +
        table_->oid +
        " AND i.indisvalid AND i.indpred IS NULL AND m.amname = 'btree' "
        "AND a.attname = " +
        quote_literal(names_.created_at) + " AND b.attname = " + quote_literal(names_.conversation_id) +
        " AND ((i.indoption[0] = 3 AND i.indoption[1] = 0) OR (i.indoption[0] = 0 AND i.indoption[1] = 3))");
    if (!found.empty()) return;
    add(finding, Condition::note, "no index in the order of extraction, so the server sorts all rows");
    finding.remedies.push_back("CREATE INDEX CONCURRENTLY ON " + table_->name + " (" + quoted(names_.created_at) +
                               " DESC, " + quoted(names_.conversation_id) + ");");
  }

  void judge_key_index(Finding& finding) const {
    const Rows found = connection_.query(
        "SELECT 1 FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] "
        "WHERE i.indrelid = " +
        table_->oid +
        " AND i.indisvalid AND i.indisunique AND i.indpred IS NULL "
        "AND i.indnkeyatts = 1 AND a.attname = " +
        quote_literal(names_.conversation_id));
    if (!found.empty()) return;
    add(finding, Condition::warning,
        "no unique index on " + quoted(names_.conversation_id) +
            ", so an incremental extraction reads all conversations every time");
    finding.remedies.push_back("CREATE UNIQUE INDEX CONCURRENTLY ON " + table_->name + " (" +
                               quoted(names_.conversation_id) + ");");
  }

  /** A table of that name in the same schema, if there is one, should have an index on conversation_id. */
  void judge_reference_index(Finding& finding, const std::string& name) const {
    const Rows rows = connection_.query(
        "SELECT format('%I.%I', n.nspname, c.relname), EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND "
        "i.indisvalid AND i.indpred IS NULL AND i.indkey[0] = a.attnum) "
        "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid "
        "WHERE c.relkind IN ('r', 'p') AND c.relname = " +
        quote_literal(name) +
        " AND a.attname = 'conversation_id' "
        "AND n.oid = (SELECT relnamespace FROM pg_class WHERE oid = " +
        table_->oid + ")");
    if (rows.empty() || is_true(rows, 1)) return;
    add(finding, Condition::note, "no index on conversation_id of " + value(rows));
    finding.remedies.push_back("CREATE INDEX CONCURRENTLY ON " + value(rows) + " (conversation_id);");
  }

  std::string quoted(const std::string& name) const {
    return value(connection_.query("SELECT quote_ident(" + quote_literal(name) + ")"));
  }

  Connection& connection_;
  const ExtractQuery query_;
  const extraction::ColumnNames names_;
  std::optional<Table> table_;
  bool has_columns_ = false;
};

}  // namespace

std::vector<Finding> inspect(Connection& connection, const std::string& url, const ExtractQuery& query,
                             const std::function<double()>& unix_seconds) {
  connection.query("BEGIN READ ONLY");
  Inspection inspection(connection, query);
  std::vector<Finding> findings{
      inspection.version(),     inspection.encoding(),          inspection.encryption(ssl_mode(url)),
      inspection.replication(), inspection.clock(unix_seconds), inspection.time_limits()};
  findings.push_back(inspection.find_table());
  if (inspection.has_table()) findings.push_back(inspection.columns());
  if (inspection.has_columns()) {
    findings.push_back(inspection.privileges());
    findings.push_back(inspection.indexes());
    findings.push_back(inspection.row_versions());
  }
  connection.query("COMMIT");
  return findings;
}

std::optional<Finding> inspect_secret() {
  const char* file = std::getenv("DATABASE_URL_FILE");
  if (file == nullptr || *file == '\0') return std::nullopt;
  if (const char* url = std::getenv("DATABASE_URL"); url != nullptr && *url != '\0')
    return Finding{"secret", Condition::note,
                   "DATABASE_URL is set as well and takes precedence over DATABASE_URL_FILE"};
  const std::string name = fmt::format("DATABASE_URL_FILE '{}'", file);
  struct stat status {};
  if (::stat(file, &status) != 0) return Finding{"secret", Condition::failed, name + ": " + system_message(errno)};
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return Finding{
        "secret", Condition::warning,
        fmt::format("{} is accessible to others (mode {:03o}); run chmod 600", name, status.st_mode & 0777U)};
  return Finding{"secret", Condition::ok, fmt::format("'{}', accessible to its owner only", file)};
}

std::vector<Finding> inspect_database(const ExtractQuery& query, const StopFlag& stop,
                                      const std::function<double()>& unix_seconds) {
  if (std::getenv("DATABASE_URL") == nullptr && std::getenv("DATABASE_URL_FILE") == nullptr)
    return {{"database", Condition::absent, "DATABASE_URL is not set; 'extract' needs it"}};
  std::vector<Finding> findings;
  try {
    const std::string url = database_url_from_environment();
    Connection connection(url, stop);
    findings.push_back(
        {"database", Condition::ok, fmt::format("'{}' at {}", connection.database(), connection.host())});
    for (Finding& finding : inspect(connection, url, query, unix_seconds)) findings.push_back(std::move(finding));
  } catch (const Interrupted&) {
    throw;
  } catch (const Error& error) {
    findings.push_back({"database", Condition::failed, error.what()});
  }
  return findings;
}

std::string ssl_mode(const std::string& url) {
  const std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)> options(PQconninfoParse(url.c_str(), nullptr),
                                                                               PQconninfoFree);
  for (const PQconninfoOption* option = options.get(); option != nullptr && option->keyword != nullptr; ++option)
    if (std::string_view(option->keyword) == "sslmode" && option->val != nullptr) return option->val;
  const char* mode = std::getenv("PGSSLMODE");
  return mode == nullptr || *mode == '\0' ? "prefer" : mode;
}

bool is_local_host(const std::string& host) {
  return host.empty() || host.front() == '/' || host.front() == '@' || host == "localhost" || host == "::1" ||
         host.compare(0, 4, "127.") == 0;
}

}  // namespace intelia::postgres
