// How far the predictions of a merged model are from those of its base with the adapter, on sample rows: both are
// computed by the engine in fp32.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/sinks.hpp"
#include "engine/jobs.hpp"

namespace intelia {

struct DivergenceSettings {
  std::filesystem::path data;  // conversations or text; empty: random tokens
  int num_rows = 8;            // 0: nothing is measured
  int max_tokens = 64;         // of a row
  std::uint64_t seed = 42;     // of random tokens
};

/** The rows on which models are compared. */
struct SampleRows {
  std::vector<std::vector<std::int32_t>> ids;
  std::string in_words;  // "8 rows of random tokens", "the first 8 conversations of 'FILE'"
  std::int64_t num_tokens() const;
};

/** Rows for a model of `vocab_size`, with the tokenizer and template of `text_folder`. Rows are left out where their
    logits would need more than 512 MiB. Error{input} when the file has none. */
SampleRows sample_rows(const DivergenceSettings& settings, const std::filesystem::path& model,
                       const std::filesystem::path& text_folder, std::int64_t vocab_size, const Sinks& sinks);

struct MergeDivergence {
  double kl_per_token = 0;  // KL(base and adapter ‖ merged), nats, mean over tokens
  double max_kl = 0;        // the largest of a token
  double max_logit_difference = 0;
};

/** Compares base and adapter as `reference` loads them with the model in the folder `merged`. One is loaded at a time.
 */
MergeDivergence measure_divergence(const SampleRows& rows, ModelSettings reference, const std::filesystem::path& merged,
                                   const Sinks& sinks);

}  // namespace intelia
