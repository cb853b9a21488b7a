// The alignment rules of changed texts on examples; tests/parity/test_tokenizer_json.py compares with tokenizers.
#include "text/aligned_text.hpp"

#include <doctest/doctest.h>

#include "text/unicode.hpp"

namespace {

using namespace intelia;

std::vector<ByteRange> sources(const AlignedText& text) {
  std::vector<ByteRange> all;
  for (std::size_t i = 0; i < text.size(); ++i) all.push_back(text.source_of(i, i + 1));
  return all;
}

TEST_CASE("a prefix has the source of the first character") {
  AlignedText text("éa", 10);
  text.prepend("__");
  CHECK(text.text() == "__éa");
  CHECK(sources(text) == std::vector<ByteRange>{{10, 12}, {10, 12}, {10, 12}, {10, 12}, {12, 13}});
  AlignedText empty("", 3);
  empty.prepend("_");
  CHECK(empty.is_empty());
}

TEST_CASE("a replacement has the source of the last character of the match") {
  AlignedText text("abcd", 0);
  const ByteRange matches[] = {{0, 2}, {3, 4}};
  text.replace(matches, "XY");
  CHECK(text.text() == "XYcXY");
  CHECK(sources(text) == std::vector<ByteRange>{{1, 2}, {1, 2}, {2, 3}, {3, 4}, {3, 4}});
}

TEST_CASE("removed characters do not change the sources of others") {
  AlignedText text("xaxxbx", 5);
  text.keep_only([](char32_t c) { return c != U'x'; });
  CHECK(text.text() == "ab");
  CHECK(sources(text) == std::vector<ByteRange>{{6, 7}, {9, 10}});
}

TEST_CASE("slices and joins keep the source of each byte") {
  AlignedText text("one two", 0);
  AlignedText joined = text.slice({4, 7});
  CHECK(sources(joined) == std::vector<ByteRange>{{4, 5}, {5, 6}, {6, 7}});
  joined.prepend("_");
  AlignedText both = text.slice({0, 3});
  both.append(joined);
  CHECK(both.text() == "one_two");
  CHECK(both.source_of(2, 4) == ByteRange{2, 5});
}

TEST_CASE("half a character is widened to the whole") {
  const AlignedText text("aé", 0);
  CHECK(text.source_of_characters(1, 2) == ByteRange{1, 3});
  CHECK(text.source_of_characters(2, 3) == ByteRange{1, 3});
  CHECK(text.source_of_characters(0, 1) == ByteRange{0, 1});
}

TEST_CASE("normal forms of Unicode 9") {
  const auto normalized = [](const char* text, NormalForm form) {
    AlignedText aligned(text, 0);
    normalize(aligned, form);
    return aligned.text();
  };
  CHECK(normalized("e\u0301", NormalForm::nfc) == "\u00e9");
  CHECK(normalized("\u00e9", NormalForm::nfd) == "e\u0301");
  CHECK(normalized("a\u0301\u0323", NormalForm::nfd) == "a\u0323\u0301");
  CHECK(normalized("\u1100\u1161\u11a8", NormalForm::nfc) == "\uac01");
  CHECK(normalized("\ufb01", NormalForm::nfkc) == "fi");
  CHECK(normalized("\ufb01", NormalForm::nfc) == "\ufb01");
  CHECK(normalized("\u32ff", NormalForm::nfkc) == "\u32ff");         // of Unicode 12.1
  CHECK(normalized("\U00011938", NormalForm::nfd) == "\U00011938");  // of Unicode 13
  AlignedText composed("xe\u0301y", 0);
  normalize(composed, NormalForm::nfc);
  CHECK(sources(composed) == std::vector<ByteRange>{{0, 1}, {1, 2}, {1, 2}, {4, 5}});
}

TEST_CASE("character classes follow the Unicode versions of the parts of tokenizers") {
  CHECK(is_numeric(U'½'));
  CHECK(is_numeric(0x11DE0));  // of Unicode 17
  CHECK(!is_numeric(U'a'));
  CHECK(is_punctuation(U'$'));     // ASCII's symbols count
  CHECK(!is_punctuation(0x2E43));  // of Unicode 9
  CHECK(is_word(0x31350));         // of Unicode 15
  CHECK(!is_word(U'-'));
  CHECK(is_combining_mark(0x301));
  CHECK(lowercase(0x130) == U"i\u0307");
  CHECK(lowercase(0x10D50) == U"\U00010D70");
  CHECK(has_additions("a\U00031350"));
  CHECK(!has_additions("a日本語🐔é"));
}

TEST_CASE("grapheme clusters end where the next begins") {
  CHECK(grapheme_ends("ae\u0301\r\n") == std::vector<std::size_t>{1, 4, 6});
  CHECK(grapheme_ends("").empty());
}

}  // namespace
