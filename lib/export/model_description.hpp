// The content of a model folder, whether its parts fit together, and the memory for training it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/sinks.hpp"
#include "engine/jobs.hpp"
#include "model/model_folder.hpp"
#include "record/json.hpp"
#include "tokenizer/tokenizer.hpp"

namespace intelia {

/** Tensors of one data type. */
struct TensorCount {
  std::int64_t tensors = 0;
  std::uint64_t bytes = 0;
};

struct TokenizerDescription {
  std::string kind = "none";  // "tokenizer.json", "SentencePiece"
  std::int64_t size = 0;      // ids
  bool has_chat_template = false;
  bool has_generation_markers = false;  // in the template
};

/** Memory for training by one method, without activations: weights in fp32 where they are trained, else in 16
    bits or NF4, with AdamW. */
struct TrainingMemory {
  struct Term {
    const char* name;     // "gradients"
    const char* formula;  // "4 A", of ParameterCounts
    double bytes;
  };
  const char* method;  // "full", "lora", "qlora"
  std::vector<Term> terms;
  double total() const;
};

/** The numbers in the formulas of TrainingMemory. */
struct ParameterCounts {
  double all = 0;      // P
  double linear = 0;   // L: in linear layers of the blocks, which QLoRA quantizes
  double adapter = 0;  // A: of an adapter with the default settings
};

struct ModelDescription {
  ModelConfig config;
  std::map<std::string, TensorCount> tensors;  // by type
  std::vector<TensorGroup> unused;             // that no part of the model takes
  std::uint64_t file_bytes = 0;                // of the files of weights
  TokenizerDescription tokenizer;
  ParameterCounts parameters;
  std::vector<TrainingMemory> training;  // by the methods that can train it
};

/** Reads the folder. Throws Error{input} when a part is invalid, or when weights, configuration and tokenizer do not
    fit together; unusual content is a warning. */
ModelDescription describe_model(const std::filesystem::path& folder, TokenizerRules rules, const LoraSettings& lora,
                                Log& log);

Json to_json(const ModelDescription& description);

}  // namespace intelia
