// Which columns are proposed for the five that an extraction reads.
#include "postgres/column_proposal.hpp"

#include <doctest/doctest.h>

using namespace intelia::postgres;

namespace {

const std::vector<std::string> kAll{"conversation_id", "messages", "rating", "created_at", "language"};

std::string mapping(const std::vector<ColumnFacts>& columns, const std::vector<std::string>& missing = kAll,
                    const std::vector<std::string>& taken = {}) {
  std::string text;
  for (const auto& [ours, theirs] : propose_columns(columns, missing, taken)) text += ours + "=" + theirs + " ";
  return text;
}

}  // namespace

TEST_CASE("names, types and values tell the columns") {
  const std::vector<ColumnFacts> columns{
      {"id", "uuid", 'U', true, {"3981193c-c935-4d40-bf10-1777a6fa14e5"}},
      {"farm_id", "int8", 'N', false, {"7", "12"}},
      {"title", "text", 'S', false, {"Heat stress in broilers", "Coccidiosis"}},
      {"transcript", "jsonb", 'U', false, {R"([{"role": "user", "content": "u"}])", "[]"}},
      {"sources", "jsonb", 'U', false, {R"([{"page": 3}])"}},
      {"age_days", "int4", 'N', false, {"3", "5"}},
      {"stars", "numeric", 'N', false, {"4.5", "5"}},
      {"opened", "timestamptz", 'D', false, {"2026-02-17 06:41:23+00"}},
      {"lang", "varchar", 'S', false, {"fr", "en", "pt_BR"}},
  };
  CHECK(mapping(columns) == "messages=transcript created_at=opened language=lang rating=stars conversation_id=id ");
  CHECK(mapping(columns, {"rating"}, {"stars"}).empty());
  CHECK(mapping(columns, {"language"}) == "language=lang ");
}

TEST_CASE("values that contradict a name prevail") {
  CHECK(mapping({{"score", "int4", 'N', false, {"53828", "1200"}}, {"user_rating", "int4", 'N', false, {"4", "5"}}},
                {"rating"}) == "rating=user_rating ");
  CHECK(mapping({{"language", "text", 'S', false, {"C++ templates explained at length", "The borrow checker and how"}}},
                {"language"})
            .empty());
  CHECK(mapping({{"messages", "jsonb", 'U', false, {"7", "12"}}}, {"messages"}).empty());
}

TEST_CASE("an empty table is judged by names and types") {
  CHECK(mapping({{"chat_id", "text", 'S'},
                 {"Messages", "json", 'U'},
                 {"score", "float4", 'N'},
                 {"created", "timestamp", 'D'},
                 {"locale", "tongue", 'E'}}) ==
        "messages=Messages created_at=created language=locale rating=score conversation_id=chat_id ");
  CHECK(mapping({{"weight", "float8", 'N'}, {"note_of_author", "bytea", 'U'}}).empty());
  CHECK(mapping({}).empty());
}
