// A model with the parameters that a training changes: an adapter on it, or all of its weights.
#pragma once

#include <filesystem>

#include "base/sinks.hpp"
#include "nn/decoder.hpp"

namespace intelia::nn {

class TrainedModel {
 public:
  /** Puts the adapter that `settings` ask for on `loaded` (new, or from settings.base.adapter); none under full
      training, whose weights are parameters already. */
  TrainedModel(const TrainingSettings& settings, Decoder loaded);
  TrainedModel(const TrainedModel&) = delete;
  TrainedModel& operator=(const TrainedModel&) = delete;

  const Decoder& model() const { return model_; }
  /** From now on passes end with Interrupted when `stop`, which must outlive the model, is set. */
  void interrupt_by(const StopFlag& stop) { model_.stop = &stop; }
  const NamedTensors& parameters() const { return parameters_; }
  std::int64_t num_trainable() const;
  /** Bytes live after loading the model, before the adapter. */
  std::uint64_t model_bytes() const { return model_bytes_; }

  /** Writes the adapter as a PEFT folder; under full training the model as a Hugging Face folder, in the type it was
      read in. */
  void write(const std::filesystem::path& folder);

 private:
  Decoder model_;
  std::uint64_t model_bytes_;
  NamedTensors parameters_;
  std::filesystem::path source_;
  bool is_full_;
};

}  // namespace intelia::nn
