// See pattern.hpp.
#define PCRE2_CODE_UNIT_WIDTH 8
#include "tokenizer/pattern.hpp"

#include <fmt/format.h>
#include <pcre2.h>

#include <algorithm>
#include <optional>

#include "base/error.hpp"
#include "text/utf8.hpp"

namespace intelia {

namespace {

using MatchData = std::unique_ptr<pcre2_match_data, decltype(&pcre2_match_data_free)>;

std::string words_of(int code) {
  PCRE2_UCHAR buffer[256];
  pcre2_get_error_message(code, buffer, sizeof buffer);
  return reinterpret_cast<const char*>(buffer);
}

}  // namespace

struct Pattern::State {
  pcre2_code* code = nullptr;
  std::string source;
  MatchData match_data() const { return {pcre2_match_data_create_from_pattern(code, nullptr), &pcre2_match_data_free}; }
  [[noreturn]] void fail(int code_of_match) const {
    throw Error(Kind::input, fmt::format("the pattern '{}' could not be matched: {}", source, words_of(code_of_match)));
  }
  /** The first match of `text` from `position` on; nothing when there is none. */
  std::optional<ByteRange> find(std::string_view text, std::size_t position, const MatchData& match) const {
    const int count = pcre2_match(code, reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), position,
                                  PCRE2_NO_UTF_CHECK, match.get(), nullptr);
    if (count == PCRE2_ERROR_NOMATCH) return std::nullopt;
    if (count < 0) fail(count);
    const PCRE2_SIZE* bounds = pcre2_get_ovector_pointer(match.get());
    return ByteRange{bounds[0], bounds[1]};
  }
};

Pattern::Pattern(const std::string& pattern) : state_(std::make_unique<State>()) {
  int error = 0;
  PCRE2_SIZE offset = 0;
  state_->source = pattern;
  state_->code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(), PCRE2_UTF | PCRE2_UCP,
                               &error, &offset, nullptr);
  if (state_->code == nullptr) {
    throw Error(Kind::input,
                fmt::format("the pattern '{}' is not understood at byte {}: {}", pattern, offset, words_of(error)));
  }
  // Without just-in-time support matching is slower and the result the same.
  pcre2_jit_compile(state_->code, PCRE2_JIT_COMPLETE);
}

Pattern::~Pattern() { pcre2_code_free(state_->code); }

bool Pattern::matches_at_start(std::string_view text) const {
  const MatchData match = state_->match_data();
  const int count = pcre2_match(state_->code, reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), 0, PCRE2_ANCHORED,
                                match.get(), nullptr);
  return count >= 0;
}

void Pattern::for_each_match(std::string_view text, const std::function<void(ByteRange)>& take) const {
  const MatchData match = state_->match_data();
  std::size_t position = 0;
  while (position < text.size()) {
    const std::optional<ByteRange> found = state_->find(text, position, match);
    if (!found) return;
    position = found->end;
    if (found->begin < found->end)
      take(*found);
    else if (position < text.size())
      position += character_bytes(text, position);
  }
}

void Pattern::for_each_match_or_gap(std::string_view text, const std::function<void(ByteRange)>& take) const {
  const MatchData match = state_->match_data();
  std::size_t last_end = std::string_view::npos;
  for (std::size_t position = 0; position <= text.size();) {
    const std::optional<ByteRange> found = state_->find(text, position, match);
    if (!found) return;
    if (found->begin == found->end && found->end == last_end) {
      position += position < text.size() ? character_bytes(text, position) : 1;
      continue;
    }
    take(*found);
    position = last_end = found->end;
  }
}

}  // namespace intelia
