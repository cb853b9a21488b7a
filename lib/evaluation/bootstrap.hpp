// Bootstrap confidence intervals (Efron 1979), by resampling whole conversations.
#pragma once

#include <cstdint>
#include <span>

namespace intelia {

/** One unit of resampling: `numerator`/`denominator` summed over units gives the statistic. */
struct RatioUnit {
  double numerator = 0;
  double denominator = 0;
};

struct Interval {
  double low = 0, high = 0;
};

inline constexpr int kBootstrapResamples = 10000;

/** Σ numerator / Σ denominator; 0 without units. */
double ratio(std::span<const RatioUnit> units);

/**
 * Percentile bootstrap interval of the ratio at `confidence` (0.95): `resamples` draws of as many units with
 * replacement, by a SplitMix64 stream from `seed`; bounds are the order statistics floor(q·(resamples−1)+0.5).
 * With fewer than two units the interval is infinite.
 */
Interval bootstrap_ratio(std::span<const RatioUnit> units, std::uint64_t seed, int resamples = kBootstrapResamples,
                         double confidence = 0.95);

}  // namespace intelia
