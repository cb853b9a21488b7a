// One evaluation from files to an output folder: base and candidate score the held-out conversations and answer the
// questions; verdict, scores.json and report.html follow.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/engine.hpp"
#include "evaluation/report.hpp"
#include "record/run.hpp"
#include "tokens/dataset.hpp"

namespace intelia {

struct EvaluationSettings {
  ModelSettings model;                                  // with the adapter that is evaluated
  std::filesystem::path validation, questions, output;  // questions may be empty
  std::int64_t min_conversations = 30;
  int max_new_tokens = 256;
  int batch_size = 8;
  std::uint64_t seed = 42;
  std::string date;  // that a chat template may read, YYYY-MM-DD, or empty
  TokenizerRules tokenizer_rules = TokenizerRules::transformers;
  TokenCacheSettings token_cache;
  RejectPolicy rejects;
  int threads = 1;  // that read and tokenize
};

struct EvaluationResult {
  Evaluation evaluation;
  std::filesystem::path report;
  double seconds = 0;
};

/** Loads the text side and reads the questions, nothing more; returns their number. Error{usage} or Error{input}. */
std::size_t check_evaluation(const EvaluationSettings& settings);

/** Runs the evaluation and commits its folder. Error{input} names what cannot be evaluated. */
EvaluationResult run_evaluation(const EvaluationSettings& settings, const RunInfo& info, const Sinks& sinks);

/** Numbers of the samples, the shortest first, equal lengths in their own order. Reads no sample, only its size. */
std::vector<std::int64_t> order_by_length(const SampleSource& samples);

/** Losses of every sample under both models, in the order of the dataset. Samples of similar length share a batch.
    Error{input} when a loss is not finite. */
std::vector<ConversationLoss> score_conversations(LoadedModel& model, const TokenizedDataset& dataset, int batch_size,
                                                  const Sinks& sinks);

}  // namespace intelia
