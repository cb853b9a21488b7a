// A linear layer: its weight, frozen (dense, or NF4 and dequantized at each use) or trained, and optionally LoRA.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "nn/operations/nf4.hpp"

namespace intelia::nn {

/**
 * LoRA (Hu et al. 2021) as PEFT computes it: y += scaling · B(A(dropout(x))). A [R, in], B [out, R], fp32.
 * With a magnitude m [out] it is DoRA (Liu et al. 2024): the rows of V = W + scaling·B·A keep their direction and have
 * norm m; the gradient treats |V| as constant.
 */
struct Lora {
  Tensor a, b;
  Tensor magnitude;         // [out]; defined: DoRA
  Tensor start_a, start_b;  // PiSSA, OLoRA: the initial A and B, whose product was subtracted from the base
  double scaling = 2;
  double dropout = 0;

  /** Cached direction norms, and the versions of A and B that they belong to. */
  struct Norms {
    Tensor values;
    const void *a = nullptr, *b = nullptr;
    std::int64_t a_version = -1, b_version = -1;
  };
  mutable Norms norms;
};

/** Options of a forward pass. */
struct Pass {
  bool uses_adapter = true;
  bool is_training = false;
  std::uint64_t seed = 0;  // of dropout masks and noise
  double neftune_alpha = 0;
  /** For generation on the CPU: fp32 activations, rounded in products with weights in bf16, and no token's result
     depends on the other tokens that are computed with it, except through attention. Without gradient. */
  bool has_independent_rows = false;
};

struct Linear {
  std::string path;  // "model.layers.0.self_attn.q_proj"
  Tensor weight;     // [out, in]; undefined when held as nf4
  std::optional<Nf4Weight> nf4;
  bool is_quantized = false;  // the values are NF4's, whether held as nf4 or dequantized
  Tensor bias;                // [out] or undefined
  std::optional<Lora> lora;
  std::uint64_t number = 0;  // makes its dropout masks differ from other layers'

  std::int64_t out_features() const { return nf4 ? nf4->out_features : weight.size(0); }
  std::int64_t in_features() const { return nf4 ? nf4->in_features : weight.size(1); }
  /** The weight's values, fp32 [out, in]. */
  Tensor values() const;
  /** |W + scaling·B·A| of every row, without gradient: [out] fp32. */
  Tensor direction_norms() const;

  /** x [N, in] -> [N, out]. */
  Tensor operator()(const Tensor& x, const Pass& pass) const;

 private:
  /** direction_norms(), cached until A or B change (which raises a tensor's version). */
  const Tensor& cached_direction_norms() const;
  /** x · Wᵀ without bias. */
  Tensor base(const Tensor& x) const;
  /** The result with independent rows, from that of the base weight. */
  Tensor finish_independent_rows(const Tensor& x, Tensor y, const Pass& pass) const;

  friend std::vector<Tensor> apply_linears(const std::vector<const Linear*>& linears, const Tensor& x,
                                           const Pass& pass);
};

/** Several layers with the same input: x [N, in] -> [N, out] each. */
std::vector<Tensor> apply_linears(const std::vector<const Linear*>& linears, const Tensor& x, const Pass& pass);

}  // namespace intelia::nn
