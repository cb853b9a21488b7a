// One linear layer: a weight that is frozen (dense, or 4-bit and unpacked at use) or trained, and perhaps a LoRA adapter.
#pragma once

#include <optional>
#include <string>

#include "nn/functions.hpp"

namespace intelia::nn {

/** LoRA (Hu et al. 2021) as PEFT computes it: y += scaling · B(A(dropout(x))). A [R, in], B [out, R], fp32. */
struct Lora {
  Tensor a, b;
  double scaling = 2;
  double dropout = 0;
};

/** What a forward pass needs to know beyond its input. */
struct Pass {
  bool uses_adapter = true;
  bool is_training = false;
  std::uint64_t seed = 0;  // of this pass's dropout masks
};

struct Linear {
  std::string path;                     // "model.layers.0.self_attn.q_proj"
  Tensor weight;                        // [out, in]; undefined when packed is used
  std::optional<PackedWeight> packed;
  Tensor bias;                          // [out] or undefined
  std::optional<Lora> lora;
  std::uint64_t number = 0;             // distinguishes its dropout mask from other layers'

  /** x [N, in] -> [N, out]. */
  Tensor operator()(const Tensor& x, const Pass& pass) const;
};

}  // namespace intelia::nn
