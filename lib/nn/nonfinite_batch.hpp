// Writes the samples on which a loss or gradient was NaN or infinite, so that they can be inspected and tried again.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "nn/objective.hpp"

namespace intelia::nn {

inline constexpr const char* kNonfiniteBatchFile = "nan-batch.jsonl";

/** A micro-batch and the numbers of its samples, in the order of the training or validation data. */
struct NumberedBatch {
  std::vector<std::int64_t> numbers;
  std::unique_ptr<MicroBatch> batch;
};

/** "NaN" or "infinite", for messages. */
const char* describe_nonfinite(double value);

/**
 * Writes OUTPUT/nan-batch.jsonl (mode 0600), one line per sample: what was not finite, step, micro-batch, number, loss
 * (mean over targets; null when it is not finite), and the sample as its objective describes it. `losses` has one list
 * per micro-batch. Returns a clause for the error message that names the file.
 */
std::string write_nonfinite_batch(const std::filesystem::path& output, const std::string& what, std::int64_t step,
                                  const std::vector<NumberedBatch>& batches,
                                  const std::vector<std::vector<SampleLoss>>& losses);

/** Removes the file of an earlier run. */
void remove_nonfinite_batch(const std::filesystem::path& output);

}  // namespace intelia::nn
