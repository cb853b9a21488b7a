// See pattern.hpp.
#define PCRE2_CODE_UNIT_WIDTH 8
#include "tokenizer/pattern.hpp"

#include <fmt/format.h>
#include <pcre2.h>
#include <time.h>

#include <algorithm>
#include <optional>

#include "base/error.hpp"
#include "base/excerpt.hpp"
#include "text/utf8.hpp"

namespace intelia {

namespace {

using MatchData = std::unique_ptr<pcre2_match_data, decltype(&pcre2_match_data_free)>;
using MatchContext = std::unique_ptr<pcre2_match_context, decltype(&pcre2_match_context_free)>;

// PCRE2 limits the steps from one start, not their sum over all starts, which may be quadratic in the text. This limits
// the CPU time for a text; published patterns need some milliseconds per MiB.
constexpr double kMaxSeconds = 2, kMaxSecondsPerMiB = 1;
constexpr int kMatchesPerLook = 256;  // at the clock

double thread_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

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
  [[noreturn]] void fail(const std::string& why) const {
    throw Error(Kind::input, fmt::format("the pattern '{}' could not be matched: {}", excerpt(source), why));
  }
};

/** Searches one text, within the limit of time. */
class Pattern::Search {
 public:
  Search(const State& state, std::string_view text)
      : state_(state),
        text_(text),
        match_(state.match_data()),
        context_(pcre2_match_context_create(nullptr), &pcre2_match_context_free),
        max_seconds_(kMaxSeconds + kMaxSecondsPerMiB * static_cast<double>(text.size() >> 20)),
        start_seconds_(thread_seconds()) {}

  /** The first match from `position` on; nothing when there is none. */
  std::optional<ByteRange> find(std::size_t position) {
    if (++num_matches_ % kMatchesPerLook == 0) check_time();
    // In parts that become longer, as PCRE2 need not scan a part of the text twice during one search.
    for (std::size_t num_starts = 1;; num_starts *= 2) {
      const std::size_t last_start = position + num_starts;
      pcre2_set_offset_limit(context_.get(), last_start);
      const int count = pcre2_match(state_.code, reinterpret_cast<PCRE2_SPTR>(text_.data()), text_.size(), position,
                                    PCRE2_NO_UTF_CHECK, match_.get(), context_.get());
      if (count >= 0) break;
      if (count != PCRE2_ERROR_NOMATCH) state_.fail(words_of(count));
      if (last_start >= text_.size()) return std::nullopt;
      check_time();
      position = last_start + 1;
      while (position < text_.size() && (static_cast<unsigned char>(text_[position]) & 0xC0) == 0x80) ++position;
    }
    const PCRE2_SIZE* bounds = pcre2_get_ovector_pointer(match_.get());
    return ByteRange{bounds[0], bounds[1]};
  }

 private:
  void check_time() const {
    if (thread_seconds() - start_seconds_ > max_seconds_)
      state_.fail(fmt::format("it takes more than {} seconds for a text of {} bytes", max_seconds_, text_.size()));
  }

  const State& state_;
  std::string_view text_;
  MatchData match_;
  MatchContext context_;
  double max_seconds_, start_seconds_;
  int num_matches_ = 0;
};

Pattern::Pattern(const std::string& pattern) : state_(std::make_unique<State>()) {
  int error = 0;
  PCRE2_SIZE offset = 0;
  state_->source = pattern;
  state_->code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(),
                               PCRE2_UTF | PCRE2_UCP | PCRE2_USE_OFFSET_LIMIT, &error, &offset, nullptr);
  if (state_->code == nullptr) {
    throw Error(Kind::input, fmt::format("the pattern '{}' is invalid at byte {}: {}", excerpt_around(pattern, offset),
                                         offset, words_of(error)));
  }
  // Without just-in-time compilation matching is slower with the same result.
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
  Search search(*state_, text);
  std::size_t position = 0;
  while (position < text.size()) {
    const std::optional<ByteRange> found = search.find(position);
    if (!found) return;
    position = found->end;
    if (found->begin < found->end)
      take(*found);
    else if (position < text.size())
      position += character_bytes(text, position);
  }
}

void Pattern::for_each_match_or_gap(std::string_view text, const std::function<void(ByteRange)>& take) const {
  Search search(*state_, text);
  std::size_t last_end = std::string_view::npos;
  for (std::size_t position = 0; position <= text.size();) {
    const std::optional<ByteRange> found = search.find(position);
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
