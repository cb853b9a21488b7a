#include "extraction/instant.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using namespace intelia::extraction;

namespace {

/** `text` as PostgreSQL writes it in UTC, or "". */
std::string read(std::string_view text) {
  const auto instant = parse_instant(text);
  std::string out;
  if (instant) append_instant(out, *instant);
  return out;
}

}  // namespace

TEST_CASE("timestamps in the formats of files and databases") {
  // Right: the result of SELECT 'left'::timestamptz in UTC of PostgreSQL 15; tests/postgres/test_files.py queries it.
  const std::vector<std::pair<const char*, const char*>> cases = {
      {"2026-02-17", "2026-02-17 00:00:00+00"},
      {"2026-02-17T06:41:23Z", "2026-02-17 06:41:23+00"},
      {"2026-02-17t06:41:23z", "2026-02-17 06:41:23+00"},
      {"2026-02-17 06:41", "2026-02-17 06:41:00+00"},
      {"2026-02-17 06:41:23.5+00", "2026-02-17 06:41:23.5+00"},
      {"2026-02-17T06:41:23.100000+02:00", "2026-02-17 04:41:23.1+00"},
      {"2026-02-17 06:41:23-0330", "2026-02-17 10:11:23+00"},
      {"2026-02-17 06:41:23+05", "2026-02-17 01:41:23+00"},
      {"2026-02-17 06:41:23 UTC", "2026-02-17 06:41:23+00"},
      {"1891-01-01 00:00:00+00:09:21", "1890-12-31 23:50:39+00"},
      {"2026-02-17 06:41:23.0000005", "2026-02-17 06:41:23+00"},
      {"2026-02-17 06:41:23.0000015", "2026-02-17 06:41:23.000002+00"},
      {"2026-02-17 06:41:23.9999999", "2026-02-17 06:41:24+00"},
      {"2026-12-31 23:59:60", "2027-01-01 00:00:00+00"},
      {"2026-12-31 24:00", "2027-01-01 00:00:00+00"},
      {"2024-02-29", "2024-02-29 00:00:00+00"},
      {"0001-01-01", "0001-01-01 00:00:00+00"},
      {"12026-02-17 06:41:23+00", "12026-02-17 06:41:23+00"},
  };
  for (const auto& [text, expected] : cases) CHECK_MESSAGE(read(text) == expected, text);
}

TEST_CASE("numbers are seconds or milliseconds since 1970") {
  CHECK(parse_instant("1771310483") == 1771310483000000);
  CHECK(parse_instant("1771310483.25") == 1771310483250000);
  CHECK(parse_instant("1.771310483e9") == 1771310483000000);
  CHECK(parse_instant("1771310483123") == 1771310483123000);
  CHECK(parse_instant("99999999999") == 99999999999000000);
  CHECK(parse_instant("100000000000") == 100000000000000);
  CHECK(parse_instant("-1771310483") == -1771310483000000);
  CHECK(read("1771310483") == "2026-02-17 06:41:23+00");
}

TEST_CASE("invalid timestamps") {
  for (const char* text : {"",
                           "yesterday",
                           "infinity",
                           "NaN",
                           "2026",
                           "20260217",
                           "1771310483123456",
                           "2026-02-30",
                           "2025-02-29",
                           "2026-13-01",
                           "2026-2-1",
                           "26-02-17",
                           "2026-02-17T",
                           "2026-02-17T25:00",
                           "2026-02-17T24:00:01",
                           "2026-02-17 06:60",
                           "2026-02-17 6:41",
                           "2026-02-17 06:41:61",
                           "2026-02-17 06:41:23.",
                           "2026-02-17 06:41:23 CET",
                           "2026-02-17 06:41:23+2",
                           "2026-02-17 06:41:23+16",
                           "2026-02-17 06:41:23Zx",
                           "2026-02-17 06:41:23+00 BC",
                           "0000-01-01",
                           "99999-01-01",
                           "17/02/2026",
                           "2026-02-17 06:41:23 +",
                           "1e400",
                           "-"})
    CHECK_MESSAGE(!parse_instant(text), text);
}
