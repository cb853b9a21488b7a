// One evaluation from files to an output folder: base and candidate score the held-out conversations and answer the
// questions; verdict, scores.json and report.html follow. The candidate is an adapter of the base, or another model.
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
  ModelSettings model;                                  // the base, with the adapter that is evaluated, if it is one
  std::filesystem::path candidate;                      // an adapter or a model; empty: the adapter of `model`
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

/** Checks models, tokenizers, chat templates and questions, nothing more; returns the number of questions. Error{usage}
   or Error{input}. */
std::size_t check_evaluation(const EvaluationSettings& settings, const Sinks& sinks);

/** Runs the evaluation and commits its folder. Error{input} names what cannot be evaluated; Error{usage}, before any
   data is read, how a candidate was trained differently from how it would be judged. */
EvaluationResult run_evaluation(const EvaluationSettings& settings, const RunInfo& info, const Sinks& sinks);

/** The places in `numbers`, which are of samples, the shortest sample first, equal lengths in their own order. Reads no
    sample, only its size. */
std::vector<std::size_t> order_by_length(const SampleSource& samples, const std::vector<std::int64_t>& numbers);

/** Losses of the samples with these `numbers`, in their order. Samples of similar length share a batch. Error{input}
   when a loss is not finite. */
std::vector<SampleLoss> score_conversations(LoadedModel& model, bool use_adapter, const TokenizedDataset& dataset,
                                            const std::vector<std::int64_t>& numbers, int batch_size,
                                            const Sinks& sinks);

}  // namespace intelia
