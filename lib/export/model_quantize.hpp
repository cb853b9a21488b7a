// Writes a copy of a model folder with its linear layers in NF4, as bitsandbytes serializes them. The engine quantizes
// the weights; this file checks the model and writes the other files.
#pragma once

#include <cstdint>

#include "base/sinks.hpp"
#include "engine/jobs.hpp"
#include "model/model_folder.hpp"
#include "record/run.hpp"

namespace intelia {

/** A dense model, checked, and the sizes of it and of its quantized form. */
struct QuantizationPlan {
  ModelConfig config;                    // ties_embeddings as the weights have it
  std::vector<TensorGroup> not_written;  // no part of the model takes them
  std::int64_t num_quantized = 0;        // weights that become NF4
  std::uint64_t dense_bytes = 0;         // of all weights, as they are
  std::uint64_t quantized_bytes = 0;     // of all weights afterwards, headers not counted
};

/** Throws Error{usage} for a model that is already in NF4, Error{input} for an invalid one; warns of tensors that would
    not be written. Writes nothing. */
QuantizationPlan plan_quantization(const QuantizeSettings& settings, Log& log);

struct QuantizedModel {
  Json manifest;
  std::uint64_t weight_bytes = 0;  // of the files of weights
};

/** Writes the folder. Throws Error{io} when the disk has not enough space. */
QuantizedModel quantize_model(const QuantizationPlan& plan, const QuantizeSettings& settings, const RunInfo& info,
                              const Sinks& sinks);

}  // namespace intelia
