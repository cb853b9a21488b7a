#include "postgres/conversations.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <tuple>
#include <utility>

#include "base/clock.hpp"
#include "base/nearest_word.hpp"
#include "base/ordered_streams.hpp"
#include "extraction/state.hpp"
#include "postgres/tuples.hpp"

namespace intelia::postgres {

using namespace extraction;

namespace {

std::int64_t to_number(const Field& field) {
  double value = 0;
  if (field) std::from_chars(field->data(), field->data() + field->size(), value);
  return static_cast<std::int64_t>(value);
}

/** "messages:12345" */
LongValue long_value(std::string_view text) {
  LongValue value{text.substr(0, text.find(':')), 0};
  text.remove_prefix(std::min(value.column.size() + 1, text.size()));
  std::from_chars(text.data(), text.data() + text.size(), value.size_bytes);
  return value;
}

bool is_true(const Field& field) { return field == "t"; }

constexpr const char* kSerializationFailure = "40001";  // SQLSTATE

/** A row of another thread, with its result. */
struct ClassifiedRow {
  std::optional<std::string> conversation_id;
  std::uint64_t version = 0;
  RowResult result;
};
using Batch = std::vector<ClassifiedRow>;

constexpr std::size_t kBatchBytes = 256 << 10;
constexpr std::size_t kBatchesAhead = 16;
constexpr double kRangeBytes = 4 << 20;
constexpr double kSampledRows = 6'000;
// The size of a row is estimated from that of the table; compressed text expands to about twice its size.
constexpr double kExpansion = 2;

/** Updates the progress and checks for a stop now and then. */
class Pace {
 public:
  explicit Pace(const Sinks& sinks) : sinks_(sinks) {}
  void tick() {
    ++num_rows_;
    if ((num_rows_ & 255) == 0) sinks_.stop.check("the extraction");
    if ((num_rows_ & 1023) != 0) return;
    const double seconds = monotonic_seconds() - start_seconds_;
    sinks_.progress.update(
        {"conversation", num_rows_, 0, fmt::format("{:.0f} rows/s", static_cast<double>(num_rows_) / seconds)});
  }
  std::int64_t num_rows() const { return num_rows_; }

 private:
  const Sinks& sinks_;
  const double start_seconds_ = monotonic_seconds();
  std::int64_t num_rows_ = 0;
};

}  // namespace

void check(const ReadSettings& settings) {
  if (settings.jobs < 1 || settings.jobs > 64)
    throw SettingError(Kind::usage, "jobs", fmt::format("expected 1 to 64, got {}", settings.jobs));
  for (const auto& [setting, seconds] : {std::pair("statement-timeout", settings.statement_timeout_seconds),
                                         std::pair("lock-timeout", settings.lock_timeout_seconds),
                                         std::pair("idle-timeout", settings.idle_timeout_seconds)})
    if (seconds < 0) throw SettingError(Kind::usage, setting, "expected 0 (none) or more seconds");
}

ConversationSource::ConversationSource(Connect connect, const ExtractQuery& query, const ReadSettings& settings)
    : connect_(std::move(connect)), query_(query), settings_(settings) {
  check(query_);
  check(settings_);
  connection_ = open_transaction(settings_.snapshot);
  snapshot_ = connection_->query("SELECT pg_current_snapshot()::text").at(0).at(0).value_or("");
  describe();
  sql_ = std::make_unique<SelectionSql>(query_, columns_);
}

/** Opens a connection and a transaction with `snapshot`, or a new one. */
std::unique_ptr<Connection> ConversationSource::open_transaction(const std::string& snapshot) {
  std::unique_ptr<Connection> connection = connect_();
  // SET LOCAL ends with the transaction, so a pooled connection is returned unchanged. An orphaned transaction is ended
  // by its timeout, from its first statement on.
  std::string begin = fmt::format(
      "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL idle_in_transaction_session_timeout = '{}s'; "
      "SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO, YMD'; SET LOCAL extra_float_digits = 1; "
      "SET LOCAL IntervalStyle = 'postgres'; SET LOCAL bytea_output = 'hex'; "
      "SET LOCAL statement_timeout = '{}s'; SET LOCAL lock_timeout = '{}s'",
      settings_.idle_timeout_seconds, settings_.statement_timeout_seconds, settings_.lock_timeout_seconds);
  if (connection->server_version_number() >= 140000) begin += "; SET LOCAL client_connection_check_interval = '10s'";
  connection->query(begin);
  try {
    if (!snapshot.empty()) connection->query("SET TRANSACTION SNAPSHOT " + quote_literal(snapshot));
  } catch (const DatabaseError& error) {
    throw SettingError(
        error.kind() == Kind::unavailable ? Kind::unavailable : Kind::usage, "snapshot",
        std::string(error.what()) +
            "; expected the result of pg_export_snapshot() in a transaction of this database that is still open");
  }
  return connection;
}

void ConversationSource::describe() {
  std::vector<std::uint32_t> types;
  try {
    types = connection_->column_types(describe_sql(query_));
  } catch (const DatabaseError& error) {
    fail_with_nearest_name(error);
  }
  columns_ = {types.at(0), types.at(1), types.at(2), types.at(3), types.at(4)};
  const ColumnNames names = column_names(query_.columns);
  if (columns_.created_at != kTimestamptzType && columns_.created_at != kTimestampType &&
      columns_.created_at != kDateType)
    throw SettingError(Kind::usage, "columns",
                       "column '" + names.created_at + "' of '" + query_.table +
                           "' is not a timestamp; name another column: created_at=NAME",
                       SettingError::Role::remedy);
  const std::string index_on =
      "EXISTS (SELECT FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND "
      "a.attnum = i.indkey[0] WHERE i.indrelid = c.oid AND i.indisvalid AND i.indpred IS NULL "
      "AND a.attname = ";
  const std::string type_of =
      "(SELECT format_type(a.atttypid, a.atttypmod) FROM pg_attribute a WHERE a.attrelid = c.oid "
      "AND NOT a.attisdropped AND a.attname = ";
  const auto rows = connection_->query(
      "SELECT c.relkind, " + index_on + quote_literal(names.conversation_id) +
      " AND i.indisunique AND i.indnkeyatts = 1) AND (c.relkind = 'p' OR NOT c.relhassubclass), " + index_on +
      quote_literal(names.created_at) + "), " + type_of + quote_literal(names.conversation_id) + "), " + type_of +
      quote_literal(names.created_at) +
      "), has_table_privilege(c.oid, 'SELECT'), EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND "
      "a.attnotnull AND a.attname = " +
      quote_literal(names.conversation_id) +
      ") FROM pg_class c "
      "WHERE c.oid = " +
      quote_literal(table_sql(query_)) + "::regclass");
  const auto& facts = rows.at(0);
  const std::string kind = facts.at(0).value_or("");
  is_table_ = kind == "r" || kind == "p" || kind == "m";
  columns_.has_row_version = is_table_ && is_true(facts.at(5));
  columns_.has_unique_ids = is_true(facts.at(1));
  columns_.has_every_id = is_true(facts.at(6));
  columns_.has_time_index = is_true(facts.at(2));
  if (listens_to(query_, Signal::thumbs)) columns_.thumbs = types.at(5);
  if (listens_to(query_, Signal::feedback))
    columns_.feedback = feedback_table(query_, connection_->query(describe_feedback_sql(query_)));
  if (listens_to(query_, Signal::annotations))
    columns_.annotations = annotations_table(query_, connection_->query(describe_annotations_sql(query_)));
  if (needs_time_zone(query_, columns_.created_at)) check_time_zone(query_, connection_->query(time_zones_sql()));
  find_secured_tables();
  columns_.conversation_id_type = facts.at(3).value_or("text");
  columns_.created_at_type = facts.at(4).value_or("timestamptz");
  find_parts();
}

/** Reads what lines depend on beside the rows, and finds parts whose rows have no versions. */
void ConversationSource::find_parts() {
  find_parts(used_conversations(query_), columns_.has_row_version, unversioned_part_);
  for (const auto& [signal, judgements, name] :
       {std::tuple(Signal::feedback, &columns_.feedback, &query_.feedback_table),
        std::tuple(Signal::annotations, &columns_.annotations, &query_.annotations_table)})
    if (listens_to(query_, signal))
      find_parts(used_judgements(*name, *judgements), judgements->has_row_version, judgements->unversioned_part);
}

void ConversationSource::find_parts(const UsedTable& table, bool& has_row_version, std::string& unversioned_part) {
  table_oids_.push_back(connection_->query("SELECT " + quote_literal(table_sql(table.name)) + "::regclass::oid")
                            .at(0)
                            .at(0)
                            .value_or(""));
  used_tables_.push_back(table);
  for (const auto& row : connection_->query(parts_sql(table))) {
    parts_[row.at(0).value_or("")] = {row.at(1).value_or(""), row.at(2).value_or("")};
    part_versions_[row.at(0).value_or("")] = row.at(4).value_or("");
    if (!row.at(3) || !has_row_version) continue;
    has_row_version = false;
    unversioned_part = row.at(2).value_or("") + " is " + *row.at(3);
  }
}

void ConversationSource::find_secured_tables() {
  std::vector<std::string> tables{query_.table};
  if (listens_to(query_, Signal::feedback)) tables.push_back(query_.feedback_table);
  if (listens_to(query_, Signal::annotations)) tables.push_back(query_.annotations_table);
  for (const std::string& table : tables)
    if (is_true(connection_->query("SELECT row_security_active(" + quote_literal(table_sql(table)) + "::regclass)")
                    .at(0)
                    .at(0)))
      secured_tables_.push_back(table);
}

/** Called before the first row is read. */
void ConversationSource::warn_of_security(Log& log) {
  if (has_warned_) return;
  for (const std::string& table : secured_tables_)
    log.warning("row-level security is active on '" + table +
                "': only the rows that its policies allow for this role are read");
  has_warned_ = true;
}

void ConversationSource::fail_with_nearest_name(const DatabaseError& error) {
  const bool is_missing_table = error.sql_state() == "42P01";
  const bool is_missing_column = error.sql_state() == "42703";
  if (!is_missing_table && !is_missing_column) throw error;
  connection_->query("ROLLBACK");
  const std::vector<std::string> parts = split_table_name(query_.table);
  if (is_missing_table) {
    std::vector<std::string> tables;
    for (const auto& row : connection_->query(
             "SELECT table_name FROM information_schema.tables WHERE table_schema " +
             (parts.size() == 2 ? "= " + quote_literal(parts[0]) : std::string("= ANY (current_schemas(false))")) +
             " ORDER BY 1 LIMIT 10000"))
      tables.push_back(row.at(0).value_or(""));
    throw SettingError(Kind::usage, "table",
                       std::string(error.what()) + did_you_mean(parts.back(), tables) + "; name another table",
                       SettingError::Role::remedy);
  }
  std::vector<std::string> columns;
  for (const auto& row :
       connection_->query("SELECT attname FROM pg_attribute WHERE attrelid = " + quote_literal(table_sql(query_)) +
                          "::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum"))
    columns.push_back(row.at(0).value_or(""));
  const ColumnNames names = column_names(query_.columns);
  std::vector<std::string> needed{names.conversation_id, names.messages, names.rating, names.created_at,
                                  names.language};
  if (listens_to(query_, Signal::thumbs)) needed.push_back(names.thumbs);
  std::string missing;
  for (const std::string& name : needed)
    if (std::find(columns.begin(), columns.end(), name) == columns.end())
      missing += (missing.empty() ? "'" : ", '") + name + "'" + did_you_mean(name, columns);
  if (missing.empty()) throw error;
  throw SettingError(
      Kind::usage, "columns",
      fmt::format("table '{}' has no column {}; map the columns as OUR_NAME=THEIR_NAME; 'intelia doctor' "
                  "proposes a mapping",
                  query_.table, missing),
      SettingError::Role::remedy);
}

MessagesForm ConversationSource::form() const {
  return columns_.messages == kJsonbType ? MessagesForm::jsonb : MessagesForm::any;
}

std::string ConversationSource::why_not_incremental() const {
  if (!is_table_) return "'" + query_.table + "' is not a table, so its rows have no versions";
  if (!unversioned_part_.empty()) return unversioned_part_ + ", so its rows have no versions";
  if (!columns_.has_row_version)
    return "this role may SELECT from single columns of '" + query_.table + "' only, not from xmin";
  for (const auto& [signal, judgements, name] :
       {std::tuple(Signal::feedback, &columns_.feedback, &query_.feedback_table),
        std::tuple(Signal::annotations, &columns_.annotations, &query_.annotations_table)})
    if (listens_to(query_, signal) && !judgements->has_row_version)
      return (judgements->unversioned_part.empty()
                  ? "'" + *name + "' is not a table, or this role may SELECT from single columns of it only"
                  : judgements->unversioned_part) +
             ", so its rows have no versions";
  if (!columns_.has_unique_ids)
    return "'" + query_.table + "' has no unique index on " + column_names(query_.columns).conversation_id + " alone";
  return "";
}

std::string ConversationSource::why_not_parallel() const {
  if (!is_table_) return "'" + query_.table + "' is not a table";
  if (!columns_.has_time_index)
    return "no index of '" + query_.table + "' begins with " + column_names(query_.columns).created_at;
  return "";
}

Json ConversationSource::identity() {
  // A standby has no current WAL position; the timeline of its last checkpoint is that of its rows.
  const auto rows = connection_->query(
      "SELECT has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE'), "
      "has_function_privilege('pg_catalog.pg_control_checkpoint()', 'EXECUTE'), pg_is_in_recovery(), "
      "current_database(), "
      "(SELECT oid FROM pg_database WHERE datname = current_database())");
  const auto& facts = rows.at(0);
  Json identity{{"host", connection_->host()},
                {"database", facts.at(3).value_or("")},
                {"database_oid", facts.at(4).value_or("")}};
  if (is_true(facts.at(0))) {
    identity.erase("host");  // a server can have several names
    identity["system"] =
        connection_->query("SELECT system_identifier::text FROM pg_control_system()").at(0).at(0).value_or("");
  }
  if (!is_true(facts.at(2)))
    identity["timeline"] =
        connection_->query("SELECT ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int::text")
            .at(0)
            .at(0)
            .value_or("");
  else if (is_true(facts.at(1)))
    identity["timeline"] =
        connection_->query("SELECT timeline_id::text FROM pg_control_checkpoint()").at(0).at(0).value_or("");
  identity["table"] = table_sql(query_);
  identity["table_oids"] = table_oids_;
  identity[kParts] = parts_;
  // A setting of the role or the database that texts of the type money depend on.
  identity["settings"] = connection_->query("SELECT current_setting('lc_monetary')").at(0).at(0).value_or("");
  identity["has_unique_ids"] = columns_.has_unique_ids;  // else lines tell how often an id occurs
  return identity;
}

std::uint64_t ConversationSource::next_transaction() {
  const Field number = connection_->query("SELECT pg_snapshot_xmax(pg_current_snapshot())::text").at(0).at(0);
  std::uint64_t value = 0;
  if (number) std::from_chars(number->data(), number->data() + number->size(), value);
  return value;
}

/** Counts in the snapshot, before the first row is read: afterwards the connection can still be sending rows. */
const ConversationSource::Counts& ConversationSource::count_rows() {
  if (counts_) return *counts_;
  counts_.emplace();
  for (const auto& row : connection_->query(sql_->counts())) {
    const std::int64_t count = to_number(row.at(1));
    if (row.at(0))
      counts_->unmatched[*row.at(0)] = count;
    else
      counts_->rows = count;
  }
  if (query_.limit > 0 && counts_->rows > query_.limit) {
    counts_->unmatched[kBeyondLimit] = counts_->rows - query_.limit;
    counts_->rows = query_.limit;
  }
  return *counts_;
}

SelectionCount ConversationSource::count() {
  const Counts& counts = count_rows();
  Json details{{"sql", sql()}, {"unmatched", counts.unmatched}};
  if (!secured_tables_.empty()) details["row_level_security"] = secured_tables_;
  return {counts.rows, details};
}

RowRules ConversationSource::rules() const { return row_rules(query_, form()); }

Json ConversationSource::describe() const {
  Json description{{"database", connection_->database()},
                   {"host", connection_->host()},
                   {"server_version", connection_->server_version()},
                   {"server_encoding", connection_->server_encoding()},
                   {"table", query_.table},
                   {"snapshot", snapshot_},
                   {"sql", sql()}};
  if (!secured_tables_.empty()) description["row_level_security"] = secured_tables_;
  return description;
}

/** The size of the whole table by its statistics; nothing if it was never analyzed. */
std::optional<ConversationSource::TableSize> ConversationSource::table_size() {
  const auto sizes = connection_->query("SELECT pg_table_size(oid), reltuples FROM pg_class WHERE oid = " +
                                        quote_literal(table_sql(query_)) + "::regclass");
  const double rows = sizes.empty() ? 0 : static_cast<double>(to_number(sizes[0].at(1)));
  if (rows < 1) return std::nullopt;
  return TableSize{rows, static_cast<double>(to_number(sizes[0].at(0))) / rows};
}

std::uint64_t ConversationSource::estimated_bytes() {
  const std::optional<TableSize> table = table_size();
  if (!table) return 0;
  const auto plan_text = connection_->query("EXPLAIN (FORMAT JSON) " + sql_->rows());
  if (plan_text.empty()) return 0;
  const Json plan = parse_json(plan_text[0].at(0).value_or("[]"), "the server's plan");
  const double rows = plan.at(0).at("Plan").at("Plan Rows").get<double>();
  return static_cast<std::uint64_t>(std::min(rows, table->rows) * table->row_bytes * kExpansion);
}

/** Values of created_at, newest first, that divide the selection into parts of about kRangeBytes; empty: one part. The
    division is an estimate; the parts together are always the selection. */
std::vector<std::string> ConversationSource::find_boundaries() {
  if (settings_.jobs <= 1 || !why_not_parallel().empty()) return {};
  const std::optional<TableSize> table = table_size();
  if (!table) return {};
  const double percent = std::min(100.0, 100 * kSampledRows / table->rows);
  const auto sample = connection_->query(sql_->sample(percent));
  const double row_bytes = std::max(table->row_bytes * kExpansion, 1.0);
  const double sampled_rows_a_range = std::max(1.0, kRangeBytes / row_bytes * percent / 100);
  std::vector<std::string> boundaries;
  for (double place = sampled_rows_a_range; place < static_cast<double>(sample.size()); place += sampled_rows_a_range) {
    std::string time = sample[static_cast<std::size_t>(place)].at(0).value_or("");
    if (boundaries.empty() || boundaries.back() != time) boundaries.push_back(std::move(time));
    if (query_.limit > 0 && place / percent * 100 > 2 * static_cast<double>(query_.limit)) break;
  }
  return boundaries;
}

void ConversationSource::read_rows(Connection& connection, const std::string& query, RowClassifier& classifier,
                                   const Take& take) const {
  copy_tuples(connection, query, kRowFields, [&](TupleReader& tuple) {
    Row row;
    row.conversation_id = tuple.field();
    row.messages = tuple.field();
    row.rating = tuple.field();
    row.created_at = tuple.field();
    row.language = tuple.field();
    const auto too_long = tuple.field();
    const auto version = tuple.field();
    row.thumbs = tuple.field();
    row.feedback = tuple.field();
    row.annotations = tuple.field();
    if (too_long) row.too_long = long_value(*too_long);
    if (copies_ && row.conversation_id) row.num_copies = copies_->num_copies(*row.conversation_id);
    if (columns_.messages == kJsonbType && row.messages) {
      // jsonb is sent as a version byte and text (jsonb_send); the only version is 1.
      if (row.messages->empty() || row.messages->front() != 1)
        throw Error(Kind::io, "the server sends an unknown version of jsonb");
      row.messages->remove_prefix(1);
    }
    take(row.conversation_id, version_key(version.value_or(""), row.created_at.value_or(""), row.language.value_or("")),
         classifier.classify(row));
  });
}

void ConversationSource::read(const MakeClassifier& make_classifier, const Sinks& sinks, const Take& take) {
  warn_of_security(sinks.log);
  count_rows();
  if (!columns_.has_unique_ids) {
    copies_.emplace();
    read_index(sinks, [&](std::optional<std::string_view> conversation_id, std::uint64_t) {
      if (conversation_id) copies_->add(*conversation_id);
    });
    copies_->find();
  }
  if (settings_.jobs > 1 && !why_not_parallel().empty())
    sinks.log.warning("one connection reads, since " + why_not_parallel());
  const std::vector<std::string> boundaries = find_boundaries();
  const std::size_t num_ranges = boundaries.size() + 1;
  const std::size_t num_jobs = std::min<std::size_t>(static_cast<std::size_t>(settings_.jobs), num_ranges);
  std::vector<std::unique_ptr<Connection>> more_connections;
  if (num_jobs > 1) {
    const std::string snapshot = connection_->query("SELECT pg_export_snapshot()").at(0).at(0).value_or("");
    while (more_connections.size() + 1 < num_jobs) more_connections.push_back(open_transaction(snapshot));
  }

  // Even a single connection is read by its own thread, so that the server does not wait while lines are written.
  std::vector<OrderedStreams<Batch>::Produce> producers;
  for (std::size_t i = 0; i < num_jobs; ++i) {
    Connection& connection = i == 0 ? *connection_ : *more_connections[i - 1];
    const std::shared_ptr<RowClassifier> classifier(new RowClassifier(make_classifier()));
    producers.push_back([&, classifier](std::size_t range, const OrderedStreams<Batch>::Emit& emit) {
      Batch batch;
      std::size_t batch_bytes = 0;
      const std::string query = num_ranges == 1 ? sql_->rows()
                                                : sql_->rows_between(range < boundaries.size() ? boundaries[range] : "",
                                                                     range > 0 ? boundaries[range - 1] : "");
      read_rows(connection, query, *classifier,
                [&](std::optional<std::string_view> conversation_id, std::uint64_t version, const RowResult& result) {
                  batch.push_back({std::optional<std::string>(conversation_id), version, result});
                  batch_bytes += result.line.size();
                  if (batch_bytes < kBatchBytes) return;
                  emit(std::exchange(batch, {}));
                  batch_bytes = 0;
                });
      if (!batch.empty()) emit(std::move(batch));
    });
  }
  OrderedStreams<Batch> streams(num_ranges, kBatchesAhead, std::move(producers));
  Pace pace(sinks);
  for (Batch batch; !is_cut_short_ && streams.next(batch);) {
    for (const ClassifiedRow& row : batch) {
      take(row.conversation_id, row.version, row.result);
      pace.tick();
      if (num_ranges == 1 || pace.num_rows() != query_.limit) continue;
      is_cut_short_ = true;
      break;
    }
  }
  sinks.progress.finish();
}

void ConversationSource::read_index(const Sinks& sinks, const TakeKey& take) {
  warn_of_security(sinks.log);
  count_rows();
  Pace pace(sinks);
  copy_tuples(*connection_, sql_->index(), kIndexFields, [&](TupleReader& tuple) {
    const std::optional<std::string_view> conversation_id = tuple.field();
    const std::string_view created_at = tuple.field().value_or("");
    const std::string_view language = tuple.field().value_or("");
    take(conversation_id, version_key(tuple.field().value_or(""), created_at, language));
    pace.tick();
  });
  sinks.progress.finish();
}

void ConversationSource::read_conversations(const std::vector<std::string>& conversation_ids, RowClassifier& classifier,
                                            const Take& take) {
  read_rows(*connection_, sql_->rows_of(conversation_ids), classifier, take);
}

void ConversationSource::finish() {
  bool is_usable = !is_cut_short_;
  try {
    if (is_usable) connection_->query("COMMIT");
  } catch (const DatabaseError&) {
    // The server may have ended the idle transaction meanwhile. It is read-only: all of its statements are complete.
    is_usable = false;
  }
  if (!is_usable) connection_ = connect_();
  check_unaltered();
}

/** Statements use tables and types as they are, and only rows are those of the snapshot: what was altered in between
   lets the snapshot see a rewritten table as empty, and old rows under new names. No lock can prevent this: labels of
   enumerations have none, a role that may read single columns cannot lock a table, and another session's snapshot is
   taken before any. */
void ConversationSource::check_unaltered() {
  Json parts = parts_;
  for (const UsedTable& table : used_tables_) {
    for (const auto& row : connection_->query(parts_sql(table))) {
      const std::string key = row.at(0).value_or("");
      const auto known = parts.find(key);
      if (known == parts.end()) continue;  // a new partition; the snapshot sees none of its rows
      if (known->at(0) == row.at(1).value_or("") && part_versions_.at(key) == row.at(4).value_or(""))
        parts.erase(known);
    }
  }
  if (parts.empty()) return;
  throw DatabaseError(Kind::unavailable,
                      parts.front().at(1).get<std::string>() + " was altered while the conversations were read",
                      kSerializationFailure);
}

std::unique_ptr<Source> DatabaseSourceFactory::open() {
  const auto connect = [this] { return first_ ? std::move(first_) : connect_(); };
  return std::make_unique<ConversationSource>(connect, query_, settings_);
}

bool DatabaseSourceFactory::is_conflict(const Error& error) const {
  const auto* failure = dynamic_cast<const DatabaseError*>(&error);
  return failure != nullptr && failure->is_conflict();
}

}  // namespace intelia::postgres
