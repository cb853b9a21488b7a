#include "postgres/query.hpp"

#include <doctest/doctest.h>

#include "base/error.hpp"

using namespace intelia;
using namespace intelia::postgres;

namespace {

const SourceColumns kStandard{kTextType, kJsonbType, 1700, kTimestamptzType, kTextType};

std::string select_sql(const ExtractQuery& query, const SourceColumns& columns) { return SelectionSql(query, columns).rows(); }

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
  SourceColumns types = kStandard;
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

TEST_CASE("a wrong table name is named with its option") {
  ExtractQuery query;
  CHECK(fault_of(query).empty());
  query.table = "a.b.c";
  CHECK(contains(fault_of(query), "--table"));
  query.table = "\"open";
  CHECK(contains(fault_of(query), "--table"));
}
