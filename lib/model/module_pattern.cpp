#define PCRE2_CODE_UNIT_WIDTH 8
#include "model/module_pattern.hpp"

#include <fmt/format.h>
#include <pcre2.h>

#include <algorithm>
#include <cctype>
#include <memory>

#include "base/error.hpp"
#include "base/excerpt.hpp"

namespace intelia {

namespace {

constexpr std::uint32_t kMaxSteps = 100'000;
constexpr std::size_t kMaxPatternBytes = 4096;

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* pointer) const {
    Free(pointer);
  }
};

[[noreturn]] void refuse(const std::string& pattern, int code) {
  PCRE2_UCHAR words[256];
  pcre2_get_error_message(code, words, sizeof words);
  throw Error(Kind::input, fmt::format("the pattern '{}' is not supported: {}", excerpt(pattern),
                                       reinterpret_cast<const char*>(words)));
}

[[noreturn]] void refuse_syntax(const std::string& pattern, std::size_t position, std::size_t size) {
  throw Error(Kind::input, fmt::format("the pattern '{}' has '{}' at byte {}, which Python's re does not read, or in "
                                       "another way",
                                       excerpt_around(pattern, position), pattern.substr(position, size), position));
}

/** Checks the escape at `position`; returns its last byte. */
std::size_t check_escape(const std::string& pattern, std::size_t position, bool is_in_class) {
  const std::size_t next = position + 1;
  const std::string_view letters = is_in_class ? "dDwWsSntrfv" : "dDwWsSbBntrfv";
  const bool is_known = next < pattern.size() && (letters.find(pattern[next]) != std::string_view::npos ||
                                                  std::ispunct(static_cast<unsigned char>(pattern[next])) != 0);
  if (!is_known) refuse_syntax(pattern, position, 2);
  return next;
}

}  // namespace

void check_pattern(const std::string& pattern) {
  constexpr std::string_view kGroups[] = {"(?:", "(?=", "(?!", "(?<=", "(?<!"};
  std::size_t class_begin = std::string::npos;  // of the class that is open
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const bool is_in_class = class_begin != std::string::npos;
    const std::string_view rest = std::string_view(pattern).substr(i);
    if (pattern[i] == '\\') {
      i = check_escape(pattern, i, is_in_class);
    } else if (is_in_class) {
      const bool is_first = i == class_begin + 1 || (i == class_begin + 2 && pattern[class_begin + 1] == '^');
      if (pattern[i] == '[') refuse_syntax(pattern, i, 2);
      if (pattern[i] == ']' && !is_first) class_begin = std::string::npos;
    } else if (pattern[i] == '[') {
      class_begin = i;
    } else if (rest.starts_with("(?") || rest.starts_with("(*")) {
      if (std::none_of(std::begin(kGroups), std::end(kGroups), [&](auto group) { return rest.starts_with(group); }))
        refuse_syntax(pattern, i, 3);
      ++i;
    } else if (rest.starts_with("{,") || rest.starts_with("++") || rest.starts_with("*+") || rest.starts_with("?+") ||
               rest.starts_with("}+")) {
      refuse_syntax(pattern, i, 2);
    }
  }
}

bool matches_whole(const std::string& pattern, std::string_view path) {
  if (pattern.size() > kMaxPatternBytes)
    throw Error(Kind::input,
                fmt::format("a pattern of {} bytes is too long; at most {}", pattern.size(), kMaxPatternBytes));
  int error = 0;
  PCRE2_SIZE offset = 0;
  const std::unique_ptr<pcre2_code, Freed<pcre2_code_free>> code(
      pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(),
                    PCRE2_UTF | PCRE2_UCP | PCRE2_ANCHORED | PCRE2_ENDANCHORED, &error, &offset, nullptr));
  if (!code) refuse(pattern, error);
  const std::unique_ptr<pcre2_match_data, Freed<pcre2_match_data_free>> match(
      pcre2_match_data_create_from_pattern(code.get(), nullptr));
  const std::unique_ptr<pcre2_match_context, Freed<pcre2_match_context_free>> limits(
      pcre2_match_context_create(nullptr));
  pcre2_set_match_limit(limits.get(), kMaxSteps);
  const int count =
      pcre2_match(code.get(), reinterpret_cast<PCRE2_SPTR>(path.data()), path.size(), 0, 0, match.get(), limits.get());
  if (count < 0 && count != PCRE2_ERROR_NOMATCH) refuse(pattern, count);
  return count >= 0;
}

}  // namespace intelia
