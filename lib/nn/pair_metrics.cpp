#include "nn/pair_metrics.hpp"

#include <fmt/format.h>

#include <cmath>

namespace intelia::nn {

namespace {

// From these values on a warning is logged.
constexpr double kUsualDrop = 1.0;        // nats per token
constexpr double kUsualSaturation = 0.9;  // of the pairs
constexpr double kUsualLengthBias = 0.7;  // correlation
constexpr double kSaturatedMargin = 4.6;  // σ(−4.6) = 0.01
constexpr double kFewPairs = 20;          // too few to say something about a correlation

/** Sums whose quotients give the correlation of margin and difference in length; not logged. */
constexpr const char* kMoments[] = {"moments/x", "moments/y", "moments/xx", "moments/yy", "moments/xy"};

double correlation(const MetricSums& metrics) {
  double mean[5];
  for (int i = 0; i < 5; ++i) mean[i] = metrics.at(kMoments[i]).mean();
  const double x = mean[2] - mean[0] * mean[0], y = mean[3] - mean[1] * mean[1];
  return x > 0 && y > 0 ? (mean[4] - mean[0] * mean[1]) / std::sqrt(x * y) : 0;
}

double mean_of(const MetricSums& metrics, const char* name) {
  const auto found = metrics.find(name);
  return found == metrics.end() ? 0 : found->second.mean();
}

}  // namespace

MetricSums pair_metrics(const Tensor& values, bool per_batch) {
  const auto value = values.to(at::kDouble).contiguous();
  const std::int64_t num_pairs = value.size(1);
  const auto at = [&](PairValue row, std::int64_t pair) {
    return value.const_data_ptr<double>()[row * num_pairs + pair];
  };
  MetricSums metrics;
  const auto add = [&](const char* name, double sum, double weight) {
    if (weight > 0) metrics[name].add(per_batch ? WeightedSum{sum / weight, 1} : WeightedSum{sum, weight});
  };
  const auto sum = [&](PairValue row) {
    double total = 0;
    for (std::int64_t i = 0; i < num_pairs; ++i) total += at(row, i);
    return total;
  };
  const auto pairs = static_cast<double>(num_pairs);
  const double chosen_tokens = sum(kChosenLength), rejected_tokens = sum(kRejectedLength);
  double num_correct = 0, drop = 0, num_saturated = 0, moments[5] = {};
  for (std::int64_t i = 0; i < num_pairs; ++i) {
    const double margin = at(kChosenReward, i) - at(kRejectedReward, i);
    const double longer = at(kChosenLength, i) - at(kRejectedLength, i);
    num_correct += at(kChosenReward, i) > at(kRejectedReward, i);
    num_saturated += margin > kSaturatedMargin;
    drop -= at(kChosenLogRatio, i) / std::max(1.0, at(kChosenLength, i));
    const double terms[] = {margin, longer, margin * margin, longer * longer, margin * longer};
    for (int k = 0; k < 5; ++k) moments[k] += terms[k];
  }
  add("rewards/chosen", sum(kChosenReward), pairs);
  add("rewards/rejected", sum(kRejectedReward), pairs);
  add("rewards/margins", sum(kChosenReward) - sum(kRejectedReward), pairs);
  add("rewards/accuracies", num_correct, pairs);
  add("logps/chosen", sum(kChosenLogProb), pairs);
  add("logps/rejected", sum(kRejectedLogProb), pairs);
  add("logits/chosen", sum(kChosenLogit), chosen_tokens);
  add("logits/rejected", sum(kRejectedLogit), rejected_tokens);
  add("entropy", sum(kEntropy), chosen_tokens + rejected_tokens);
  add("mean_token_accuracy", sum(kChosenTop), chosen_tokens);
  add("health/chosen_drop", drop, pairs);
  add("health/saturation", num_saturated, pairs);
  for (int k = 0; k < 5; ++k) metrics[kMoments[k]].add({moments[k], pairs});
  return metrics;
}

Assessment assess_pairs(MetricSums& metrics, const HealthLimits& limits) {
  if (!metrics.contains(kMoments[0])) return {};
  const double num_pairs = metrics[kMoments[0]].weight, bias = correlation(metrics);
  for (const char* name : kMoments) metrics.erase(name);
  metrics["health/length_bias"] = {bias, 1};
  const double drop = mean_of(metrics, "health/chosen_drop"), saturation = mean_of(metrics, "health/saturation"),
               accuracy = mean_of(metrics, "rewards/accuracies");
  Assessment result;
  result.progress = fmt::format("margin {:.3f}  accuracy {:.2f}", mean_of(metrics, "rewards/margins"), accuracy);
  if (drop > kUsualDrop)
    result.warnings.push_back(
        "the chosen answers have become much less likely than they were (health/chosen_drop): training pushes both "
        "answers down; try a lower learning rate, fewer steps, or a mixture with the sft loss");
  if (saturation > kUsualSaturation)
    result.warnings.push_back(
        "nearly all pairs have a margin at which they no longer change the model (health/saturation): the pairs are "
        "learned by heart, or too easy");
  if (num_pairs >= kFewPairs && std::fabs(bias) > kUsualLengthBias)
    result.warnings.push_back(
        "the reward follows the length of the answers (health/length_bias): the model learns to write longer or "
        "shorter answers; balance the lengths of chosen and rejected answers, or try ld_alpha or sigmoid_norm");
  const auto stop = [&](bool is_exceeded, const std::string& why) {
    if (is_exceeded && result.reason_to_stop.empty()) result.reason_to_stop = why;
  };
  stop(limits.max_chosen_drop > 0 && drop > limits.max_chosen_drop,
       fmt::format("the chosen answers are less likely by {:.3f} nats per token (limit {})", drop,
                   limits.max_chosen_drop));
  stop(limits.max_saturation > 0 && saturation > limits.max_saturation,
       fmt::format("{:.0f} % of the pairs are saturated (limit {:.0f} %)", 100 * saturation,
                   100 * limits.max_saturation));
  stop(limits.max_length_bias > 0 && num_pairs >= kFewPairs && std::fabs(bias) > limits.max_length_bias,
       fmt::format("margin and length are correlated by {:.2f} (limit {})", bias, limits.max_length_bias));
  stop(limits.min_accuracy > 0 && accuracy < limits.min_accuracy,
       fmt::format("the accuracy on held-out pairs is {:.2f} (limit {})", accuracy, limits.min_accuracy));
  return result;
}

}  // namespace intelia::nn
