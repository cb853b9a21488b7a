// Attention in libtorch operations, for any device and type.
#include <ATen/OpMathType.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <limits>

#include "nn/operations/attention.hpp"
#include "nn/operations/softcap.hpp"

namespace intelia::nn {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::variable_list;

/** One sequence in the layout of scaled_dot_product_attention: [T, H, E] -> [1, H, T, E]. */
Tensor as_heads(const Tensor& x) { return x.transpose(0, 1).unsqueeze(0); }

/**
 * Disables cuDNN's attention while a mask is in use: with one, its backward in torch 2.11 gives NaN at some lengths
 * (pytorch issue 196678). Without a mask it is correct, and the fastest.
 */
class WithoutCudnn {
 public:
  WithoutCudnn() : was_used_(at::globalContext().userEnabledCuDNNSDP()) { at::globalContext().setSDPUseCuDNN(false); }
  ~WithoutCudnn() { at::globalContext().setSDPUseCuDNN(was_used_); }
  WithoutCudnn(const WithoutCudnn&) = delete;
  WithoutCudnn& operator=(const WithoutCudnn&) = delete;

 private:
  bool was_used_;
};

/** Attention with capped scores by its definition, the softmax in fp32. q [B, H, T, E], k and v [B, K, U, E], mask
   [.., T, U] (bool). */
Tensor attend_by_definition(const Tensor& q, const Tensor& k, const Tensor& v, const Tensor& mask,
                            const AttentionRule& rule) {
  const std::int64_t group = q.size(1) / k.size(1);
  const auto shared = [&](const Tensor& x) { return group == 1 ? x : x.repeat_interleave(group, 1); };  // [B, H, U, E]
  const Tensor scores = softcapped(at::matmul(q, shared(k).transpose(-2, -1)) * scale_of(rule, q.size(-1)),
                                   rule.softcap);  // [B, H, T, U]
  const at::ScalarType wide = at::toOpMathType(q.scalar_type());
  const Tensor hidden = scores.masked_fill(mask.logical_not(), -std::numeric_limits<double>::infinity());
  return at::matmul(at::softmax(hidden, -1, wide).to(q.scalar_type()), shared(v));  // [B, H, T, E]
}

/** libtorch's attention, or the definition where scores are capped. Without `mask` it is causal. */
Tensor attend_heads(const Tensor& q, const Tensor& k, const Tensor& v, const std::optional<Tensor>& mask,
                    const AttentionRule& rule) {
  if (rule.softcap > 0) return attend_by_definition(q, k, v, *mask, rule);
  const std::optional<double> scale = rule.scale > 0 ? std::optional(rule.scale) : std::nullopt;
  std::optional<WithoutCudnn> masked;
  if (mask) masked.emplace();
  return at::scaled_dot_product_attention(q, k, v, mask, /*dropout_p=*/0, /*is_causal=*/!mask, scale,
                                          /*enable_gqa=*/q.size(1) != k.size(1));
}

/**
 * Causal attention of one sequence with capped scores, perhaps in a sliding window: the scores of a few queries at a
 * time, recomputed in the backward. q [T, H, E], k and v [U, K, E] -> [T, H, E]; the last T keys are the queries'.
 */
struct CappedAttention : Function<CappedAttention> {
  /** Queries [first, first + rows) and the keys that they see; heads that share keys are adjacent. */
  struct Chunk {
    Tensor q;     // [K, G·rows, E]
    Tensor k, v;  // [K, columns, E]
    std::int64_t first, rows, first_column, columns;
    std::int64_t diagonal;  // column of the first query's own key
  };

  static Tensor forward(AutogradContext* ctx, const Tensor& q, const Tensor& k, const Tensor& v, double scale,
                        double softcap, std::int64_t window, std::int64_t held_scores) {
    ctx->save_for_backward({q, k, v});
    ctx->saved_data["scale"] = scale;
    ctx->saved_data["softcap"] = softcap;
    ctx->saved_data["window"] = window;
    ctx->saved_data["held_scores"] = held_scores;
    Tensor y = at::empty(q.sizes(), q.options());
    for_each_chunk(q, k, v, window, held_scores, [&](const Chunk& chunk) {
      const Tensor weights = at::softmax(scores(chunk, scale, softcap, window), -1).to(q.scalar_type());
      store(at::bmm(weights, chunk.v), chunk, y);
    });
    return y;
  }

  static variable_list backward(AutogradContext* ctx, variable_list grads) {
    const auto saved = ctx->get_saved_variables();
    const Tensor &q = saved[0], &k = saved[1], &v = saved[2];
    const double scale = ctx->saved_data["scale"].toDouble(), softcap = ctx->saved_data["softcap"].toDouble();
    const std::int64_t window = ctx->saved_data["window"].toInt(), held_scores = ctx->saved_data["held_scores"].toInt();
    const at::ScalarType type = q.scalar_type(), wide = at::toOpMathType(type);
    Tensor grad_q = at::empty(q.sizes(), q.options());
    Tensor grad_k = at::zeros({k.size(1), k.size(0), k.size(2)}, k.options().dtype(wide));  // [K, T, E]
    Tensor grad_v = at::zeros_like(grad_k);
    for_each_chunk(q, k, v, window, held_scores, [&](const Chunk& chunk) {
      const Tensor grad_y = grouped(grads[0], k.size(1), chunk.first, chunk.rows);  // [K, G·rows, E]
      const Tensor raw = scores(chunk, scale, softcap, window);                     // [K, G·rows, columns]
      const Tensor weights = at::softmax(raw, -1);
      grad_v.narrow(1, chunk.first_column, chunk.columns).add_(at::bmm(weights.to(type).transpose(1, 2), grad_y));
      const Tensor grad_weights = at::bmm(grad_y, chunk.v.transpose(1, 2)).to(wide);
      Tensor grad = at::_softmax_backward_data(grad_weights, weights, -1, wide).mul_(scale);
      grad.mul_(raw.clamp_min_(-softcap).div_(softcap).square_().neg_().add_(1));  // where masked it is 0
      const Tensor grad_scores = grad.to(type);
      store(at::bmm(grad_scores, chunk.k), chunk, grad_q);
      grad_k.narrow(1, chunk.first_column, chunk.columns).add_(at::bmm(grad_scores.transpose(1, 2), chunk.q));
    });
    return {grad_q,  grad_k.to(type).transpose(0, 1), grad_v.to(type).transpose(0, 1), Tensor(), Tensor(), Tensor(),
            Tensor()};
  }

 private:
  /** Rows of [T, H, E] as [K, G·rows, E]. */
  static Tensor grouped(const Tensor& x, std::int64_t groups, std::int64_t first, std::int64_t rows) {
    return x.narrow(0, first, rows).unflatten(1, {groups, -1}).permute({1, 2, 0, 3}).reshape({groups, -1, x.size(2)});
  }
  /** The inverse of grouped(), into rows of `whole` [T, H, E]. */
  static void store(const Tensor& part, const Chunk& chunk, const Tensor& whole) {
    const Tensor heads = part.unflatten(1, {-1, chunk.rows}).permute({2, 0, 1, 3});  // [rows, K, G, E]
    whole.narrow(0, chunk.first, chunk.rows).unflatten(1, {part.size(0), -1}).copy_(heads);
  }

  template <class Work>
  static void for_each_chunk(const Tensor& q, const Tensor& k, const Tensor& v, std::int64_t window,
                             std::int64_t held_scores, const Work& work) {
    const std::int64_t length = k.size(0), at_most = window > 0 ? std::max<std::int64_t>(window, 64) : length;
    const std::int64_t widest = window > 0 ? std::min(length, window + at_most) : length;
    const std::int64_t step = std::clamp<std::int64_t>(held_scores / (q.size(1) * widest), 1, at_most);
    const std::int64_t num_queries = q.size(0), before = length - num_queries;
    for (std::int64_t first = 0; first < num_queries; first += step) {
      const std::int64_t rows = std::min(step, num_queries - first), end = before + first + rows;
      const std::int64_t begin = window > 0 ? std::max<std::int64_t>(0, before + first - window + 1) : 0;
      const auto seen = [&](const Tensor& x) { return x.narrow(0, begin, end - begin).transpose(0, 1); };
      work(Chunk{grouped(q, k.size(1), first, rows), seen(k), seen(v), first, rows, begin, end - begin,
                 before + first - begin});
    }
  }

  /** Scaled, capped and masked: [K, G·rows, columns] wide. */
  static Tensor scores(const Chunk& chunk, double scale, double softcap, std::int64_t window) {
    const at::ScalarType wide = at::toOpMathType(chunk.q.scalar_type());
    Tensor scores = at::bmm(chunk.q, chunk.k.transpose(1, 2)).to(wide).mul_(scale);
    scores.div_(softcap).tanh_().mul_(softcap);
    const Tensor all =
        at::full({chunk.rows, chunk.columns}, -std::numeric_limits<double>::infinity(), scores.options());
    Tensor mask = all.triu(chunk.diagonal + 1);
    if (window > 0) mask.add_(all.tril(chunk.diagonal - window));
    scores.unflatten(1, {-1, chunk.rows}).add_(mask);
    return scores;
  }
};

/** One sequence, or some of its queries over the keys that `mask` is made for: [T, H, E] -> [T, H, E]. */
Tensor attend_sequence(const Tensor& q, const Tensor& k, const Tensor& v, const std::optional<Tensor>& mask,
                       const AttentionRule& rule) {
  return attend_heads(as_heads(q), as_heads(k), as_heads(v), mask, rule).squeeze(0).transpose(0, 1);
}

/** Appends the parts [rows, H, E] of one sequence with a sliding window: a few queries at a time over the keys that
   they see, so that the mask, which is the same for all parts, does not grow with the sequence. */
void attend_sliding(const Tensor& q, const Tensor& k, const Tensor& v, const AttentionRule& rule,
                    std::vector<Tensor>& parts) {
  constexpr std::int64_t kRows = 256;
  const std::int64_t length = q.size(0), at_most = std::min(length, kRows), before = rule.sliding_window - 1;
  const Tensor all = at::full({at_most, before + at_most}, -std::numeric_limits<double>::infinity(), q.options());
  const Tensor mask =
      all.tril(-1).add_(all.triu(before + 1));  // query i sees columns i to i + before; the last is its own
  for (std::int64_t first = 0; first < length; first += at_most) {
    const std::int64_t rows = std::min(at_most, length - first), begin = std::max<std::int64_t>(0, first - before);
    const std::int64_t columns = first + rows - begin;
    const Tensor visible = mask.narrow(0, 0, rows).narrow(1, before - (first - begin), columns);
    const auto seen = [&](const Tensor& x) { return x.narrow(0, begin, columns); };
    parts.push_back(attend_sequence(q.narrow(0, first, rows), seen(k), seen(v), visible, rule));
  }
}

/** Appends the parts [rows, H, E] of a sequence that has more keys than queries: a few queries at a time. */
void attend_suffix(const Tensor& q, const Tensor& k, const Tensor& v, const AttentionRule& rule,
                   std::vector<Tensor>& parts) {
  constexpr std::int64_t kRows = 256;
  const std::int64_t num_queries = q.size(0), before = k.size(0) - num_queries, window = rule.sliding_window;
  for (std::int64_t first = 0; first < num_queries; first += kRows) {
    const std::int64_t rows = std::min(kRows, num_queries - first), end = before + first + rows;
    const std::int64_t begin = window > 0 ? std::max<std::int64_t>(0, before + first - window + 1) : 0;
    const std::int64_t diagonal = before + first - begin;  // column of the first query's own key
    const Tensor all = at::full({rows, end - begin}, -std::numeric_limits<double>::infinity(), q.options());
    Tensor mask = all.triu(diagonal + 1);
    if (window > 0) mask.add_(all.tril(diagonal - window));
    const auto seen = [&](const Tensor& x) { return x.narrow(0, begin, end - begin); };
    parts.push_back(attend_sequence(q.narrow(0, first, rows), seen(k), seen(v), mask, rule));
  }
}

}  // namespace

Tensor attend_composed(const Tensor& q, const Tensor& k, const Tensor& v, const SequenceLengths& lengths,
                       const AttentionRule& rule) {
  const std::vector<std::int64_t>&num_queries = lengths.queries, &num_keys = lengths.num_keys();
  const auto queries = q.split_with_sizes(num_queries), keys = k.split_with_sizes(num_keys),
             values = v.split_with_sizes(num_keys);
  std::vector<Tensor> parts;
  parts.reserve(num_queries.size());
  for (std::size_t i = 0; i < num_queries.size(); ++i) {
    if (num_queries[i] == 0) continue;
    if (rule.softcap > 0)
      parts.push_back(CappedAttention::apply(queries[i], keys[i], values[i], scale_of(rule, q.size(2)), rule.softcap,
                                             rule.sliding_window,
                                             rule.held_scores));  // [T, H, E]
    else if (num_queries[i] < num_keys[i])
      attend_suffix(queries[i], keys[i], values[i], rule, parts);
    else if (rule.sliding_window > 0 && num_keys[i] > rule.sliding_window)
      attend_sliding(queries[i], keys[i], values[i], rule, parts);
    else
      parts.push_back(attend_sequence(queries[i], keys[i], values[i], std::nullopt, rule));
  }
  return (parts.size() == 1 ? parts[0] : at::cat(parts)).reshape({q.size(0), q.size(1) * q.size(2)});
}

Tensor attend_cached(const Tensor& q, const Tensor& keys, const Tensor& values, const Tensor& slots,
                     const AttentionRule& rule) {
  const Tensor positions = at::arange(keys.size(2), slots.options()).unsqueeze(0), last = slots.unsqueeze(1);
  Tensor visible = positions <= last;  // [B, Tmax]
  if (rule.sliding_window > 0) visible = visible.logical_and(positions > last - rule.sliding_window);
  const Tensor y = attend_heads(q.unsqueeze(2), keys, values, visible.unsqueeze(1).unsqueeze(1), rule);  // [B, H, 1, E]
  return y.reshape({q.size(0), q.size(1) * q.size(2)});
}

}  // namespace intelia::nn
