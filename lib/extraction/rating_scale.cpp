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

RatingReading fault(std::string words) { return {std::nullopt, std::move(words)}; }

}  // namespace

ScaleBounds bounds(RatingScale scale) {
  switch (scale) {
    case RatingScale::one_to_five: return {1, 5};
    case RatingScale::zero_to_ten: return {0, 10};
    case RatingScale::zero_to_five: return {0, 5};
    case RatingScale::zero_to_hundred: return {0, 100};
    case RatingScale::zero_to_one:
    case RatingScale::boolean: break;
  }
  return {0, 1};
}

std::string name(RatingScale scale) {
  for (const auto& [name, known] : kNames)
    if (known == scale) return name;
  throw Error(Kind::internal, "a rating scale without a name");
}

RatingScale rating_scale(std::string_view name, std::string_view option) {
  std::vector<std::string> names;
  for (const auto& [known, scale] : kNames) {
    if (known == name) return scale;
    names.emplace_back(known);
  }
  const std::string meant = nearest_word(name, names);
  throw Error(Kind::usage, std::string(option) + ": unknown scale '" + std::string(name) + "'" +
                               (meant.empty() ? "" : " (did you mean '" + meant + "'?)") +
                               "; expected 1-5, 0-10, 0-5, 0-1, 0-100 or boolean");
}

double spread(double rating, RatingScale scale) {
  if (scale == RatingScale::one_to_five) return rating;
  const auto [lowest, highest] = bounds(scale);
  return kWorstRating + (rating - lowest) * ((kBestRating - kWorstRating) / (highest - lowest));
}

RatingReading read_rating(std::string_view text, RatingScale scale) {
  const std::string_view bare = trimmed(text);
  const std::string word = lower_case(bare);
  if (word == "true") return {kBestRating, ""};
  if (word == "false") return {kWorstRating, ""};
  if (scale == RatingScale::boolean) {
    if (is_one_of({"t", "yes", "y", "on"}, word)) return {kBestRating, ""};
    if (is_one_of({"f", "no", "n", "off"}, word)) return {kWorstRating, ""};
  }
  std::string digits(bare);
  if (digits.find('.') == std::string::npos && std::count(digits.begin(), digits.end(), ',') == 1)
    digits[digits.find(',')] = '.';
  const bool is_signed = digits.size() > 1 && digits[0] == '+' && digits[1] != '-';
  double rating = 0;
  const char* end = digits.data() + digits.size();
  const auto [stopped, status] = std::from_chars(digits.data() + (is_signed ? 1 : 0), end, rating);
  if (status != std::errc{} || stopped != end) return fault("is not a number: " + in_quotes(text));
  if (std::isnan(rating)) return fault("is NaN");
  if (std::isinf(rating)) return fault("is infinite");
  if (scale == RatingScale::one_to_five) return {rating, ""};
  const auto [lowest, highest] = bounds(scale);
  if (rating < lowest || rating > highest || (scale == RatingScale::boolean && rating != lowest && rating != highest))
    return fault("is outside the scale " + name(scale) + ": " + in_quotes(text));
  return {spread(rating, scale), ""};
}

const std::vector<std::string>& thumbs_up() {
  static const std::vector<std::string> words{
      "up",    "thumbs_up", "thumbs-up", "thumbs up", "thumbsup", "thumb_up", "1",        "+1",       "like",
      "liked", "good",      "positive",  "upvote",    "true",     "t",        "yes", "👍"};
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
  double number = 0;
  const auto [stopped, status] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (status == std::errc{} && stopped == word.data() + word.size()) {
    if (number == 1) return {kBestRating, ""};
    if (number == -1) return {kWorstRating, ""};
    if (number == 0) return {};
  }
  return fault("is neither up nor down: " + in_quotes(text));
}

}  // namespace intelia::extraction
