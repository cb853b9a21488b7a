// See unicode.hpp. The versions: tokenizers 0.23 has unicode-normalization-alignments 0.1.12 (Unicode 9),
// unicode_categories 0.1.1, regex-syntax 0.8.10 and Rust's own tables.
#include "text/unicode.hpp"

#include <unicode/ubrk.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/utext.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "base/error.hpp"
#include "text/unicode_additions.hpp"
#include "text/utf8.hpp"

namespace intelia {

namespace {

UChar32 icu(char32_t code_point) { return static_cast<UChar32>(code_point); }

void check(UErrorCode status) {
  if (U_FAILURE(status)) throw Error(Kind::internal, std::string("ICU: ") + u_errorName(status));
}

const UNormalizer2* normalizer_of(bool is_compatible) {
  UErrorCode status = U_ZERO_ERROR;
  const UNormalizer2* normalizer = is_compatible ? unorm2_getNFKCInstance(&status) : unorm2_getNFCInstance(&status);
  check(status);
  return normalizer;
}

/** Canonical combining class in Unicode 9. */
int combining_class(char32_t code_point) {
  if (code_point < 0x300) return 0;
  const int value = u_getCombiningClass(icu(code_point));
  return value != 0 && is_known_in(9, code_point) ? value : 0;
}

/** The full decomposition in Unicode 9, in the order of the table. */
void append_decomposition(char32_t code_point, const UNormalizer2* normalizer, std::vector<NewCharacter>& out) {
  UChar units[32];
  UErrorCode status = U_ZERO_ERROR;
  const std::int32_t length = unorm2_getDecomposition(normalizer, icu(code_point), units, 32, &status);
  check(status);
  if (length < 0 || !is_known_in(9, code_point)) {
    out.push_back({code_point, 0});
    return;
  }
  for (std::int32_t i = 0, change = 0; i < length; change = 1) {
    UChar32 part = 0;
    U16_NEXT(units, i, length, part);
    out.push_back({static_cast<char32_t>(part), change});
  }
}

/** The character that two make together in Unicode 9, or nothing. */
std::optional<char32_t> composition(char32_t first, char32_t second) {
  const UChar32 pair = unorm2_composePair(normalizer_of(false), icu(first), icu(second));
  if (pair < 0 || !is_known_in(9, static_cast<char32_t>(pair))) return std::nullopt;
  return static_cast<char32_t>(pair);
}

std::vector<NewCharacter> decompose(const std::string& text, bool is_compatible) {
  const UNormalizer2* normalizer = normalizer_of(is_compatible);
  std::vector<NewCharacter> out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    std::size_t length = 1;
    append_decomposition(code_point_at(text, i, length), normalizer, out);
    i += length;
  }
  // Canonical order: each run of characters with a combining class, stably by that class.
  const auto has_class = [](const NewCharacter& character) { return combining_class(character.code_point) != 0; };
  for (auto begin = out.begin(); begin != out.end();) {
    begin = std::find_if(begin, out.end(), has_class);
    const auto end = std::find_if_not(begin, out.end(), has_class);
    std::stable_sort(begin, end, [](const NewCharacter& left, const NewCharacter& right) {
      return combining_class(left.code_point) < combining_class(right.code_point);
    });
    begin = end;
  }
  return out;
}

/** Canonical composition: https://www.unicode.org/reports/tr15/ */
class Composer {
 public:
  std::vector<NewCharacter> run(const std::vector<NewCharacter>& decomposed) {
    for (const NewCharacter& character : decomposed) take(character);
    flush();
    return std::move(out_);
  }

 private:
  void take(const NewCharacter& character) {
    const int value = combining_class(character.code_point);
    if (!starter_) {
      if (value == 0)
        starter_ = character;
      else
        out_.push_back(character);
      return;
    }
    const bool is_blocked = last_class_ && *last_class_ >= value;
    const auto composed = is_blocked ? std::nullopt : composition(starter_->code_point, character.code_point);
    if (composed) {
      *starter_ = {*composed, starter_->change + character.change - 1};
    } else if (value == 0 && (is_blocked || !last_class_)) {
      flush();
      starter_ = character;
    } else {
      marks_.push_back(character);
      last_class_ = value;
    }
  }

  void flush() {
    if (starter_) out_.push_back(*starter_);
    out_.insert(out_.end(), marks_.begin(), marks_.end());
    marks_.clear();
    starter_.reset();
    last_class_.reset();
  }

  std::vector<NewCharacter> out_, marks_;
  std::optional<NewCharacter> starter_;
  std::optional<int> last_class_;
};

/** Below this code point no character changes, joins another or has a combining class. */
char32_t first_that_may_change(NormalForm form) {
  switch (form) {
    case NormalForm::nfc:
      return 0x300;
    case NormalForm::nfd:
      return 0xC0;
    case NormalForm::nfkc:
    case NormalForm::nfkd:
      break;
  }
  return 0xA0;
}

UProperty quick_check_of(NormalForm form) {
  switch (form) {
    case NormalForm::nfc:
      return UCHAR_NFC_QUICK_CHECK;
    case NormalForm::nfd:
      return UCHAR_NFD_QUICK_CHECK;
    case NormalForm::nfkc:
      return UCHAR_NFKC_QUICK_CHECK;
    case NormalForm::nfkd:
      break;
  }
  return UCHAR_NFKD_QUICK_CHECK;
}

/** UAX 15's quick check: true only where the text is already normalized. */
bool is_surely_normal(const std::string& text, NormalForm form) {
  const UProperty property = quick_check_of(form);
  const char32_t first_to_look_at = first_that_may_change(form);
  int last_class = 0;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t length = 1;
    const char32_t code_point = code_point_at(text, i, length);
    i += length;
    if (code_point < first_to_look_at) {
      last_class = 0;
      continue;
    }
    if (u_getIntPropertyValue(icu(code_point), property) != UNORM_YES) return false;
    const int value = u_getCombiningClass(icu(code_point));
    if (value != 0 && value < last_class) return false;
    last_class = value;
  }
  return true;
}

/** A run of capitals and the small letter of the first. */
struct Lowering {
  char32_t first = 0, last = 0, lower = 0;
};
// Of Unicode 16 and 17, which Rust has and ICU 72 has not.
constexpr Lowering kLaterLowerings[] = {
    {0x1C89, 0x1C89, 0x1C8A},    {0xA7CB, 0xA7CB, 0x264},     {0xA7CC, 0xA7CC, 0xA7CD}, {0xA7CE, 0xA7CE, 0xA7CF},
    {0xA7D2, 0xA7D2, 0xA7D3},    {0xA7D4, 0xA7D4, 0xA7D5},    {0xA7DA, 0xA7DA, 0xA7DB}, {0xA7DC, 0xA7DC, 0x19B},
    {0x10D50, 0x10D65, 0x10D70}, {0x16EA0, 0x16EB8, 0x16EBB},
};

/** The category of a character of Unicode 15 and 16, empty for others. */
std::string_view added_category(char32_t code_point) {
  const auto additions = unicode_additions();
  const auto found = std::partition_point(additions.begin(), additions.end(),
                                          [&](const UnicodeAddition& addition) { return addition.last < code_point; });
  return found != additions.end() && found->first <= code_point ? found->category : std::string_view();
}

/** False for most characters that are not an addition: by blocks of 256. */
bool may_be_addition(char32_t code_point) {
  static const std::vector<bool> blocks = [] {
    std::vector<bool> made(0x1100);
    for (const UnicodeAddition& addition : unicode_additions()) {
      for (char32_t block = addition.first >> 8; block <= addition.last >> 8; ++block) made[block] = true;
    }
    return made;
  }();
  return blocks[code_point >> 8];
}

bool is_word_category(std::string_view category) {
  return category.starts_with('L') || category.starts_with('M') || category == "Nd" || category == "Nl" ||
         category == "Pc";
}

}  // namespace

bool is_known_in(int major, char32_t code_point) {
  UVersionInfo age;
  u_charAge(icu(code_point), age);
  return age[0] != 0 && (age[0] < major || (age[0] == major && age[1] == 0));
}

bool is_white_space(char32_t code_point) { return is_space(code_point) && !(code_point >= 0x1C && code_point <= 0x1F); }

bool is_numeric(char32_t code_point) {
  if ((U_GET_GC_MASK(icu(code_point)) & U_GC_N_MASK) != 0) return true;
  const bool is_of_17 =
      (code_point >= 0x11DE0 && code_point <= 0x11DE9) || (code_point >= 0x16FF4 && code_point <= 0x16FF6);
  return is_of_17 || added_category(code_point).starts_with('N');
}

bool is_punctuation(char32_t code_point) {
  if (code_point < 0x80) return code_point > 0x20 && code_point < 0x7F && u_isalnum(icu(code_point)) == 0;
  if (code_point == 0x166D || code_point == 0x111C9) return true;  // no longer, in later versions
  return (U_GET_GC_MASK(icu(code_point)) & U_GC_P_MASK) != 0 && is_known_in(8, code_point);
}

bool is_word(char32_t code_point) {
  constexpr std::uint32_t kCategories = U_GC_M_MASK | U_GC_ND_MASK | U_GC_PC_MASK;
  if (u_hasBinaryProperty(icu(code_point), UCHAR_ALPHABETIC) != 0) return true;
  if ((U_GET_GC_MASK(icu(code_point)) & kCategories) != 0) return true;
  if (u_hasBinaryProperty(icu(code_point), UCHAR_JOIN_CONTROL) != 0) return true;
  return is_word_category(added_category(code_point));
}

bool is_combining_mark(char32_t code_point) {
  if (code_point == 0x1CF2 || code_point == 0x1CF3) return true;  // no longer, in later versions
  if (code_point == 0x111C9) return false;                        // not yet, in Unicode 9
  return (U_GET_GC_MASK(icu(code_point)) & U_GC_M_MASK) != 0 && is_known_in(9, code_point);
}

std::u32string lowercase(char32_t code_point) {
  if (code_point == 0x130) return U"i\u0307";
  const auto lower = static_cast<char32_t>(u_tolower(icu(code_point)));
  if (lower != code_point || code_point < 0x1C89) return std::u32string(1, lower);
  for (const Lowering& lowering : kLaterLowerings) {
    if (code_point >= lowering.first && code_point <= lowering.last) {
      return std::u32string(1, lowering.lower + (code_point - lowering.first));
    }
  }
  return std::u32string(1, code_point);
}

bool has_additions(std::string_view text) {
  const char32_t first = unicode_additions().front().first;
  for (std::size_t i = 0; i < text.size();) {
    if (static_cast<unsigned char>(text[i]) < 0xE0) {  // below U+0800
      ++i;
      continue;
    }
    std::size_t length = 1;
    const char32_t code_point = code_point_at(text, i, length);
    if (code_point >= first && may_be_addition(code_point) && !added_category(code_point).empty()) return true;
    i += length;
  }
  return false;
}

void normalize(AlignedText& text, NormalForm form) {
  if (is_surely_normal(text.text(), form)) return;
  const bool is_compatible = form == NormalForm::nfkc || form == NormalForm::nfkd;
  const bool is_composed = form == NormalForm::nfc || form == NormalForm::nfkc;
  std::vector<NewCharacter> characters = decompose(text.text(), is_compatible);
  if (is_composed) characters = Composer().run(characters);
  text.transform(characters);
}

std::vector<std::size_t> grapheme_ends(const std::string& text) {
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<UText, decltype(&utext_close)> source(
      utext_openUTF8(nullptr, text.data(), static_cast<std::int64_t>(text.size()), &status), &utext_close);
  const std::unique_ptr<UBreakIterator, decltype(&ubrk_close)> iterator(
      ubrk_open(UBRK_CHARACTER, "", nullptr, 0, &status), &ubrk_close);
  check(status);
  ubrk_setUText(iterator.get(), source.get(), &status);
  check(status);
  std::vector<std::size_t> ends;
  for (std::int32_t end = ubrk_next(iterator.get()); end != UBRK_DONE; end = ubrk_next(iterator.get())) {
    ends.push_back(static_cast<std::size_t>(end));
  }
  return ends;
}

}  // namespace intelia
