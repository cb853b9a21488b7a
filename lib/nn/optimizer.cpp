#include "nn/optimizer.hpp"

#include <ATen/ScalarOps.h>

namespace intelia::nn {

namespace {

bool decays(const std::string& name) { return !name.ends_with(".bias") && name.find("norm") == std::string::npos; }

/** Parameters with the higher learning rate of LoRA+ (Hayou et al. 2024). */
bool learns_faster(const std::string& name, const Tensor& tensor) {
  return name.find("lora_B") != std::string::npos || tensor.dim() == 1;
}

}  // namespace

void Optimizer::step(double learning_rate) {
  std::vector<Tensor> gradients;
  for (const Trained& item : trained_) {
    const Tensor& gradient = item.tensor.grad();
    gradients.push_back(gradient.defined() ? gradient.contiguous() : at::zeros_like(item.tensor));
  }
  ++num_steps_;
  const torch::autograd::AutoGradMode without_gradient(false);
  update(learning_rate, gradients);
  for (Trained& item : trained_) item.tensor.unsafeGetTensorImpl()->bump_version();  // an update may bypass autograd
}

void Optimizer::zero_grad() {
  for (Trained& item : trained_) item.tensor.mutable_grad() = Tensor();
}

double Optimizer::grad_norm() const {
  std::vector<Tensor> norms;
  for (const Trained& item : trained_)
    if (const Tensor& gradient = item.tensor.grad(); gradient.defined())
      norms.push_back(at::linalg_vector_norm(gradient, 2, {}, /*keepdim=*/false, at::kFloat));
  return norms.empty() ? 0 : at::linalg_vector_norm(at::stack(norms)).item<double>();
}

void Optimizer::scale_gradients(double factor) {
  // A plain number would be rounded to the gradients' type first.
  for (Trained& item : trained_)
    if (item.tensor.grad().defined()) item.tensor.mutable_grad().mul_(at::native::wrapped_scalar_tensor(factor));
}

NamedTensors Optimizer::parameters() const {
  NamedTensors list;
  for (const Trained& item : trained_) list.emplace_back(item.name, item.tensor);
  return list;
}

std::unique_ptr<Optimizer> make_optimizer(const OptimizerSettings& settings, const NamedTensors& parameters) {
  std::vector<Trained> trained;
  for (const auto& [name, tensor] : parameters)
    trained.push_back({name, tensor, decays(name) ? settings.weight_decay : 0,
                       settings.loraplus_ratio > 0 && learns_faster(name, tensor) ? settings.loraplus_ratio : 1});
  switch (settings.kind) {
    case OptimizerKind::adamw:
      return make_adamw(std::move(trained));
    case OptimizerKind::adamw_8bit:
      return make_adamw_8bit(std::move(trained));
    case OptimizerKind::adafactor:
      return make_adafactor(std::move(trained));
    case OptimizerKind::sgd:
      return make_sgd(std::move(trained), settings.momentum);
  }
  throw Error(Kind::internal, "[make_optimizer] unknown kind");
}

}  // namespace intelia::nn
