// The samples on which a loss or gradient was no number, written out so that they can be looked at and tried again.
// Knows no model: what each sample's loss is comes from the caller.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/jobs.hpp"
#include "record/message.hpp"

namespace intelia::nn {

inline constexpr const char* kSuspectsFile = "nan-batch.jsonl";

/** Samples of one forward pass, and where in the data they stand. */
struct NumberedSamples {
  std::vector<std::int64_t> numbers;  // from 0, in the order of the training or validation file
  std::vector<TokenSample> samples;
};

/** "NaN" or "infinite", as messages say it. */
const char* kind_of_no_number(double value);

/**
 * Writes OUTPUT/nan-batch.jsonl (mode 0600), a line a sample: what failed, step, micro-batch, number, loss (mean over
 * targets, null when it is no number), ids, targets, and their weights where they have any. `losses` has a list a
 * micro-batch. Returns the sentence that says so.
 */
std::string write_suspects(const std::filesystem::path& output, const std::string& what, std::int64_t step,
                           const std::vector<NumberedSamples>& micro_batches,
                           const std::vector<std::vector<SampleLoss>>& losses);

/** Removes the file that an earlier run left. */
void remove_suspects(const std::filesystem::path& output);

}  // namespace intelia::nn
