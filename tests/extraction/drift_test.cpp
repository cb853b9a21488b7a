// Drift between two runs: figures computed by hand and by the reference implementations in drift_figures.py, and
// alarms.
#include "extraction/drift.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "base/error.hpp"
#include "record/json.hpp"

using namespace intelia;
using namespace intelia::extraction;

namespace {

/** The counts of a manifest; `kept` is the sum of the languages. */
Json counts(const Json& by_language, const Json& by_rating = Json::object(), const Json& by_month = Json::object()) {
  std::int64_t kept = 0;
  for (const auto& [name, count] : by_language.items()) kept += count.get<std::int64_t>();
  return {{"matched", kept},
          {"kept", kept},
          {"kept_by_language", by_language},
          {"kept_by_rating", by_rating},
          {"kept_by_month", by_month},
          {"dropped", Json::object()},
          {"rejected", Json::object()}};
}

Distribution distribution(const DriftReport& report, const std::string& name) {
  for (const Distribution& one : report.distributions)
    if (one.name == name) return one;
  FAIL("no distribution ", name);
  return {};
}

Json with_rejected(std::int64_t matched, std::int64_t rejected) {
  Json json = counts({{"fr", matched - rejected}});
  json["matched"] = matched;
  json["rejected"] = {{"rating", rejected}};
  return json;
}

bool has_jumped(std::int64_t before, std::int64_t after, const DriftPolicy& policy = {}) {
  return compare(with_rejected(1000, before), with_rejected(1000, after), policy).rates.at(0).has_jumped;
}

}  // namespace

TEST_CASE("distance, noise and drift of shares, computed by hand") {
  // |0.5-0.8| + |0.5-0.2| halved is 0.3. v = 1/10000 + 1/10000 = 0.0002; pooled shares 0.65 and 0.35, each with
  // sqrt(0.65·0.35·0.0002) = 0.0067454, halved and summed 0.0067454; sqrt(0.0002·ln(1000)/2) = 0.0262826.
  const auto language =
      distribution(compare(counts({{"fr", 5000}, {"en", 5000}}), counts({{"fr", 8000}, {"en", 2000}}), {}), "language");
  CHECK(language.distance == doctest::Approx(0.3).epsilon(1e-12));
  CHECK(language.noise == doctest::Approx(0.0330280).epsilon(1e-5));
  CHECK(language.drift == doctest::Approx(0.2669720).epsilon(1e-5));
  REQUIRE(language.largest_change() != nullptr);
  CHECK(std::abs(language.largest_change()->change()) == doctest::Approx(0.3));
}

TEST_CASE("a value that occurs in one run only needs no floor") {
  const auto rating =
      distribution(compare(counts({{"fr", 1000}}, {{"4", 700}, {"4.5", 200}, {"5", 100}}),
                           counts({{"fr", 1000}}, {{"4", 600}, {"4.5", 200}, {"5", 150}, {"10", 50}}), {}),
                   "rating");
  CHECK(rating.distance == doctest::Approx(0.1).epsilon(1e-9));  // scipy's, see drift_figures.py
  CHECK(rating.largest_change()->name == "4");
  CHECK(rating.cells.size() == 4);
}

TEST_CASE("equal counts do not drift, nor do multiples of them") {
  const Json night = counts({{"fr", 30}, {"en", 20}, {"es", 1}}, {{"5", 51}}, {{"2026-08", 20}, {"2026-09", 31}});
  const DriftReport report = compare(night, night, {.alarm_drift = 0.001});
  CHECK(report.drift == 0);
  CHECK_FALSE(report.is_alarm());
  CHECK(compare(counts({{"fr", 3000}, {"en", 2000}}), counts({{"fr", 6000}, {"en", 4000}}), {}).drift == 0);
}

TEST_CASE("few rows raise no alarm; the same shares of many rows do") {
  auto night = [](std::int64_t fr, std::int64_t en, std::int64_t times) {
    return counts({{"fr", fr * times}, {"en", en * times}});
  };
  const DriftPolicy policy{.alarm_drift = 0.1};
  CHECK_FALSE(compare(night(6, 4, 1), night(9, 1, 1), policy).is_alarm());
  const DriftReport many = compare(night(6, 4, 1000), night(9, 1, 1000), policy);
  REQUIRE(many.alarms.size() == 1);
  CHECK(many.alarms[0].find("language: drift 0.2") == 0);
}

TEST_CASE("the noise bound covers the differences between samples of one source, and not much more") {
  // The 99.9 % quantile of the distance, from drift_figures.py.
  auto noise = [](const Json& before, const Json& after) {
    return distribution(compare(counts(before), counts(after), {}), "language").noise;
  };
  auto is_just_above = [](double bound, double quantile) { return bound > quantile && bound < 3 * quantile; };
  CHECK(is_just_above(noise({{"a", 50}, {"b", 50}, {"c", 50}, {"d", 50}}, {{"a", 50}, {"b", 50}, {"c", 50}, {"d", 50}}),
                      0.18));
  CHECK(is_just_above(noise({{"a", 70}, {"b", 30}}, {{"a", 3500}, {"b", 1500}}), 0.1524));
  CHECK(is_just_above(noise({{"a", 20000}, {"b", 15000}, {"c", 10000}, {"d", 5000}},
                            {{"a", 20000}, {"b", 15000}, {"c", 10000}, {"d", 5000}}),
                      0.01136));
  Json before{{"common", 1800}}, after{{"common", 1350}};
  for (int i = 0; i < 10; ++i) before[std::to_string(i)] = 20, after[std::to_string(i)] = 15;
  CHECK(is_just_above(noise(before, after), 0.037667));
}

TEST_CASE("months: the newest may grow, the closed ones are compared row by row") {
  auto night = [](const Json& by_month) { return counts({{"fr", 2000}}, Json::object(), by_month); };
  const Json before = night({{"2026-08", 1000}, {"2026-09", 500}, {"2026-10", 40}});
  const auto grown = distribution(
      compare(before, night({{"2026-08", 1000}, {"2026-09", 500}, {"2026-10", 700}, {"2026-11", 9}}), {}), "month");
  CHECK(grown.distance == 0);
  CHECK(grown.cells.size() == 2);
  // 100 of 1500 rows were removed: 0.0666667; noise 3.0902·sqrt(100)/1500 = 0.0206013.
  const auto shrunk =
      distribution(compare(before, night({{"2026-08", 900}, {"2026-09", 500}, {"2026-10", 700}}), {}), "month");
  CHECK(shrunk.distance == doctest::Approx(0.0666667).epsilon(1e-5));
  CHECK(shrunk.noise == doctest::Approx(0.0206013).epsilon(1e-5));
  CHECK(shrunk.drift == doctest::Approx(0.0460653).epsilon(1e-5));
  CHECK(shrunk.largest_change()->name == "2026-08");
  // An older month that did not exist before: 150 rows were added.
  const auto older = distribution(
      compare(before, night({{"2026-07", 150}, {"2026-08", 1000}, {"2026-09", 500}, {"2026-10", 40}}), {}), "month");
  CHECK(older.distance == doctest::Approx(0.1));
  // A time without a month is neither the newest nor a closed one.
  CHECK(distribution(compare(night({{"2026-09", 90}, {"2026-10", 40}, {"infinity", 9}}),
                             night({{"2026-09", 90}, {"2026-10", 400}}), {}),
                     "month")
            .distance == 0);
  CHECK(distribution(compare(night({{"2026-10", 40}}), night({{"2026-10", 4}}), {}), "month").drift == 0);
}

TEST_CASE("lost rows are detected although all shares are unchanged") {
  const DriftReport half =
      compare(counts({{"fr", 600}, {"en", 400}}), counts({{"fr", 300}, {"en", 200}}), {.alarm_drift = 0.2});
  // (1000 - 500 - 3.0902·sqrt(1500)) / 1000 = 0.380317.
  CHECK(half.lost == doctest::Approx(0.380317).epsilon(1e-5));
  REQUIRE(half.alarms.size() == 1);
  CHECK(half.alarms[0] == "rows: 1000 kept before, 500 now");
  CHECK(compare(counts({{"fr", 500}}), counts({{"fr", 1000}}), {}).lost == 0);
  CHECK(compare(counts({{"fr", 5}}), counts(Json::object()), {}).lost == 0);
  CHECK(compare(counts({{"fr", 5000}}), counts(Json::object()), {}).lost > 0.9);
}

TEST_CASE("a rate has jumped when both bounds are exceeded") {
  // Wilson at z = 3.0902 of 1000 rows: 0 is below 0.0094592, 50 above 0.0326365, 20 above 0.0101872.
  CHECK(has_jumped(0, 50));                               // 0.0326 > 2 · 0.0095
  CHECK_FALSE(has_jumped(0, 20));                         // 0.0102 < 2 · 0.0095
  CHECK(has_jumped(0, 20, {.jump_factor = 1.05}));        // 0.0102 > 1.05 · 0.0095 = 0.0099
  CHECK_FALSE(has_jumped(0, 20, {.jump_factor = 1.10}));  // 0.0102 < 1.10 · 0.0095 = 0.0104
  CHECK_FALSE(has_jumped(0, 50, {.jump_rate = 0.0327}));
  CHECK(has_jumped(0, 50, {.jump_rate = 0.0326}));
  CHECK_FALSE(has_jumped(50, 0));
  CHECK_FALSE(has_jumped(50, 50));
}

TEST_CASE("an alarm is raised if a threshold is set, for rates of rejected and quarantined rows") {
  const Json before = with_rejected(10000, 10), after = with_rejected(10000, 900);
  CHECK_FALSE(compare(before, after, {}).is_alarm());
  const DriftReport report = compare(before, after, {.alarm_drift = 0.5});
  REQUIRE(report.alarms.size() == 1);
  CHECK(report.alarms[0] == "rejected as 'rating': 0.1 % of the rows before, 9.0 % now");
  CHECK(to_json(report)["rejected"]["rating"]["has_jumped"] == true);
  const std::vector<std::string> lines = to_lines(report);
  CHECK(std::any_of(lines.begin(), lines.end(),
                    [](const std::string& line) { return line.starts_with("  ALARM rejected as 'rating'"); }));
  Json quarantined = with_rejected(10000, 10);
  quarantined["quarantined"] = {{"experts disagree", 900}};
  CHECK(compare(before, quarantined, {.alarm_drift = 0.5}).alarms.at(0).find("quarantined as 'experts disagree'") == 0);
}

TEST_CASE("distributions that cannot be compared are reported, invalid counts are errors") {
  Json old = counts({{"fr", 10}});
  old.erase("kept_by_rating");
  const DriftReport report = compare(old, counts({{"fr", 10}}, {{"5", 10}}, {{"2026-09", 10}}), {});
  REQUIRE(report.not_compared.size() == 2);
  CHECK(report.not_compared[0] == "rating: the counts of the last run have no 'kept_by_rating'");
  CHECK(report.not_compared[1] == "month: no rows in the last run");
  CHECK(to_json(report)["not_compared"].size() == 2);
  Json bad = counts({{"fr", 10}});
  bad["kept_by_language"]["fr"] = "ten";
  CHECK_THROWS_WITH_AS(compare(bad, old, {}), "counts: 'kept_by_language.fr' is not a count: \"ten\"", Error);
  bad = counts({{"fr", 10}});
  bad["dropped"] = {{"too short", 11}};
  CHECK_THROWS_WITH_AS(compare(old, bad, {}), "counts: 'dropped.too short' is larger than 'matched'", Error);
  CHECK_THROWS_AS(compare(Json::object(), old, {}), Error);
  CHECK_THROWS_AS(compare(old, old, {.alarm_drift = std::nan("")}), Error);
  CHECK_THROWS_AS(compare(old, old, {.alarm_drift = 1.5}), Error);
}
