// The weights of a model folder row by row in fp32, however they are stored, with an adapter merged into them. One
// tensor is open at a time, so that memory is bounded by the largest. No libtorch.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "model/adapter_weights.hpp"
#include "model/model_folder.hpp"

namespace intelia {

/** The values of a base that is stored in 16 or 32 bits, when an adapter is merged into it. */
enum class MergeBase {
  stored,  // as they are in the folder; NF4 is dequantized
  nf4,     // quantized to NF4 with double quantization and dequantized, as QLoRA trains on them
};

class WeightRows {
 public:
  /** `adapter` may be null. Both must outlive this object. */
  WeightRows(const ModelFolder& folder, const AdapterWeights* adapter, MergeBase base);

  /** The configuration of the model whose weights are read, without quantization. */
  const ModelConfig& config() const { return config_; }
  /** Every tensor of that model. */
  const std::vector<TensorShape>& tensors() const { return tensors_; }
  /** The type that the values of `tensor` have in the folder; for NF4 the type that they were quantized from. */
  TensorType stored_type(const TensorShape& tensor) const;

  /** Opens one of tensors(). The pages of the one before are released. */
  void open(const TensorShape& tensor);
  /** The bytes of the open tensor, if its values are those that are stored; else nullptr. */
  const TensorView* stored() const;
  /** Rows [first, first + count) of the open tensor; a vector is one row. Thread-safe. */
  void read(std::int64_t first, std::int64_t count, float* out) const;

 private:
  struct Open;
  void read_base(std::int64_t begin, std::int64_t num, float* out) const;

  const ModelFolder& folder_;
  const AdapterWeights* adapter_;
  const MergeBase base_;
  ModelConfig config_;
  std::vector<TensorShape> tensors_;
  std::shared_ptr<Open> open_;
};

}  // namespace intelia
