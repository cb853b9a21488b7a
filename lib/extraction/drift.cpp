#include "extraction/drift.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "base/error.hpp"
#include "record/json.hpp"

namespace intelia::extraction {

namespace {

constexpr std::array<const char*, 3> kRateKinds = {"dropped", "rejected", "quarantined"};
constexpr double kChance = 0.001;  // probability that chance alone exceeds the noise
constexpr double kZ = 3.0902;      // the quantile of the normal distribution for kChance

using Counts = std::map<std::string, std::int64_t>;

std::int64_t count_of(const Json& value, const std::string& name) {
  if (!value.is_number_integer() || value.get<double>() < 0)
    throw Error(Kind::input, "counts: '" + name + "' is not a count: " + value.dump());
  return value.get<std::int64_t>();
}

std::int64_t count_at(const Json& counts, const std::string& name) {
  if (!counts.is_object() || !counts.contains(name))
    throw Error(Kind::input, "counts: '" + name + "' is missing; expected the counts in the manifest of an extraction");
  return count_of(counts[name], name);
}

Counts counts_at(const Json& counts, const std::string& name) {
  Counts parts;
  if (!counts.contains(name)) return parts;
  if (!counts[name].is_object())
    throw Error(Kind::input, "counts: '" + name + "' is not an object: " + counts[name].dump());
  for (const auto& [key, value] : counts[name].items()) parts[key] = count_of(value, name + "." + key);
  return parts;
}

std::int64_t total(const Counts& counts) {
  std::int64_t sum = 0;
  for (const auto& [name, count] : counts) sum += count;
  return sum;
}

/** The union of the names, each with its two counts; shares are of `rows_before` and `rows_after`. */
std::vector<DriftCell> cells_of(const Counts& before, const Counts& after, std::int64_t rows_before,
                                std::int64_t rows_after) {
  std::map<std::string, DriftCell> cells;
  for (const auto& [name, count] : before) cells[name].before = count;
  for (const auto& [name, count] : after) cells[name].after = count;
  std::vector<DriftCell> list;
  for (auto& [name, cell] : cells) {
    cell.name = name;
    cell.share_before = static_cast<double>(cell.before) / static_cast<double>(rows_before);
    cell.share_after = static_cast<double>(cell.after) / static_cast<double>(rows_after);
    list.push_back(cell);
  }
  return list;
}

Distribution shares(const std::string& name, const Counts& before, const Counts& after) {
  Distribution distribution{name, {}, total(before), total(after)};
  distribution.cells = cells_of(before, after, distribution.rows_before, distribution.rows_after);
  const auto num_before = static_cast<double>(distribution.rows_before);
  const auto num_after = static_cast<double>(distribution.rows_after);
  const double variance = 1 / num_before + 1 / num_after;
  for (const DriftCell& cell : distribution.cells) {
    const double pooled = static_cast<double>(cell.before + cell.after) / (num_before + num_after);
    distribution.distance += std::abs(cell.change()) / 2;
    distribution.noise += std::sqrt(pooled * (1 - pooled) * variance) / 2;
  }
  distribution.noise += std::sqrt(variance * std::log(1 / kChance) / 2);
  return distribution;
}

/** Whether `name` is YYYY-MM, which sorts chronologically; "infinity" is a time but not a month. */
bool is_month(const std::string& name) {
  return name.size() == 7 && name[4] == '-' && name.find_first_not_of("0123456789-") == std::string::npos;
}

/** The months before the newest one of `before`. */
Distribution closed_months(Counts before, Counts after) {
  for (Counts* counts : {&before, &after})
    std::erase_if(*counts, [](const auto& cell) { return !is_month(cell.first); });
  if (!before.empty()) {
    const std::string newest = before.rbegin()->first;
    before.erase(newest);
    after.erase(after.lower_bound(newest), after.end());
  }
  Distribution distribution{"month", {}, total(before), total(after)};
  if (distribution.rows_before == 0) return distribution;
  distribution.cells = cells_of(before, after, distribution.rows_before, distribution.rows_before);
  double num_changed = 0;
  for (const DriftCell& cell : distribution.cells)
    num_changed += std::abs(static_cast<double>(cell.after - cell.before));
  const auto num_before = static_cast<double>(distribution.rows_before);
  distribution.distance = std::min(1.0, num_changed / num_before);
  distribution.noise = kZ * std::sqrt(num_changed) / num_before;
  return distribution;
}

struct Bounds {
  double low, high;
};

/** Wilson interval of the rate count/total; [0, 1] without rows. */
Bounds wilson(std::int64_t count, std::int64_t total) {
  if (total == 0) return {0, 1};
  const auto n = static_cast<double>(total);
  const double rate = static_cast<double>(count) / n;
  const double middle = rate + kZ * kZ / (2 * n);
  const double half = kZ * std::sqrt(rate * (1 - rate) / n + kZ * kZ / (4 * n * n));
  const double scale = 1 + kZ * kZ / n;
  return {(middle - half) / scale, (middle + half) / scale};
}

std::vector<DriftRate> rates_of(const std::string& kind, const Json& before, const Json& after,
                                const DriftReport& report, const DriftPolicy& policy) {
  std::map<std::string, DriftRate> rates;
  for (const auto& [reason, count] : counts_at(before, kind)) rates[reason].before = count;
  for (const auto& [reason, count] : counts_at(after, kind)) rates[reason].after = count;
  auto share = [](std::int64_t count, std::int64_t rows) {
    return rows == 0 ? 0 : static_cast<double>(count) / static_cast<double>(rows);
  };
  std::vector<DriftRate> list;
  for (auto& [reason, rate] : rates) {
    if (rate.before > report.matched_before || rate.after > report.matched_after)
      throw Error(Kind::input, "counts: '" + kind + "." + reason + "' is larger than 'matched'");
    rate.kind = kind;
    rate.reason = reason;
    rate.rate_before = share(rate.before, report.matched_before);
    rate.rate_after = share(rate.after, report.matched_after);
    const double floor =
        std::max(policy.jump_rate, policy.jump_factor * wilson(rate.before, report.matched_before).high);
    rate.has_jumped = wilson(rate.after, report.matched_after).low > floor;
    list.push_back(rate);
  }
  return list;
}

std::string percent(double share) { return fmt::format("{:.1f} %", 100 * share); }

std::string words_of(const DriftRate& rate) {
  return fmt::format("{} as '{}': {} of the rows before, {} now", rate.kind, rate.reason, percent(rate.rate_before),
                     percent(rate.rate_after));
}

/** "fr 48.0 % -> 31.0 %". */
std::string words_of(const DriftCell& cell) {
  return fmt::format("{} {} -> {}", cell.name, percent(cell.share_before), percent(cell.share_after));
}

}  // namespace

const DriftCell* Distribution::largest_change() const {
  const auto place = std::max_element(cells.begin(), cells.end(), [](const DriftCell& a, const DriftCell& b) {
    return std::abs(a.change()) < std::abs(b.change());
  });
  return place == cells.end() ? nullptr : &*place;
}

void check(const DriftPolicy& policy) {
  if (!(policy.alarm_drift >= 0 && policy.alarm_drift <= 1))
    throw SettingError(Kind::usage, "alarm-drift",
                       fmt::format("expected a fraction from 0 (never) to 1, got {}", policy.alarm_drift));
}

DriftReport compare(const Json& before, const Json& after, const DriftPolicy& policy) {
  check(policy);
  DriftReport report;
  report.alarm_drift = policy.alarm_drift;
  report.matched_before = count_at(before, "matched");
  report.matched_after = count_at(after, "matched");
  report.kept_before = count_at(before, "kept");
  report.kept_after = count_at(after, "kept");
  const auto num_before = static_cast<double>(report.kept_before), num_after = static_cast<double>(report.kept_after);
  if (num_before > 0)
    report.lost = std::max(0.0, (num_before - num_after - kZ * std::sqrt(num_before + num_after)) / num_before);
  report.drift = report.lost;

  for (const char* name : {"language", "rating", "month"}) {
    const std::string key = std::string("kept_by_") + name;
    const Counts counts_before = counts_at(before, key), counts_after = counts_at(after, key);
    if (!before.contains(key) || !after.contains(key)) {
      report.not_compared.push_back(fmt::format("{}: the counts {} have no '{}'", name,
                                                before.contains(key) ? "of this run" : "of the last run", key));
      continue;
    }
    if (total(counts_before) == 0 || total(counts_after) == 0) {
      report.not_compared.push_back(
          fmt::format("{}: no rows in {}", name, total(counts_before) == 0 ? "the last run" : "this run"));
      continue;
    }
    Distribution distribution = std::string_view(name) == "month" ? closed_months(counts_before, counts_after)
                                                                  : shares(name, counts_before, counts_after);
    distribution.drift = std::max(0.0, distribution.distance - distribution.noise);
    report.drift = std::max(report.drift, distribution.drift);
    report.distributions.push_back(std::move(distribution));
  }
  for (const char* kind : kRateKinds)
    for (DriftRate& rate : rates_of(kind, before, after, report, policy)) report.rates.push_back(std::move(rate));

  if (policy.alarm_drift == 0) return report;
  if (report.lost > policy.alarm_drift)
    report.alarms.push_back(fmt::format("rows: {} kept before, {} now", report.kept_before, report.kept_after));
  for (const Distribution& distribution : report.distributions)
    if (distribution.drift > policy.alarm_drift)
      report.alarms.push_back(fmt::format("{}: drift {:.3f} is above {:g}; {}", distribution.name, distribution.drift,
                                          policy.alarm_drift, words_of(*distribution.largest_change())));
  for (const DriftRate& rate : report.rates)
    if (rate.has_jumped) report.alarms.push_back(words_of(rate));
  return report;
}

Json to_json(const DriftReport& report) {
  Json json{{"drift", report.drift},
            {"alarm_drift", report.alarm_drift},
            {"alarms", report.alarms},
            {"kept", {{"before", report.kept_before}, {"after", report.kept_after}, {"lost", report.lost}}},
            {"matched", {{"before", report.matched_before}, {"after", report.matched_after}}}};
  json["by"] = Json::object();
  for (const Distribution& distribution : report.distributions) {
    Json cells = Json::object();
    for (const DriftCell& cell : distribution.cells)
      cells[cell.name] = Json{{"before", cell.before},
                              {"after", cell.after},
                              {"share_before", cell.share_before},
                              {"share_after", cell.share_after}};
    const DriftCell* largest = distribution.largest_change();
    json["by"][distribution.name] = Json{{"drift", distribution.drift},
                                         {"distance", distribution.distance},
                                         {"noise", distribution.noise},
                                         {"largest_change", largest == nullptr ? Json() : Json(largest->name)},
                                         {"rows", cells}};
  }
  for (const char* kind : kRateKinds) json[kind] = Json::object();
  for (const DriftRate& rate : report.rates)
    json[rate.kind][rate.reason] = Json{{"before", rate.before},
                                        {"after", rate.after},
                                        {"rate_before", rate.rate_before},
                                        {"rate_after", rate.rate_after},
                                        {"has_jumped", rate.has_jumped}};
  json["not_compared"] = report.not_compared;
  return json;
}

std::vector<std::string> to_lines(const DriftReport& report) {
  std::vector<std::string> lines{fmt::format("drift {:.3f} since the last run; kept {} -> {}", report.drift,
                                             report.kept_before, report.kept_after)};
  for (const Distribution& distribution : report.distributions) {
    const DriftCell* largest = distribution.largest_change();
    lines.push_back(fmt::format("  {:<9} {:.3f} (distance {:.3f}, chance up to {:.3f})", distribution.name,
                                distribution.drift, distribution.distance, distribution.noise));
    if (largest != nullptr) lines.back() += "; " + words_of(*largest);
  }
  for (const DriftRate& rate : report.rates)
    if (rate.before != rate.after) lines.push_back("  " + words_of(rate));
  for (const std::string& words : report.not_compared) lines.push_back("  not compared: " + words);
  for (const std::string& words : report.alarms) lines.push_back("  ALARM " + words);
  return lines;
}

}  // namespace intelia::extraction
