// The parts of a tokenizer.json on small examples; tests/parity/test_tokenizer_json.py compares with tokenizers.
#include <doctest/doctest.h>

#include "base/error.hpp"
#include "tokenizer/added_tokens.hpp"
#include "tokenizer/character_bpe.hpp"
#include "tokenizer/charsmap.hpp"
#include "tokenizer/decoders.hpp"
#include "tokenizer/json_number.hpp"
#include "tokenizer/normalizers.hpp"
#include "tokenizer/oniguruma.hpp"
#include "tokenizer/post_processor.hpp"
#include "tokenizer/pre_tokenizers.hpp"
#include "tokenizer/unigram.hpp"

namespace {

using namespace intelia;
using Pieces = std::vector<std::string>;
using Ids = std::vector<std::int32_t>;

/** A JSON object that outlives what is read from it. */
class Document {
 public:
  explicit Document(const std::string& json) : object_(parser_.parse(simdjson::padded_string(json))) {}
  const JsonObject& object() const { return object_; }

 private:
  simdjson::dom::parser parser_;
  JsonObject object_;
};

template <typename Action>
std::string refusal(Action action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

Pieces cut(const std::string& pre_tokenizer, const std::string& text) {
  const Document document(R"({"pre_tokenizer": )" + pre_tokenizer + "}");
  PieceList list(AlignedText(text, 0));
  for (const PreTokenizer& step : read_pre_tokenizers(document.object(), false).steps) step(list);
  Pieces pieces;
  for (const ByteRange& piece : list.pieces()) {
    pieces.push_back(list.text().text().substr(piece.begin, piece.end - piece.begin));
  }
  return pieces;
}

std::string split_json(const std::string& behavior) {
  return R"({"type": "Split", "pattern": {"String": "-"}, "behavior": ")" + behavior + R"(", "invert": false})";
}

std::string decoded(const std::string& decoder, Pieces tokens) {
  const Document document(R"({"decoder": )" + decoder + "}");
  for (const Decoder& step : read_decoders(document.object())) step(tokens, 1 << 20);
  std::string text;
  for (const std::string& token : tokens) text += token + "|";
  return text;
}

TEST_CASE("the five behaviors of a split") {
  const std::string text = "the-final--countdown";
  CHECK(cut(split_json("Removed"), text) == Pieces{"the", "final", "countdown"});
  CHECK(cut(split_json("Isolated"), text) == Pieces{"the", "-", "final", "-", "-", "countdown"});
  CHECK(cut(split_json("MergedWithPrevious"), text) == Pieces{"the-", "final-", "-", "countdown"});
  CHECK(cut(split_json("MergedWithNext"), text) == Pieces{"the", "-final", "-", "-countdown"});
  CHECK(cut(split_json("Contiguous"), text) == Pieces{"the", "-", "final", "--", "countdown"});
  CHECK(refusal([&] { cut(split_json("Sideways"), text); }).find("Sideways") != std::string::npos);
}

TEST_CASE("pre-tokenizers that change a text") {
  CHECK(cut(R"({"type": "Metaspace", "replacement": "_", "prepend_scheme": "always"})", "a b") == Pieces{"_a", "_b"});
  CHECK(cut(R"({"type": "Metaspace", "replacement": "_", "prepend_scheme": "never"})", "a b") == Pieces{"a", "_b"});
  CHECK(cut(R"({"type": "ByteLevel", "add_prefix_space": true, "use_regex": true})", "é b") == Pieces{"ĠÃ©", "Ġb"});
  CHECK(cut(R"({"type": "Whitespace"})", "a, b!?") == Pieces{"a", ",", "b", "!?"});
  CHECK(cut(R"({"type": "Digits", "individual_digits": false})", "a12") == Pieces{"a", "12"});
  CHECK(cut(R"({"type": "FixedLength", "length": 2})", "aéb") == Pieces{"aé", "b"});
}

TEST_CASE("a final ByteLevel may be left to the model") {
  const Document document(R"({"pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "use_regex": false}})");
  CHECK(read_pre_tokenizers(document.object(), true).ends_in_bytes);
  CHECK(!read_pre_tokenizers(document.object(), false).ends_in_bytes);
}

TEST_CASE("decoders") {
  CHECK(decoded(R"({"type": "ByteFallback"})", {"a", "<0xC3>", "<0xA9>", "<0xFF>"}) == "a|\uFFFD|\uFFFD|\uFFFD|");
  CHECK(decoded(R"({"type": "ByteFallback"})", {"<0xC3>", "<0xA9>", "b"}) == "é|b|");
  CHECK(decoded(R"({"type": "Metaspace", "replacement": "_", "prepend_scheme": "first"})", {"__a", "_b"}) == "a| b|");
  CHECK(decoded(R"({"type": "Strip", "content": " ", "start": 1, "stop": 1})", {"  a  "}) == " a |");
  CHECK(decoded(R"({"type": "BPEDecoder", "suffix": "</w>"})", {"a</w>", "b</w>"}) == "a |b|");
  CHECK(refusal([] { decoded(R"({"type": "CTC"})", {}); }).find("the decoder CTC is not supported") !=
        std::string::npos);
}

TEST_CASE("post-processors add tokens once") {
  const Document bert(R"({"post_processor": {"type": "BertProcessing", "cls": ["[CLS]", 1], "sep": ["[SEP]", 2]}})");
  CHECK(read_post_processor(bert.object()).prefix == Ids{1});
  CHECK(read_post_processor(bert.object()).suffix == Ids{2});
  const Document twice(R"({"post_processor": {"type": "Sequence", "processors": [
    {"type": "BertProcessing", "cls": ["a", 1], "sep": ["b", 2]},
    {"type": "BertProcessing", "cls": ["a", 1], "sep": ["b", 2]}]}})");
  CHECK(refusal([&] { read_post_processor(twice.object()); }).find("several framing") != std::string::npos);
}

TEST_CASE("Unigram chooses the most likely segmentation and joins unknown characters") {
  UnigramDefinition definition;
  definition.vocabulary = {{"<unk>", 0}, {"a", 0},  {"b", 0},   {"c", 0},    {"d", 0},
                           {"cd", 1},    {"ab", 2}, {"abc", 5}, {"abcd", 10}};
  definition.unknown_id = 0;
  const UnigramModel model(definition);
  std::vector<PieceToken> tokens;
  model.encode("abcdacdxé", tokens);
  REQUIRE(tokens.size() == 4);
  CHECK(tokens[0].id == 8);
  CHECK(tokens[1].id == 1);
  CHECK(tokens[2].id == 5);
  CHECK(tokens[3].id == 0);
  CHECK(tokens[3].bytes == ByteRange{7, 10});
  definition.unknown_id.reset();
  tokens.clear();
  CHECK(refusal([&] { UnigramModel(definition).encode("ax", tokens); }).find("unknown token") != std::string::npos);
}

TEST_CASE("BPE by characters marks continuing parts and ends of words") {
  const auto id_of = [](const std::string& token) -> std::optional<std::int32_t> {
    const Pieces vocabulary{"<unk>", "a", "##b", "##b</w>", "a</w>", "ab</w>"};
    const auto found = std::find(vocabulary.begin(), vocabulary.end(), token);
    if (found == vocabulary.end()) return std::nullopt;
    return static_cast<std::int32_t>(found - vocabulary.begin());
  };
  MergeTable merges;
  merges.reserve(1);
  merges.insert(1, 3, 0, 5);
  CharacterBpeDefinition definition;
  definition.id_of = id_of;
  definition.continuing_prefix = "##";
  definition.end_suffix = "</w>";
  definition.unknown_id = 0;
  const CharacterBpe model(definition, merges);
  const auto ids = [&](std::string_view word) {
    Ids found;
    for (const Symbol& symbol : model.encode(word)) found.push_back(symbol.id);
    return found;
  };
  CHECK(ids("ab") == Ids{5});
  CHECK(ids("a") == Ids{4});
  CHECK(ids("abb") == Ids{1, 2, 3});
  CHECK(ids("axb") == Ids{1, 0, 3});
}

TEST_CASE("added tokens: lstrip, rstrip and single_word") {
  AddedToken token;
  token.id = 7;
  token.content = "<t>";
  token.strips_left = token.strips_right = token.is_single_word = true;
  const AddedTokenFinder finder({token});
  const auto segments = finder.split("a <t> b_<t>", false, {});
  REQUIRE(segments.size() == 3);
  CHECK(segments[0].bytes == ByteRange{0, 1});
  CHECK(segments[1].bytes == ByteRange{1, 6});
  CHECK(segments[1].id == 7);
  CHECK(segments[2].bytes == ByteRange{6, 11});  // the second touches a word
}

TEST_CASE("numbers are parsed as by serde_json") {
  CHECK(serde_number("-0.5") == -0.5);
  CHECK(serde_number("12") == 12);
  CHECK(serde_number("1.5e-3") == 1.5 / 1000);
  CHECK(serde_number("1E2") == 100);
  CHECK(serde_number("0.30000000000000004") == 30000000000000004.0 / 1e17);
  CHECK(serde_number("1e-400") == 0);
  CHECK(serde_number("123456789012345678901234") == 12345678901234567890.0 * 1e4);
  CHECK(refusal([] { serde_number("1e999"); }).find("too large") != std::string::npos);
}

TEST_CASE("invalid character maps are errors") {
  CHECK(refusal([] { CharacterMap("!"); }).find("base64") != std::string::npos);
  CHECK(refusal([] { CharacterMap("AAAA"); }).find("no trie") != std::string::npos);
}

TEST_CASE("translation of Oniguruma's syntax to PCRE2") {
  CHECK(pcre_of_oniguruma("a^b", false) == "a(?m:^)b");
  CHECK(pcre_of_oniguruma("\\pL+[\\p{N}x]", false) == "\\p{L}+[\\p{N}x]");
  CHECK(pcre_of_oniguruma("\\p{Han}", true) == "\\p{Han}");
  CHECK(pcre_of_oniguruma("\\p{No}", true).find("x{1ccf0}") == std::string::npos);  // those digits are Nd
  CHECK(pcre_of_oniguruma("\\p{Nd}", true).find("x{1ccf0}") != std::string::npos);
  for (const char* pattern : {"[a&&b]", "[[a]b]", "[\\S]", "\\bx", "\\"}) {
    CHECK(refusal([&] { pcre_of_oniguruma(pattern, false); }).find("is not supported") != std::string::npos);
  }
}

}  // namespace
