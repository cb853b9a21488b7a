#include "evaluation/bootstrap.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "base/random.hpp"

namespace intelia {

double ratio(std::span<const RatioUnit> units) {
  RatioUnit sum;
  for (const RatioUnit& unit : units) {
    sum.numerator += unit.numerator;
    sum.denominator += unit.denominator;
  }
  return sum.denominator == 0 ? 0 : sum.numerator / sum.denominator;
}

Interval bootstrap_ratio(std::span<const RatioUnit> units, std::uint64_t seed, int resamples, double confidence) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (units.size() < 2) return {-kInfinity, kInfinity};
  Random random(seed);
  std::vector<double> statistics(static_cast<std::size_t>(resamples));
  for (double& statistic : statistics) {
    RatioUnit sum;
    for (std::size_t i = 0; i < units.size(); ++i) {
      const RatioUnit& unit = units[random.below(units.size())];
      sum.numerator += unit.numerator;
      sum.denominator += unit.denominator;
    }
    statistic = sum.denominator == 0 ? 0 : sum.numerator / sum.denominator;
  }
  std::sort(statistics.begin(), statistics.end());
  const auto at = [&](double quantile) {
    return statistics[static_cast<std::size_t>(std::floor(quantile * static_cast<double>(resamples - 1) + 0.5))];
  };
  return {at((1 - confidence) / 2), at((1 + confidence) / 2)};
}

}  // namespace intelia
