// Samples as a training draws them: rows of one sample each, or rows packed with several.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/engine.hpp"

namespace intelia {

/** Numbers of samples that lie in one row, whose attention stays within each. */
using Row = std::vector<std::int64_t>;

std::vector<SampleSize> sample_sizes(const SampleSource& samples);

/** Tokens of every sample. */
std::vector<std::int64_t> sample_lengths(const SampleSource& samples);

/** With settings.packs best-fit decreasing into rows of max_length tokens (under Compat::trl 1,000 samples at a time),
   else a row a sample. */
std::vector<Row> training_rows(const std::vector<std::int64_t>& lengths, const SftSettings& settings);

/** How many they are; without packing no length is asked for. */
std::int64_t num_training_rows(const SampleSource& samples, const SftSettings& settings);

}  // namespace intelia
