#include "postgres/connection.hpp"

#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <regex>

#include "base/clock.hpp"
#include "base/file.hpp"

namespace intelia::postgres {

namespace {

constexpr int kPollMilliseconds = 200;  // maximum delay until a stop is noticed
constexpr const char* kExpectedUrl =
    "expected postgresql://USER:PASSWORD@HOST:PORT/DATABASE (characters other than "
    "letters and digits in the password percent-encoded) or key=value pairs";

bool starts_with(std::string_view text, std::string_view start) { return text.substr(0, start.size()) == start; }

bool is_uri(std::string_view url) { return starts_with(url, "postgresql://") || starts_with(url, "postgres://"); }

/** The percent-encoded password in a URI; empty if there is none. */
std::string raw_password(std::string_view url) {
  if (!is_uri(url)) return {};
  url.remove_prefix(url.find("://") + 3);
  const std::size_t at = url.rfind('@');
  if (at == std::string_view::npos) return {};
  url = url.substr(0, at);
  const std::size_t colon = url.find(':');
  return colon == std::string_view::npos ? std::string() : std::string(url.substr(colon + 1));
}

/** `text`, or empty for none. */
std::string text_or_empty(const char* text) { return text == nullptr ? "" : text; }

/**
 * Whether an unencoded @ or / of a password may have moved part of it into the host, port or database name, from where
 * it would be printed.
 */
bool is_ambiguous_uri(std::string_view url) {
  if (!is_uri(url)) return false;
  url.remove_prefix(url.find("://") + 3);
  const std::size_t end_of_user = url.find_first_of("@/");
  if (end_of_user == std::string_view::npos) return false;
  if (url[end_of_user] == '@') url.remove_prefix(end_of_user + 1);
  return url.substr(0, url.find('?')).find('@') != std::string_view::npos;
}

std::string percent_encoded(std::string_view text, const char* digits) {
  std::string out;
  for (unsigned char byte : text) {
    if (std::isalnum(byte) || byte == '-' || byte == '.' || byte == '_' || byte == '~') {
      out.push_back(static_cast<char>(byte));
    } else {
      out.push_back('%');
      out.push_back(digits[byte >> 4]);
      out.push_back(digits[byte & 15]);
    }
  }
  return out;
}

/** Joins the lines of a message of libpq, without the source position. */
std::string in_one_line(const std::string& message) {
  std::string out;
  std::size_t begin = 0;
  while (begin < message.size()) {
    std::size_t end = std::min(message.find('\n', begin), message.size());
    std::string line = message.substr(begin, end - begin);
    begin = end + 1;
    line.erase(0, line.find_first_not_of(" \t"));
    if (line.empty() || starts_with(line, "LOCATION:") || line.find_first_not_of("^ ") == std::string::npos) continue;
    if (!out.empty()) out += "; ";
    out += line;
  }
  return out;
}

/** Removes "28P01: " from a verbose message `FATAL:  28P01: text` and returns the code. */
std::string take_sql_state(std::string& message) {
  for (std::size_t colon = message.find(":  "); colon != std::string::npos; colon = message.find(":  ", colon + 1)) {
    const std::string code = message.substr(colon + 3, 5);
    const bool is_code = code.size() == 5 && std::all_of(code.begin(), code.end(), [](unsigned char c) {
                           return std::isdigit(c) || std::isupper(c);
                         });
    if (is_code && message.compare(colon + 8, 2, ": ") == 0) {
      message.erase(colon + 3, 7);
      return code;
    }
  }
  return {};
}

struct ResultDeleter {
  void operator()(PGresult* result) const { PQclear(result); }
};
using Result = std::unique_ptr<PGresult, ResultDeleter>;

using Parsed = std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)>;

/** What libpq reads from a URI or a list of keywords and values; null if it is malformed. */
Parsed parse(const std::string& text) { return {PQconninfoParse(text.c_str(), nullptr), PQconninfoFree}; }

/** Whether libpq would read `text` as settings and not as the name of a database. */
bool is_connection_string(const std::string& text) { return is_uri(text) || text.find('=') != std::string::npos; }

/** Throws Error{usage} for a setting that has a URI or a password in it by mistake: messages, those of the server
    included, would print it, and not always whole. */
void check_is_plain(const std::string& setting, std::string_view keyword, const std::string& value) {
  static const std::regex pattern("://|password\\s*=");
  if (std::regex_search(value, pattern) || (keyword == "dbname" && is_connection_string(value)))
    throw Error(Kind::usage, setting + " is itself a URL or a list of settings; " + kExpectedUrl);
}

struct ConnectionDeleter {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};

}  // namespace

Kind kind_of_sql_state(std::string_view sql_state) {
  // https://www.postgresql.org/docs/15/errcodes-appendix.html
  if (sql_state.empty()) return Kind::unavailable;
  const std::string_view family = sql_state.substr(0, 2);
  if (family == "08" || family == "40" || family == "53" || family == "57" || family == "55" || sql_state == "25P03")
    return Kind::unavailable;  // connection, rollback and recovery conflict, resources, shutdown and cancel, locks
  if (sql_state == "22021" || sql_state == "22P05") return Kind::io;  // text that cannot be converted to UTF-8
  if (family == "28" || family == "3D" || family == "3F" || family == "42" || family == "22")
    return Kind::usage;  // credentials, database, schema, names, privileges, values of the user
  return Kind::io;
}

std::string database_url_from_environment() {
  if (const char* url = std::getenv("DATABASE_URL"); url != nullptr && *url != '\0') return url;
  const char* file = std::getenv("DATABASE_URL_FILE");
  if (file == nullptr || *file == '\0')
    throw Error(Kind::usage,
                std::string("no database is configured; set DATABASE_URL, or DATABASE_URL_FILE to a file that "
                            "contains it; ") +
                    kExpectedUrl);
  std::string url = with_context("DATABASE_URL_FILE", [&] { return read_file(file, 1 << 16, InputType::stream); });
  url.erase(url.find_last_not_of(" \t\r\n") + 1);
  if (url.empty()) throw Error(Kind::usage, std::string("DATABASE_URL_FILE names an empty file; ") + kExpectedUrl);
  return url;
}

std::string hide_secrets(std::string message, const std::vector<std::string>& secrets) {
  constexpr std::size_t kShortSecret = 4;
  std::vector<std::string> forms;
  for (const std::string& secret : secrets) {
    if (secret.empty()) continue;
    for (const std::string& form :
         {secret, percent_encoded(secret, "0123456789ABCDEF"), percent_encoded(secret, "0123456789abcdef")})
      if (std::find(forms.begin(), forms.end(), form) == forms.end()) forms.push_back(form);
  }
  // Longest first, in case a secret contains another one.
  std::sort(forms.begin(), forms.end(), [](const auto& a, const auto& b) { return a.size() > b.size(); });
  for (const std::string& form : forms) {
    if (message.find(form) == std::string::npos) continue;
    if (form.size() < kShortSecret) return "(message suppressed: it may contain a secret)";
    for (std::size_t place = message.find(form); place != std::string::npos; place = message.find(form, place + 3))
      message.replace(place, form.size(), "***");
  }
  return message;
}

struct Connection::State {
  std::unique_ptr<PGconn, ConnectionDeleter> connection;
  const StopFlag& stop;
  Timeouts timeouts;
  std::vector<std::string> secrets;
  double last_heard_seconds = 0;
  std::string end_reason, end_sql_state;  // of a connection that the server has ended

  std::string hidden(const std::string& message) const { return hide_secrets(in_one_line(message), secrets); }

  /** What a failed connection was to; without its settings, such as those of a missing service, "the database". */
  std::string place() const {
    const char* database = PQdb(connection.get());
    if (database == nullptr) return "the database";
    return hide_secrets("database '" + std::string(database) + "' at '" + text_or_empty(PQhost(connection.get())) + "'",
                        secrets);
  }

  /** Waits until the socket is ready for `events`, a stop, or `deadline` on the monotonic clock; false at the deadline.
   */
  bool wait(short events, double deadline) const {
    for (;;) {
      stop.check("work with the database");
      pollfd socket{PQsocket(connection.get()), events, 0};
      const int num_ready = ::poll(&socket, 1, kPollMilliseconds);
      if (num_ready > 0) return true;
      if (num_ready < 0 && errno != EINTR)
        throw Error(Kind::io, "cannot wait for the database: " + system_message(errno));
      if (monotonic_seconds() > deadline) return false;
    }
  }

  /** Keeps the reason of a server that ends the connection between two statements, which libpq takes for a notice. */
  static void take_notice(void* self, const PGresult* notice) {
    const char* severity = PQresultErrorField(notice, PG_DIAG_SEVERITY_NONLOCALIZED);
    const char* sql_state = PQresultErrorField(notice, PG_DIAG_SQLSTATE);
    if (severity == nullptr || sql_state == nullptr || severity != std::string_view("FATAL")) return;
    State& state = *static_cast<State*>(self);
    state.end_reason = text_or_empty(PQresultErrorField(notice, PG_DIAG_MESSAGE_PRIMARY));
    state.end_sql_state = sql_state;
  }

  [[noreturn]] void fail_lost() const {
    if (!end_sql_state.empty())
      throw DatabaseError(Kind::unavailable,
                          place() + ": " + hidden(end_reason) + " (SQLSTATE " + end_sql_state + "); try again later",
                          end_sql_state);
    throw DatabaseError(
        Kind::unavailable,
        "the connection to " + place() + " was lost: " + hidden(PQerrorMessage(connection.get())) + "; try again later",
        "");
  }

  [[noreturn]] void fail(const PGresult* result) const {
    const char* sql_state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    if (sql_state == nullptr) fail_lost();
    std::string message = text_or_empty(PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY));
    for (int field : {PG_DIAG_MESSAGE_DETAIL, PG_DIAG_MESSAGE_HINT})
      if (const char* words = PQresultErrorField(result, field)) message += std::string("; ") + words;
    const Kind kind = kind_of_sql_state(sql_state);
    std::string remedy = kind == Kind::unavailable ? "; try again later" : "";
    throw DatabaseError(kind, place() + ": " + hidden(message) + " (SQLSTATE " + sql_state + ")" + remedy, sql_state);
  }

  /** Waits for data and reads it. */
  void hear() {
    if (!wait(POLLIN, last_heard_seconds + timeouts.silence_seconds))
      throw DatabaseError(
          Kind::unavailable,
          place() + " has sent no data for " + std::to_string(timeouts.silence_seconds) + " seconds; try again later",
          "");
    if (PQconsumeInput(connection.get()) == 0) fail_lost();
    last_heard_seconds = monotonic_seconds();
  }

  void send(const std::string& sql) {
    last_heard_seconds = monotonic_seconds();
    if (PQsendQuery(connection.get(), sql.c_str()) == 0) fail_lost();
  }

  /** The next result of the running statements, or null after the last. */
  Result next_result() {
    while (PQisBusy(connection.get())) hear();
    return Result(PQgetResult(connection.get()));
  }

  /** Runs `sql` and returns its last result. */
  Result run(const std::string& sql) {
    send(sql);
    Result last;
    while (Result result = next_result()) {
      const ExecStatusType status = PQresultStatus(result.get());
      if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
        try {
          while (next_result()) {
          }
        } catch (const DatabaseError&) {
          // The server has ended the connection; `result` says why.
        }
        fail(result.get());
      }
      last = std::move(result);
    }
    return last;
  }

  [[noreturn]] void fail_to_connect(const std::string& reason) {
    std::string message = reason;
    const std::string sql_state = take_sql_state(message);
    Kind kind = kind_of_sql_state(sql_state);
    const bool is_wrong_setting =
        sql_state.empty() &&
        (PQconnectionNeedsPassword(connection.get()) != 0 || message.find("certificate") != std::string::npos ||
         message.find("SSL was required") != std::string::npos ||
         (message.find("connection to server") == std::string::npos &&
          message.find("could not translate host name") == std::string::npos));
    if (is_wrong_setting) kind = Kind::usage;
    throw DatabaseError(kind,
                        "cannot connect to " + place() + ": " + hidden(message) +
                            (kind == Kind::usage ? "; check DATABASE_URL and the PG… variables of the environment"
                                                 : "; try again later"),
                        sql_state);
  }

  /** Adds what `text`, a URI or a list of keywords and values, has in it that must not be shown. */
  void add_secrets_of(const std::string& text) {
    secrets.push_back(text);
    secrets.push_back(raw_password(text));
    const Parsed parsed = parse(text);
    for (const PQconninfoOption* option = parsed.get(); option != nullptr && option->keyword != nullptr; ++option) {
      if (option->val == nullptr) continue;
      if (option->dispchar[0] == '*') secrets.emplace_back(option->val);
      if (option->keyword == std::string_view("dbname") && option->val != text && is_connection_string(option->val))
        add_secrets_of(option->val);
    }
  }

  /** Adds the passwords that libpq takes from the environment, and checks its other variables as those of the URL. */
  void read_environment() {
    const Parsed known(PQconndefaults(), PQconninfoFree);
    for (const PQconninfoOption* option = known.get(); option != nullptr && option->keyword != nullptr; ++option) {
      const char* value = option->envvar == nullptr ? nullptr : std::getenv(option->envvar);
      if (value == nullptr) continue;
      if (option->dispchar[0] == '*')
        secrets.emplace_back(value);
      else
        check_is_plain(std::string("the environment variable ") + option->envvar, option->keyword, value);
    }
  }

  /** Adds the passwords that libpq took from elsewhere, such as a service file. */
  void add_secrets_of_connection() {
    const Parsed options(PQconninfo(connection.get()), PQconninfoFree);
    for (const PQconninfoOption* option = options.get(); option != nullptr && option->keyword != nullptr; ++option)
      if (option->val != nullptr && option->dispchar[0] == '*') secrets.emplace_back(option->val);
  }

  void connect(const std::string& url) {
    secrets.clear();
    add_secrets_of(url);
    read_environment();
    if (is_ambiguous_uri(url))
      throw Error(Kind::usage, std::string("DATABASE_URL is ambiguous: more than one '@', or a '/' before "
                                           "it; ") +
                                   kExpectedUrl);
    // The error message of libpq quotes the URL, so it is not used.
    const Parsed parsed = parse(url);
    if (!parsed) throw Error(Kind::usage, std::string("DATABASE_URL is malformed; ") + kExpectedUrl);
    std::vector<const char*> names{"dbname", "fallback_application_name"};
    std::vector<const char*> values{url.c_str(), "intelia"};
    bool has_values = is_uri(url);
    for (const PQconninfoOption* option = parsed.get(); option->keyword != nullptr; ++option) {
      if (option->val == nullptr) continue;
      const std::string_view keyword = option->keyword;
      const std::string value = option->val;
      has_values = true;
      if (option->dispchar[0] != '*')
        check_is_plain("the " + std::string(keyword) + " in DATABASE_URL", keyword, value);
      if (keyword == "port" && value.find_first_not_of("0123456789,") != std::string::npos)
        throw Error(Kind::usage, std::string("the port in DATABASE_URL is not a number; ") + kExpectedUrl);
      if (keyword == "connect_timeout" && std::atoi(option->val) > 0) timeouts.connect_seconds = std::atoi(option->val);
    }
    if (!has_values) throw Error(Kind::usage, std::string("DATABASE_URL is malformed; ") + kExpectedUrl);
    names.push_back(nullptr);
    values.push_back(nullptr);

    const double deadline = monotonic_seconds() + timeouts.connect_seconds;
    connection.reset(PQconnectStartParams(names.data(), values.data(), /*expand_dbname=*/1));
    if (!connection) throw Error(Kind::internal, "no memory for a connection");
    add_secrets_of_connection();
    // libpq reports the SQLSTATE of a failed connection only in its verbose message.
    PQsetErrorVerbosity(connection.get(), PQERRORS_VERBOSE);
    PQsetNoticeReceiver(connection.get(), take_notice, this);
    if (PQstatus(connection.get()) == CONNECTION_BAD) fail_to_connect(PQerrorMessage(connection.get()));
    for (PostgresPollingStatusType status = PGRES_POLLING_WRITING; status != PGRES_POLLING_OK;) {
      if (status == PGRES_POLLING_FAILED) fail_to_connect(PQerrorMessage(connection.get()));
      if (!wait(status == PGRES_POLLING_READING ? POLLIN : POLLOUT, deadline))
        fail_to_connect("connection to server gave no answer within " + std::to_string(timeouts.connect_seconds) +
                        " seconds");
      status = PQconnectPoll(connection.get());
    }
    // A SQL_ASCII database fails to convert bytes that are not UTF-8, which would end the whole COPY.
    const std::string server_encoding = text_or_empty(PQparameterStatus(connection.get(), "server_encoding"));
    run("SET client_encoding = '" + std::string(server_encoding == "SQL_ASCII" ? "SQL_ASCII" : "UTF8") + "'");
  }
};

Connection::Connection(const std::string& url, const StopFlag& stop, Timeouts timeouts)
    : state_(new State{nullptr, stop, timeouts, {}, 0, {}, {}}) {
  state_->connect(url);
}

Connection::~Connection() = default;

std::vector<std::vector<Field>> Connection::query(const std::string& sql) {
  const Result result = state_->run(sql);
  std::vector<std::vector<Field>> rows;
  if (!result) return rows;
  for (int row = 0; row < PQntuples(result.get()); ++row) {
    std::vector<Field>& fields = rows.emplace_back();
    for (int column = 0; column < PQnfields(result.get()); ++column) {
      if (PQgetisnull(result.get(), row, column)) {
        fields.emplace_back();
      } else {
        fields.emplace_back(std::string(PQgetvalue(result.get(), row, column),
                                        static_cast<std::size_t>(PQgetlength(result.get(), row, column))));
      }
    }
  }
  return rows;
}

std::vector<std::uint32_t> Connection::column_types(const std::string& sql) {
  const Result result = state_->run(sql);
  std::vector<std::uint32_t> types;
  for (int column = 0; column < PQnfields(result.get()); ++column) types.push_back(PQftype(result.get(), column));
  return types;
}

void Connection::copy_out(const std::string& sql, const std::function<void(std::string_view)>& take) {
  State& s = *state_;
  s.send(sql);
  if (Result result = s.next_result(); !result || PQresultStatus(result.get()) != PGRES_COPY_OUT) s.fail(result.get());
  for (;;) {
    char* bytes = nullptr;
    const int num_bytes = PQgetCopyData(s.connection.get(), &bytes, /*async=*/1);
    if (num_bytes == 0) {
      s.hear();
      continue;
    }
    if (num_bytes < 0) break;
    const std::unique_ptr<char, void (*)(void*)> owned(bytes, PQfreemem);
    take({bytes, static_cast<std::size_t>(num_bytes)});
  }
  bool is_complete = false;
  while (Result result = s.next_result()) {
    if (PQresultStatus(result.get()) != PGRES_COMMAND_OK) s.fail(result.get());
    is_complete = true;
  }
  if (!is_complete) s.fail_lost();
}

std::string Connection::host() const { return text_or_empty(PQhost(state_->connection.get())); }
std::string Connection::database() const { return text_or_empty(PQdb(state_->connection.get())); }
std::string Connection::server_encoding() const {
  return text_or_empty(PQparameterStatus(state_->connection.get(), "server_encoding"));
}
std::string Connection::server_version() const {
  return text_or_empty(PQparameterStatus(state_->connection.get(), "server_version"));
}
int Connection::server_version_number() const { return PQserverVersion(state_->connection.get()); }

}  // namespace intelia::postgres
