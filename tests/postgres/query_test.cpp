#include "postgres/query.hpp"

#include <doctest/doctest.h>

#include <limits>

#include "base/error.hpp"

using namespace intelia;
using namespace intelia::postgres;

namespace {

const ColumnTypes kStandard{kTextType, kJsonbType, 1700, kTimestamptzType, kTextType};

std::string fault_of(const ExtractQuery& query) {
  try {
    check(query);
  } catch (const Error& error) {
    CHECK(error.kind() == Kind::usage);
    return error.what();
  }
  return "";
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("the standard selection") {
  const std::string sql = select_sql({}, kStandard);
  CHECK(contains(sql, " FROM \"conversations\" WHERE \"rating\" >= (4) AND \"created_at\" IS NOT NULL AND \"language\" IN "
                      "('fr', 'en', 'es', 'pt') ORDER BY \"created_at\" DESC, \"conversation_id\" LIMIT 50000"));
  CHECK(contains(describe_sql({}), "SELECT \"conversation_id\", \"messages\", \"rating\", \"created_at\", \"language\""));
}

TEST_CASE("bounds, mapping and other types") {
  ExtractQuery query;
  query.limit = 0;
  query.languages = {};
  query.min_rating = -0.5;
  query.since = "2026-01-01";
  query.until = "2026-02-01T00:00:00Z";
  query.table = "sales.\"odd.name\"";
  query.columns = {"conversation_id=id", "messages=body"};
  std::string sql = select_sql(query, kStandard);
  CHECK(contains(sql, "FROM \"sales\".\"odd.name\" WHERE \"rating\" >= (-0.5) AND \"created_at\" IS NOT NULL AND "
                      "\"created_at\" >= '2026-01-01'::timestamptz AND \"created_at\" < '2026-02-01T00:00:00Z'::timestamptz "
                      "ORDER BY \"created_at\" DESC, \"id\""));
  CHECK_FALSE(contains(sql, "LIMIT"));
  CHECK(contains(sql, "THEN \"body\" END"));
  ColumnTypes types = kStandard;
  types.created_at = kTimestampType;
  types.messages = 17;
  sql = select_sql(query, types);
  CHECK(contains(sql, "\"created_at\" >= ('2026-01-01'::timestamptz AT TIME ZONE 'UTC')"));
  CHECK(contains(sql, "THEN \"body\"::text END"));
}

TEST_CASE("names and values are quoted, whatever they hold") {
  CHECK(quote_identifier("a\"b; DROP TABLE x") == "\"a\"\"b; DROP TABLE x\"");
  CHECK(quote_literal("l'eau") == "'l''eau'");
  CHECK(quote_literal("a\\' OR 1=1") == "E'a\\\\'' OR 1=1'");
  ExtractQuery query;
  query.table = "x; DROP TABLE y";
  query.languages = {"fr') OR ('1'='1"};
  const std::string sql = select_sql(query, kStandard);
  CHECK(contains(sql, "FROM \"x; DROP TABLE y\" WHERE"));
  CHECK(contains(sql, "IN ('fr'') OR (''1''=''1')"));
}

TEST_CASE("wrong settings are named with their option") {
  ExtractQuery query;
  CHECK(fault_of(query).empty());
  for (const char* time : {"2026-01-01", "2026-01-01T10:00", "2026-01-01 10:00:00.123456Z", "2026-01-01T10:00:00+02:00",
                           "2026-01-01T10:00:00-0330", "2026-01-01T10:00:00+02"}) {
    query.since = time;
    CHECK_MESSAGE(fault_of(query).empty(), time);
  }
  for (const char* time : {"yesterday", "2026-1-1", "01/02/2026", "2026-01-01T", "2026-01-01T10", "2026-01-01T10:00:00.",
                           "2026-01-01T10:00:00.1234567", "2026-01-01Z", "infinity", "2026-01-01T10:00:00 CET"}) {
    query.since = time;
    CHECK_MESSAGE(contains(fault_of(query), "--since"), time);
  }
  query = {};
  query.limit = -1;
  CHECK(contains(fault_of(query), "--limit"));
  query = {};
  query.table = "a.b.c";
  CHECK(contains(fault_of(query), "--table"));
  query.table = "\"open";
  CHECK(contains(fault_of(query), "--table"));
  query = {};
  query.columns = {"converstion_id=id"};
  CHECK(contains(fault_of(query), "did you mean 'conversation_id'"));
  query.columns = {"rating=a", "rating=b"};
  CHECK(contains(fault_of(query), "twice"));
  query.columns = {"rating"};
  CHECK(contains(fault_of(query), "OUR_NAME=THEIR_NAME"));
  query = {};
  query.min_rating = std::numeric_limits<double>::quiet_NaN();
  CHECK(contains(fault_of(query), "--min-rating"));
}

TEST_CASE("the nearest word is one that can have been meant") {
  CHECK(nearest_word("conversation", {"feedback", "conversations"}) == "conversations");
  CHECK(nearest_word("chats", {"feedback", "conversations"}) == "");
}
