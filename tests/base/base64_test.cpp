// The examples of RFC 4648, section 10, and malformed input.
#include "base/base64.hpp"

#include <doctest/doctest.h>

using namespace intelia;

TEST_CASE("base64: the examples of RFC 4648") {
  CHECK(decode_base64("") == "");
  CHECK(decode_base64("Zg==") == "f");
  CHECK(decode_base64("Zm8=") == "fo");
  CHECK(decode_base64("Zm9vYmFy") == "foobar");
  for (const char* malformed : {"Z", "Zg=", "Zg", "Z===", "====", "Z=9v", "Zm9v!m9v", "Zm 8"})
    CHECK_FALSE(decode_base64(malformed).has_value());
}
