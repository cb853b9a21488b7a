// Compares base and candidate by their loss on held-out answers, and decides a verdict.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "evaluation/bootstrap.hpp"

namespace intelia {

/** Losses of both models on one held-out conversation, in nats, summed over the tokens of its answers. */
struct ConversationLoss {
  std::string id;
  std::string language;
  double base_loss = 0;
  double candidate_loss = 0;
  std::int64_t num_tokens = 0;            // answer tokens, end-of-turn included
  std::int64_t num_bytes = 0;             // of the answers' text, UTF-8
  std::int64_t num_candidate_tokens = 0;  // where its tokenizer is another; 0: the same as the base's
};

/** Records with the same id are of one conversation, and depend on each other: their losses, tokens and bytes are
   added, in the order of the first of each. Those without an id are each their own. */
std::vector<ConversationLoss> merged_by_id(const std::vector<ConversationLoss>& losses);

/** What the difference of two losses is divided by. Models with different tokenizers or chat templates can be compared
   per byte only. */
enum class LossUnit { token, byte };

const char* name_of(LossUnit unit);  // "token", "byte"

/** The difference of a conversation's losses in nats per unit; 0 without units. */
double difference_of(const ConversationLoss& loss, LossUnit unit);

/** Means over a group of conversations: nats per token, perplexity, and bits per byte of answer text. */
struct LossSummary {
  std::int64_t num_conversations = 0, num_tokens = 0, num_bytes = 0;
  double base_loss = 0, candidate_loss = 0;
  double base_perplexity = 0, candidate_perplexity = 0;
  double base_bits_per_byte = 0, candidate_bits_per_byte = 0;
  double difference = 0;  // candidate − base, nats per LossUnit: below 0 the candidate is better
  Interval interval;      // 95 % of difference, paired bootstrap by conversation
};

struct LossComparison {
  LossUnit unit = LossUnit::token;
  LossSummary overall;
  std::map<std::string, LossSummary> by_language;
};

/** Summaries of all conversations and of each language. */
LossComparison compare_losses(const std::vector<ConversationLoss>& losses, std::uint64_t seed,
                              LossUnit unit = LossUnit::token);

enum class Verdict { deploy, do_not, not_enough_data };

/** DEPLOY when the whole interval is below 0, DO NOT DEPLOY when it is above, else (or with fewer than
    `min_conversations`) NOT ENOUGH DATA. */
Verdict decide(const LossSummary& overall, std::int64_t min_conversations);

const char* verdict_words(Verdict verdict);  // "DEPLOY"
int verdict_status(Verdict verdict);         // 0, 3, 4

}  // namespace intelia
