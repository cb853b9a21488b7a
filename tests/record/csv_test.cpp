#include "record/csv.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace intelia;

namespace {

using Cells = std::vector<std::optional<std::string>>;

Cells split(std::string_view text, char separator = ',') {
  CsvRecord record;
  const auto fault = record.split(text, separator, 100);
  CHECK_MESSAGE(!fault, text);
  Cells cells;
  for (std::size_t i = 0; i < record.num_cells(); ++i) cells.emplace_back(record.cell(i));
  return cells;
}

std::string fault_of(std::string_view text) {
  CsvRecord record;
  const auto fault = record.split(text, ',', 100);
  return fault ? fault->substr(0, fault->find(':')) : "";
}

}  // namespace

TEST_CASE("cells as in RFC 4180") {
  CHECK(split("a,b,c") == Cells{"a", "b", "c"});
  CHECK(split("a, b ,") == Cells{"a", " b ", std::nullopt});
  CHECK(split("") == Cells{std::nullopt});
  CHECK(split(R"("")") == Cells{""});
  CHECK(split(R"(,"",)") == Cells{std::nullopt, "", std::nullopt});
  CHECK(split(R"("a,b","c ""d""",e)") == Cells{"a,b", "c \"d\"", "e"});
  CHECK(split("\"a\r\nb\n\",c") == Cells{"a\r\nb\n", "c"});
  CHECK(split(R"("""")") == Cells{"\""});
  CHECK(split(R"("""a""")") == Cells{"\"a\""});
  CHECK(split("a;\"b;c\";d,e", ';') == Cells{"a", "b;c", "d,e"});
  CHECK(split("a\t\"b\tc\"", '\t') == Cells{"a", "b\tc"});
}

TEST_CASE("misplaced quotes are faults") {
  CHECK(fault_of(R"(a,"b)") == "quote is not closed");
  CHECK(fault_of(R"(")") == "quote is not closed");
  CHECK(fault_of(R"("a"")") == "quote is not closed");
  CHECK(fault_of(R"("a"b,c)") == "text after a closing quote");
  CHECK(fault_of(R"("a" ,c)") == "text after a closing quote");
  CHECK(fault_of(R"(5" tall,c)") == "quote inside a cell without quotes");
  CHECK(fault_of(R"( "a",c)") == "quote inside a cell without quotes");
}

TEST_CASE("cells above the maximum are counted and not stored") {
  CsvRecord record;
  CHECK_FALSE(record.split(std::string(1'000'000, ','), ',', 3));
  CHECK(record.num_cells() == 1'000'001);
  CHECK_FALSE(record.cell(2));
}
