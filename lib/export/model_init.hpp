// A new model folder: random weights, configuration, and a tokenizer that is copied or trained on text. It does not
// know options; lib/model draws the weights.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "base/sinks.hpp"
#include "model/init.hpp"
#include "record/run.hpp"
#include "tokenizer/tokenizer.hpp"

namespace intelia {

struct ModelInitSettings {
  InitSettings init;
  std::vector<std::filesystem::path> train_tokenizer;  // files to train a tokenizer on; empty: none is trained
  std::filesystem::path tokenizer;                     // a model folder to copy the tokenizer from; empty: none
  TokenizerRules tokenizer_rules = TokenizerRules::transformers;
  std::filesystem::path output;
  int threads = 0;  // 0: one per core; they do not change the bytes
};

/** A model that is ready to be written. */
struct ModelDraft {
  InitSettings init;  // with the vocabulary size of the tokenizer
  ModelConfig config;
  std::vector<std::pair<std::string, std::string>> text_files;  // of the tokenizer: name, content
  Json inputs = Json::array();                                  // what those were made from
  std::vector<WeightFile> weight_files;
  std::uint64_t weight_bytes = 0;
};

/** Determines the configuration, and copies or trains the tokenizer. Throws SettingError{usage} for impossible sizes,
    Error{input} for a tokenizer or text that cannot be read. Writes nothing. */
ModelDraft draft_model(const ModelInitSettings& settings, const Sinks& sinks);

/** Writes the folder; returns the manifest. Throws Error{io} when the disk has not enough space. */
Json write_model(const ModelDraft& draft, const ModelInitSettings& settings, const RunInfo& info, const Sinks& sinks);

}  // namespace intelia
