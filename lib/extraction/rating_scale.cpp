#include "extraction/rating_scale.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "base/error.hpp"
#include "base/nearest_word.hpp"
#include "extraction/foreign_text.hpp"

namespace intelia::extraction {

namespace {

constexpr std::array<std::pair<const char*, RatingScale>, 6> kNames{{{"1-5", RatingScale::one_to_five},
                                                                     {"0-10", RatingScale::zero_to_ten},
                                                                     {"0-5", RatingScale::zero_to_five},
                                                                     {"0-1", RatingScale::zero_to_one},
                                                                     {"0-100", RatingScale::zero_to_hundred},
                                                                     {"boolean", RatingScale::boolean}}};

bool is_one_of(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/** `text` as a number; nothing if it is none or out of range. */
std::optional<double> whole_number(std::string_view text) {
  double number = 0;
  const auto [stopped, status] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (status != std::errc{} || stopped != text.data() + text.size()) return std::nullopt;
  return number;
}

/** `digits` without a leading plus and with a decimal point instead of a comma. */
std::string with_point(std::string digits) {
  if (digits.find('.') == std::string::npos && std::count(digits.begin(), digits.end(), ',') == 1)
    digits[digits.find(',')] = '.';
  if (digits.size() > 1 && digits[0] == '+' && digits[1] != '-') digits.erase(0, 1);
  return digits;
}

RatingReading fault(std::string words) { return {std::nullopt, std::move(words)}; }

}  // namespace

ScaleBounds bounds(RatingScale scale) {
  switch (scale) {
    case RatingScale::one_to_five:
      return {1, 5};
    case RatingScale::zero_to_ten:
      return {0, 10};
    case RatingScale::zero_to_five:
      return {0, 5};
    case RatingScale::zero_to_hundred:
      return {0, 100};
    case RatingScale::zero_to_one:
    case RatingScale::boolean:
      break;
  }
  return {0, 1};
}

std::string name(RatingScale scale) {
  for (const auto& [name, known] : kNames)
    if (known == scale) return name;
  throw Error(Kind::internal, "a rating scale without a name");
}

RatingScale rating_scale(std::string_view name, const std::string& setting) {
  std::vector<std::string> names;
  for (const auto& [known, scale] : kNames) {
    if (known == name) return scale;
    names.emplace_back(known);
  }
  throw SettingError(Kind::usage, setting,
                     "unknown scale '" + std::string(name) + "'" + did_you_mean(name, names) +
                         "; expected 1-5, 0-10, 0-5, 0-1, 0-100 or boolean");
}

double spread(double rating, RatingScale scale) {
  if (scale == RatingScale::one_to_five) return rating;
  const auto [lowest, highest] = bounds(scale);
  return kWorstRating + (rating - lowest) * ((kBestRating - kWorstRating) / (highest - lowest));
}

RatingReading read_rating(std::string_view text, RatingScale scale) {
  std::optional<double> number = whole_number(text);  // the form of numbers from a database
  if (!number) {
    const std::string word = lower_case(trimmed(text));
    const bool is_boolean = scale == RatingScale::boolean;
    if (word == "true" || (is_boolean && is_one_of({"t", "yes", "y", "on"}, word))) return {kBestRating, ""};
    if (word == "false" || (is_boolean && is_one_of({"f", "no", "n", "off"}, word))) return {kWorstRating, ""};
    number = whole_number(with_point(word));
  }
  if (!number) return fault("is not a number: " + in_quotes(text));
  if (std::isnan(*number)) return fault("is NaN");
  if (std::isinf(*number)) return fault("is infinite");
  const auto [lowest, highest] = bounds(scale);
  const bool is_below = *number < lowest && scale != RatingScale::one_to_five;
  if (is_below || *number > highest || (scale == RatingScale::boolean && *number != lowest && *number != highest))
    return fault("is outside the scale " + name(scale) + ": " + in_quotes(text));
  return {spread(*number, scale), ""};
}

const std::vector<std::string>& thumbs_up() {
  static const std::vector<std::string> words{"up",     "thumbs_up", "thumbs-up", "thumbs up", "thumbsup", "thumb_up",
                                              "1",      "+1",        "like",      "liked",     "good",     "positive",
                                              "upvote", "true",      "t",         "yes",       "👍"};
  return words;
}

const std::vector<std::string>& thumbs_down() {
  static const std::vector<std::string> words{
      "down",     "thumbs_down", "thumbs-down", "thumbs down", "thumbsdown", "thumb_down", "-1", "dislike",
      "disliked", "bad",         "negative",    "downvote",    "false",      "f",          "no", "👎"};
  return words;
}

const std::vector<std::string>& no_thumbs() {
  static const std::vector<std::string> words{"", "0", "none", "neutral", "null"};
  return words;
}

RatingReading read_thumb(std::string_view text) {
  const std::string word = lower_case(trimmed(text));
  if (is_one_of(thumbs_up(), word)) return {kBestRating, ""};
  if (is_one_of(thumbs_down(), word)) return {kWorstRating, ""};
  if (is_one_of(no_thumbs(), word)) return {};
  const std::optional<double> number = whole_number(word);
  if (number == 1) return {kBestRating, ""};
  if (number == -1) return {kWorstRating, ""};
  if (number == 0) return {};
  return fault("is neither up nor down: " + in_quotes(text));
}

}  // namespace intelia::extraction
