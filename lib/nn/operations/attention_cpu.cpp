// Attention on the CPU, sequence by sequence, in blocks of queries.
#include <ATen/OpMathType.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>

#include "kernels/attention.hpp"
#include "nn/operations/attention.hpp"
#include "nn/operations/cpu_pass.hpp"

// The BLAS linked into libtorch, which its headers do not declare. The third function exists in MKL only.
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

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::variable_list;

/** A submatrix, or its transpose. */
template <class T>
struct Part {
  const T* data;
  std::int64_t stride;  // between stored rows
  bool is_transposed = false;
};
template <class T>
Part<T> transposed(Part<T> part) {
  return {part.data, part.stride, !part.is_transposed};
}

/** out [m, n] = alpha·a·b + beta·out, a [m, k], b [k, n]; sums in Wide<T>. Single-threaded within a parallel region. */
template <class T>
void multiply(std::int64_t m, std::int64_t n, std::int64_t k, double alpha, Part<T> a, Part<T> b, double beta,
              kernels::Wide<T>* out, std::int64_t out_stride) {
  // BLAS is column-major: it sees the transposes of all three.
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

/** Queries per block: at common lengths the scores of a block stay in the L2 cache. */
constexpr std::int64_t kQueryRows = 128;

/** The sequences of a batch and how they are split into blocks. */
struct Layout {
  std::int64_t heads, kv_heads, size;  // H, K, E
  struct Sequence {
    std::int64_t query_begin, key_begin;  // of its first query and its first key in the batch
    std::int64_t length, num_queries;     // keys; the last of them belong to the queries
  };
  std::vector<Sequence> sequences;
  std::int64_t longest = 0, most_keys = 0;  // keys of a sequence; of a block
  AttentionRule rule;

  Layout(const Tensor& q, const Tensor& k, const std::vector<std::int64_t>& queries,
         const std::vector<std::int64_t>& keys, const AttentionRule& given)
      : heads(q.size(1)), kv_heads(k.size(1)), size(q.size(2)), rule(given) {
    rule.scale = scale_of(given, size);
    std::int64_t query_begin = 0, key_begin = 0;
    for (std::size_t i = 0; i < queries.size(); ++i) {
      if (queries[i] > 0) sequences.push_back({query_begin, key_begin, keys[i], queries[i]});
      query_begin += queries[i];
      key_begin += keys[i];
      longest = std::max(longest, keys[i]);
    }
    most_keys = rule.sliding_window > 0 ? std::min(longest, rule.sliding_window + kQueryRows) : longest;
  }

  /** Calls run(query, block) for each block of queries of a sequence; `query`: the first one's number in the batch. */
  template <class Run>
  void for_blocks(const Sequence& sequence, Run run) const {
    const std::int64_t before = sequence.length - sequence.num_queries;  // keys without a query
    for (std::int64_t first = before; first < sequence.length; first += kQueryRows) {
      const std::int64_t num_queries = std::min(kQueryRows, sequence.length - first);
      const std::int64_t first_key =
          rule.sliding_window > 0 ? std::max<std::int64_t>(0, first - rule.sliding_window + 1) : 0;
      run(sequence.query_begin + first - before,
          kernels::ScoreBlock{num_queries, first + num_queries - first_key, first, first_key, rule.sliding_window,
                              rule.softcap});
    }
  }

  /** Calls run(sequence, kv head) on all threads; sequences vary faster, so that the threads' shares are even. */
  template <class Run>
  void for_heads(Run run) const {
    const auto num_sequences = static_cast<std::int64_t>(sequences.size());
    at::parallel_for(0, kv_heads * num_sequences, 1, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t i = begin; i < end; ++i)
        run(sequences[static_cast<std::size_t>(i % num_sequences)], i / num_sequences);
    });
  }

  /** `columns` numbers per query of a block, for each thread. */
  Tensor scratch(const at::TensorOptions& options, std::int64_t columns) const {
    return at::empty({at::get_num_threads(), std::min(kQueryRows, longest) * columns}, options);
  }
};

/**
 * Scores exist for one block of queries at a time and are recomputed in the backward, so that memory grows with T, not
 * T² (Dao et al. 2022). libtorch's own kernel is as fast in the forward, but its backward spends most of a short
 * sequence's time on setting up products, and it supports neither sliding windows nor softcaps.
 */
struct Attend : Function<Attend> {
  static Tensor forward(AutogradContext* ctx, const Tensor& given_q, const Tensor& given_k, const Tensor& given_v,
                        const SequenceLengths& lengths, const AttentionRule& rule) {
    const Tensor q = given_q.contiguous(), k = given_k.contiguous(), v = given_v.contiguous();
    const Layout layout(q, k, lengths.queries, lengths.num_keys(), rule);
    const auto wide = q.options().dtype(at::toOpMathType(q.scalar_type()));
    const Tensor y = at::empty({q.size(0), layout.heads * layout.size}, q.options());  // [N, H·E]
    const Tensor log_sums = at::empty({layout.heads, q.size(0)}, wide);                // [H, N]
    ctx->save_for_backward({q, k, v, y, log_sums});
    ctx->saved_data["queries"] = lengths.queries;
    ctx->saved_data["keys"] = lengths.num_keys();
    ctx->saved_data["window"] = rule.sliding_window;
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
        layout.for_heads([&](const Layout::Sequence& sequence, std::int64_t kv_head) {
          const std::int64_t thread = at::get_thread_num(), group = layout.heads / layout.kv_heads;
          W* const score = mutable_data_of<W>(scores) + thread * scores.size(1);
          T* const share = mutable_data_of<T>(shares) + thread * shares.size(1);
          W* const sum = mutable_data_of<W>(sums) + thread * sums.size(1);
          layout.for_blocks(sequence, [&](std::int64_t query, const kernels::ScoreBlock& block) {
            const std::int64_t m = block.num_queries, n = block.num_keys;
            const std::int64_t key = (sequence.key_begin + block.first_key) * kv_row + kv_head * size;
            const Part<T> keys{data_of<T>(k) + key, kv_row}, values{data_of<T>(v) + key, kv_row};  // [n, E]
            for (std::int64_t head = kv_head * group; head < (kv_head + 1) * group; ++head) {
              const Part<T> queries{data_of<T>(q) + query * row + head * size, row};  // [m, E]
              multiply(m, n, size, layout.rule.scale, queries, transposed(keys), 0, score, n);
              kernels::softmax(block, score, share, mutable_data_of<W>(log_sums) + head * log_sums.size(1) + query);
              multiply(m, size, n, 1, Part<T>{share, n}, values, 0, sum, size);
              kernels::store_rows(m, size, sum, size, mutable_data_of<T>(y) + query * row + head * size, row);
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
    const Layout layout(q, k, ctx->saved_data["queries"].toIntVector(), ctx->saved_data["keys"].toIntVector(), rule);
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
        layout.for_heads([&](const Layout::Sequence& sequence, std::int64_t kv_head) {
          const std::int64_t thread = at::get_thread_num(), group = layout.heads / layout.kv_heads,
                             length = sequence.length;
          const std::int64_t first = sequence.key_begin * kv_row + kv_head * size;
          W *const total_k = mutable_data_of<W>(totals) + thread * totals.size(1), *const total_v =
                                                                                       total_k +
                                                                                       length * size;  // [T, E]
          std::fill_n(total_k, 2 * length * size, W{0});
          layout.for_blocks(sequence, [&](std::int64_t query, const kernels::ScoreBlock& block) {
            const std::int64_t m = block.num_queries, n = block.num_keys;
            W *const score = mutable_data_of<W>(scores) + thread * scores.size(1), *const grad_share =
                                                                                       score + m * n;  // [m, n]
            T *const share = mutable_data_of<T>(shares) + thread * shares.size(1), *const grad_score =
                                                                                       share + m * n;  // [m, n]
            W *const sum = mutable_data_of<W>(sums) + thread * sums.size(1), *const along =
                                                                                 sum + m * size;  // [m, E], [m]
            const std::int64_t key = first + block.first_key * kv_row;
            const Part<T> keys{data_of<T>(k) + key, kv_row}, values{data_of<T>(v) + key, kv_row};  // [n, E]
            for (std::int64_t head = kv_head * group; head < (kv_head + 1) * group; ++head) {
              const std::int64_t at = query * row + head * size;
              const Part<T> queries{data_of<T>(q) + at, row}, out{data_of<T>(y) + at, row},
                  grad_out{data_of<T>(grad) + at, row};  // [m, E]
              multiply(m, n, size, scale, queries, transposed(keys), 0, score, n);
              multiply(m, n, size, 1, grad_out, transposed(values), 0, grad_share, n);
              kernels::row_products(m, size, out.data, grad_out.data, row, along);
              kernels::softmax_backward(block, score, data_of<W>(log_sums) + head * log_sums.size(1) + query,
                                        grad_share, along, share, grad_score);
              multiply(n, size, m, 1, transposed(Part<T>{share, n}), grad_out, 1, total_v + block.first_key * size,
                       size);
              multiply(n, size, m, scale, transposed(Part<T>{grad_score, n}), queries, 1,
                       total_k + block.first_key * size, size);
              multiply(m, size, n, scale, Part<T>{grad_score, n}, keys, 0, sum, size);
              kernels::store_rows(m, size, sum, size, mutable_data_of<T>(grad_q) + at, row);
            }
          });
          kernels::store_rows(length, size, total_k, size, mutable_data_of<T>(grad_k) + first, kv_row);
          kernels::store_rows(length, size, total_v, size, mutable_data_of<T>(grad_v) + first, kv_row);
        });
      });
    return {grad_q, grad_k, grad_v, Tensor(), Tensor()};
  }
};

}  // namespace

Tensor attend_on_cpu(const Tensor& q, const Tensor& k, const Tensor& v, const SequenceLengths& lengths,
                     const AttentionRule& rule) {
  const at::ScalarType type = q.scalar_type();
  if (type != at::kHalf && (type != at::kBFloat16 || gemm_bf16bf16f32_ != nullptr))
    return Attend::apply(q, k, v, lengths, rule);
  return Attend::apply(q.to(at::kFloat), k.to(at::kFloat), v.to(at::kFloat), lengths, rule).to(type);
}

}  // namespace intelia::nn
