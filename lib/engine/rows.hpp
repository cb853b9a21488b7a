// The rows that a training draws: one sample each, or several packed together.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/engine.hpp"

namespace intelia {

/** Numbers of the samples in one row of a batch; attention stays within each sample. */
using BatchRow = std::vector<std::int64_t>;

/** Tokens of every sample. */
std::vector<std::int64_t> sample_lengths(const SampleSource& samples);

/** With settings.packs best-fit decreasing into rows of max_length tokens (under Compat::trl 1,000 samples at a time),
   else one sample per row. */
std::vector<BatchRow> training_rows(const std::vector<std::int64_t>& lengths, const TrainingSettings& settings);

/** The number of these rows; without packing no length is read. */
std::int64_t num_training_rows(const SampleSource& samples, const TrainingSettings& settings);

}  // namespace intelia
