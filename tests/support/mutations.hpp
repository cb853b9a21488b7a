// Reproducible mutations of texts, for tests in which a reader must accept each or refuse it with an Error.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/random.hpp"

/** Texts made from `seeds`: bytes and ranges changed, removed and repeated, `tokens` of the format inserted, seeds
   mixed, numbers replaced by those at the limits of types. */
class Mutations {
 public:
  Mutations(std::vector<std::string> seeds, std::vector<std::string> tokens, std::uint64_t seed = 15)
      : seeds_(std::move(seeds)), tokens_(std::move(tokens)), random_(seed) {}

  /** Fragments of JSON to insert, besides `more`. */
  static std::vector<std::string> json_tokens(std::vector<std::string> more) {
    for (const char* token :
         {"{", "}", "[", "]", ",", ":", "\"", "null", "true", "1e999", "\\u0000", "\\ud800", "\xFF", "[[", "{\"a\":"})
      more.emplace_back(token);
    return more;
  }

  std::string next() {
    std::string text = pick(seeds_);
    for (std::uint64_t i = 1 + random_.below(6); i > 0; --i) change(text);
    return text;
  }

  /** Writes `text` as a new file: ext4 writes one that was truncated to the disk at once. */
  static void write(const std::filesystem::path& path, const std::string& text) {
    std::filesystem::remove(path);
    std::ofstream(path, std::ios::binary) << text;
  }

  /** How many texts a test tries: more with INTELIA_SLOW_TESTS=1. */
  static int count() {
    const char* is_slow = std::getenv("INTELIA_SLOW_TESTS");
    return is_slow != nullptr && std::string_view(is_slow) == "1" ? 50'000 : 3'000;
  }

 private:
  const std::string& pick(const std::vector<std::string>& list) { return list[random_.below(list.size())]; }

  void change(std::string& text) {
    static const std::vector<std::string> numbers{"-1",
                                                  "0",
                                                  "1e999",
                                                  "-0.0",
                                                  "1e-400",
                                                  "4294967296",
                                                  "2147483648",
                                                  "9223372036854775808",
                                                  "18446744073709551616",
                                                  "nan",
                                                  "0.1"};
    const std::size_t place = random_.below(text.size() + 1);
    const std::size_t size = std::min<std::size_t>(random_.below(16), text.size() - place);
    switch (random_.below(8)) {
      case 0:
        if (place < text.size()) text[place] = static_cast<char>(random_.below(256));
        break;
      case 1:
        text.erase(place, size);
        break;
      case 2:
        text.insert(place, std::string(text, place, size));
        break;
      case 3:
        text.insert(place, pick(tokens_));
        break;
      case 4: {
        const std::string& token = pick(tokens_);
        std::string repeated;
        for (std::uint64_t i = random_.below(random_.below(20) == 0 ? 20'000 : 40); i > 0; --i) repeated += token;
        text.insert(place, repeated);
        break;
      }
      case 5: {
        const std::string& other = pick(seeds_);
        text = text.substr(0, place) + other.substr(random_.below(other.size() + 1));
        break;
      }
      case 6: {
        const std::size_t digit = text.find_first_of("0123456789", place);
        if (digit == std::string::npos) break;
        const std::size_t end = text.find_first_not_of("0123456789.eE+-", digit);
        text.replace(digit, std::min(end, text.size()) - digit, pick(numbers));
        break;
      }
      default:
        text.resize(place);
    }
  }

  std::vector<std::string> seeds_, tokens_;
  intelia::Random random_;
};
