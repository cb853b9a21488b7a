#include "dataset/split.hpp"

#include <doctest/doctest.h>

#include <string>

#include "base/error.hpp"
#include "base/hash.hpp"

using namespace intelia;

TEST_CASE("the hash is XXH64: vectors of the reference implementation") {
  // From the sanity check of github.com/Cyan4973/xxHash (v0.8, xxhsum's benchmark buffer): byte i of the buffer is the
  // top byte of a 64-bit generator that starts at PRIME32 and is multiplied by PRIME64 each time.
  std::string buffer;
  std::uint64_t generator = 2654435761U;
  for (int i = 0; i < 222; ++i) {
    buffer.push_back(static_cast<char>(generator >> 56));
    generator *= 11400714785074694797ULL;
  }
  constexpr std::uint64_t kPrime32 = 2654435761U;
  CHECK(stable_hash64("", 0) == 0xEF46DB3751D8E999ULL);
  CHECK(stable_hash64("", kPrime32) == 0xAC75FDA2929B17EFULL);
  CHECK(stable_hash64(buffer.substr(0, 1), 0) == 0xE934A84ADB052768ULL);
  CHECK(stable_hash64(buffer.substr(0, 1), kPrime32) == 0x5014607643A9B4C3ULL);
  CHECK(stable_hash64(buffer.substr(0, 4), 0) == 0x9136A0DCA57457EEULL);
  CHECK(stable_hash64(buffer.substr(0, 14), 0) == 0x8282DCC4994E35C8ULL);
  CHECK(stable_hash64(buffer.substr(0, 14), kPrime32) == 0xC3BD6BF63DEB6DF0ULL);
  CHECK(stable_hash64(buffer, 0) == 0xB641AE8CB691C174ULL);
  CHECK(stable_hash64(buffer, kPrime32) == 0x20CB8AB7AE10C14AULL);
  CHECK(stable_hash64("abc", 0) == 0x44BC2CF5AD770999ULL);
}

TEST_CASE("a position is the top 53 bits of the hash and never changes") {
  // hash >> 11 over 2^53, from the hash alone: the salt is the eight ASCII bytes "intelia1", read little-endian.
  std::uint64_t seed = 0;
  const std::string salt = "intelia1";
  for (std::size_t i = 0; i < salt.size(); ++i) seed |= static_cast<std::uint64_t>(salt[i]) << (8 * i);
  CHECK(kSplitSeed == seed);
  for (const char* id : {"", "a", "3981193c-c935-4d40-bf10-1777a6fa14e5"}) {
    const double expected = static_cast<double>(stable_hash64(id, seed) / 2048) / 9007199254740992.0;
    CHECK(split_position(id) == expected);
    CHECK(split_position(id) >= 0);
    CHECK(split_position(id) < 1);
  }
}

TEST_CASE("the fractions are given by one, two or three numbers") {
  CHECK(split_of({0.7}).train == 0.7);
  CHECK_FALSE(split_of({0.7}).has_test());
  CHECK_FALSE(split_of({0.9, 0.1, 0}).has_test());
  CHECK(split_of({0.8, 0.1, 0.1}).test == 0.1);
  for (const std::vector<double>& wrong : std::vector<std::vector<double>>{
           {}, {1.5}, {-0.1}, {0.9, 0.2}, {0.5, 0.4}, {0.8, 0.1, 0.2}, {1.2, -0.2}, {0.7, 0.1, 0.1, 0.1}}) {
    CAPTURE(wrong.size());
    CHECK_THROWS_AS(split_of(wrong), SettingError);
  }
}

TEST_CASE("what is held out stays held out when the split has a third part") {
  const Split two = split_of({0.9, 0.1}), three = split_of({0.8, 0.1, 0.1});
  int num_test = 0, num_validation = 0;
  for (int i = 0; i < 20000; ++i) {
    const std::string id = "conversation-" + std::to_string(i);
    const SplitPart before = part_of(id, two), after = part_of(id, three);
    num_test += after == SplitPart::test;
    num_validation += after == SplitPart::validation;
    CHECK(before != SplitPart::test);
    if (before == SplitPart::validation) CHECK(after == SplitPart::test);
    if (after == SplitPart::train) CHECK(before == SplitPart::train);
    CHECK((part_of(id, split_of({0.6, 0.3, 0.1})) == SplitPart::test) == (after == SplitPart::test));
  }
  // Binomial: mean 2000, standard deviation 42; six of them.
  CHECK(num_test > 1745);
  CHECK(num_test < 2255);
  CHECK(num_validation > 1745);
  CHECK(num_validation < 2255);
}

TEST_CASE("fractions are met, and a larger fraction only adds conversations") {
  const auto is_in_training = [](const std::string& id, double fraction) {
    return part_of(id, {.train = fraction}) == SplitPart::train;
  };
  int num_training = 0;
  for (int i = 0; i < 20000; ++i) {
    const std::string id = "conversation-" + std::to_string(i);
    num_training += is_in_training(id, 0.9);
    if (is_in_training(id, 0.5)) CHECK(is_in_training(id, 0.9));
    CHECK(is_in_training(id, 1.0));
    CHECK_FALSE(is_in_training(id, 0.0));
  }
  // Binomial: mean 18000, standard deviation 42; six of them.
  CHECK(num_training > 17745);
  CHECK(num_training < 18255);
}
