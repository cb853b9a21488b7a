#include "evaluation/loss_comparison.hpp"

#include <cmath>
#include <unordered_map>

namespace intelia {

namespace {

std::int64_t units_of(const ConversationLoss& loss, LossUnit unit) {
  return unit == LossUnit::token ? loss.num_tokens : loss.num_bytes;
}

LossSummary summarise(const std::vector<const ConversationLoss*>& group, std::uint64_t seed, LossUnit unit) {
  LossSummary summary;
  std::int64_t num_candidate_tokens = 0;
  double base_sum = 0, candidate_sum = 0;
  std::vector<RatioUnit> units;
  for (const ConversationLoss* loss : group) {
    base_sum += loss->base_loss;
    candidate_sum += loss->candidate_loss;
    summary.num_tokens += loss->num_tokens;
    summary.num_bytes += loss->num_bytes;
    num_candidate_tokens += loss->num_candidate_tokens == 0 ? loss->num_tokens : loss->num_candidate_tokens;
    units.push_back({loss->candidate_loss - loss->base_loss, static_cast<double>(units_of(*loss, unit))});
  }
  summary.num_conversations = static_cast<std::int64_t>(group.size());
  const double bits = static_cast<double>(summary.num_bytes) * std::log(2.0);
  if (summary.num_tokens > 0) summary.base_loss = base_sum / static_cast<double>(summary.num_tokens);
  if (num_candidate_tokens > 0) summary.candidate_loss = candidate_sum / static_cast<double>(num_candidate_tokens);
  if (summary.num_bytes > 0) {
    summary.base_bits_per_byte = base_sum / bits;
    summary.candidate_bits_per_byte = candidate_sum / bits;
  }
  summary.base_perplexity = std::exp(summary.base_loss);
  summary.candidate_perplexity = std::exp(summary.candidate_loss);
  summary.difference = ratio(units);
  summary.interval = bootstrap_ratio(units, seed);
  return summary;
}

}  // namespace

std::vector<ConversationLoss> merged_by_id(const std::vector<ConversationLoss>& losses) {
  std::vector<ConversationLoss> merged;
  std::unordered_map<std::string, std::size_t> place_of;
  for (const ConversationLoss& loss : losses) {
    const auto [known, is_new] = place_of.try_emplace(loss.id, merged.size());
    if (is_new || loss.id.empty()) {
      merged.push_back(loss);
      continue;
    }
    ConversationLoss& sum = merged[known->second];
    sum.base_loss += loss.base_loss;
    sum.candidate_loss += loss.candidate_loss;
    sum.num_tokens += loss.num_tokens;
    sum.num_bytes += loss.num_bytes;
    sum.num_candidate_tokens += loss.num_candidate_tokens;
  }
  return merged;
}

const char* name_of(LossUnit unit) { return unit == LossUnit::token ? "token" : "byte"; }

double difference_of(const ConversationLoss& loss, LossUnit unit) {
  const std::int64_t units = units_of(loss, unit);
  return units == 0 ? 0 : (loss.candidate_loss - loss.base_loss) / static_cast<double>(units);
}

LossComparison compare_losses(const std::vector<ConversationLoss>& losses, std::uint64_t seed, LossUnit unit) {
  std::vector<const ConversationLoss*> all;
  std::map<std::string, std::vector<const ConversationLoss*>> groups;
  for (const ConversationLoss& loss : losses) {
    all.push_back(&loss);
    groups[loss.language.empty() ? "unknown" : loss.language].push_back(&loss);
  }
  LossComparison comparison;
  comparison.unit = unit;
  comparison.overall = summarise(all, seed, unit);
  for (const auto& [language, group] : groups) comparison.by_language[language] = summarise(group, seed, unit);
  return comparison;
}

Verdict decide(const LossSummary& overall, std::int64_t min_conversations) {
  if (overall.num_conversations < min_conversations) return Verdict::not_enough_data;
  if (overall.interval.high < 0) return Verdict::deploy;
  if (overall.interval.low > 0) return Verdict::do_not;
  return Verdict::not_enough_data;
}

const char* verdict_words(Verdict verdict) {
  switch (verdict) {
    case Verdict::deploy:
      return "DEPLOY";
    case Verdict::do_not:
      return "DO NOT DEPLOY";
    case Verdict::not_enough_data:
      break;
  }
  return "NOT ENOUGH DATA";
}

int verdict_status(Verdict verdict) {
  switch (verdict) {
    case Verdict::deploy:
      return 0;
    case Verdict::do_not:
      return 3;
    case Verdict::not_enough_data:
      break;
  }
  return 4;
}

}  // namespace intelia
