#include "nn/operations/linear_log_probs.hpp"

#include <ATen/OpMathType.h>
#include <torch/csrc/autograd/custom_function.h>

#include "nn/operations/label_chunks.hpp"
#include "nn/operations/product.hpp"
#include "nn/operations/softcap.hpp"

namespace intelia::nn {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::variable_list;

/** Logits of a chunk of rows [rows, V] and the derivative of the softcap at each of them, if there is one. */
struct Logits {
  Tensor values, slope;

  Logits(const Tensor& x, const Tensor& weight, double softcap, bool needs_slope) : values(product(x, weight)) {
    if (softcap <= 0) return;
    values = softcapped(values, softcap);
    if (needs_slope) slope = 1 - (values.to(at::toOpMathType(x.scalar_type())) / softcap).square_();
  }
};

/** From p [rows, V], overwritten: the gradient of log p[label] with respect to the logits, 0 in rows of padding. */
Tensor grad_of_logits(Tensor p, const Tensor& label, const LabelChunk& chunk, const Logits& logits) {
  Tensor grad = p.neg_();
  grad.narrow(0, 0, chunk.labelled).scatter_add_(1, label, at::ones_like(label, grad.options()));
  grad.narrow(0, chunk.labelled, chunk.rows - chunk.labelled).zero_();
  if (logits.slope.defined()) grad.mul_(logits.slope);
  return grad;
}

struct LinearLogProbs : Function<LinearLogProbs> {
  static variable_list forward(AutogradContext* ctx, const Tensor& hidden, const Tensor& head, const Tensor& labels,
                               double softcap, std::int64_t wanted, bool keeps_gradient) {
    const auto statistics = static_cast<Statistics>(wanted);
    const bool has_statistics = statistics != Statistics::none, needs_head = keeps_gradient && head.requires_grad();
    const bool needs_hidden = keeps_gradient && !needs_head;
    const std::int64_t num_rows = hidden.size(0), num_labels = labels.size(0), step = rows_per_chunk(head);
    const Tensor weight = head.to(hidden.scalar_type());  // [V, D]
    const auto wide = hidden.options().dtype(at::toOpMathType(hidden.scalar_type()));
    const Tensor values = at::empty({num_labels}, wide);
    const auto statistic = [&](bool is_wanted) { return at::empty({is_wanted ? num_labels : 0}, wide); };
    const Tensor entropy = statistic(has_statistics), mean_logit = statistic(has_statistics),
                 is_top = statistic(has_statistics), log_square = statistic(statistics == Statistics::with_log_square);
    Tensor grad_hidden = needs_hidden ? at::empty_like(hidden) : Tensor();  // [S', D]: of each row's own log p
    for (std::int64_t begin = 0; begin < num_rows; begin += step) {
      const LabelChunk chunk(begin, num_rows, step, num_labels);
      const Tensor label = chunk.of(labels).unsqueeze(1);  // [labelled, 1]
      Logits logits(hidden.narrow(0, begin, chunk.rows), weight, softcap, needs_hidden);
      Tensor log_p = at::log_softmax(logits.values, -1, wide.dtype().toScalarType());  // [rows, V] wide
      const Tensor labelled = log_p.narrow(0, 0, chunk.labelled);
      chunk.of(values).copy_(labelled.gather(1, label).squeeze(1));
      if (has_statistics) {
        const Tensor own = logits.values.narrow(0, 0, chunk.labelled);
        chunk.of(mean_logit).copy_(own.mean(-1, /*keepdim=*/false, wide.dtype().toScalarType()));
        chunk.of(is_top).copy_(own.argmax(-1) == label.squeeze(1));
      }
      logits.values.reset();
      Tensor p;
      if (has_statistics) {
        p = log_p.exp();
        const Tensor own = p.narrow(0, 0, chunk.labelled);
        chunk.of(entropy).copy_(at::bmm(own.unsqueeze(1), labelled.unsqueeze(2)).flatten().neg_());
        if (log_square.size(0) > 0) chunk.of(log_square).copy_(own.square().sum(-1).log_());
      } else if (needs_hidden) {
        p = log_p.exp_();
      }
      if (!needs_hidden) continue;
      log_p.reset();
      const Tensor grad = grad_of_logits(p, label, chunk, logits).to(hidden.scalar_type());
      grad_hidden.narrow(0, begin, chunk.rows).copy_(product(grad, weight.t()));
    }
    ctx->saved_data["softcap"] = softcap;
    ctx->saved_data["is_recomputed"] = needs_head;
    if (needs_head)
      ctx->save_for_backward({hidden, head, labels});
    else
      ctx->save_for_backward({grad_hidden});
    ctx->mark_non_differentiable({entropy, mean_logit, is_top, log_square});
    return {values, entropy, mean_logit, is_top, log_square};
  }

  static variable_list backward(AutogradContext* ctx, variable_list grads) {
    const auto saved = ctx->get_saved_variables();
    const Tensor& scale = grads[0];  // [S]
    if (ctx->saved_data["is_recomputed"].toBool())
      return recompute(saved[0], saved[1], saved[2], ctx->saved_data["softcap"].toDouble(), scale);
    Tensor grad_hidden = at::zeros_like(saved[0]);
    const auto rows = [&](const Tensor& x) { return x.narrow(0, 0, scale.size(0)); };
    rows(grad_hidden).copy_(rows(saved[0]) * scale.unsqueeze(1).to(saved[0].scalar_type()));
    return {grad_hidden, Tensor(), Tensor(), Tensor(), Tensor(), Tensor()};
  }

 private:
  static variable_list recompute(const Tensor& hidden, const Tensor& head, const Tensor& labels, double softcap,
                                 const Tensor& scale) {
    const std::int64_t num_rows = hidden.size(0), step = rows_per_chunk(head);
    const Tensor weight = head.to(hidden.scalar_type());
    Tensor grad_hidden = at::empty_like(hidden), grad_head = at::zeros_like(head);
    for (std::int64_t begin = 0; begin < num_rows; begin += step) {
      const LabelChunk chunk(begin, num_rows, step, labels.size(0));
      const Tensor x = hidden.narrow(0, begin, chunk.rows), label = chunk.of(labels).unsqueeze(1);
      const Logits logits(x, weight, softcap, /*needs_slope=*/true);
      const Tensor p = at::softmax(logits.values, -1, at::toOpMathType(hidden.scalar_type()));
      Tensor grad = grad_of_logits(p, label, chunk, logits);
      grad.narrow(0, 0, chunk.labelled).mul_(chunk.of(scale).unsqueeze(1));
      const Tensor grad_logits = grad.to(hidden.scalar_type());
      grad_hidden.narrow(0, begin, chunk.rows).copy_(product(grad_logits, weight.t()));
      grad_head.add_(at::matmul(grad_logits.t(), x));
    }
    return {grad_hidden, grad_head, Tensor(), Tensor(), Tensor(), Tensor()};
  }
};

}  // namespace

LogProbs linear_log_probs(const Tensor& hidden, const Tensor& head, const Tensor& labels, double softcap,
                          Statistics statistics) {
  TORCH_CHECK(labels.size(0) <= hidden.size(0), "[linear_log_probs] more labels than rows");
  const bool keeps_gradient = at::GradMode::is_enabled() && (hidden.requires_grad() || head.requires_grad());
  const variable_list results =
      LinearLogProbs::apply(hidden, head, labels, softcap, static_cast<std::int64_t>(statistics), keeps_gradient);
  return {results[0], {results[1], results[2], results[3], results[4]}};
}

}  // namespace intelia::nn
