// The hand-written splitters against the patterns themselves, run by PCRE2 over the same text: same pieces, for every
// published pattern, every instruction set and many random texts.
#include "tokenizer/splitters.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>
#include <vector>

#include "base/random.hpp"
#include "text/unicode_classes.hpp"
#include "text/utf8.hpp"
#include "tokenizer/pattern.hpp"

namespace {

using namespace intelia;

// As in tokenizer.json, with \s spelt out as White_Space, which PCRE2's \s is not.
#define SPACES R"(\x{9}-\x{d}\x{20}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000})"

struct Published {
  std::string name;
  const char* pattern;
};
const Published kPublished[] = {
    {"gpt-2", R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)"},
    {"r50k", R"('(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s)"},
    {"llama-3",
     R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)"},
    {"cl100k",
     R"('(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s)"},
    {"qwen-2",
     R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)"},
    {"o200k",
     R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+)"},
    {"tekken",
     R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+)"},
};

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

/** The pattern with \s and \S spelt out; in `[^\s…` the class is open already. */
std::string for_pcre(std::string pattern) {
  pattern = replaced(std::move(pattern), R"([^\s)", "[^" SPACES);
  pattern = replaced(std::move(pattern), R"(\S)", "[^" SPACES "]");
  pattern = replaced(std::move(pattern), R"(\s++$)", "[" SPACES R"(]++\z)");
  return replaced(std::move(pattern), R"(\s)", "[" SPACES "]");
}

std::vector<std::size_t> ends_by_pattern(const Pattern& pattern, std::string_view text) {
  std::vector<std::size_t> ends;
  pattern.for_each_match(text, [&](ByteRange match) { ends.push_back(match.end); });
  return ends;
}

std::vector<std::size_t> ends_by_splitter(const TextSplitter& splitter, std::string_view text) {
  std::vector<std::size_t> all, ends(TextSplitter::kMinEnds);
  for (std::size_t begin = 0; begin < text.size(); begin = all.back()) {
    const std::size_t count = splitter.next_ends(text, begin, ends);
    REQUIRE(count > 0);
    all.insert(all.end(), ends.begin(), ends.begin() + static_cast<std::ptrdiff_t>(count));
  }
  return all;
}

/** Code points that have the same class in PCRE2 (Unicode 14) and in the table of intelia (Unicode 16). */
std::vector<char32_t> agreed_code_points() {
  const Pattern patterns[] = {Pattern("\\p{M}"), Pattern("[\\p{Lu}\\p{Lt}]"), Pattern("\\p{Ll}"),
                              Pattern("[\\p{Lm}\\p{Lo}]"), Pattern("\\p{N}")};
  std::vector<char32_t> agreed;
  std::string text;
  std::vector<std::pair<std::size_t, char32_t>> at;
  for (char32_t c = 1; c < 0x110000; ++c) {
    if (c >= 0xD800 && c < 0xE000) continue;
    at.emplace_back(text.size(), c);
    append_code_point(text, c);
  }
  std::vector<int> number_at(text.size(), 0);
  for (int number = 1; const Pattern& pattern : patterns) {
    pattern.for_each_match(text, [&](ByteRange match) { number_at[match.begin] = number; });
    ++number;
  }
  for (const auto& [place, c] : at) {
    const CharacterClass ours = UnicodeClasses::table().at(c);
    const int number = ours == CharacterClass::space || ours == CharacterClass::newline ? 0 : static_cast<int>(ours);
    if (number == number_at[place]) agreed.push_back(c);
  }
  return agreed;
}

const std::vector<char32_t>& agreed() {
  static const std::vector<char32_t> code_points = agreed_code_points();
  return code_points;
}

/** A random text of what the patterns distinguish. */
std::string random_text(Random& random, std::size_t num_parts, unsigned percent_ascii) {
  static const char* const kParts[] = {
      "'s",   "'S",   "'t",     "'re",      "'RE", "'Ve",  "'ll",   "'lL",       "'m",
      "'d",   "'",    "''",     "'x",       "l",   "e",    "don't", "'\xC5\xBF", " ",
      "  ",   "   ",  "\t",     "\n",       "\r",  "\r\n", " \n",   "\n ",       " \r\n \t",
      "\v",   "\f",   "\n\n\n", "        ", "1",   "12",   "123",   "1234",      "1234567",
      "a",    "A",    "aB",     "ABc",      "Abc", "word", "Word",  "WORD",      "internationalization",
      ".",    "..",   "(",      ")",        "_",   "/",    "//",    "\n/",       ".\n/",
      "!?\n", "\x01", "#",      "**",       "\"",  "-",    "=>"};
  static const char32_t kNotable[] = {0xA0,   0x85,    0x1680, 0x2003, 0x2028, 0x3000, 0x180E,  0x200B,
                                      0x17F,  0x212A,  0x301,  0x300,  0x5D0,  0x4E2D, 0x6587,  0xE9,
                                      0xC9,   0x1C5,   0x2B0,  0x2160, 0xBD,   0x660,  0x1F600, 0x200D,
                                      0xFE0F, 0x1F3FD, 0x915,  0x93F,  0x130,  0x131,  0x10400, 0x10428};
  std::string text;
  for (std::size_t i = 0; i < num_parts; ++i) {
    if (random.below(100) < percent_ascii) {
      text += kParts[random.below(std::size(kParts))];
    } else if (random.below(3) != 0) {
      append_code_point(text, kNotable[random.below(std::size(kNotable))]);
    } else {
      append_code_point(text, agreed()[random.below(agreed().size())]);
    }
  }
  return text;
}

std::vector<BlockIsa> usable_isas() {
  std::vector<BlockIsa> isas = {BlockIsa::none};
  for (int isa = 1; isa <= static_cast<int>(best_block_isa()); ++isa) isas.push_back(static_cast<BlockIsa>(isa));
  return isas;
}

/** The pieces, for messages. */
std::string listed(std::string_view text, const std::vector<std::size_t>& ends) {
  std::string list;
  std::size_t begin = 0;
  for (const std::size_t end : ends) {
    list += '[';
    for (const char byte : text.substr(begin, end - begin)) {
      if (byte >= 0x20 && byte < 0x7F)
        list += byte;
      else
        list += fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
    }
    list += ']';
    begin = end;
  }
  return list;
}

/** From the first difference on, with a piece before it. */
void check_same(std::string_view text, const std::vector<std::size_t>& ends, const std::vector<std::size_t>& expected) {
  if (ends == expected) return;
  std::size_t same = 0;
  while (same < ends.size() && same < expected.size() && ends[same] == expected[same]) ++same;
  const std::size_t from = same < 2 ? 0 : expected[same - 2];
  const auto rest = [&](const std::vector<std::size_t>& all) {
    std::vector<std::size_t> some;
    for (const std::size_t end : all) {
      if (end > from && some.size() < 6) some.push_back(end - from);
    }
    return listed(text.substr(from), some);
  };
  CHECK(rest(ends) == rest(expected));
}

TEST_CASE("splitters split where their patterns match") {
  for (const Published& published : kPublished) {
    CAPTURE(published.name);
    const auto style = known_style(published.pattern);
    REQUIRE(style);
    const Pattern pattern(for_pcre(published.pattern));
    Random random(7);
    for (int i = 0; i < 6000; ++i) {
      const unsigned percents[] = {100, 97, 80, 30, 0};
      const std::string text = random_text(random, 1 + random.below(i % 50 == 0 ? 400 : 40), percents[i % 5]);
      const std::vector<std::size_t> expected = ends_by_pattern(pattern, text);
      for (const BlockIsa isa : usable_isas()) {
        CAPTURE(static_cast<int>(isa));
        check_same(text, ends_by_splitter(TextSplitter(*style, isa), text), expected);
      }
    }
  }
}

TEST_CASE("every code point has the class of PCRE2, except for the additions of Unicode 15 and 16") {
  std::size_t num_code_points = 0x110000 - 0x800 - 1;
  CHECK(num_code_points - agreed().size() == 9485);
  for (const char32_t c : agreed()) {
    const std::string text = [&] {
      std::string out = "a";
      append_code_point(out, c);
      return out + "'s";
    }();
    static const Pattern pattern(for_pcre(kPublished[2].pattern));
    static const TextSplitter splitter(*known_style(kPublished[2].pattern));
    check_same(text, ends_by_splitter(splitter, text), ends_by_pattern(pattern, text));
  }
}

TEST_CASE("an unknown pattern has no splitter") {
  CHECK(!known_style("\\s+"));
  CHECK(!known_style(""));
}

}  // namespace
