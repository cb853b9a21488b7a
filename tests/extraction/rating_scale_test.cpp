#include "extraction/rating_scale.hpp"

#include <doctest/doctest.h>

#include "base/error.hpp"

using namespace intelia;
using namespace intelia::extraction;

TEST_CASE("every scale is converted to 1 to 5") {
  struct Case {
    const char* scale;
    const char* text;
    double rating;
  };
  for (const Case& c : {Case{"1-5", "4.5", 4.5}, {"1-5", "0", 0},     {"1-5", "-2", -2},       {"0-10", "0", 1},
                        {"0-10", "7.5", 4},      {"0-10", "10", 5},   {"0-5", "2.5", 3},       {"0-1", "0.75", 4},
                        {"0-1", "1", 5},         {"0-100", "75", 4},  {"0-100", "1e2", 5},     {"boolean", "t", 5},
                        {"boolean", "No", 1},    {"boolean", "1", 5}, {"boolean", "0", 1},     {"0-10", "true", 5},
                        {"1-5", " FALSE ", 1},   {"1-5", "4,5", 4.5}, {"1-5", "\t4.5\n", 4.5}, {"1-5", "+4", 4},
                        {"1-5", ".5", 0.5},      {"1-5", "5.", 5},    {"1-5", "4,", 4}}) {
    CAPTURE(c.scale);
    CAPTURE(c.text);
    const RatingReading reading = read_rating(c.text, rating_scale(c.scale, "rating-scale"));
    CHECK(reading.fault == "");
    REQUIRE(reading.rating);
    CHECK(*reading.rating == c.rating);
  }
}

TEST_CASE("invalid ratings are faults that name the value") {
  struct Case {
    const char* scale;
    const char* text;
    const char* fault;
  };
  for (const Case& c : {Case{"1-5", "5/5", "is not a number: \"5/5\""},
                        {"1-5", "abc", "is not a number: \"abc\""},
                        {"1-5", "", "is not a number: \"\""},
                        {"1-5", "4,5,6", "is not a number: \"4,5,6\""},
                        {"1-5", "1,234.5", "is not a number: \"1,234.5\""},
                        {"1-5", "+-4", "is not a number: \"+-4\""},
                        {"1-5", "1e999", "is not a number: \"1e999\""},
                        {"1-5", "NaN", "is NaN"},
                        {"1-5", "-Infinity", "is infinite"},
                        {"1-5", "53828", "is outside the scale 1-5: \"53828\""},
                        {"1-5", "5.01", "is outside the scale 1-5: \"5.01\""},
                        {"0-10", "NaN", "is NaN"},
                        {"0-10", "10.1", "is outside the scale 0-10: \"10.1\""},
                        {"0-1", "-0.1", "is outside the scale 0-1: \"-0.1\""},
                        {"boolean", "0.5", "is outside the scale boolean: \"0.5\""},
                        {"boolean", "maybe", "is not a number: \"maybe\""},
                        {"1-5", "yes", "is not a number: \"yes\""}}) {
    CAPTURE(c.text);
    const RatingReading reading = read_rating(c.text, rating_scale(c.scale, "rating-scale"));
    CHECK_FALSE(reading.rating);
    CHECK(reading.fault == c.fault);
  }
}

TEST_CASE("thumbs") {
  for (const char* up : {"true", "t", "UP", " Thumbs_Up ", "1", "+1", "Like", "👍"})
    CHECK_MESSAGE(read_thumb(up).rating == 5.0, up);
  for (const char* down : {"false", "f", "down", "-1", "DISLIKE", "bad", "👎"})
    CHECK_MESSAGE(read_thumb(down).rating == 1.0, down);
  for (const char* nothing : {"", " ", "0", "none", "Neutral"}) {
    CHECK_FALSE(read_thumb(nothing).rating);
    CHECK(read_thumb(nothing).fault == "");
  }
  CHECK(read_thumb("sideways").fault == "is neither up nor down: \"sideways\"");
  CHECK(read_thumb("2").fault == "is neither up nor down: \"2\"");
}

TEST_CASE("an unknown scale is an error with the option and the nearest name") {
  CHECK_THROWS_WITH_AS(rating_scale("0-11", "feedback-scale"),
                       doctest::Contains("feedback-scale: unknown scale '0-11'"), Error);
  CHECK_THROWS_WITH_AS(rating_scale("bolean", "rating-scale"), doctest::Contains("did you mean 'boolean'"), Error);
  CHECK(name(RatingScale::zero_to_hundred) == "0-100");
}
