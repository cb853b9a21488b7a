// What changed between two extractions of the same source, from the `counts` of their manifests alone: how the rows are
// spread over language, rating and month, how many there are, and how many were dropped and rejected. It knows which
// change is more than chance; it does not know where the counts came from, nor what an alarm leads to.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "record/json_fwd.hpp"

namespace intelia::extraction {

struct DriftPolicy {
  double alarm_drift = 0;   // an alarm above it: a share of the rows, in [0, 1]; 0: never an alarm
  double jump_factor = 2;   // a rate that grew by more than this factor has jumped, …
  double jump_rate = 0.01;  // … if it is now above this share of the rows that matched
};

/** One value of a distribution, such as the language fr. */
struct DriftCell {
  std::string name;
  std::int64_t before = 0, after = 0;        // rows
  double share_before = 0, share_after = 0;  // of the distribution's rows; of months: both of the rows before
  double change() const { return share_after - share_before; }
};

/**
 * How far two distributions lie apart.
 *
 * Language and rating: `distance` is the total variation distance ½·Σ|p−q| of the shares, in [0, 1]: the part of the
 * rows that would have to be something else for the two to agree. Empty cells need no special case (the population
 * stability index is infinite there and depends on the floor that is put in) and many small cells do not hide one
 * another.
 *
 * Month: the newest months always grow, so only those before the newest month of `before` are compared, and as rows,
 * not as shares: `distance` is Σ|after−before| / Σ before, at most 1: the part of the closed months that came or went
 * later.
 *
 * `noise` is what chance alone stays under in 99.9 of 100 nights. For shares of two independent samples of n and m rows
 * of one source, with pooled shares r and v = 1/n + 1/m: the mean of the distance is at most ½·Σ√(r·(1−r)·v) (Jensen),
 * and by McDiarmid's inequality it is exceeded by √(v·ln(1000)/2) with a probability of at most 1/1000. Two nights that
 * share most of their rows differ by less than that. For D changed rows of closed months it is 3.09·√D / Σ before, as a
 * count that varies as Poisson's has the standard deviation √D. `drift` = max(0, distance − noise) is the change that
 * the counts prove: a few rows prove nothing, whatever their distance.
 */
struct Distribution {
  std::string name;              // "language", "rating", "month"
  std::vector<DriftCell> cells;  // by name
  std::int64_t rows_before = 0, rows_after = 0;
  double distance = 0, noise = 0, drift = 0;
  const DriftCell* largest_change() const;  // the cell whose share changed most; null without cells
};

/**
 * The share of the rows that matched which one reason dropped, rejected or quarantined. It has jumped when the lower
 * bound of its rate after is above `jump_rate`, and above `jump_factor` times the upper bound of its rate before; the
 * bounds are Wilson's (1927) at z = 3.09, each wrong in 1 of 1000 nights.
 */
struct DriftRate {
  std::string kind;  // "dropped", "rejected", "quarantined"
  std::string reason;
  std::int64_t before = 0, after = 0;  // rows
  double rate_before = 0, rate_after = 0;
  bool has_jumped = false;
};

struct DriftReport {
  double alarm_drift = 0;  // of the policy
  std::int64_t kept_before = 0, kept_after = 0, matched_before = 0, matched_after = 0;
  double lost = 0;  // share of the kept rows that is gone, less 3.09·√(before + after) rows of chance
  std::vector<Distribution> distributions;
  std::vector<DriftRate> rates;           // by kind and reason
  std::vector<std::string> not_compared;  // what one of the two does not hold, and why, in words
  double drift = 0;                       // the largest of `lost` and every distribution's drift
  std::vector<std::string> alarms;        // in words; empty: all is as it was, or no alarm was asked for
  bool is_alarm() const { return !alarms.empty(); }
};

/**
 * Compares the `counts` of two manifests: {"matched", "kept", "kept_by_language": {}, "kept_by_rating": {},
 * "kept_by_month": {}, "dropped": {}, "rejected": {}, "quarantined": {}}. A distribution that only one holds, or that
 * has no rows in one, is not compared. Throws Error{input} naming the key whose value is not a count, Error{usage} for
 * a policy out of range.
 */
DriftReport compare(const Json& before, const Json& after, const DriftPolicy& policy);

Json to_json(const DriftReport& report);

/** A few lines for people: one a distribution, with its largest change; the rates that changed; the alarms. */
std::string to_text(const DriftReport& report);

}  // namespace intelia::extraction
