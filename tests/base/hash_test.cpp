// Against published vectors: FIPS 180-2 for SHA-256, the xxHash specification's sanity table for XXH64.
#include "base/hash.hpp"

#include <doctest/doctest.h>

using namespace intelia;

TEST_CASE("SHA-256: the examples of the standard") {
  CHECK(sha256_of("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST_CASE("XXH64 of the empty string, with two seeds") {
  CHECK(stable_hash64("", 0) == 0xEF46DB3751D8E999ULL);
  CHECK(stable_hash64("", 2654435761U) == 0xAC75FDA2929B17EFULL);
}
