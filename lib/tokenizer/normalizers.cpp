// See normalizers.hpp.
#include "tokenizer/normalizers.hpp"

#include <memory>

#include "text/unicode.hpp"
#include "text/utf8.hpp"
#include "tokenizer/byte_alphabet.hpp"
#include "tokenizer/charsmap.hpp"
#include "tokenizer/text_matcher.hpp"

namespace intelia {

namespace {

/** Replaces each character by the characters of `map`: the first in its position, the others inserted. */
void map_characters(AlignedText& text, const std::function<std::u32string(char32_t)>& map) {
  std::vector<NewCharacter> characters;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t length = 1;
    std::ptrdiff_t change = 0;
    for (const char32_t code_point : map(code_point_at(text.text(), i, length))) {
      characters.push_back({code_point, change});
      change = 1;
    }
    i += length;
  }
  text.transform(characters);
}

void strip(AlignedText& text, bool strips_left, bool strips_right) {
  std::vector<NewCharacter> characters;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t length = 1;
    characters.push_back({code_point_at(text.text(), i, length), 0});
    i += length;
  }
  std::size_t begin = 0, end = characters.size();
  while (strips_left && begin < end && is_white_space(characters[begin].code_point)) ++begin;
  while (strips_right && end > begin && is_white_space(characters[end - 1].code_point)) --end;
  if (begin == 0 && end == characters.size()) return;
  text.transform(std::span(characters).subspan(begin, end - begin), begin);
}

/** The clean-up of SentencePiece's nmt rules: removes control characters, and replaces whitespace by spaces. */
void clean_as_nmt(AlignedText& text) {
  text.keep_only([](char32_t c) {
    return !((c >= 0x1 && c <= 0x8) || c == 0xB || (c >= 0xE && c <= 0x1F) || c == 0x7F || c == 0x8F || c == 0x9F);
  });
  map_characters(text, [](char32_t c) {
    const bool is_blank = c == 0x9 || c == 0xA || c == 0xC || c == 0xD || c == 0x1680 || (c >= 0x200B && c <= 0x200F) ||
                          c == 0x2028 || c == 0x2029 || c == 0x2581 || c == 0xFEFF || c == 0xFFFD;
    return std::u32string(1, is_blank ? U' ' : c);
  });
}

Normalizer form_normalizer(NormalForm form) {
  return [form](AlignedText& text) { normalize(text, form); };
}

Normalizer replace_normalizer(const JsonObject& part) {
  return [matcher = TextMatcher(part), content = text_at(part, "content", "")](AlignedText& text) {
    text.replace(matcher.matches(text.text()), content);
  };
}

Normalizer read_normalizer(const JsonObject& part) {
  const std::string type = text_at(part, "type", "");
  if (type == "NFC") return form_normalizer(NormalForm::nfc);
  if (type == "NFD") return form_normalizer(NormalForm::nfd);
  if (type == "NFKC") return form_normalizer(NormalForm::nfkc);
  if (type == "NFKD") return form_normalizer(NormalForm::nfkd);
  if (type == "Replace") return replace_normalizer(part);
  if (type == "Prepend") {
    return [prefix = text_at(part, "prepend", "")](AlignedText& text) { text.prepend(prefix); };
  }
  if (type == "Lowercase") return [](AlignedText& text) { map_characters(text, lowercase); };
  if (type == "Strip") {
    return [left = flag_at(part, "strip_left", false), right = flag_at(part, "strip_right", false)](AlignedText& text) {
      strip(text, left, right);
    };
  }
  if (type == "StripAccents") {
    return [](AlignedText& text) { text.keep_only([](char32_t c) { return !is_combining_mark(c); }); };
  }
  if (type == "Nmt") return clean_as_nmt;
  if (type == "ByteLevel") return map_bytes;
  if (type == "Precompiled") {
    const auto map = std::make_shared<CharacterMap>(text_at(part, "precompiled_charsmap", ""));
    return [map](AlignedText& text) { map->apply(text); };
  }
  refuse("the normalizer " + type);
}

}  // namespace

void map_bytes(AlignedText& text) {
  std::vector<NewCharacter> characters;
  characters.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text.text()[i]);
    characters.push_back({ByteAlphabet::get().character_of(byte), (byte & 0xC0) == 0x80 ? 1 : 0});
  }
  text.transform(characters);
}

std::vector<Normalizer> read_normalizers(const JsonObject& file) {
  std::vector<Normalizer> normalizers;
  if (is_null(file, "normalizer")) return normalizers;
  for_each_part(file["normalizer"], "normalizers",
                [&](const JsonObject& part) { normalizers.push_back(read_normalizer(part)); });
  return normalizers;
}

}  // namespace intelia
