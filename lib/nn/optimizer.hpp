// AdamW with decoupled weight decay (Loshchilov and Hutter 2019), states in fp32; clipping by the global norm.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "nn/shapes.hpp"

namespace intelia::nn {

class AdamW {
 public:
  /** betas 0.9 and 0.999, eps 1e-8, as transformers' default; parameters named "…bias" or "…norm…" do not decay. */
  AdamW(std::vector<std::pair<std::string, Tensor>> parameters, double weight_decay);

  /** One update with bias correction at rate `learning_rate`, from the gradients the parameters hold. */
  void step(double learning_rate);
  void zero_grad();

  /** The L2 norm over all gradients, as torch.nn.utils.clip_grad_norm_ takes it. */
  double grad_norm() const;
  /** Multiplies every gradient. */
  void scale_gradients(double factor);

  /** States by name ("….exp_avg", "….exp_avg_sq"), for checkpoints. */
  std::vector<std::pair<std::string, Tensor>> states() const;
  /** Number of updates done, part of the bias correction. */
  void set_num_updates(std::int64_t num_updates);

  const std::vector<std::pair<std::string, Tensor>>& parameters() const { return parameters_; }

 private:
  struct Group {
    double weight_decay = 0;
    std::vector<Tensor> parameters, averages, squares, counts;
  };
  std::vector<std::pair<std::string, Tensor>> parameters_;
  std::vector<std::pair<std::string, Tensor>> states_;
  Group groups_[2];  // with decay, without
};

}  // namespace intelia::nn
