// Stochastic gradient descent as torch.optim.SGD: momentum without dampening, weight decay added to the gradient.
#include <ATen/ScalarOps.h>

#include "nn/optimizer.hpp"

namespace intelia::nn {

namespace {

class Sgd final : public Optimizer {
 public:
  Sgd(std::vector<Trained> list, double momentum) : Optimizer(std::move(list)), momentum_(momentum) {
    if (momentum_ == 0) return;
    for (const Trained& item : trained())
      buffers_.push_back(at::zeros_like(item.tensor, at::MemoryFormat::Contiguous).detach());
  }

  NamedTensors states() const override {
    NamedTensors list;
    for (std::size_t i = 0; i < buffers_.size(); ++i)
      list.emplace_back(trained()[i].name + ".momentum_buffer", buffers_[i]);
    return list;
  }

 protected:
  void update(double learning_rate, const std::vector<Tensor>& gradients) override {
    for (std::size_t i = 0; i < trained().size(); ++i) {
      const Trained& item = trained()[i];
      const Tensor parameter = item.tensor.detach();
      Tensor change = gradients[i];
      if (item.weight_decay != 0) change = change.add(parameter, item.weight_decay);
      // A plain number would be rounded to the buffer's type first.
      if (momentum_ != 0) change = buffers_[i].mul_(at::native::wrapped_scalar_tensor(momentum_)).add_(change);
      parameter.add_(change, -learning_rate * item.rate);
    }
  }

 private:
  double momentum_;
  std::vector<Tensor> buffers_;  // empty without momentum
};

}  // namespace

std::unique_ptr<Optimizer> make_sgd(std::vector<Trained> trained, double momentum) {
  return std::make_unique<Sgd>(std::move(trained), momentum);
}

}  // namespace intelia::nn
