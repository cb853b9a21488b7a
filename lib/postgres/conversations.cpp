#include "postgres/conversations.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "base/clock.hpp"
#include "base/nearest_word.hpp"
#include "extraction/row.hpp"
#include "record/json.hpp"

namespace intelia::postgres {

using namespace extraction;

namespace {

/** Reads the big-endian numbers of COPY's binary format (https://www.postgresql.org/docs/15/sql-copy.html). */
class TupleReader {
 public:
  explicit TupleReader(std::string_view bytes) : bytes_(bytes) {}

  bool is_at_end() const { return bytes_.empty(); }

  void skip_header() {
    static constexpr std::string_view kSignature("PGCOPY\n\377\r\n\0", 11);
    if (take(kSignature.size()) != kSignature) fail();
    take(4);  // flags: none is known that changes how tuples are read
    take(static_cast<std::size_t>(number(4)));
  }

  std::int64_t number(std::size_t num_bytes) {
    std::uint64_t value = 0;
    for (unsigned char byte : take(num_bytes)) value = value << 8 | byte;
    const auto shift = static_cast<unsigned>(64 - 8 * num_bytes);
    return static_cast<std::int64_t>(value << shift) >> shift;
  }

  std::optional<std::string_view> field() {
    const std::int64_t size = number(4);
    if (size < 0) return std::nullopt;
    return take(static_cast<std::size_t>(size));
  }

 private:
  [[noreturn]] static void fail() { throw Error(Kind::io, "the server sent a COPY stream that cannot be read"); }

  std::string_view take(std::size_t num_bytes) {
    if (num_bytes > bytes_.size()) fail();
    const std::string_view taken = bytes_.substr(0, num_bytes);
    bytes_.remove_prefix(num_bytes);
    return taken;
  }

  std::string_view bytes_;
};

/** A name for a row in words to people: no control characters, not endless. */
std::string readable_id(const std::optional<std::string_view>& conversation_id) {
  constexpr std::size_t kMaxBytes = 200;
  if (!conversation_id || !is_valid_utf8(*conversation_id)) return "conversation (no readable id)";
  std::string quoted;
  append_json_string(quoted, *conversation_id);
  if (quoted.size() > kMaxBytes) return "conversation (id of " + std::to_string(conversation_id->size()) + " bytes)";
  return "conversation " + quoted.substr(1, quoted.size() - 2);
}

std::int64_t to_number(const Field& field) {
  double value = 0;
  if (field) std::from_chars(field->data(), field->data() + field->size(), value);
  return static_cast<std::int64_t>(value);
}

}  // namespace

ConversationSource::ConversationSource(Connection& connection, const ExtractQuery& query)
    : connection_(connection), query_(query) {
  check(query_);
  // SET LOCAL ends with the transaction, so a pooled connection goes back as it came. A statement may take hours at the
  // pace of a slow disk of ours; a lock (DROP, ALTER) is not waited for, and an orphaned transaction is not left open.
  connection_.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  std::string settings =
      "SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO, YMD'; SET LOCAL extra_float_digits = 1; "
      "SET LOCAL statement_timeout = '4h'; SET LOCAL lock_timeout = '30s'; "
      "SET LOCAL idle_in_transaction_session_timeout = '5min'";
  if (connection_.server_version_number() >= 140000) settings += "; SET LOCAL client_connection_check_interval = '10s'";
  connection_.query(settings);
  snapshot_ = connection_.query("SELECT pg_current_snapshot()::text").at(0).at(0).value_or("");
  std::vector<std::uint32_t> types;
  try {
    types = connection_.column_types(describe_sql(query_));
  } catch (const DatabaseError& error) {
    fail_with_nearest_name(error);
  }
  columns_ = {types.at(0), types.at(1), types.at(2), types.at(3), types.at(4)};
  if (columns_.created_at != kTimestamptzType && columns_.created_at != kTimestampType && columns_.created_at != kDateType)
    throw Error(Kind::usage, "column '" + column_names(query_.columns).created_at + "' of '" + query_.table +
                                 "' is not a timestamp; name one with --columns created_at=NAME");
  select_ = SelectionSql(query_, columns_).rows();
}

void ConversationSource::fail_with_nearest_name(const DatabaseError& error) {
  const bool is_missing_table = error.sql_state() == "42P01";
  const bool is_missing_column = error.sql_state() == "42703";
  if (!is_missing_table && !is_missing_column) throw error;
  connection_.query("ROLLBACK");
  const std::vector<std::string> parts = split_table_name(query_.table);
  std::string meant;
  if (is_missing_table) {
    std::vector<std::string> tables;
    for (const auto& row : connection_.query(
             "SELECT table_name FROM information_schema.tables WHERE table_schema " +
             (parts.size() == 2 ? "= " + quote_literal(parts[0]) : std::string("= ANY (current_schemas(false))")) +
             " ORDER BY 1 LIMIT 10000"))
      tables.push_back(row.at(0).value_or(""));
    meant = nearest_word(parts.back(), tables);
    throw Error(Kind::usage, std::string(error.what()) + "; name the table with --table" +
                                 (meant.empty() ? "" : " (did you mean '" + meant + "'?)"));
  }
  std::vector<std::string> columns;
  for (const auto& row : connection_.query("SELECT column_name FROM information_schema.columns WHERE table_name = " +
                                           quote_literal(parts.back()) + " ORDER BY 1 LIMIT 10000"))
    columns.push_back(row.at(0).value_or(""));
  const ColumnNames names = column_names(query_.columns);
  for (const std::string& name :
       {names.conversation_id, names.messages, names.rating, names.created_at, names.language}) {
    if (std::find(columns.begin(), columns.end(), name) != columns.end()) continue;
    meant = nearest_word(name, columns);
    break;
  }
  throw Error(Kind::usage, std::string(error.what()) + "; name the columns with --columns OUR_NAME=THEIR_NAME" +
                               (meant.empty() ? "" : " (did you mean '" + meant + "'?)"));
}

std::int64_t ConversationSource::count_rows() {
  return to_number(connection_.query(SelectionSql(query_, columns_).count()).at(0).at(0));
}

std::uint64_t ConversationSource::estimated_bytes() {
  // A row of the table takes its share of the table; text that is stored compressed is about half of what it will be.
  constexpr double kExpansion = 2;
  const auto sizes = connection_.query("SELECT pg_table_size(oid), reltuples FROM pg_class WHERE oid = " +
                                       quote_literal(table_sql(query_)) + "::regclass");
  const auto plan_text = connection_.query("EXPLAIN (FORMAT JSON) " + select_);
  if (sizes.empty() || plan_text.empty()) return 0;
  const double table_bytes = static_cast<double>(to_number(sizes[0].at(0)));
  const double table_rows = static_cast<double>(to_number(sizes[0].at(1)));
  if (table_rows < 1) return 0;
  const Json plan = parse_json(plan_text[0].at(0).value_or("[]"), "the server's plan");
  const double rows = plan.at(0).at("Plan").at("Plan Rows").get<double>();
  return static_cast<std::uint64_t>(std::min(rows, table_rows) * table_bytes / table_rows * kExpansion);
}

RowCounts ConversationSource::read(
    Rejects& rejects, const Sinks& sinks,
    const std::function<void(std::string_view conversation_id, std::string_view line)>& take) {
  RowReader reader({query_.min_messages, query_.system_prompt,
                    columns_.messages == kJsonbType ? MessagesForm::jsonb : MessagesForm::any});
  RowCounts counts;
  std::map<std::string, std::int64_t, std::less<>> languages;
  std::string line;
  const double start_seconds = monotonic_seconds();
  bool is_header_read = false, is_ended = false;

  auto take_row = [&](TupleReader& tuple) {
    Row row;
    row.conversation_id = tuple.field();
    row.messages = tuple.field();
    row.rating = tuple.field();
    row.created_at = tuple.field();
    row.language = tuple.field();
    const auto too_long = tuple.field();
    if (too_long) row.too_long_bytes = TupleReader(*too_long).number(too_long->size());
    tuple.field();  // the row's version
    if (columns_.messages == kJsonbType && row.messages) {
      // jsonb is sent as a version byte and text (jsonb_send); 1 is the only version there has been.
      if (row.messages->empty() || row.messages->front() != 1)
        throw Error(Kind::io, "the server sends jsonb in a version that this program does not know");
      row.messages->remove_prefix(1);
    }
    ++counts.matched;
    if ((counts.matched & 255) == 0) sinks.stop.check("extract");
    if ((counts.matched & 1023) == 0) {
      const double seconds = monotonic_seconds() - start_seconds;
      sinks.progress.update({"conversation", counts.matched, 0,
                             fmt::format("{:.0f} rows/s", static_cast<double>(counts.matched) / seconds)});
    }
    line.clear();
    switch (reader.read(row, line)) {
      case Fate::kept: {
        ++counts.kept;
        const std::string_view language = row.language.value_or("");
        auto place = languages.find(language);
        if (place == languages.end()) place = languages.emplace(std::string(language), 0).first;
        ++place->second;
        take(*row.conversation_id, line);
        break;
      }
      case Fate::dropped:
        ++counts.dropped_by_reason[reader.reason().substr(0, reader.reason().find(':'))];
        break;
      case Fate::rejected:
        rejects.add(readable_id(row.conversation_id), reader.reason(), row.messages.value_or(""));
        break;
    }
  };

  connection_.copy_out("COPY (" + select_ + ") TO STDOUT (FORMAT binary)", [&](std::string_view message) {
    TupleReader tuple(message);
    if (!is_header_read) {
      tuple.skip_header();
      is_header_read = true;
    }
    while (!tuple.is_at_end()) {
      const std::int64_t num_fields = tuple.number(2);
      if (num_fields == -1) {
        is_ended = true;
        break;
      }
      if (num_fields != kRowFields) throw Error(Kind::io, "the server sent a row of another shape than asked for");
      take_row(tuple);
    }
  });
  if (!is_ended) throw Error(Kind::unavailable, "the server ended the rows before their end mark; try again later");
  connection_.query("COMMIT");
  sinks.progress.finish();
  counts.kept_by_language.insert(languages.begin(), languages.end());
  return counts;
}

}  // namespace intelia::postgres
