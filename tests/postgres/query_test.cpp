#include "postgres/query.hpp"

#include <doctest/doctest.h>

#include <functional>

#include "base/error.hpp"
#include "temporary_folder.hpp"

using namespace intelia;
using namespace intelia::postgres;

namespace {

const SourceColumns kStandard{kTextType, kJsonbType, 1700, kTimestamptzType, kTextType};

std::string select_sql(const ExtractQuery& query, const SourceColumns& columns) {
  return SelectionSql(query, columns).rows();
}

std::string fault_of(const ExtractQuery& query) {
  return refusal([&] { check(query); }, Kind::usage);
}

}  // namespace

TEST_CASE("the default selection") {
  const std::string sql = select_sql({}, kStandard);
  CHECK(contains(sql,
                 " FROM \"conversations\" AS c WHERE c.\"rating\" >= (4) AND c.\"created_at\" IS NOT NULL AND "
                 "(c.\"language\" COLLATE \"C\" IN ('fr', 'en', 'es', 'pt') OR substring("));
  CHECK(contains(sql, " ORDER BY c.\"created_at\" DESC, c.\"conversation_id\" LIMIT 50000"));
  CHECK(contains(sql, ", NULL::text, NULL::text, NULL::text FROM"));
  CHECK_FALSE(contains(sql, "JOIN"));
  CHECK(contains(describe_sql({}),
                 "SELECT \"conversation_id\", \"messages\", \"rating\", \"created_at\", \"language\" FROM"));
}

TEST_CASE("time bounds, column mapping and other column types") {
  ExtractQuery query;
  query.limit = 0;
  query.languages = {};
  query.min_rating = -0.5;
  query.since = "2026-01-01";
  query.until = "2026-02-01T00:00:00Z";
  query.table = "sales.\"odd.name\"";
  query.columns = {"conversation_id=id", "messages=body"};
  std::string sql = select_sql(query, kStandard);
  CHECK(contains(
      sql,
      "FROM \"sales\".\"odd.name\" AS c WHERE c.\"rating\" >= (-0.5) AND c.\"created_at\" IS NOT NULL AND "
      "c.\"created_at\" >= '2026-01-01'::timestamptz AND c.\"created_at\" < '2026-02-01T00:00:00Z'::timestamptz "
      "ORDER BY c.\"created_at\" DESC, c.\"id\""));
  CHECK_FALSE(contains(sql, "LIMIT"));
  CHECK(contains(sql, "THEN c.\"body\" END"));
  SourceColumns types = kStandard;
  types.created_at = kTimestampType;
  types.messages = 17;
  sql = select_sql(query, types);
  CHECK(contains(sql, "c.\"created_at\" >= ('2026-01-01'::timestamptz AT TIME ZONE 'UTC')"));
  CHECK(contains(sql, "THEN c.\"body\"::text END"));
}

TEST_CASE("the time zone applies only to times without one") {
  ExtractQuery query;
  query.time_zone = "Europe/Paris";
  query.since = "2026-01-01";
  SourceColumns types = kStandard;
  CHECK(select_sql(query, types) == [&] {
    ExtractQuery utc = query;
    utc.time_zone = "UTC";
    return select_sql(utc, types);
  }());
  CHECK_FALSE(needs_time_zone(query, kTimestamptzType));
  types.created_at = kTimestampType;
  types.created_at_type = "timestamp without time zone";
  const SelectionSql sql(query, types);
  CHECK(contains(sql.rows(), "(c.\"created_at\" AT TIME ZONE 'Europe/Paris') >= '2026-01-01'::timestamptz"));
  CHECK(contains(sql.rows(), "ORDER BY (c.\"created_at\" AT TIME ZONE 'Europe/Paris') DESC"));
  CHECK(contains(sql.rows_between("2026-02-01 00:00:00+00", ""), "'2026-02-01 00:00:00+00'::timestamp with time zone"));
  CHECK(needs_time_zone(query, kDateType));
  CHECK_THROWS_WITH_AS(check_time_zone(query, {{"Europe/Pari"}, {"UTC"}}),
                       doctest::Contains("did you mean 'Europe/Pari'"), Error);
  check_time_zone(query, {{"Europe/Paris"}});
}

TEST_CASE("names and values are quoted, whatever they contain") {
  CHECK(quote_identifier("a\"b; DROP TABLE x") == "\"a\"\"b; DROP TABLE x\"");
  CHECK(quote_literal("l'eau") == "'l''eau'");
  CHECK(quote_literal("a\\' OR 1=1") == "E'a\\\\'' OR 1=1'");
  ExtractQuery query;
  query.table = "x; DROP TABLE y";
  query.languages = {"fr') OR ('1'='1", "x'-y"};
  query.signals = {"feedback", "annotations", "thumbs"};
  query.feedback_table = "f'; WHERE \" -- ";
  query.feedback_table = "\"f'; WHERE -- \"";
  query.columns = {"thumbs=t\"; --"};
  SourceColumns types = kStandard;
  types.feedback = feedback_table(query, {{"column", "conversation_id", "25", "t"}, {"column", "rating", "1700", "t"}});
  types.annotations =
      annotations_table(query, {{"column", "conversation_id", "25", "f"}, {"column", "annotator", "25", "f"}});
  const std::string sql = select_sql(query, types);
  CHECK(contains(sql, "FROM \"x; DROP TABLE y\" AS c"));
  CHECK(contains(sql, "IN ('fr'') OR (''1''=''1', 'x''-y')"));
  CHECK(contains(sql, "strpos("));
  CHECK(contains(sql, "'x''-y-'"));
  CHECK(contains(sql,
                 " FROM \"f'; WHERE -- \" AS j WHERE j.\"conversation_id\" IS NOT NULL AND "
                 "octet_length(j.\"conversation_id\") <= 4096) AS j GROUP BY 1"));
  CHECK(contains(sql, "c.\"t\"\"; --\"::text"));
}

TEST_CASE("feedback and annotations tables") {
  const TextRows full{
      {"column", "feedback_id", "20", "t"}, {"column", "conversation_id", "25", "t"}, {"column", "stars", "1700", "t"}};
  ExtractQuery query;
  query.feedback_columns = {"rating=stars"};
  const JudgementTable table = feedback_table(query, full);
  CHECK(table.rating.name == "stars");
  CHECK(table.rating.type == kNumericType);
  CHECK(table.has_row_version);
  CHECK_FALSE(table.turn.is_there());
  CHECK_FALSE(table.corrected_answer.is_there());
  query.feedback_columns = {"rating=star"};
  CHECK_THROWS_WITH_AS(feedback_table(query, full), doctest::Contains("did you mean 'stars'"), Error);
  query.feedback_columns = {"rating=stars", "turn=place"};
  CHECK_THROWS_WITH_AS(feedback_table(query, full), doctest::Contains("has no column 'place'"), Error);
  CHECK_THROWS_WITH_AS(
      annotations_table({}, {{"column", "conversation_id", "25", "t"}, {"column", "annotater", "25", "t"}}),
      doctest::Contains("did you mean 'annotater'?); map it as annotator=NAME"), Error);
  CHECK_THROWS_WITH_AS(annotations_table({}, {{"table", "annotation", {}, {}}}),
                       doctest::Contains("no table 'annotations' (did you mean 'annotation'?)"), Error);
}

TEST_CASE("invalid names of feedback or annotations are errors that name the option") {
  for (const auto& [change, option] : std::vector<std::pair<std::function<void(ExtractQuery&)>, const char*>>{
           {[](ExtractQuery& query) { query.feedback_table = "a.b.c"; }, "feedback-table: "},
           {[](ExtractQuery& query) { query.annotations_table = ""; }, "annotations-table: "},
           {[](ExtractQuery& query) { query.feedback_columns = {"ratting=x"}; },
            "feedback-columns: unknown name 'ratting' (did you mean 'rating'?)"},
           {[](ExtractQuery& query) { query.annotations_columns = {"scores"}; }, "annotations-columns: "}}) {
    ExtractQuery query;
    change(query);
    CHECK_MESSAGE(contains(fault_of(query), option), option);
  }
}

TEST_CASE("a row's version covers all rows it is made of") {
  ExtractQuery query;
  query.signals = {"rating", "feedback", "annotations"};
  SourceColumns types = kStandard;
  types.has_row_version = true;
  types.feedback = feedback_table(query, {{"column", "conversation_id", "25", "t"}, {"column", "rating", "1700", "t"}});
  types.annotations =
      annotations_table(query, {{"column", "conversation_id", "25", "f"}, {"column", "annotator", "25", "f"}});
  const std::string sql = SelectionSql(query, types).index();
  CHECK(contains(sql, "c.xmin::text"));
  CHECK(contains(sql, "COALESCE(f.version, '')"));
  CHECK(contains(sql, "COALESCE(a.version, '')"));
  CHECK(contains(sql, "j.xmin"));         // of feedback, a table
  CHECK(contains(sql, "md5(json_agg("));  // of annotations, a view
}

TEST_CASE("an invalid table name is an error that names the option") {
  ExtractQuery query;
  CHECK(fault_of(query).empty());
  query.table = "a.b.c";
  CHECK(contains(fault_of(query), "table: "));
  query.table = "\"open";
  CHECK(contains(fault_of(query), "table: "));
}
