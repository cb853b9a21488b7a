// The framing of event files against published values; the tensorboard package reads whole files in
// test_tensorboard.py.
#include "tracking/tensorboard.hpp"

#include <doctest/doctest.h>

using namespace intelia;

TEST_CASE("CRC-32C: the examples of RFC 3720, B.4") {
  CHECK(crc32c("123456789") == 0xE3069283U);  // the check value of the catalogue of CRCs
  CHECK(crc32c(std::string(32, '\0')) == 0x8A9136AAU);
  CHECK(crc32c(std::string(32, '\xFF')) == 0x62A8AB43U);
  std::string rising;
  for (char c = 0; c < 32; ++c) rising += c;
  CHECK(crc32c(rising) == 0x46DD794EU);
  CHECK(crc32c("") == 0);
}

TEST_CASE("a record is its length, the data, and a masked checksum of each") {
  const std::string record = event_record("abc");
  REQUIRE(record.size() == 8 + 4 + 3 + 4);
  CHECK(record.substr(0, 8) == std::string("\x03\0\0\0\0\0\0\0", 8));
  CHECK(record.substr(12, 3) == "abc");
}
