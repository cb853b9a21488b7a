// Converts stored ratings and thumbs to one scale from 1 (bad) to 5 (good). Pure functions on text; lib/postgres does
// the same in SQL.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace intelia::extraction {

inline constexpr double kWorstRating = 1, kBestRating = 5;

/** The scale of stored ratings: lowest and highest value, or true and false. */
enum class RatingScale { one_to_five, zero_to_ten, zero_to_five, zero_to_one, zero_to_hundred, boolean };

struct ScaleBounds {
  double lowest, highest;
};

/** The values of `scale` that are converted to 1 and 5; of boolean 0 and 1. */
ScaleBounds bounds(RatingScale scale);

/** Names in settings: 1-5, 0-10, 0-5, 0-1, 0-100, boolean. */
std::string name(RatingScale scale);

/** The scale by its name, the value of `setting`. Throws SettingError{usage}. */
RatingScale rating_scale(std::string_view name, const std::string& setting);

/** A rating on 1..5, a fault, or neither when there is none. */
struct RatingReading {
  std::optional<double> rating;
  std::string fault;  // to follow the name of the field: "is NaN", "is not a number: \"5/5\""
};

/**
 * `text` (4, "4.5", " 4,5 ", 1e1, true, FALSE) on `scale`, mapped linearly to 1..5. true is 5 and false 1 on every
 * scale. Values outside the scale are faults, except those below 1 on 1-5, which systems store for a bad rating or none
 * and which no minimum on the scale admits. On boolean t, yes, y, on and 1 are true; f, no, n, off and 0 are false.
 */
RatingReading read_rating(std::string_view text, RatingScale scale);

/**
 * A thumb: up (true, 1, +1, like, good, 👍, …) is 5, down (false, -1, dislike, bad, 👎, …) is 1; 0, none, neutral and an
 * empty text mean no rating; anything else is a fault.
 */
RatingReading read_thumb(std::string_view text);

/** The names of thumbs that read_thumb accepts, in lower case. */
const std::vector<std::string>& thumbs_up();
const std::vector<std::string>& thumbs_down();
const std::vector<std::string>& no_thumbs();

/** `rating`, within the bounds of `scale`, on 1..5; SQL repeats this arithmetic. */
double spread(double rating, RatingScale scale);

}  // namespace intelia::extraction
