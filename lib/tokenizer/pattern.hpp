// A compiled PCRE2 pattern over UTF-8, with Unicode properties, just-in-time compiled. Thread-safe.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "text/byte_range.hpp"

namespace intelia {

class Pattern {
 public:
  /** Throws Error{input} naming the pattern and the position of the error. */
  explicit Pattern(const std::string& pattern);
  ~Pattern();
  Pattern(const Pattern&) = delete;
  Pattern& operator=(const Pattern&) = delete;

  /** Whether a match begins at the first byte. */
  bool matches_at_start(std::string_view text) const;
  /** Calls `take` with every match in order; empty ones are skipped. `text` is valid UTF-8. Throws Error{input} naming
      the pattern when a text takes more than two seconds of CPU time, and one for each MiB. */
  void for_each_match(std::string_view text, const std::function<void(ByteRange)>& take) const;
  /** As for_each_match, with the empty matches that Oniguruma's iteration finds: not right after another match. */
  void for_each_match_or_gap(std::string_view text, const std::function<void(ByteRange)>& take) const;

 private:
  struct State;
  class Search;
  std::unique_ptr<State> state_;
};

}  // namespace intelia
