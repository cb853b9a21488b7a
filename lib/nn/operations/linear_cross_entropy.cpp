#include "nn/operations/linear_cross_entropy.hpp"

#include <ATen/OpMathType.h>
#include <torch/csrc/autograd/custom_function.h>

#include <optional>

#include "nn/operations/label_chunks.hpp"
#include "nn/operations/linear_log_probs.hpp"
#include "nn/operations/product.hpp"
#include "nn/operations/softcap.hpp"

namespace intelia::nn {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::variable_list;

struct LinearCrossEntropy : Function<LinearCrossEntropy> {
  static Tensor forward(AutogradContext* ctx, const Tensor& hidden, const Tensor& head, const Tensor& labels,
                        double softcap, const std::optional<Tensor>& weights) {
    const std::int64_t num_rows = hidden.size(0), step = rows_per_chunk(head);
    const bool needs_hidden = hidden.requires_grad(), needs_head = head.requires_grad();
    const Tensor weight = head.to(hidden.scalar_type());  // [V, D]
    const at::ScalarType wide = at::toOpMathType(hidden.scalar_type());
    Tensor loss = at::zeros({}, hidden.options().dtype(wide));
    Tensor grad_hidden = needs_hidden ? at::empty_like(hidden) : Tensor();  // [S, D]
    Tensor grad_head = needs_head ? at::zeros_like(head) : Tensor();        // [V, D]
    for (std::int64_t begin = 0; begin < num_rows; begin += step) {
      const LabelChunk chunk(begin, num_rows, step, labels.size(0));
      const Tensor x = hidden.narrow(0, begin, chunk.rows);  // [rows, D]
      const Tensor label = chunk.of(labels).unsqueeze(1);    // [labelled, 1]
      Tensor logits = product(x, weight);                    // [rows, V]
      Tensor slope;                                          // of the softcap: [rows, V] wide
      if (softcap > 0) {
        logits = softcapped(logits, softcap);
        slope = 1 - (logits.to(wide) / softcap).square_();
      }
      Tensor log_p = at::log_softmax(logits, -1, wide);  // [rows, V] wide
      logits.reset();
      Tensor chosen = log_p.narrow(0, 0, chunk.labelled).gather(1, label);  // [labelled, 1]
      Tensor row_weights;                                                   // [labelled, 1]
      if (weights) {
        row_weights = chunk.of(*weights).unsqueeze(1).to(wide);
        chosen.mul_(row_weights);
      }
      loss.sub_(chosen.sum());
      if (!needs_hidden && !needs_head) continue;
      Tensor grad = log_p.exp_();  // softmax, less the one-hot label, times the weight
      grad.narrow(0, 0, chunk.labelled).scatter_add_(1, label, at::full_like(label, -1, grad.options()));
      if (weights) grad.narrow(0, 0, chunk.labelled).mul_(row_weights);
      grad.narrow(0, chunk.labelled, chunk.rows - chunk.labelled).zero_();
      if (softcap > 0) grad.mul_(slope);
      const Tensor grad_logits = grad.to(hidden.scalar_type());
      if (needs_hidden) grad_hidden.narrow(0, begin, chunk.rows).copy_(product(grad_logits, weight.t()));
      if (needs_head) grad_head.add_(at::matmul(grad_logits.t(), x));
    }
    ctx->save_for_backward({grad_hidden, grad_head});
    return loss;
  }

  static variable_list backward(AutogradContext* ctx, variable_list grads) {
    const auto saved = ctx->get_saved_variables();
    const auto scale = [&](const Tensor& grad) {
      return grad.defined() ? grad * grads[0].to(grad.scalar_type()) : Tensor();
    };
    return {scale(saved[0]), scale(saved[1]), Tensor(), Tensor(), Tensor()};
  }
};

}  // namespace

Tensor linear_cross_entropy(const Tensor& hidden, const Tensor& head, const Tensor& labels, double softcap,
                            const Tensor& weights) {
  TORCH_CHECK(labels.size(0) <= hidden.size(0), "[linear_cross_entropy] more labels than rows");
  if (weights.defined()) check_shape(weights, labels.sizes(), "linear_cross_entropy weights");
  return LinearCrossEntropy::apply(hidden, head, labels, softcap,
                                   weights.defined() ? std::optional(weights) : std::nullopt);
}

Tensor linear_cross_entropy_rows(const Tensor& hidden, const Tensor& head, const Tensor& labels, double softcap) {
  const torch::autograd::AutoGradMode without_gradient(false);
  return linear_log_probs(hidden, head, labels, softcap, Statistics::none).values.neg();
}

}  // namespace intelia::nn
