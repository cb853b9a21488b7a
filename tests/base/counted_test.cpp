// Counts in words.
#include "base/counted.hpp"

#include <doctest/doctest.h>

#include <cstdint>

using namespace intelia;

TEST_CASE("only one is in the singular") {
  CHECK(counted(0, "record") == "0 records");
  CHECK(counted(std::int64_t{1}, "bad record") == "1 bad record");
  CHECK(counted(std::size_t{2}, "record") == "2 records");
  CHECK(std::string(is_or_are(1)) + is_or_are(0) + was_or_were(1) + was_or_were(2) == "isarewaswere");
}
