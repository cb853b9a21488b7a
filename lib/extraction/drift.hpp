// Drift between two extractions of the same source, computed from the `counts` of their manifests: distributions of
// language, rating and month, number of rows, rates of dropped and rejected rows. It tells significant changes from
// chance; it does not know where the counts come from or what follows from an alarm.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "record/json_fwd.hpp"

namespace intelia::extraction {

struct DriftPolicy {
  double alarm_drift = 0;   // threshold of the alarm, a fraction of the rows; 0: no alarm
  double jump_factor = 2;   // minimum growth of a rate that counts as a jump, …
  double jump_rate = 0.01;  // … if it is now above this fraction of the matched rows
};

/** One value of a distribution, such as the language fr. */
struct DriftCell {
  std::string name;
  std::int64_t before = 0, after = 0;        // rows
  double share_before = 0, share_after = 0;  // of the rows of the distribution; of months: both of the rows before
  double change() const { return share_after - share_before; }
};

/**
 * The difference between two distributions.
 *
 * Language and rating: `distance` is the total variation distance ½·Σ|p−q| of the shares, in [0, 1]: the
 * fraction of the rows that would have to change for the two to be equal. Empty cells need no special case (the
 * population stability index is infinite there and depends on an arbitrary floor).
 *
 * Month: the newest month always grows, so only months before the newest one of `before` are compared, by rows instead
 * of shares: `distance` is Σ|after−before| / Σ before, at most 1: the fraction of rows of closed months that was added
 * or removed later.
 *
 * `noise` is the distance that chance alone does not exceed with probability 0.999. For shares of two independent
 * samples of n and m rows of one source, with pooled shares r and v = 1/n + 1/m: the mean of the distance is at most
 * ½·Σ√(r·(1−r)·v) (Jensen), and by McDiarmid's inequality it is exceeded by √(v·ln(1000)/2) with a probability of at
 * most 1/1000. Two extractions that share most rows differ by less. For D changed rows of closed months it is 3.09·√D /
 * Σ before, the standard deviation of a Poisson count being √D. `drift` = max(0, distance − noise) is the significant
 * part.
 */
struct Distribution {
  std::string name;              // "language", "rating", "month"
  std::vector<DriftCell> cells;  // by name
  std::int64_t rows_before = 0, rows_after = 0;
  double distance = 0, noise = 0, drift = 0;
  const DriftCell* largest_change() const;  // the cell whose share changed most; null without cells
};

/**
 * The fraction of the matched rows that were dropped, rejected or quarantined for one reason. It has jumped when the
 * lower bound of its rate after is above `jump_rate`, and above `jump_factor` times the upper bound of its rate before;
 * the bounds are Wilson's (1927) at z = 3.09, each wrong with probability 0.001.
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
  double lost = 0;  // fraction of the kept rows that was lost, less 3.09·√(before + after) rows by chance
  std::vector<Distribution> distributions;
  std::vector<DriftRate> rates;           // by kind and reason
  std::vector<std::string> not_compared;  // distributions that are missing in one of the two, with the reason
  double drift = 0;                       // the largest of `lost` and every distribution's drift
  std::vector<std::string> alarms;        // messages; empty: no significant change, or alarms are off
  bool is_alarm() const { return !alarms.empty(); }
};

/** Throws SettingError{usage} unless the threshold of the alarm is a fraction. */
void check(const DriftPolicy& policy);

/**
 * Compares the `counts` of two manifests: {"matched", "kept", "kept_by_language": {}, "kept_by_rating": {},
 * "kept_by_month": {}, "dropped": {}, "rejected": {}, "quarantined": {}}. A distribution that is missing or empty in
 * one of them is not compared. Throws Error{input} naming the key whose value is not a count; throws as check() does.
 */
DriftReport compare(const Json& before, const Json& after, const DriftPolicy& policy);

Json to_json(const DriftReport& report);

/** Lines of text: each distribution with its largest change, the rates that changed, and the alarms. */
std::vector<std::string> to_lines(const DriftReport& report);

}  // namespace intelia::extraction
