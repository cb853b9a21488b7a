// One linear layer: a weight that is frozen (dense, or 4-bit and unpacked at use) or trained, and perhaps a LoRA
// adapter.
#pragma once

#include <optional>
#include <string>

#include "nn/functions.hpp"

namespace intelia::nn {

/**
 * LoRA (Hu et al. 2021) as PEFT computes it: y += scaling · B(A(dropout(x))). A [R, in], B [out, R], fp32.
 * With a magnitude m [out] it is DoRA (Liu et al. 2024): the columns of V = W + scaling·B·A keep their direction and
 * have the length m; the gradient takes |V| as a constant.
 */
struct Lora {
  Tensor a, b;
  Tensor magnitude;         // [out]; defined: DoRA
  Tensor start_a, start_b;  // PiSSA, OLoRA: what was taken out of the base when the adapter was made
  double scaling = 2;
  double dropout = 0;

  /** The direction norms that were found last, and for which state of A and B. */
  struct Norms {
    Tensor values;
    const void *a = nullptr, *b = nullptr;
    std::int64_t a_version = -1, b_version = -1;
  };
  mutable Norms norms;
};

/** What a forward pass needs to know beyond its input. */
struct Pass {
  bool uses_adapter = true;
  bool is_training = false;
  std::uint64_t seed = 0;  // of this pass's dropout masks and noise
  double neftune_alpha = 0;
};

struct Linear {
  std::string path;  // "model.layers.0.self_attn.q_proj"
  Tensor weight;     // [out, in]; undefined when packed is used
  std::optional<PackedWeight> packed;
  bool is_quantized = false;  // to NF4, whether it is held packed or unpacked
  Tensor bias;                // [out] or undefined
  std::optional<Lora> lora;
  std::uint64_t number = 0;  // distinguishes its dropout mask from other layers'

  std::int64_t out_features() const { return packed ? packed->out_features : weight.size(0); }
  std::int64_t in_features() const { return packed ? packed->in_features : weight.size(1); }
  /** The weight's values, fp32 [out, in]. */
  Tensor values() const;
  /** |W + scaling·B·A| of every row, without gradient: [out] fp32. */
  Tensor direction_norms() const;

  /** x [N, in] -> [N, out]. */
  Tensor operator()(const Tensor& x, const Pass& pass) const;

 private:
  /** direction_norms(), found once for all passes between two changes of A and B (each raises a tensor's version). */
  const Tensor& kept_direction_norms() const;
  /** x · Wᵀ without bias. */
  Tensor base(const Tensor& x) const;
};

}  // namespace intelia::nn
