#include "nn/optimizer.hpp"

namespace intelia::nn {

AdamW::AdamW(std::vector<std::pair<std::string, Tensor>> parameters, double weight_decay) : parameters_(std::move(parameters)) {
  groups_[0].weight_decay = weight_decay;
  for (auto& [name, parameter] : parameters_) {
    const bool decays = !name.ends_with(".bias") && name.find("norm") == std::string::npos;
    Group& group = groups_[decays ? 0 : 1];
    group.parameters.push_back(parameter.detach());
    group.averages.push_back(at::zeros_like(parameter));
    group.squares.push_back(at::zeros_like(parameter));
    group.counts.push_back(at::zeros({}, parameter.options().dtype(at::kFloat)));
    states_.emplace_back(name + ".exp_avg", group.averages.back());
    states_.emplace_back(name + ".exp_avg_sq", group.squares.back());
  }
}

void AdamW::step(double learning_rate) {
  std::vector<Tensor> gradients[2];
  for (const auto& [name, parameter] : parameters_) {
    const bool decays = !name.ends_with(".bias") && name.find("norm") == std::string::npos;
    const Tensor& gradient = parameter.grad();
    gradients[decays ? 0 : 1].push_back(gradient.defined() ? gradient : at::zeros_like(parameter));
  }
  for (int i = 0; i < 2; ++i) {
    Group& group = groups_[i];
    if (group.parameters.empty()) continue;
    for (Tensor& count : group.counts) count.add_(1);
    at::_fused_adamw_(group.parameters, gradients[i], group.averages, group.squares, /*max_exp_avg_sqs=*/{}, group.counts,
                      learning_rate, /*beta1=*/0.9, /*beta2=*/0.999, group.weight_decay, /*eps=*/1e-8, /*amsgrad=*/false,
                      /*maximize=*/false);
  }
}

void AdamW::zero_grad() {
  for (auto& [name, parameter] : parameters_) parameter.mutable_grad() = Tensor();
}

double AdamW::grad_norm() const {
  std::vector<Tensor> norms;
  for (const auto& [name, parameter] : parameters_)
    if (parameter.grad().defined()) norms.push_back(at::linalg_vector_norm(parameter.grad()));
  return norms.empty() ? 0 : at::linalg_vector_norm(at::stack(norms)).item<double>();
}

void AdamW::scale_gradients(double factor) {
  for (auto& [name, parameter] : parameters_)
    if (parameter.grad().defined()) parameter.mutable_grad().mul_(factor);
}

std::vector<std::pair<std::string, Tensor>> AdamW::states() const { return states_; }

void AdamW::set_num_updates(std::int64_t num_updates) {
  for (Group& group : groups_)
    for (Tensor& count : group.counts) count.fill_(static_cast<double>(num_updates));
}

}  // namespace intelia::nn
