#include "dataset/split.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/error.hpp"
#include "base/hash.hpp"

namespace intelia {

double split_position(std::string_view conversation_id) {
  return static_cast<double>(stable_hash64(conversation_id, kSplitSeed) >> 11) * 0x1.0p-53;
}

Split split_of(const std::vector<double>& fractions) {
  constexpr double kTolerance = 1e-9;  // for decimals such as 0.8,0.1,0.1
  const double sum = std::accumulate(fractions.begin(), fractions.end(), 0.0);
  const bool are_fractions = std::all_of(fractions.begin(), fractions.end(), [](double f) { return f >= 0 && f <= 1; });
  const bool is_whole = fractions.size() == 1 || std::abs(sum - 1) < kTolerance;
  if (fractions.empty() || fractions.size() > 3 || !are_fractions || !is_whole)
    throw SettingError(
        Kind::usage, "split",
        fmt::format("expected the fractions of training, validation and test, which add up to 1, such as "
                    "0.9,0.1 or 0.8,0.1,0.1, got {}",
                    fmt::join(fractions, ",")));
  return {fractions[0], fractions.size() == 3 ? fractions[2] : 0};
}

SplitPart part_of(std::string_view conversation_id, const Split& split) {
  const double position = split_position(conversation_id);
  if (position < split.train) return SplitPart::train;
  return position < 1 - split.test ? SplitPart::validation : SplitPart::test;
}

}  // namespace intelia
