// Cases that tests/postgres/test_files.py, which compares with a database, does not cover: names of columns, files that
// change.
#include "extraction/file_rows.hpp"

#include <doctest/doctest.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/hash.hpp"
#include "temporary_folder.hpp"

using namespace intelia;
using namespace intelia::extraction;

namespace {

struct TakenRow {
  std::string id, messages, rating, created_at, language, where;
  bool is_undated;
  std::int64_t num_copies;
  std::string feedback, thumbs;
};

struct Result {
  FileCounts counts;
  std::vector<TakenRow> rows;
  std::map<std::string, std::string> rejected;  // "line" → reason
  std::string sha256;
};

std::string text_of(const std::optional<std::string_view>& text) { return text ? std::string(*text) : "NULL"; }

Result read(const std::filesystem::path& path, const Selection& selection,
            const std::function<void()>& at_first_row = {}) {
  FileRows rows(path, selection);
  Result result;
  SilentSinks silent;
  const auto line_of = [&](const std::string& where) {
    REQUIRE(where.starts_with(path.string() + ":"));
    return where.substr(path.string().size() + 1);
  };
  result.counts = rows.read(
      silent.sinks(),
      [&](const Row& row, const std::string& where) {
        if (result.rows.empty() && at_first_row) at_first_row();
        result.rows.push_back({text_of(row.conversation_id), text_of(row.messages), text_of(row.rating),
                               text_of(row.created_at), text_of(row.language), line_of(where), row.is_undated,
                               row.num_copies, text_of(row.feedback), text_of(row.thumbs)});
      },
      [&](const std::string& where, const std::string& reason, std::string_view) {
        result.rejected[line_of(where)] = reason;
      });
  result.sha256 = rows.sha256();
  CHECK(rows.size_bytes() == std::filesystem::file_size(path));
  return result;
}

Result read(const std::string& name, std::string_view text, const Selection& selection = {}) {
  TemporaryFolder folder;
  Result result = read(folder.write(name, text), selection);
  CHECK(result.sha256 == sha256_of(text));
  return result;
}

std::string fault_of(const std::string& name, std::string_view text, const Selection& selection, Kind kind) {
  try {
    read(name, text, selection);
  } catch (const Error& error) {
    CHECK(error.kind() == kind);
    return error.what();
  }
  return "no error";
}

Selection with_columns(std::vector<std::string> columns) {
  Selection selection;
  selection.columns = std::move(columns);
  return selection;
}

std::vector<std::string> ids_of(const Result& result) {
  std::vector<std::string> ids;
  for (const TakenRow& row : result.rows) ids.push_back(row.id);
  return ids;
}

using Ids = std::vector<std::string>;

/** A line of five fields. */
std::string line(const std::string& id, const std::string& created_at, const std::string& more = "") {
  return R"({"conversation_id":")" + id + R"(","messages":[],"rating":5,"language":"fr","created_at":)" + created_at +
         more + "}\n";
}

}  // namespace

TEST_CASE("a file written by intelia is read without mapping columns") {
  const Result result = read(
      "train.jsonl",
      R"({"messages":[{"role":"user","content":"é"}],"metadata":{"conversation_id":"c-1","rating":4.5,"source":"intelia_production","language":"fr","created_at":"2026-02-17T06:41:23.5Z"}})");
  REQUIRE(result.rows.size() == 1);
  const TakenRow& row = result.rows[0];
  CHECK(
      (row.id == "c-1" && row.rating == "4.5" && row.language == "fr" && row.created_at == "2026-02-17 06:41:23.5+00"));
  CHECK(row.messages == R"([{"role":"user","content":"é"}])");
  CHECK((row.where == "1" && !row.is_undated));
}

TEST_CASE("the stored language tag of files written by intelia is the language") {
  const Result result = read(
      "train.jsonl",
      R"({"messages":[],"metadata":{"conversation_id":"c","rating":5,"language":"fr","language_tag":"fr-FR","created_at":"2026-02-17"}})");
  REQUIRE(result.rows.size() == 1);
  CHECK(result.rows[0].language == "fr-FR");
}

TEST_CASE("ShareGPT's names") {
  const Result result = read(
      "x.ndjson",
      R"({"id":7,"conversations":[{"from":"human","value":"u"}],"rating":"5","language":"en","created_at":1771310483})");
  REQUIRE(result.rows.size() == 1);
  CHECK((result.rows[0].id == "7" && result.rows[0].created_at == "2026-02-17 06:41:23+00"));
  CHECK(result.rows[0].messages == R"([{"from":"human","value":"u"}])");
}

TEST_CASE("column names can be paths into objects and names with dots") {
  const std::string text =
      R"({"key":"a","stars":1,"at":"2026-01-02","l":"fr","body":"[]","meta":{"user":{"stars":5},"at":"x"},"meta.at":"2026-01-03"})"
      "\n";
  const Result result = read("x.jsonl", text,
                             with_columns({"conversation_id=key", "rating=meta.user.stars", "language=l",
                                           "messages=body", "created_at=meta.at"}));
  REQUIRE(result.rows.size() == 1);
  CHECK((result.rows[0].rating == "5" && result.rows[0].created_at == "2026-01-03 00:00:00+00"));
  CHECK(result.rows[0].messages == R"("[]")");
  CHECK(result.rows[0].language == "fr");
}

TEST_CASE("questions and answers become conversations of two turns") {
  const std::string first = R"([{"role":"user","content":"q, 1"},{"role":"assistant","content":"a"}])";
  const std::string second = R"([{"role":"user","content":"q2"},{"role":"assistant","content":"better"}])";
  const Result csv =
      read("f.csv",
           "feedback_id,conversation_id,question,answer,rating,feedback_text,corrected_answer,created_at,language\r\n"
           "11,c,\"q, 1\",a,5,,\" \",2026-01-02,fr\r\n"
           "12,c,q2,a,4,no,better,2026-01-01,fr\r\n"
           "13,c,,a,4,,,2026-01-01,fr\r\n");
  REQUIRE(ids_of(csv) == Ids{"11", "12"});
  CHECK(csv.rows[0].messages == first);
  CHECK(csv.rows[1].messages == second);
  CHECK(csv.rejected == std::map<std::string, std::string>{{"4", "question is NULL"}});
  const Result json = read(
      "f.jsonl",
      R"({"question":"q, 1","answer":"a","rating":5,"language":"fr","created_at":"2026-01-02"})"
      "\n"
      R"({"question":"q2","answer":"a","corrected_answer":"better","rating":4,"language":"fr","created_at":"2026-01-01"})"
      "\n");
  REQUIRE(json.rows.size() == 2);
  CHECK(json.rows[0].messages == first);
  CHECK(json.rows[1].messages == second);
  CHECK(json.rows[0].id == "qa-" + sha256_of(std::string("q, 1") + '\0' + "a").substr(0, 32));
}

TEST_CASE("separators: comma, tab, and semicolon where a header has no comma") {
  const std::string header = "conversation_id,messages,rating,created_at,language\n";
  const std::string record = "a,\"[]\",5,2026-01-01,fr\n";
  const auto with = [](std::string text, char separator) {
    for (char& c : text)
      if (c == ',') c = separator;
    return text;
  };
  for (const auto& [name, separator] : {std::pair{"x.csv", ','}, std::pair{"x.CSV", ';'}, std::pair{"x.tsv", '\t'}}) {
    const Result result = read(name, "\xef\xbb\xbf" + with(header + record, separator));
    CHECK(ids_of(result) == Ids{"a"});
  }
}

TEST_CASE("an empty cell is NULL, an empty string in quotes is not") {
  Selection selection;
  selection.languages = {};
  const Result result =
      read("x.csv",
           "conversation_id,messages,rating,created_at,language\na,,5,2026-01-02,\nb,\"\",5,2026-01-01,\"\"\n"
           "c,[],,2026-01-01,fr\n",
           selection);
  REQUIRE(ids_of(result) == Ids{"a", "b"});
  CHECK((result.rows[0].messages == "NULL" && result.rows[0].language == "NULL"));
  CHECK((result.rows[1].messages.empty() && result.rows[1].language.empty()));
  CHECK(result.counts.unmatched_by_reason == std::map<std::string, std::int64_t>{{"rating is NULL", 1}});
}

TEST_CASE("missing names are errors with the nearest name") {
  const std::string fields = "conversation_id,mesages,rating,created_at,language\na,[],5,2026-01-01,fr\n";
  std::string fault = fault_of("x.csv", fields, {}, Kind::usage);
  CHECK(contains(fault, "has no 'messages' (did you mean 'mesages'?); map it as messages=NAME"));
  CHECK(fault_of("x.csv", fields, with_columns({"messages=mesages"}), Kind::usage) == "no error");
  CHECK(contains(fault_of("x.csv", fields, with_columns({"messages=mesages", "created_at=createdat"}), Kind::usage),
                 "did you mean 'created_at'?"));
  CHECK(contains(fault_of("x.jsonl", R"({"id":"a","messages":[],"ratings":5,"language":"fr"})", {}, Kind::usage),
                 "has no 'rating'"));
  CHECK(contains(fault_of("x.jsonl", R"({"id":"a","messages":[],"rating":5})", {}, Kind::usage), "has no 'language'"));
  Selection any;
  any.languages = {};
  CHECK(fault_of("x.jsonl", R"({"id":"a","messages":[],"rating":5})", any, Kind::usage) == "no error");
  any.since = "2026-01-01";
  CHECK(
      contains(fault_of("x.jsonl", R"({"id":"a","messages":[],"rating":5})", any, Kind::usage), "has no 'created_at'"));
  CHECK(contains(fault_of("x.csv", "a,b,a\n", {}, Kind::input), "duplicate column in the header: 'a'"));
  CHECK(contains(fault_of("x.csv", "", {}, Kind::input), "the file is empty"));
  CHECK(contains(fault_of("x.csv", "a,\"b\n", {}, Kind::input), "quote is not closed"));
  CHECK(contains(fault_of("x.csv", std::string(20000, ','), {}, Kind::input), "header has 20001 columns"));
  CHECK(contains(fault_of("x.json", "[]", {}, Kind::usage), "jq"));
  CHECK(contains(fault_of("x.parquet", "", {}, Kind::usage), "is none of .jsonl"));
  any.since = "2026-02-30";
  CHECK(contains(fault_of("x.jsonl", "", any, Kind::usage), "since: no such date"));
}

TEST_CASE("order, NULL times and the limit") {
  Selection selection;
  selection.limit = 3;
  const Result result =
      read("x.jsonl",
           line("b", "\"2026-01-02T00:00:00+00:00\"") + line("é", "\"2026-01-02\"") + line("z", "1767398400") +
               line("old", "\"2025-01-01\"") + line("a", "\"2026-01-02 01:00+01\"") + line("never", "null"),
           selection);
  CHECK(ids_of(result) == Ids{"z", "a", "b"});  // 1767398400 is 2026-01-03
  CHECK(result.counts.matched == 3);
  CHECK(result.counts.unmatched_by_reason ==
        std::map<std::string, std::int64_t>{{"beyond the limit", 2}, {"created_at is NULL", 1}});
}

TEST_CASE("a file without any time keeps its order") {
  const Result result = read("x.jsonl", line("b", "null") + line("a", "null") + line("c", "null"));
  CHECK(ids_of(result) == Ids{"b", "a", "c"});
  CHECK((result.rows[0].is_undated && result.rows[0].created_at == "NULL"));
}

TEST_CASE("rows contain the number of occurrences of their id") {
  const Result result = read("x.jsonl", line("a", "\"2026-01-09\"") + line("b", "\"2026-01-08\"") +
                                            line("a", "\"2026-01-07\"") + line("c", "\"2026-01-06\"") +
                                            line("a", "\"2026-01-05\"") + line("c", "null", ",\"rating\":1"));
  std::map<std::string, std::int64_t> copies;
  for (const TakenRow& row : result.rows) copies[row.where] = row.num_copies;
  CHECK(copies == std::map<std::string, std::int64_t>{{"1", 3}, {"2", 1}, {"3", 3}, {"4", 2}, {"5", 3}});
}

TEST_CASE("other signals") {
  const std::string text =
      R"({"id":"a","messages":[],"score":9,"thumbs":false,"language":"fr","created_at":"2026-01-04"})"
      "\n"
      R"({"id":"b","messages":[],"score":7,"thumbs":true,"language":"fr","created_at":"2026-01-03"})"
      "\n"
      R"({"id":"c","messages":[],"score":null,"thumbs":"up","language":"fr","created_at":"2026-01-02"})"
      "\n"
      R"({"id":"d","messages":[],"score":"11","language":"fr","created_at":"2026-01-01"})"
      "\n"
      R"({"id":"e","messages":[],"language":"fr","created_at":"2026-01-01"})"
      "\n";
  Selection selection = with_columns({"rating=score"});
  selection.rating_scale = "0-10";
  CHECK(ids_of(read("x.jsonl", text, selection)) == Ids{"a", "d"});
  selection.signals = {"thumbs", "rating"};
  const Result result = read("x.jsonl", text, selection);
  CHECK(ids_of(result) == Ids{"b", "c", "d"});  // d is outside the scale, which RowReader reports
  CHECK(result.rows[1].thumbs == "up");
  CHECK(result.counts.unmatched_by_reason ==
        std::map<std::string, std::int64_t>{{"rating is below the minimum", 1}, {"no signal has a rating", 1}});
  selection.signals = {"rating", "turns"};
  CHECK(ids_of(read("x.jsonl", text, selection)) == Ids{"a", "c", "d", "e"});
  selection.signals = {"thumbs"};
  selection.columns = {};
  CHECK(contains(fault_of("x.jsonl", R"({"id":"a","messages":[],"language":"fr"})", selection, Kind::usage),
                 "has no 'thumbs'"));
}

TEST_CASE("a corrected answer is feedback if feedback is among the signals") {
  const std::string text =
      R"({"id":7,"question":"q","answer":"bad","corrected_answer":"good","rating":1,"language":"fr","created_at":"2026-01-04"})"
      "\n"
      R"({"id":8,"question":"q","answer":"bad","corrected_answer":" ","rating":1,"language":"fr","created_at":"2026-01-04"})"
      "\n";
  CHECK(read("x.jsonl", text).rows.empty());
  Selection selection;
  selection.signals = {"rating", "feedback"};
  const Result result = read("x.jsonl", text, selection);
  REQUIRE(ids_of(result) == Ids{"7"});
  CHECK(result.rows[0].messages == R"([{"role":"user","content":"q"},{"role":"assistant","content":"bad"}])");
  CHECK(result.rows[0].feedback == R"([{"turn":1,"id":"7","corrected_answer":"good"}])");
  CHECK(ids_of(read("x.csv",
                    "id,question,answer,corrected_answer,rating,language,created_at\n7,q,bad,good,1,fr,2026-01-04\n",
                    selection)) == Ids{"7"});
}

TEST_CASE("rows without an id are not duplicates") {
  const Result result =
      read("x.jsonl", R"({"messages":[],"rating":5,"language":"fr","created_at":"2026-01-01"})"
                      "\n"
                      R"({"messages":[],"rating":5,"language":"fr","created_at":"2026-01-01","id":null})"
                      "\n" +
                          line("a", "\"2026-01-01\""));
  CHECK(ids_of(result) == Ids{"a", "NULL", "NULL"});
}

TEST_CASE("a file in another encoding is an error, a few invalid records are not") {
  const std::string latin = line("caf\xe9", "\"2026-01-01\"");
  const std::string ascii = line("a", "\"2026-01-01\"");
  const Result result = read("x.jsonl", latin + ascii + latin);
  CHECK(ids_of(result) == Ids{"a"});
  CHECK(contains(result.rejected.at("1"), "not valid UTF-8: if it is Latin-1 or Windows-1252"));
  CHECK(contains(fault_of("x.jsonl", ascii + latin + latin + latin, {}, Kind::input),
                 "the first in line 2; if it is Latin-1"));
  CHECK(read("x.jsonl", latin + latin + latin + line("\xc3\xa9", "\"2026-01-01\"")).rejected.size() == 3);
}

TEST_CASE("a file that changes between the two reads is an error") {
  TemporaryFolder folder;
  const std::string text = line("b", "\"2026-01-01\"") + line("a", "\"2026-01-01\"");
  const auto path = folder.write("x.jsonl", text);
  const auto fault = [&](const std::string& changed) {
    folder.write("x.jsonl", text);
    try {
      read(path, {}, [&] { folder.write("x.jsonl", changed); });
    } catch (const Error& error) {
      CHECK(error.kind() == Kind::input);
      return std::string(error.what());
    }
    return std::string("no error");
  };
  const std::string words = "changed while it was read";
  CHECK(contains(fault(line("B", "\"2026-01-01\"") + line("a", "\"2026-01-01\"")), words));
  CHECK(contains(fault(text + "\n"), words));
  CHECK(contains(fault(""), words));
}

TEST_CASE("language tags of other systems match") {
  const std::string start = R"({"messages":[],"rating":"4,5","created_at":"2026-01-01","id":")";
  const Result result =
      read("x.jsonl", start + "a\",\"language\":\"fr-FR\"}\n" + start + "b\",\"language\":\"French\"}\n" + start +
                          "c\",\"language\":\"de\"}\n" + start + "d\",\"language\":null}\n");
  CHECK(ids_of(result) == Ids{"a", "b"});
  CHECK(result.rows[0].language == "fr-FR");
  CHECK(result.counts.unmatched_by_reason ==
        std::map<std::string, std::int64_t>{{"language is NULL", 1}, {"language is not among those selected", 1}});
}

TEST_CASE("time zones are supported for tables only") {
  Selection selection;
  selection.time_zone = "Europe/Paris";
  CHECK(contains(fault_of("x.jsonl", "", selection, Kind::usage), "time-zone: "));
}

TEST_CASE("a requested stop ends the reading") {
  TemporaryFolder folder;
  std::string text;
  for (int i = 0; i < 300; ++i) text += line(std::to_string(i), "\"2026-01-01\"");
  FileRows rows(folder.write("x.jsonl", text), {});
  SilentSinks silent;
  silent.stop().set(15);
  CHECK_THROWS_AS(rows.read(
                      silent.sinks(), [](auto&&...) {}, [](auto&&...) {}),
                  Interrupted);
}
