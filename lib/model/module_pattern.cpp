#define PCRE2_CODE_UNIT_WIDTH 8
#include "model/module_pattern.hpp"

#include <fmt/format.h>
#include <pcre2.h>

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

}  // namespace

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
