// A tekken.json small enough to merge manually, and which file of a folder is used; tests/parity/test_tokens_vectors.py
// compares with the original implementations.
#include "tokenizer/rank_tokenizer.hpp"

#include <doctest/doctest.h>

#include "base/error.hpp"
#include "tokenizer_folder.hpp"

namespace {

using namespace intelia;
using Ids = std::vector<std::int32_t>;

std::string base64(std::string_view bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const auto byte = [&](std::size_t k) {
      return i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U;
    };
    const unsigned bits = byte(0) << 16 | byte(1) << 8 | byte(2);
    for (std::size_t k = 0; k < 4; ++k) text += i + k > bytes.size() ? '=' : kDigits[bits >> (18 - 6 * k) & 63];
  }
  return text;
}

/** Four control tokens, the 256 bytes, then "ab" (id 260), "bc" (261), "abcd" (262). */
Json tekken() {
  Json vocabulary = Json::array();
  const auto add = [&](const std::string& word) {
    vocabulary.push_back({{"rank", vocabulary.size()}, {"token_bytes", base64(word)}, {"token_str", nullptr}});
  };
  for (int byte = 0; byte < 256; ++byte) add(std::string(1, static_cast<char>(byte)));
  for (const char* word : {"ab", "bc", "abcd"}) add(word);
  Json special = Json::array();
  for (const char* token : {"<unk>", "<s>", "</s>", "[INST]"})
    special.push_back({{"rank", special.size()}, {"token_str", token}, {"is_control", true}});
  return {{"config",
           {{"pattern", " ?[a-z]+|."},
            {"num_vocab_tokens", 259},
            {"default_vocab_size", 263},
            {"default_num_special_tokens", 4},
            {"version", "v11"}}},
          {"vocab", vocabulary},
          {"special_tokens", special}};
}

class TekkenFolder : public test::ModelFolder {
 public:
  TekkenFolder() {
    std::filesystem::remove(path() / "tokenizer.json");
    std::filesystem::remove(path() / "tokenizer_config.json");
    write_file(path() / "tekken.json", tekken().dump());
  }
};

TEST_CASE("ranks are the merge order, and a word in the vocabulary is one token") {
  const TekkenFolder folder;
  const auto tokenizer = Tokenizer::load(folder.path());
  CHECK(tokenizer->encode("abc") == Ids{260, 4 + 'c'});
  CHECK(tokenizer->encode("bcab") == Ids{261, 260});
  CHECK(tokenizer->encode("abcd") == Ids{262});  // no two tokens merge to it
  CHECK(tokenizer->encode(" abcd") == Ids{4 + ' ', 260, 4 + 'c', 4 + 'd'});
  CHECK(tokenizer->encode("é") == Ids{4 + 0xC3, 4 + 0xA9});
  CHECK(tokenizer->encode("ab", {false, true}) == Ids{1, 260});
  CHECK(tokenizer->vocabulary_size() == 263);
}

TEST_CASE("control tokens of a rank vocabulary are parsed only on request") {
  const TekkenFolder folder;
  const auto tokenizer = Tokenizer::load(folder.path());
  const std::string text = "[INST]ab[INST]";
  CHECK(tokenizer->encode("[INST]").size() == 6);
  CHECK(tokenizer->encode(text, {true, false}) == Ids{3, 260, 3});
  const std::vector<ByteRange> typed = {{6, 14}};
  const Encoding encoding = tokenizer->encode_with_ranges(text, {true, false}, typed);
  CHECK(encoding.ids == Ids{3, 260, 4 + '[', 4 + 'I', 4 + 'N', 4 + 'S', 4 + 'T', 4 + ']'});
  CHECK(encoding.ranges[0] == ByteRange{0, 6});
  CHECK(encoding.ranges[1] == ByteRange{6, 8});
  CHECK(tokenizer->is_special(3));
  CHECK_FALSE(tokenizer->is_special(260));
}

TEST_CASE("ids of a rank vocabulary back to text") {
  const TekkenFolder folder;
  const auto tokenizer = Tokenizer::load(folder.path());
  CHECK(tokenizer->decode(Ids{1, 260, 4 + 0xC3, 4 + 0xA9, 2}) == "<s>abé</s>");
  CHECK(tokenizer->decode(Ids{1, 260, 2}, true) == "ab");
  CHECK(tokenizer->decode(Ids{4 + 0xC3, 260, -1, 999}) ==
        "\xEF\xBF\xBD"
        "ab");
  CHECK(tokenizer->token_of(260) == "ab");
  CHECK(tokenizer->token_of(263).empty());
  CHECK(tokenizer->id_of("abcd") == 262);
  CHECK(tokenizer->id_of("[INST]") == 3);
  CHECK_FALSE(tokenizer->id_of("abc").has_value());
}

// Each division of a word is looked up: 10^12 bytes are read for one of 1 MiB.
TEST_CASE("fault_19_tokens: the words of a rank vocabulary are limited") {
  const TekkenFolder folder;
  Json file = tekken();
  file["vocab"][258]["token_bytes"] = base64(std::string(1 << 20, 'a'));
  write_file(folder.path() / "tekken.json", file.dump());
  CHECK_THROWS_WITH_AS(Tokenizer::load(folder.path()),
                       doctest::Contains("the token with the rank 258 has 1048576 bytes, more than 1024"), Error);
}

TEST_CASE("tokenizer.json takes precedence over tekken.json, tekken.json over tokenizer.model") {
  const TekkenFolder tekken_folder;
  write_file(tekken_folder.path() / "tokenizer.model", "YQ== 0\n");
  CHECK(Tokenizer::load(tekken_folder.path())->vocabulary_size() == 263);
  const test::ModelFolder json_folder;
  write_file(json_folder.path() / "tekken.json", tekken().dump());
  CHECK(Tokenizer::load(json_folder.path())->vocabulary_size() == 305);
}

TEST_CASE("tokenizer.model is in tiktoken's format if its first line is") {
  const TekkenFolder folder;
  const auto path = folder.path() / "tokenizer.model";
  const auto is_text = [&](std::string_view content) {
    write_file(path, content);
    return is_tiktoken_file(path);
  };
  CHECK(is_text("IQ== 0\nIg== 1\n"));
  CHECK(is_text("IQ== 0\r\n"));
  CHECK_FALSE(is_text("\x0A\x0E\x0A\x05<unk>"));
  CHECK_FALSE(is_text("IQ==\n"));
  CHECK_FALSE(is_text(""));
  CHECK_THROWS_AS(is_tiktoken_file(folder.path() / "absent"), Error);
}

}  // namespace
