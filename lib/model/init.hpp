// New models: named sizes, their configuration, and random weights. The bytes depend on settings and seed only, not on
// the number of threads or the order in which tensors or shards are written.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/file.hpp"
#include "base/sinks.hpp"
#include "model/config.hpp"

namespace intelia {

enum class Preset { tiny, small, llama_2_7b, codellama_7b, mistral_7b, llama_3_1_8b, llama_3_2_1b };
const std::vector<std::pair<std::string, Preset>>& preset_names();

enum class WeightType {
  automatic,
  float32,
  bfloat16,
  float16
};  // automatic: float32 for tiny and small, else bfloat16

struct InitSettings {
  Preset preset = Preset::tiny;
  // 0: as in the preset
  std::int64_t hidden_size = 0, intermediate_size = 0, layers = 0, heads = 0, kv_heads = 0;
  std::int64_t vocab_size = 0, max_positions = 0;
  std::optional<bool> ties_embeddings;  // nothing: as in the preset
  double standard_deviation = 0.02;
  WeightType type = WeightType::automatic;
  std::uint64_t seed = 42;
};

/** The configuration for `settings`. Throws SettingError{usage} for impossible sizes. */
ModelConfig initial_config(const InitSettings& settings);

/** A planned file of weights. */
struct WeightFile {
  std::string name;  // "model.safetensors" or "model-00001-of-00005.safetensors"
  std::vector<TensorShape> tensors;
  std::uint64_t num_bytes = 0;  // of the tensors' data
};

/** One file, or shards of at most `max_bytes` each (a single larger tensor is a shard of its own). */
std::vector<WeightFile> plan_weight_files(const ModelConfig& config, std::uint64_t max_bytes = 4'000'000'000);

/**
 * Elements [first, first + values.size()) of tensor `name`: normal with mean 0, from a stream of (seed, name) in which
 * element i depends on i only. `first` is even.
 */
void fill_normal(std::uint64_t seed, const std::string& name, std::uint64_t first, double standard_deviation,
                 std::span<float> values);

/**
 * Writes the weights of `config` to `folder`, not yet committed: linear layers and embeddings random, norms 1, biases
 * 0; and the index if there are several files. `threads` = 0: one per core.
 */
std::vector<AtomicFile> write_initial_weights(const std::filesystem::path& folder, const ModelConfig& config,
                                              const InitSettings& settings, int threads, const Sinks& sinks,
                                              std::uint64_t max_file_bytes = 4'000'000'000);

}  // namespace intelia
