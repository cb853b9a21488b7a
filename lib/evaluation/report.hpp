// The evaluation as a self-contained HTML page and as scores.json, from one struct.
#pragma once

#include <string>
#include <vector>

#include "evaluation/loss_comparison.hpp"
#include "evaluation/overlap.hpp"
#include "inference/generator.hpp"
#include "record/json.hpp"
#include "record/message.hpp"

namespace intelia {

/** A test question and the answers of both models. */
struct AnswerPair {
  Question question;
  Completion base, candidate;
};

struct Evaluation {
  std::string model, candidate;            // folders, as named on the command line
  bool is_adapter = true;                  // the candidate is the model with an adapter; else a model of its own
  std::string model_description;           // "llama, 4.2 M parameters, NF4, fp32, cpu"
  std::string candidate_description = {};  // of a model of its own
  std::vector<std::string> mismatches;     // how the candidate is judged differently from how it was trained
  std::string date = {};                   // of the evaluation, YYYY-MM-DD in UTC
  std::int64_t min_conversations = 30;
  std::uint64_t seed = 42;
  std::vector<ConversationLoss> losses;
  LossComparison comparison;
  Verdict verdict = Verdict::not_enough_data;
  std::vector<AnswerPair> answers;
  TrainedOverlap overlap;
  std::int64_t num_unpaired_conversations = 0;   // EvaluationData::num_unpaired
  std::int64_t num_merged_records = 0;           // that have the id of another one, and count as one with it
  std::int64_t num_truncated_conversations = 0;  // longer than the context, scored up to it
  Json inputs = Json::array();                   // files with sha256
};

/** One sentence: the verdict and its reason. */
std::string verdict_sentence(const Evaluation& evaluation);

/** "it was trained …; it was trained …" */
std::string mismatch_list(const std::vector<std::string>& mismatches);

/** What the reader must know of the conversations that were left out; empty when there is nothing. */
std::string overlap_sentence(const TrainedOverlap& overlap);

/** That copies of conversations were left out; empty when there were none. */
std::string duplicate_sentence(const TrainedOverlap& overlap);

/** That records of the same conversation count once; empty when there were none. */
std::string merged_sentence(const Evaluation& evaluation);

/** That conversations selected the checkpoint that is judged on them; empty when none did. */
std::string selection_sentence(const Evaluation& evaluation);

/** scores.json: verdict, overall, by language, every conversation's losses, answers. */
Json scores_json(const Evaluation& evaluation);

/** The page; no scripts, no external resources. */
std::string html_report(const Evaluation& evaluation);

}  // namespace intelia
