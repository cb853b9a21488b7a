// Adafactor (Shazeer and Stern 2018) as transformers' Trainer uses it: no first moment, a given learning rate, no
// scaling by the parameters' size; the second moments of a matrix factored into a row and a column, in fp32.
#include <cmath>

#include "nn/optimizer.hpp"

namespace intelia::nn {

namespace {

constexpr double kEpsilon = 1e-30;    // added to squared gradients
constexpr double kDecayRate = -0.8;   // β2 of step t is 1 − t^−0.8
constexpr double kClipThreshold = 1;  // of the update's root mean square

Tensor root_mean_square(const Tensor& tensor) {
  return tensor.norm(2) / std::sqrt(static_cast<double>(tensor.numel()));
}

class Adafactor final : public Optimizer {
 public:
  explicit Adafactor(std::vector<Trained> list) : Optimizer(std::move(list)) {
    for (const Trained& item : trained()) {
      const auto options = item.tensor.options().dtype(at::kFloat).requires_grad(false);
      const auto sizes = item.tensor.sizes();
      Squares& squares = squares_.emplace_back();
      if (sizes.size() < 2) {
        squares.whole = at::zeros(sizes, options);
      } else {
        std::vector<std::int64_t> column(sizes.begin(), sizes.end() - 2);
        column.push_back(sizes.back());
        squares.row = at::zeros(sizes.slice(0, sizes.size() - 1), options);
        squares.column = at::zeros(column, options);
      }
    }
  }

  NamedTensors states() const override {
    NamedTensors list;
    for (std::size_t i = 0; i < trained().size(); ++i) {
      const std::string& name = trained()[i].name;
      if (squares_[i].whole.defined()) {
        list.emplace_back(name + ".exp_avg_sq", squares_[i].whole);
      } else {
        list.emplace_back(name + ".exp_avg_sq_row", squares_[i].row);
        list.emplace_back(name + ".exp_avg_sq_col", squares_[i].column);
      }
    }
    return list;
  }

 protected:
  void update(double learning_rate, const std::vector<Tensor>& gradients) override {
    const double beta2 = 1 - std::pow(static_cast<double>(num_steps()), kDecayRate);
    for (std::size_t i = 0; i < trained().size(); ++i) {
      const Trained& item = trained()[i];
      const double rate = learning_rate * item.rate;
      const Tensor gradient = gradients[i].to(at::kFloat);
      const Tensor parameter = item.tensor.detach();
      Tensor values = parameter.to(at::kFloat);  // the parameter itself where that is fp32
      const Tensor square = gradient.square() + kEpsilon;
      Tensor change;
      if (squares_[i].whole.defined()) {
        squares_[i].whole.mul_(beta2).add_(square, 1 - beta2);
        change = squares_[i].whole.rsqrt().mul_(gradient);
      } else {
        Tensor &row = squares_[i].row, &column = squares_[i].column;
        row.mul_(beta2).add_(square.mean(-1), 1 - beta2);
        column.mul_(beta2).add_(square.mean(-2), 1 - beta2);
        const Tensor row_factor = (row / row.mean(-1, /*keepdim=*/true)).rsqrt_().unsqueeze(-1);
        change = at::mul(row_factor, column.unsqueeze(-2).rsqrt()).mul_(gradient);
      }
      change.div_((root_mean_square(change) / kClipThreshold).clamp_(/*min=*/1.0));
      change.mul_(rate);
      if (item.weight_decay != 0) values.add_(values, -item.weight_decay * rate);
      values.add_(-change);
      if (parameter.scalar_type() != at::kFloat) parameter.copy_(values);
    }
  }

 private:
  struct Squares {
    Tensor row, column;  // of matrices: means over the last dimension, over the last but one
    Tensor whole;        // of vectors
  };
  std::vector<Squares> squares_;
};

}  // namespace

std::unique_ptr<Optimizer> make_adafactor(std::vector<Trained> trained) {
  return std::make_unique<Adafactor>(std::move(trained));
}

}  // namespace intelia::nn
