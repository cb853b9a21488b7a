// The interface of optimizers: the tensors that they train, a step, and their states by name for checkpoints. Each kind
// has its own file (adamw.cpp, adamw_8bit.cpp, adafactor.cpp, sgd.cpp); none knows schedules or files.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/jobs.hpp"
#include "nn/shapes.hpp"

namespace intelia::nn {

/** A trained tensor with its own hyperparameters. */
struct Trained {
  std::string name;
  Tensor tensor;
  double weight_decay = 0;
  double rate = 1;  // factor of the learning rate
};

class Optimizer {
 public:
  explicit Optimizer(std::vector<Trained> trained) : trained_(std::move(trained)) {}
  virtual ~Optimizer() = default;
  Optimizer(const Optimizer&) = delete;
  Optimizer& operator=(const Optimizer&) = delete;

  /** One step from the tensors' gradients; a missing gradient counts as zero. */
  void step(double learning_rate);
  void zero_grad();

  /** The L2 norm of all gradients together, in fp32, as torch.nn.utils.clip_grad_norm_ computes it. */
  double grad_norm() const;
  /** Multiplies every gradient. */
  void scale_gradients(double factor);

  NamedTensors parameters() const;
  /** States by name ("….exp_avg"), for checkpoints: copying into them restores them. */
  virtual NamedTensors states() const = 0;

  /** Steps done, for bias correction; skipped ones do not count. */
  std::int64_t num_steps() const { return num_steps_; }
  void set_num_steps(std::int64_t num_steps) { num_steps_ = num_steps; }

 protected:
  /** The update of one step; num_steps() includes it already. `gradients` are those of trained(), in its order. */
  virtual void update(double learning_rate, const std::vector<Tensor>& gradients) = 0;
  const std::vector<Trained>& trained() const { return trained_; }

 private:
  std::vector<Trained> trained_;
  std::int64_t num_steps_ = 0;
};

/**
 * The optimizer of `settings`. Weight decay excludes parameters named "…bias" or "…norm…", as transformers' Trainer
 * does; with a LoRA+ ratio, the learning rate of B matrices and 1-dimensional tensors is multiplied by it
 * (peft/optimizers/loraplus.py). Throws Error{usage} for a kind that does not run on the tensors' device.
 */
std::unique_ptr<Optimizer> make_optimizer(const OptimizerSettings& settings, const NamedTensors& parameters);

std::unique_ptr<Optimizer> make_adamw(std::vector<Trained> trained);
std::unique_ptr<Optimizer> make_adamw_8bit(std::vector<Trained> trained);
std::unique_ptr<Optimizer> make_adafactor(std::vector<Trained> trained);
std::unique_ptr<Optimizer> make_sgd(std::vector<Trained> trained, double momentum);

}  // namespace intelia::nn
