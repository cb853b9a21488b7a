// What a stored rating or thumb says, on the one scale of the house: 1 (bad) to 5 (good). Pure: it reads the text that
// a database or file gave and does not know whose rating it is. lib/postgres says the same in SQL.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace intelia::extraction {

inline constexpr double kWorstRating = 1, kBestRating = 5;

/** The scale in which ratings are stored: lowest and highest value, or true and false. */
enum class RatingScale { one_to_five, zero_to_ten, zero_to_five, zero_to_one, zero_to_hundred, boolean };

struct ScaleBounds {
  double lowest, highest;
};

/** The values of `scale` that become 1 and 5; of boolean 0 and 1. */
ScaleBounds bounds(RatingScale scale);

/** Names for settings: 1-5, 0-10, 0-5, 0-1, 0-100, boolean. */
std::string name(RatingScale scale);

/** The scale by its name, the value of `setting`. Throws SettingError{usage}. */
RatingScale rating_scale(std::string_view name, const std::string& setting);

/** A rating on 1..5, or a fault, or neither: it says nothing. */
struct RatingReading {
  std::optional<double> rating;
  std::string fault;  // what follows the name of the thing: "is NaN", "is not a number: \"5/5\""
};

/**
 * `text` (4, "4.5", " 4,5 ", 1e1, true, FALSE) on `scale`, spread linearly onto 1..5. true is 5 and false 1 on every
 * scale. Values outside the scale are faults, but for 1-5, which takes every finite number as it is. On boolean t, yes,
 * y, on and 1 are true; f, no, n, off and 0 are false.
 */
RatingReading read_rating(std::string_view text, RatingScale scale);

/**
 * A thumb: up (true, 1, +1, like, good, 👍, …) is 5, down (false, -1, dislike, bad, 👎, …) is 1; 0, none, neutral and an
 * empty text say nothing; all else is a fault.
 */
RatingReading read_thumb(std::string_view text);

/** The words for thumbs, in lower case: what read_thumb compares with. */
const std::vector<std::string>& thumbs_up();
const std::vector<std::string>& thumbs_down();
const std::vector<std::string>& no_thumbs();

/** `rating` of `scale` (within its bounds) on 1..5: the arithmetic that SQL repeats. */
double spread(double rating, RatingScale scale);

}  // namespace intelia::extraction
