// The files that a training reads, and their tokenized records.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/sinks.hpp"
#include "inference/text_side.hpp"
#include "record/jsonl.hpp"
#include "tokens/dataset.hpp"
#include "training/training_mix.hpp"

namespace intelia {

/** A file of training data, and how often each of its records is in an epoch, on average (see mix_places). */
struct TrainingFile {
  std::filesystem::path path;
  double weight = 1;
};

/** "FILE" or "FILE=WEIGHT"; an existing file may have a '=' in its name. Error{usage} unless the weight is above 0, at
   most 1000. */
TrainingFile training_file_from(const std::string& text);

/** What a training run reads, and what will serve its result. */
struct TrainingInputs {
  std::vector<TrainingFile> train;    // JSON Lines
  std::filesystem::path validation;   // JSON Lines, or empty
  std::filesystem::path serve_model;  // folder of the model that will be served, or empty

  /** The files that can be checked, in order. */
  std::vector<std::filesystem::path> files() const;
};

struct TrainingData {
  TrainingMix train;
  std::optional<TokenizedDataset> validation;

  /** Null without validation data. */
  const TokenizedDataset* held_out() const { return validation ? &*validation : nullptr; }
};

/**
 * Tokenizes all files. Records that cannot be trained on go to `rejects`; each file alone must keep within `policy`:
 * Error{input} when it does not, or when nothing of it is left. `threads` tokenize; `seed` chooses the records of files
 * whose weight is not a whole number.
 */
TrainingData read_training_data(const TrainingInputs& inputs, const TextSide& text, const EncodeOptions& encode,
                                const TokenCacheSettings& cache, const RejectPolicy& policy, Rejects& rejects,
                                const Sinks& sinks, int threads, std::uint64_t seed = 0);

}  // namespace intelia
