// What every optimizer gives to the training loop: the tensors it trains, an update, and its states by name for
// checkpoints. Each kind has a file of its own (adamw.cpp, adamw_8bit.cpp, adafactor.cpp, sgd.cpp); none knows
// schedules or files.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/jobs.hpp"
#include "nn/shapes.hpp"

namespace intelia::nn {

/** One tensor that is trained, and how its update differs from others'. */
struct Trained {
  std::string name;
  Tensor tensor;
  double weight_decay = 0;
  double rate = 1;  // times the learning rate
};

class Optimizer {
 public:
  explicit Optimizer(std::vector<Trained> trained) : trained_(std::move(trained)) {}
  virtual ~Optimizer() = default;
  Optimizer(const Optimizer&) = delete;
  Optimizer& operator=(const Optimizer&) = delete;

  /** One update at rate `learning_rate`, from the gradients that the tensors hold; a missing gradient counts as zero.
   */
  void step(double learning_rate);
  void zero_grad();

  /** The L2 norm over all gradients, in fp32, as torch.nn.utils.clip_grad_norm_ takes it. */
  double grad_norm() const;
  /** Multiplies every gradient. */
  void scale_gradients(double factor);

  NamedTensors parameters() const;
  /** States by name ("….exp_avg"), for checkpoints: what is copied into them is what the next update goes on from. */
  virtual NamedTensors states() const = 0;

  /** Updates done, part of the bias corrections. */
  std::int64_t num_steps() const { return num_steps_; }
  void set_num_steps(std::int64_t num_steps) { num_steps_ = num_steps; }

 protected:
  /** One update; num_steps() counts it already. `gradients` are those of trained(), in its order. */
  virtual void update(double learning_rate, const std::vector<Tensor>& gradients) = 0;
  const std::vector<Trained>& trained() const { return trained_; }

 private:
  std::vector<Trained> trained_;
  std::int64_t num_steps_ = 0;
};

/**
 * The optimizer that `settings` ask for. Weights decay but for those named "…bias" or "…norm…", as transformers'
 * Trainer has it; with a LoRA+ ratio, B matrices and 1-dimensional tensors learn at the rate times that ratio
 * (peft/optimizers/loraplus.py). Throws Error{usage} for a kind that the tensors' device cannot run.
 */
std::unique_ptr<Optimizer> make_optimizer(const OptimizerSettings& settings, const NamedTensors& parameters);

std::unique_ptr<Optimizer> make_adamw(std::vector<Trained> trained);
std::unique_ptr<Optimizer> make_adamw_8bit(std::vector<Trained> trained);
std::unique_ptr<Optimizer> make_adafactor(std::vector<Trained> trained);
std::unique_ptr<Optimizer> make_sgd(std::vector<Trained> trained, double momentum);

}  // namespace intelia::nn
