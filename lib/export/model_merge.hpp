// Merges an adapter into the weights of its base and writes the result as a Hugging Face folder, with the measured
// difference between the two.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "base/sinks.hpp"
#include "export/divergence.hpp"
#include "export/gguf_model.hpp"
#include "export/merged_model.hpp"
#include "record/run.hpp"

namespace intelia {

struct MergeSettings {
  std::filesystem::path model, adapter;
  bool allows_mismatch = false;  // an adapter that was trained on another base
  Onto onto = Onto::automatic;
  ExportType type = ExportType::automatic;  // without the quantized ones
  std::filesystem::path output;
  std::uint64_t max_file_bytes = 4'000'000'000;
  int threads = 0;  // 0: one per core
  Device device = Device::automatic;
  DivergenceSettings divergence;
};

struct MergePlan {
  MergedModel merged;
  SampleRows rows;  // none: nothing is measured
  std::uint64_t weight_bytes = 0;
};

/** Opens and checks everything that is read, the engine included if it measures. Writes nothing. */
MergePlan plan_merge(const MergeSettings& settings, const Sinks& sinks);

struct MergeResult {
  Json manifest;
  std::uint64_t weight_bytes = 0;
  std::optional<MergeDivergence> divergence;
};

/** Writes the folder. A run that ends while it measures leaves the folder without a manifest. */
MergeResult merge_model(const MergePlan& plan, const MergeSettings& settings, const RunInfo& info, const Sinks& sinks);

}  // namespace intelia
