#include "extraction/language_tag.hpp"

#include <algorithm>
#include <array>

#include "extraction/foreign_text.hpp"

namespace intelia::extraction {

namespace {

constexpr std::string_view kEndOfPrimary = "-_.@,;(/ \t\n\r\f\v", kEndOfRange = ".@,;(/ \t\n\r\f\v";

struct Words {
  std::string_view code;
  std::array<std::string_view, 10> words;  // empty ones at the end
};

constexpr std::array<Words, 4> kLanguages{
    {{"fr", {"fra", "fre", "french", "franc*ais", "france*s"}},
     {"en", {"eng", "english", "anglais", "ingle*s"}},
     {"es",
      {"spa", "spanish", "espagnol", "espan*ol", "espanhol", "castilian", "castillan", "castellano", "castelhano"}},
     {"pt", {"por", "portuguese", "portugais", "portugue*s"}}}};

bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }

/** Whether `text` matches `pattern`. A letter followed by '*' is optional, and up to two characters outside ASCII may
    follow or replace it: c, ç as one character, ç as two. */
bool matches(std::string_view pattern, std::string_view text) {
  while (!pattern.empty()) {
    const bool may_have_accent = pattern.size() > 1 && pattern[1] == '*';
    const bool is_there = !text.empty() && text.front() == pattern.front();
    if (!is_there && !may_have_accent) return false;
    if (is_there) text.remove_prefix(1);
    pattern.remove_prefix(may_have_accent ? 2 : 1);
    for (int i = 0; may_have_accent && i < 2 && !text.empty() && !is_ascii(text.front()); ++i) {
      do text.remove_prefix(1);
      while (!text.empty() && (static_cast<unsigned char>(text.front()) & 0xC0) == 0x80);
    }
  }
  return text.empty();
}

}  // namespace

std::string primary_language(std::string_view tag) {
  const std::string_view bare = trimmed(tag);
  std::string code = lower_case(bare.substr(0, bare.find_first_of(kEndOfPrimary)));
  if (code.size() < 3) return code;
  for (const Words& language : kLanguages)
    for (const std::string_view word : language.words)
      if (!word.empty() && matches(word, code)) return std::string(language.code);
  return code;
}

std::string language_range(std::string_view tag) {
  const std::string_view bare = trimmed(tag);
  std::string range = lower_case(bare.substr(0, bare.find_first_of(kEndOfRange)));
  std::replace(range.begin(), range.end(), '_', '-');
  return range;
}

WantedLanguages::WantedLanguages(const std::vector<std::string>& wanted) : wanted_(wanted) {
  for (const std::string& tag : wanted) {
    const std::string range = language_range(tag);
    const bool has_region = range.find('-') != std::string::npos;
    std::vector<std::string>& list = has_region ? ranges_ : codes_;
    std::string entry = has_region ? range : primary_language(tag);
    if (std::find(list.begin(), list.end(), entry) == list.end()) list.push_back(std::move(entry));
  }
}

bool WantedLanguages::match(std::string_view tag) const {
  if (wanted_.empty() || std::find(wanted_.begin(), wanted_.end(), tag) != wanted_.end()) return true;
  if (!codes_.empty() && std::find(codes_.begin(), codes_.end(), primary_language(tag)) != codes_.end()) return true;
  if (ranges_.empty()) return false;
  const std::string range = language_range(tag) + "-";
  return std::any_of(ranges_.begin(), ranges_.end(),
                     [&](const std::string& wanted) { return range.rfind(wanted + "-", 0) == 0; });
}

std::vector<std::string> words_for_language(std::string_view code) {
  std::vector<std::string> words;
  for (const Words& language : kLanguages) {
    if (language.code != code) continue;
    for (const std::string_view word : language.words)
      if (!word.empty()) words.emplace_back(word);
  }
  return words;
}

}  // namespace intelia::extraction
