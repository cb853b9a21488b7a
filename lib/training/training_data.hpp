// The files that a training reads, and their tokenized records.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "base/sinks.hpp"
#include "inference/text_side.hpp"
#include "record/jsonl.hpp"
#include "tokens/dataset.hpp"

namespace intelia {

/** What a training run reads, and what will serve its result. */
struct TrainingInputs {
  std::filesystem::path train, validation;  // JSON Lines; validation may be empty
  std::filesystem::path serve_model;        // folder of the model that will be served, or empty
};

struct TrainingData {
  TokenizedDataset train;
  std::optional<TokenizedDataset> validation;

  /** Null without validation data. */
  const TokenizedDataset* held_out() const { return validation ? &*validation : nullptr; }
};

/**
 * Tokenizes both files. Records that cannot be trained on go to `rejects`; each file alone must keep within `policy`:
 * Error{input} when it does not, or when nothing of it is left. `threads` tokenize.
 */
TrainingData read_training_data(const TrainingInputs& inputs, const TextSide& text, const EncodeOptions& encode,
                                const TokenCacheSettings& cache, const RejectPolicy& policy, Rejects& rejects,
                                const Sinks& sinks, int threads);

}  // namespace intelia
