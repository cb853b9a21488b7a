// tokenizer.json with a vocabulary small enough to merge manually; tests/parity/test_tokens.py compares with
// tokenizers.
#include "tokenizer/tokenizer.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <ctime>
#include <thread>

#include "base/error.hpp"
#include "base/random.hpp"
#include "peak_memory.hpp"
#include "tokenizer/byte_pair.hpp"
#include "tokenizer_folder.hpp"

namespace {

using namespace intelia;
using Ids = std::vector<std::int32_t>;

std::string refusal(const test::ModelFolder& folder) {
  try {
    Tokenizer::load(folder.path());
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST_CASE("merges apply by rank, ignore_merges before them") {
  const test::ModelFolder folder;
  const auto tokenizer = Tokenizer::load(folder.path());
  CHECK(tokenizer->encode("abc") == Ids{201});             // a word of the vocabulary
  CHECK(tokenizer->encode("abcx") == Ids{'a', 203, 'x'});  // b c has the lowest rank, then a bc does not merge
  CHECK(tokenizer->encode(" ab") == Ids{202});
  CHECK(tokenizer->encode("whole") == Ids{204});
  CHECK(tokenizer->encode("é") == Ids{3, 4});
  CHECK(tokenizer->encode("") == Ids{});
  CHECK(tokenizer->encode("ab", {false, true}) == Ids{300, 200});
}

TEST_CASE("fault_21_tokens: control tokens are parsed only on request") {
  const test::ModelFolder folder;
  const auto tokenizer = Tokenizer::load(folder.path());
  CHECK(tokenizer->encode("<t>") == Ids{'<', 't', '>'});
  CHECK(tokenizer->encode("<t>", {true, false}) == Ids{302});
  const std::string text = "<t>x<t><t>";
  const ByteRange plain[] = {{3, 5}};
  CHECK(tokenizer->encode_with_ranges(text, {true, false}, plain).ids == Ids{302, 'x', '<', 't', '>', 302});
  const Encoding encoding = tokenizer->encode_with_ranges("a<t>é", {true, false});
  CHECK(encoding.ranges == std::vector<ByteRange>{{0, 1}, {1, 4}, {4, 6}, {4, 6}});
}

TEST_CASE("decoding replaces invalid UTF-8 and skips ids that do not exist") {
  const test::ModelFolder folder;
  const auto tokenizer = Tokenizer::load(folder.path());
  CHECK(tokenizer->decode(Ids{300, 202, 3, 4, 302}) == "<b> abé<t>");
  CHECK(tokenizer->decode(Ids{300, 202, 302}, true) == " ab");
  CHECK(tokenizer->decode(Ids{3, 'a', -5, 99999, 250}) ==
        "\xEF\xBF\xBD"
        "a");
  CHECK(tokenizer->encode("a\xFF") == tokenizer->encode("a\xEF\xBF\xBD"));
  CHECK(tokenizer->vocabulary_size() == 305);
  CHECK(tokenizer->eos_id() == 301);
  CHECK(tokenizer->id_of("<t>") == 302);
  CHECK(!tokenizer->id_of("nothing"));
}

TEST_CASE("unsupported features are errors that name them") {
  test::ModelFolder folder;
  folder.file["normalizer"] = {{"type", "BertNormalizer"}};
  folder.write();
  CHECK(refusal(folder).find("the normalizer BertNormalizer is not supported") != std::string::npos);
  folder.file["normalizer"] = nullptr;
  folder.file["model"]["type"] = "WordPiece";
  folder.write();
  CHECK(refusal(folder).find("the model WordPiece is not supported") != std::string::npos);
  write_file(folder.path() / "tokenizer.json", "{\"model\":");
  CHECK(refusal(folder).find("tokenizer.json: not the JSON of a tokenizer") != std::string::npos);
}

TEST_CASE("a pattern that exceeds the limits of the matcher is an error, not a truncation") {
  test::ModelFolder folder;
  folder.file["pre_tokenizer"]["pretokenizers"][0]["pattern"]["Regex"] = "(?:a|aa|aaa)+[bc]";
  folder.write();
  const auto tokenizer = Tokenizer::load(folder.path());
  CHECK_THROWS_AS(tokenizer->encode(std::string(200, 'a')), Error);
}

/** Encodes `text` with `normalizer` in place of that of the test's tokenizer. */
std::vector<std::int32_t> encode_with_normalizer(const Json& normalizer, const std::string& text) {
  test::ModelFolder folder;
  folder.file["normalizer"] = normalizer;
  folder.write();
  return Tokenizer::load(folder.path())->encode(text);
}

// Without limits: 6 GiB for the first, hours for the last.
TEST_CASE("fault_19_tokens: normalizers and decoders that make a text many times longer are errors") {
  const auto replacing = [](const std::string& pattern, const std::string& content) {
    return Json{{"type", "Replace"}, {"pattern", {{"String", pattern}}}, {"content", content}};
  };
  Json chain{{"type", "Sequence"}, {"normalizers", Json::array()}};
  for (int i = 0; i < 8; ++i) chain["normalizers"].push_back(replacing("a", "aaaaaaaaaaaaaaaa"));
  CHECK_THROWS_WITH_AS(encode_with_normalizer(chain, "a"), doctest::Contains("longer than the limit of"), Error);
  CHECK_THROWS_WITH_AS(encode_with_normalizer({{"type", "Prepend"}, {"prepend", std::string(1 << 20, 'a')}}, "a"),
                       doctest::Contains("longer than the limit of"), Error);
  CHECK(encode_with_normalizer(replacing("a", "bbbbbbbbbbbbbbbbbbbbbbbbb"), std::string(1000, 'a')).size() > 1000);

  for (int i = 0; i < 300; ++i) chain["normalizers"].push_back(replacing("x", "y"));
  CHECK_THROWS_WITH_AS(encode_with_normalizer(chain, "b"), doctest::Contains("more than 256 normalizers"), Error);

  test::ModelFolder folder;
  Json decoders = Json::array();
  for (int i = 0; i < 8; ++i) decoders.push_back(replacing("a", "aaaaaaaaaaaaaaaa"));
  folder.file["decoder"] = {{"type", "Sequence"}, {"decoders", decoders}};
  folder.write();
  const auto tokenizer = Tokenizer::load(folder.path());
  CHECK_THROWS_WITH_AS(tokenizer->decode(tokenizer->encode("a")), doctest::Contains("longer than the limit of"), Error);
}

TEST_CASE("fault_19_tokens: decoders make at most a few times the bytes of a long text, in a chain, too") {
  test::ModelFolder folder;
  Json decoders = Json::array({{{"type", "Fuse"}}});
  for (int i = 0; i < 100; ++i)
    decoders.push_back({{"type", "Replace"}, {"pattern", {{"String", ""}}}, {"content", "bb"}});
  folder.file["decoder"] = {{"type", "Sequence"}, {"decoders", decoders}};
  folder.write();
  const auto tokenizer = Tokenizer::load(folder.path());
  const std::vector<std::int32_t> ids(1 << 20, 'a');
  const PeakMemory memory;
  CHECK_THROWS_WITH_AS(tokenizer->decode(ids), doctest::Contains("longer than the limit of 12582912 bytes"), Error);
  CHECK(memory.growth() <= 160 << 20);
}

TEST_CASE("fault_19_tokens: what a post-processor adds to each text is limited, and refused when it is read") {
  test::ModelFolder folder;
  Json& post_processor = folder.file["post_processor"];
  const auto limit = [&](std::size_t num_pieces, std::size_t num_ids) {
    const Json text = {{"Sequence", {{"id", "A"}, {"type_id", 0}}}};
    post_processor["single"] = Json::array({text});
    for (std::size_t i = 0; i < num_pieces; ++i)
      post_processor["single"].push_back({{"SpecialToken", {{"id", "<b>"}, {"type_id", 0}}}});
    post_processor["special_tokens"]["<b>"]["ids"] = std::vector<int>(num_ids, 300);
    folder.write();
    return refusal(folder);
  };
  const std::string where = (folder.path() / "tokenizer.json").string() + ": a post-processor template ";
  CHECK(limit(10, 100) == "");
  const PeakMemory memory;
  CHECK(limit(11, 100) == where + "that adds more than 1000 tokens to a text is not supported");
  CHECK(limit(100'000, 0) == where + "of more than 1000 pieces is not supported");
  CHECK(limit(900, 10'000) == where + "that adds more than 1000 tokens to a text is not supported");
  CHECK(memory.growth() <= 200 << 20);
}

TEST_CASE("fault_19_tokens: ids and lengths of tokens are limited") {
  test::ModelFolder folder;
  const std::string where = (folder.path() / "tokenizer.json").string() + ": ";
  const Json usual = folder.file;
  folder.file["added_tokens"][0]["id"] = 60'000'000;
  folder.write();
  const PeakMemory memory;
  CHECK(refusal(folder) == where + "the token '<b>' has the id 60000000, not one from 0 to 4194304");
  CHECK(memory.growth() <= 64 << 20);
  folder.file = usual;
  folder.file["model"]["vocab"][std::string(1 << 20, 'x')] = 299;
  folder.write();
  CHECK(refusal(folder).ends_with("xxx' has 1048576 bytes, more than 16384"));
  CHECK(refusal(folder).size() < 500);
  folder.file = usual;
  folder.file["added_tokens"][0]["content"] = std::string(513, 'x');
  folder.write();
  CHECK(refusal(folder).starts_with(where + "added_tokens: 'xxx"));
  CHECK(refusal(folder).ends_with("xxx' has 513 bytes, more than 512"));
}

// A comparison with each token at each position takes minutes.
TEST_CASE("fault_19_tokens: added tokens are found in a time that does not depend on their number") {
  test::ModelFolder folder;
  int id = 1000;
  for (const char* last : {"b", "c"}) {
    for (int size = 1; size < 500; ++size) {
      for (int number = 0; number < 60; ++number) {
        folder.file["added_tokens"].push_back(
            {{"id", id++},
             {"content", std::string(std::size_t(size), 'a') + last + std::to_string(number)},
             {"special", size % 2 == 0},
             {"rstrip", true},
             {"normalized", size % 3 == 0}});
      }
    }
  }
  folder.file["added_tokens"].push_back({{"id", id}, {"content", " "}, {"special", true}, {"rstrip", true}});
  folder.write();
  const auto tokenizer = Tokenizer::load(folder.path());
  const std::clock_t start = std::clock();
  const std::string text(1 << 16, 'a');
  CHECK(tokenizer->decode(tokenizer->encode(text)) == text);
  CHECK(tokenizer->encode(text + "b7").back() == 1000 + 498 * 60 + 7);
  CHECK(tokenizer->encode(std::string(1 << 20, ' ')).size() == 1 << 20);
  CHECK((std::clock() - start) / CLOCKS_PER_SEC < 60);
}

TEST_CASE("fault_19_tokens: a pattern that takes quadratic time ends with an error that names it") {
  test::ModelFolder folder;
  std::string pattern;
  for (int i = 0; i < 20; ++i) pattern += fmt::format("{}(?=a*{})", i == 0 ? "" : "|", static_cast<char>('b' + i));
  folder.file["pre_tokenizer"]["pretokenizers"][0]["pattern"]["Regex"] = pattern;
  folder.write();
  const auto tokenizer = Tokenizer::load(folder.path());
  CHECK_THROWS_WITH_AS(tokenizer->encode(std::string(1 << 17, 'a')),
                       doctest::Contains("(?=a*u)' could not be matched: it takes more than 2 seconds"), Error);
}

TEST_CASE("a pattern is searched for in a long text as in a short one") {
  test::ModelFolder folder;
  folder.file["pre_tokenizer"]["pretokenizers"][0]["pattern"]["Regex"] = "b";
  folder.write();
  const auto tokenizer = Tokenizer::load(folder.path());
  std::string text;
  for (const int size : {0, 1, 254, 255, 256, 257, 258, 511, 512, 513, 2000}) {
    for (int i = 0; i < size; ++i) text += i % 3 == 0 ? "é" : "ac";
    text += "b";
  }
  CHECK(tokenizer->decode(tokenizer->encode(text)) == text);
}

TEST_CASE("scanning and the queue merge in the same way") {
  MergeTable table;
  table.reserve(400);
  Random random(1);
  std::uint32_t rank = 0;
  for (int i = 0; i < 400; ++i) {
    const auto left = static_cast<std::int32_t>(random.below(12));
    const auto right = static_cast<std::int32_t>(random.below(12));
    if (table.rank_of(left, right) != MergeTable::kNoRank) continue;
    table.insert(left, right, rank, static_cast<std::int32_t>(random.below(12)));
    ++rank;
  }
  for (std::size_t length = 1; length < 48; ++length) {
    std::vector<Symbol> word;
    for (std::size_t i = 0; i < length; ++i) word.push_back({static_cast<std::int32_t>(random.below(12)), 1});
    std::vector<Symbol> expected = word;
    for (;;) {  // the definition: the lowest rank, of equals the leftmost
      std::size_t best = expected.size();
      for (std::size_t i = 0; i + 1 < expected.size(); ++i) {
        const std::uint32_t candidate = table.rank_of(expected[i].id, expected[i + 1].id);
        if (candidate == MergeTable::kNoRank) continue;
        if (best == expected.size() || candidate < table.rank_of(expected[best].id, expected[best + 1].id)) best = i;
      }
      if (best == expected.size()) break;
      expected[best] = {table.merged(table.rank_of(expected[best].id, expected[best + 1].id)),
                        expected[best].num_bytes + expected[best + 1].num_bytes};
      expected.erase(expected.begin() + static_cast<std::ptrdiff_t>(best) + 1);
    }
    const auto same = [&](std::vector<Symbol> symbols, void (MergeTable::*apply)(std::vector<Symbol>&) const) {
      (table.*apply)(symbols);
      if (symbols.size() != expected.size()) return false;
      for (std::size_t i = 0; i < symbols.size(); ++i) {
        if (symbols[i].id != expected[i].id || symbols[i].num_bytes != expected[i].num_bytes) return false;
      }
      return true;
    };
    CHECK(same(word, &MergeTable::apply_by_scanning));
    CHECK(same(word, &MergeTable::apply_by_queue));
    CHECK(same(word, &MergeTable::apply_by_chunks));
  }
}

TEST_CASE("several threads may encode at once") {
  const test::ModelFolder folder;
  const auto tokenizer = Tokenizer::load(folder.path());
  const std::string text = "abc ab whole\nab abcabc <t> ab";
  const Ids expected = tokenizer->encode(text);
  std::vector<int> num_wrong(4, 0);
  std::vector<std::thread> threads;
  for (int& wrong : num_wrong) {
    threads.emplace_back([&] {
      for (int i = 0; i < 500; ++i) wrong += tokenizer->encode(text) != expected;
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const int wrong : num_wrong) CHECK(wrong == 0);
}

TEST_CASE("a batch gives the ids of each text, on any number of threads") {
  const test::ModelFolder folder;
  const auto tokenizer = Tokenizer::load(folder.path());
  std::vector<std::string> texts;
  for (int i = 0; i < 300; ++i) texts.push_back(std::string(static_cast<std::size_t>(i), 'a') + "bc ab<t> whole\n");
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  for (const bool parse : {false, true}) {
    std::vector<Ids> expected;
    for (const std::string& text : texts) expected.push_back(tokenizer->encode_with_ranges(text, {parse, true}).ids);
    for (const unsigned num_threads : {0U, 1U, 2U, 7U, 400U})
      CHECK(tokenizer->encode_batch(views, {parse, true}, num_threads) == expected);
  }
  CHECK(tokenizer->encode_batch({}, {}, 4).empty());
}

}  // namespace
