// A model folder opened for writing it in another form, with or without an adapter merged into it: which base the
// adapter is merged into, where tokenizer and chat template come from, and which records both were trained on.
#pragma once

#include <filesystem>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/sinks.hpp"
#include "model/weight_rows.hpp"
#include "record/run.hpp"

namespace intelia {

/** Which values of the base an adapter is merged into. */
enum class Onto {
  automatic,  // those that the adapter was trained on, by its manifest; without one those of the folder
  stored,     // those of the folder, in 16 or 32 bits
  nf4,        // those that QLoRA trains on, dequantized
};

struct MergedModel {
  std::filesystem::path model, adapter;  // adapter: empty without one
  ModelFolder folder;
  std::unique_ptr<AdapterWeights> adapter_weights;
  MergeBase base = MergeBase::stored;
  std::string base_in_words;          // "the dequantized NF4 base (stored in NF4)"; empty without an adapter
  bool is_trained_on_nf4 = false;     // by the adapter's manifest
  std::filesystem::path text_folder;  // with tokenizer and chat template

  /** Reads the weights. Valid as long as this object. */
  WeightRows rows() const { return {folder, adapter_weights.get(), base}; }
  /** The type that automatic stands for: that of most weights. */
  TensorType main_type() const;
};

/** Opens and checks everything; warns of tensors that are not written. Error{usage} for a base that the folder does not
    have, Error{input} for an adapter that does not fit. */
MergedModel open_merged_model(const std::filesystem::path& model, const std::filesystem::path& adapter, Onto onto,
                              Log& log);

/** Hashes the files of model and adapter on another thread, while the weights are written. */
class InputHashes {
 public:
  explicit InputHashes(const MergedModel& merged);
  /** Throws Error{usage} for an adapter that was trained on another base, or warns of it. */
  void check_base(bool allows_mismatch, Log& log);
  /** Adds model and adapter to the inputs of `run`, and how they were merged to its manifest. Called once. */
  void add_to(Run& run);

 private:
  const MergedModel& merged_;
  std::shared_future<Json> base_files_, adapter_files_;
};

/** Stages the files of the text side, and the index of the records that base and adapter were trained on. */
void stage_text_side(const MergedModel& merged, Run& run, const Sinks& sinks);

}  // namespace intelia
