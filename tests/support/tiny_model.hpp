// A whole model folder with random weights: the tokenizer and template of tokenizer_folder.hpp, one layer, 320 words.
#pragma once

#include <filesystem>

#include "base/sinks.hpp"
#include "model/init.hpp"
#include "tokenizer_folder.hpp"

namespace intelia::test {

class TinyModel {
 public:
  explicit TinyModel(std::int64_t vocab_size = 320) {
    InitSettings settings;
    settings.hidden_size = 32;
    settings.intermediate_size = 64;
    settings.layers = 1;
    settings.heads = 2;
    settings.kv_heads = 1;
    settings.vocab_size = vocab_size;
    settings.max_positions = 64;
    settings.standard_deviation = 0.1;
    const ModelConfig config = initial_config(settings);
    write_file(path() / "config.json", model_config_json(config).dump());
    SilentSinks silent;
    for (AtomicFile& file : write_initial_weights(path(), config, settings, 1, silent.sinks())) file.commit();
  }
  const std::filesystem::path& path() const { return folder_.path(); }

 private:
  ModelFolder folder_;
};

}  // namespace intelia::test
