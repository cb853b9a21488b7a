#include "nn/attention.hpp"

#include <ATen/OpMathType.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "nn/fused.hpp"

// The BLAS that libtorch brings along, which its headers don't declare. The third is MKL's alone.
extern "C" {
void sgemm_(const char*, const char*, const int*, const int*, const int*, const float*, const float*, const int*,
            const float*, const int*, const float*, float*, const int*);
void dgemm_(const char*, const char*, const int*, const int*, const int*, const double*, const double*, const int*,
            const double*, const int*, const double*, double*, const int*);
[[gnu::weak]] void gemm_bf16bf16f32_(const char*, const char*, const int*, const int*, const int*, const float*,
                                     const std::uint16_t*, const int*, const std::uint16_t*, const int*, const float*,
                                     float*, const int*);
}

namespace intelia::nn {

using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::variable_list;

namespace {

/** A matrix inside a larger one, or its transpose. */
template <class T>
struct Part {
  const T* data;
  std::int64_t stride;  // between rows as they are stored
  bool is_transposed = false;
};
template <class T>
Part<T> transposed(Part<T> part) {
  return {part.data, part.stride, !part.is_transposed};
}

/** out [m, n] = alpha·a·b + beta·out, a [m, k], b [k, n]; sums in Wide<T>. One thread's work when called by several. */
template <class T>
void multiply(std::int64_t m, std::int64_t n, std::int64_t k, double alpha, Part<T> a, Part<T> b, double beta,
              kernels::Wide<T>* out, std::int64_t out_stride) {
  // BLAS counts columns first: what it sees is the transpose of all three.
  const char of_b = b.is_transposed ? 't' : 'n', of_a = a.is_transposed ? 't' : 'n';
  const int rows = static_cast<int>(n), columns = static_cast<int>(m), inner = static_cast<int>(k);
  const int stride_b = static_cast<int>(b.stride), stride_a = static_cast<int>(a.stride),
            stride = static_cast<int>(out_stride);
  const auto factor = static_cast<kernels::Wide<T>>(alpha), before = static_cast<kernels::Wide<T>>(beta);
  if constexpr (std::is_same_v<T, double>)
    dgemm_(&of_b, &of_a, &rows, &columns, &inner, &factor, b.data, &stride_b, a.data, &stride_a, &before, out, &stride);
  else if constexpr (std::is_same_v<T, float>)
    sgemm_(&of_b, &of_a, &rows, &columns, &inner, &factor, b.data, &stride_b, a.data, &stride_a, &before, out, &stride);
  else
    gemm_bf16bf16f32_(&of_b, &of_a, &rows, &columns, &inner, &factor, &b.data->bits, &stride_b, &a.data->bits,
                      &stride_a, &before, out, &stride);
}

double scale_of(const AttentionRule& rule, std::int64_t head_size) {
  return rule.scale > 0 ? rule.scale : 1 / std::sqrt(static_cast<double>(head_size));
}

constexpr std::int64_t kQueryRows =
    128;  // of a block: its scores stay in the second cache at lengths of common samples

/** What the blocks of a batch's sequences have in common. */
struct Layout {
  std::int64_t heads, kv_heads, size;         // H, K, E
  std::vector<std::int64_t> begins, lengths;  // of the sequences
  std::int64_t longest = 0, most_keys = 0;    // of a sequence; of a block
  AttentionRule rule;

  Layout(const Tensor& q, const Tensor& k, const std::vector<std::int64_t>& all_lengths, const AttentionRule& given)
      : heads(q.size(1)), kv_heads(k.size(1)), size(q.size(2)), rule(given) {
    rule.scale = scale_of(given, size);
    std::int64_t begin = 0;
    for (const std::int64_t length : all_lengths) {
      if (length > 0) {
        begins.push_back(begin);
        lengths.push_back(length);
      }
      begin += length;
      longest = std::max(longest, length);
    }
    most_keys = rule.window > 0 ? std::min(longest, rule.window + kQueryRows) : longest;
  }

  /** Calls run(begin, block) for each block of queries of a sequence; `begin`: the sequence's first token in the batch.
   */
  template <class Run>
  void for_blocks(std::size_t sequence, Run run) const {
    for (std::int64_t first = 0; first < lengths[sequence]; first += kQueryRows) {
      const std::int64_t num_queries = std::min(kQueryRows, lengths[sequence] - first);
      const std::int64_t first_key = rule.window > 0 ? std::max<std::int64_t>(0, first - rule.window + 1) : 0;
      run(begins[sequence], kernels::ScoreBlock{num_queries, first + num_queries - first_key, first, first_key,
                                                rule.window, rule.softcap});
    }
  }

  /** Calls run(sequence, kv head) on all threads; each thread's share has all sequences of its heads, so that shares
   * are even. */
  template <class Run>
  void for_heads(Run run) const {
    const auto num_sequences = static_cast<std::int64_t>(lengths.size());
    at::parallel_for(0, kv_heads * num_sequences, 1, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t i = begin; i < end; ++i) run(static_cast<std::size_t>(i % num_sequences), i / num_sequences);
    });
  }

  /** For each thread `columns` numbers for every query of a block. */
  Tensor scratch(const at::TensorOptions& options, std::int64_t columns) const {
    return at::empty({at::get_num_threads(), std::min(kQueryRows, longest) * columns}, options);
  }
};

/**
 * Causal attention on the CPU, sequence by sequence, in blocks of queries: scores exist for one block at a time and are
 * made again in the backward, so that memory grows with T, not T² (Dao et al. 2022). libtorch's own is as good
 * forwards, but its backward takes most of a short sequence's time for setting up products, and it has neither windows
 * nor caps.
 */
struct Attend : Function<Attend> {
  static Tensor forward(AutogradContext* ctx, const Tensor& given_q, const Tensor& given_k, const Tensor& given_v,
                        const std::vector<std::int64_t>& lengths, const AttentionRule& rule) {
    const Tensor q = given_q.contiguous(), k = given_k.contiguous(), v = given_v.contiguous();
    const Layout layout(q, k, lengths, rule);
    const auto wide = q.options().dtype(at::toOpMathType(q.scalar_type()));
    const Tensor y = at::empty({q.size(0), layout.heads * layout.size}, q.options());  // [N, H·E]
    const Tensor log_sums = at::empty({layout.heads, q.size(0)}, wide);                // [H, N]
    ctx->save_for_backward({q, k, v, y, log_sums});
    ctx->saved_data["lengths"] = lengths;
    ctx->saved_data["window"] = rule.window;
    ctx->saved_data["scale"] = rule.scale;
    ctx->saved_data["softcap"] = rule.softcap;
    const Tensor scores = layout.scratch(wide, layout.most_keys),
                 shares = layout.scratch(q.options(), layout.most_keys);
    const Tensor sums = layout.scratch(wide, layout.size);
    if (!q.is_meta())
      with_number(q.scalar_type(), [&](auto number) {
        using T = decltype(number);
        using W = kernels::Wide<T>;
        const std::int64_t size = layout.size, row = layout.heads * size, kv_row = layout.kv_heads * size;
        layout.for_heads([&](std::size_t sequence, std::int64_t kv_head) {
          const std::int64_t thread = at::get_thread_num(), group = layout.heads / layout.kv_heads;
          W* const score = written<W>(scores) + thread * scores.size(1);
          T* const share = written<T>(shares) + thread * shares.size(1);
          W* const sum = written<W>(sums) + thread * sums.size(1);
          layout.for_blocks(sequence, [&](std::int64_t begin, const kernels::ScoreBlock& block) {
            const std::int64_t m = block.num_queries, n = block.num_keys, query = begin + block.first_query;
            const std::int64_t key = (begin + block.first_key) * kv_row + kv_head * size;
            const Part<T> keys{read<T>(k) + key, kv_row}, values{read<T>(v) + key, kv_row};  // [n, E]
            for (std::int64_t head = kv_head * group; head < (kv_head + 1) * group; ++head) {
              const Part<T> queries{read<T>(q) + query * row + head * size, row};  // [m, E]
              multiply(m, n, size, layout.rule.scale, queries, transposed(keys), 0, score, n);
              kernels::softmax(block, score, share, written<W>(log_sums) + head * log_sums.size(1) + query);
              multiply(m, size, n, 1, Part<T>{share, n}, values, 0, sum, size);
              kernels::store_rows(m, size, sum, size, written<T>(y) + query * row + head * size, row);
            }
          });
        });
      });
    return y;
  }

  static variable_list backward(AutogradContext* ctx, variable_list grads) {
    const auto saved = ctx->get_saved_variables();
    const Tensor &q = saved[0], &k = saved[1], &v = saved[2], &y = saved[3], &log_sums = saved[4];
    const Tensor grad = grads[0].contiguous();  // [N, H·E]
    const AttentionRule rule{ctx->saved_data["window"].toInt(), ctx->saved_data["scale"].toDouble(),
                             ctx->saved_data["softcap"].toDouble()};
    const Layout layout(q, k, ctx->saved_data["lengths"].toIntVector(), rule);
    const auto wide = log_sums.options();
    const Tensor grad_q = at::empty_like(q), grad_k = at::empty_like(k), grad_v = at::empty_like(v);
    const Tensor scores = layout.scratch(wide, 2 * layout.most_keys),
                 shares = layout.scratch(q.options(), 2 * layout.most_keys);
    const Tensor sums = layout.scratch(wide, layout.size + 1);
    const Tensor totals = at::empty({at::get_num_threads(), 2 * layout.longest * layout.size}, wide);
    if (!q.is_meta())
      with_number(q.scalar_type(), [&](auto number) {
        using T = decltype(number);
        using W = kernels::Wide<T>;
        const std::int64_t size = layout.size, row = layout.heads * size, kv_row = layout.kv_heads * size;
        const double scale = layout.rule.scale;
        layout.for_heads([&](std::size_t sequence, std::int64_t kv_head) {
          const std::int64_t thread = at::get_thread_num(), group = layout.heads / layout.kv_heads,
                             length = layout.lengths[sequence];
          const std::int64_t first = layout.begins[sequence] * kv_row + kv_head * size;
          W *const total_k = written<W>(totals) + thread * totals.size(1), *const total_v =
                                                                               total_k + length * size;  // [T, E]
          std::fill_n(total_k, 2 * length * size, W{0});
          layout.for_blocks(sequence, [&](std::int64_t begin, const kernels::ScoreBlock& block) {
            const std::int64_t m = block.num_queries, n = block.num_keys, query = begin + block.first_query;
            W *const score = written<W>(scores) + thread * scores.size(1), *const grad_share = score + m * n;  // [m, n]
            T *const share = written<T>(shares) + thread * shares.size(1), *const grad_score = share + m * n;  // [m, n]
            W *const sum = written<W>(sums) + thread * sums.size(1), *const along = sum + m * size;  // [m, E], [m]
            const std::int64_t key = first + block.first_key * kv_row;
            const Part<T> keys{read<T>(k) + key, kv_row}, values{read<T>(v) + key, kv_row};  // [n, E]
            for (std::int64_t head = kv_head * group; head < (kv_head + 1) * group; ++head) {
              const std::int64_t at = query * row + head * size;
              const Part<T> queries{read<T>(q) + at, row}, out{read<T>(y) + at, row},
                  grad_out{read<T>(grad) + at, row};  // [m, E]
              multiply(m, n, size, scale, queries, transposed(keys), 0, score, n);
              multiply(m, n, size, 1, grad_out, transposed(values), 0, grad_share, n);
              kernels::row_products(m, size, out.data, grad_out.data, row, along);
              kernels::softmax_backward(block, score, read<W>(log_sums) + head * log_sums.size(1) + query, grad_share,
                                        along, share, grad_score);
              multiply(n, size, m, 1, transposed(Part<T>{share, n}), grad_out, 1, total_v + block.first_key * size,
                       size);
              multiply(n, size, m, scale, transposed(Part<T>{grad_score, n}), queries, 1,
                       total_k + block.first_key * size, size);
              multiply(m, size, n, scale, Part<T>{grad_score, n}, keys, 0, sum, size);
              kernels::store_rows(m, size, sum, size, written<T>(grad_q) + at, row);
            }
          });
          kernels::store_rows(length, size, total_k, size, written<T>(grad_k) + first, kv_row);
          kernels::store_rows(length, size, total_v, size, written<T>(grad_v) + first, kv_row);
        });
      });
    return {grad_q, grad_k, grad_v, Tensor(), Tensor()};
  }
};

/** One sequence as the kernel wants it: [T, H, E] -> [1, H, T, E]. */
Tensor as_heads(const Tensor& x) { return x.transpose(0, 1).unsqueeze(0); }

/**
 * Keeps cuDNN away while a mask is in use: with one, its backward of torch 2.11 gives NaN at some lengths
 * (pytorch issue 196678). Without a mask it is the fastest and sound.
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

/** Attention with capped scores of a few queries as it is written, the softmax in fp32. q [B, H, T, E], k and v [B, K,
   U, E], mask [.., T, U] (bool). */
Tensor attend_plainly(const Tensor& q, const Tensor& k, const Tensor& v, const Tensor& mask,
                      const AttentionRule& rule) {
  const std::int64_t group = q.size(1) / k.size(1);
  const auto shared = [&](const Tensor& x) { return group == 1 ? x : x.repeat_interleave(group, 1); };  // [B, H, U, E]
  const Tensor scores = softcapped(at::matmul(q, shared(k).transpose(-2, -1)) * scale_of(rule, q.size(-1)),
                                   rule.softcap);  // [B, H, T, U]
  const at::ScalarType wide = at::toOpMathType(q.scalar_type());
  const Tensor hidden = scores.masked_fill(mask.logical_not(), -std::numeric_limits<double>::infinity());
  return at::matmul(at::softmax(hidden, -1, wide).to(q.scalar_type()), shared(v));  // [B, H, T, E]
}

/** The library's attention, or the plain one where scores are capped. Without `mask` it is causal. */
Tensor attend_heads(const Tensor& q, const Tensor& k, const Tensor& v, const std::optional<Tensor>& mask,
                    const AttentionRule& rule) {
  if (rule.softcap > 0) return attend_plainly(q, k, v, *mask, rule);
  const std::optional<double> scale = rule.scale > 0 ? std::optional(rule.scale) : std::nullopt;
  std::optional<WithoutCudnn> masked;
  if (mask) masked.emplace();
  return at::scaled_dot_product_attention(q, k, v, mask, /*dropout_p=*/0, /*is_causal=*/!mask, scale,
                                          /*enable_gqa=*/q.size(1) != k.size(1));
}

/**
 * Causal attention of one sequence with capped scores, perhaps in a window, of library operations: the scores
 * of a few queries at a time, made again in backward. q [T, H, E], k and v [T, K, E] -> [T, H, E].
 */
struct CappedAttention : Function<CappedAttention> {
  /** Queries [first, first + rows) and the keys that they see; the heads that share keys stand one after the other. */
  struct Chunk {
    Tensor q;     // [K, G·rows, E]
    Tensor k, v;  // [K, columns, E]
    std::int64_t first, rows, first_column, columns;
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
      grad.mul_(raw.clamp_min_(-softcap).div_(softcap).square_().neg_().add_(1));  // behind the mask it is 0
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
  /** The way back, into rows of `whole` [T, H, E]. */
  static void store(const Tensor& part, const Chunk& chunk, const Tensor& whole) {
    const Tensor heads = part.unflatten(1, {-1, chunk.rows}).permute({2, 0, 1, 3});  // [rows, K, G, E]
    whole.narrow(0, chunk.first, chunk.rows).unflatten(1, {part.size(0), -1}).copy_(heads);
  }

  template <class Work>
  static void for_each_chunk(const Tensor& q, const Tensor& k, const Tensor& v, std::int64_t window,
                             std::int64_t held_scores, const Work& work) {
    const std::int64_t length = q.size(0), at_most = window > 0 ? std::max<std::int64_t>(window, 64) : length;
    const std::int64_t widest = window > 0 ? std::min(length, window + at_most) : length;
    const std::int64_t step = std::clamp<std::int64_t>(held_scores / (q.size(1) * widest), 1, at_most);
    for (std::int64_t first = 0; first < length; first += step) {
      const std::int64_t rows = std::min(step, length - first), end = first + rows;
      const std::int64_t begin = window > 0 ? std::max<std::int64_t>(0, first - window + 1) : 0;
      const auto seen = [&](const Tensor& x) { return x.narrow(0, begin, end - begin).transpose(0, 1); };
      work(Chunk{grouped(q, k.size(1), first, rows), seen(k), seen(v), first, rows, begin, end - begin});
    }
  }

  /** Scaled, capped and masked: [K, G·rows, columns] wide. */
  static Tensor scores(const Chunk& chunk, double scale, double softcap, std::int64_t window) {
    const at::ScalarType wide = at::toOpMathType(chunk.q.scalar_type());
    Tensor scores = at::bmm(chunk.q, chunk.k.transpose(1, 2)).to(wide).mul_(scale);
    scores.div_(softcap).tanh_().mul_(softcap);
    const std::int64_t diagonal = chunk.first - chunk.first_column;  // of a row's own token
    const Tensor all =
        at::full({chunk.rows, chunk.columns}, -std::numeric_limits<double>::infinity(), scores.options());
    Tensor mask = all.triu(diagonal + 1);
    if (window > 0) mask.add_(all.tril(diagonal - window));
    scores.unflatten(1, {-1, chunk.rows}).add_(mask);
    return scores;
  }
};

/** One sequence, or some of its queries over the keys that `mask` is made for: [T, H, E] -> [T, H, E]. */
Tensor attend_sequence(const Tensor& q, const Tensor& k, const Tensor& v, const std::optional<Tensor>& mask,
                       const AttentionRule& rule) {
  return attend_heads(as_heads(q), as_heads(k), as_heads(v), mask, rule).squeeze(0).transpose(0, 1);
}

/** Adds the parts [rows, H, E] of one sequence of which each token sees the last `rule.window`: a few queries at a time
   over the keys that they see, so that the mask, which is one for all of them, does not grow with the sequence. */
void attend_window(const Tensor& q, const Tensor& k, const Tensor& v, const AttentionRule& rule,
                   std::vector<Tensor>& parts) {
  constexpr std::int64_t kRows = 256;
  const std::int64_t length = q.size(0), at_most = std::min(length, kRows), before = rule.window - 1;
  const Tensor all = at::full({at_most, before + at_most}, -std::numeric_limits<double>::infinity(), q.options());
  const Tensor mask =
      all.tril(-1).add_(all.triu(before + 1));  // query i sees columns i to i + before, the last of them its own
  for (std::int64_t first = 0; first < length; first += at_most) {
    const std::int64_t rows = std::min(at_most, length - first), begin = std::max<std::int64_t>(0, first - before);
    const std::int64_t columns = first + rows - begin;
    const Tensor visible = mask.narrow(0, 0, rows).narrow(1, before - (first - begin), columns);
    const auto seen = [&](const Tensor& x) { return x.narrow(0, begin, columns); };
    parts.push_back(attend_sequence(q.narrow(0, first, rows), seen(k), seen(v), visible, rule));
  }
}

}  // namespace

Tensor softcapped(const Tensor& x, double cap) { return at::tanh(x / cap) * cap; }

Tensor attend(const Tensor& q, const Tensor& k, const Tensor& v, const std::vector<std::int64_t>& lengths,
              const AttentionRule& rule) {
  if (!q.is_cpu() && !q.is_meta()) return attend_composed(q, k, v, lengths, rule);
  const at::ScalarType type = q.scalar_type();
  if (type != at::kHalf && (type != at::kBFloat16 || gemm_bf16bf16f32_ != nullptr))
    return Attend::apply(q, k, v, lengths, rule);
  return Attend::apply(q.to(at::kFloat), k.to(at::kFloat), v.to(at::kFloat), lengths, rule).to(type);
}

Tensor attend_composed(const Tensor& q, const Tensor& k, const Tensor& v, const std::vector<std::int64_t>& lengths,
                       const AttentionRule& rule) {
  const auto queries = q.split_with_sizes(lengths), keys = k.split_with_sizes(lengths),
             values = v.split_with_sizes(lengths);
  std::vector<Tensor> parts;
  parts.reserve(lengths.size());
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    if (lengths[i] == 0) continue;
    if (rule.softcap > 0)
      parts.push_back(CappedAttention::apply(queries[i], keys[i], values[i], scale_of(rule, q.size(2)), rule.softcap,
                                             rule.window,
                                             rule.held_scores));  // [T, H, E]
    else if (rule.window > 0 && lengths[i] > rule.window)
      attend_window(queries[i], keys[i], values[i], rule, parts);
    else
      parts.push_back(attend_sequence(queries[i], keys[i], values[i], std::nullopt, rule));
  }
  return (parts.size() == 1 ? parts[0] : at::cat(parts)).reshape({q.size(0), q.size(1) * q.size(2)});
}

Tensor attend_cached(const Tensor& q, const Tensor& keys, const Tensor& values, const Tensor& slots,
                     const AttentionRule& rule) {
  const Tensor places = at::arange(keys.size(2), slots.options()).unsqueeze(0), last = slots.unsqueeze(1);
  Tensor visible = places <= last;  // [B, Tmax]
  if (rule.window > 0) visible = visible.logical_and(places > last - rule.window);
  const Tensor y = attend_heads(q.unsqueeze(2), keys, values, visible.unsqueeze(1).unsqueeze(1), rule);  // [B, H, 1, E]
  return y.reshape({q.size(0), q.size(1) * q.size(2)});
}

}  // namespace intelia::nn
