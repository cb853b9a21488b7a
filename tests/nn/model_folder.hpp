// Small random model folders and samples for the tests of lib/nn.
#pragma once

#include <filesystem>
#include <string>

#include "base/random.hpp"
#include "engine/engine.hpp"
#include "model/init.hpp"
#include "record/json.hpp"
#include "temporary_folder.hpp"

namespace intelia {

/** Writes the model for `settings`. */
inline std::filesystem::path write_model(const std::filesystem::path& folder, const InitSettings& settings) {
  std::filesystem::create_directories(folder);
  const ModelConfig config = initial_config(settings);
  SilentSinks silent;
  for (AtomicFile& file : write_initial_weights(folder, config, settings, 1, silent.sinks())) file.commit();
  write_file(folder / "config.json", model_config_json(config).dump(2));
  return folder;
}

/** Writes a two-layer model with grouped heads, large enough weights for attention to matter, and 96 words. */
inline std::filesystem::path make_model(const std::filesystem::path& folder, bool ties_embeddings = false) {
  InitSettings settings;
  settings.hidden_size = 32;
  settings.intermediate_size = 64;
  settings.layers = 2;
  settings.heads = 4;
  settings.kv_heads = 2;
  settings.vocab_size = 96;
  settings.max_positions = 64;
  settings.ties_embeddings = ties_embeddings;
  settings.standard_deviation = 0.1;
  return write_model(folder, settings);
}

/** Samples in memory; derived classes fill them. */
class SampleList : public SampleSource {
 public:
  std::int64_t size() const override { return static_cast<std::int64_t>(samples_.size()); }
  TokenSample at(std::int64_t index) const override { return samples_[static_cast<std::size_t>(index)]; }
  std::string content_sha256() const override { return sha256_; }

 protected:
  std::vector<TokenSample> samples_;
  std::string sha256_;
};

/** Random token samples of 3 to 12 tokens whose last part is trained. */
class RandomSamples final : public SampleList {
 public:
  RandomSamples(std::int64_t count, std::uint64_t seed) {
    Random random(seed);
    for (std::int64_t i = 0; i < count; ++i) {
      TokenSample& sample = samples_.emplace_back();
      const std::uint64_t length = 3 + random.below(10);
      for (std::uint64_t t = 0; t < length; ++t) {
        sample.ids.push_back(static_cast<std::int32_t>(random.below(96)));
        sample.is_target.push_back(t * 3 >= length);
      }
    }
    sha256_ = sha256_of(std::to_string(count) + " " + std::to_string(seed));
  }
};

}  // namespace intelia
