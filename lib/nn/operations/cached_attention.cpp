#include "nn/operations/cached_attention.hpp"

#include <algorithm>
#include <memory>

#include "kernels/cached_attention.hpp"
#include "nn/operations/cpu_pass.hpp"

namespace intelia::nn {

namespace {

/** The cache of one layer on the CPU, and the pass over it. */
template <class T>
struct CpuPass {
  const CacheLayout& layout;
  AttentionRule rule;
  std::int64_t heads, kv_heads, size;  // H, K, E
  const float *q, *k, *v;
  T *keys, *values;
  float* y;

  std::int64_t block_numbers() const { return kv_heads * kBlockTokens * size; }

  /** Copies the new rows of a key/value head into its blocks. */
  void store(std::size_t sequence, std::int64_t begin, std::int64_t kv_head) const {
    const std::int64_t before = layout.totals[sequence] - layout.lengths[sequence];
    for (std::int64_t i = 0; i < layout.lengths[sequence]; ++i) {
      const std::int64_t position = before + i, from = ((begin + i) * kv_heads + kv_head) * size;
      const std::int64_t block = layout.blocks[sequence][static_cast<std::size_t>(position / kBlockTokens)];
      const std::int64_t to = block * block_numbers() + (kv_head * kBlockTokens + position % kBlockTokens) * size;
      for (std::int64_t e = 0; e < size; ++e) {
        keys[to + e] = kernels::narrow<T>(k[from + e]);
        values[to + e] = kernels::narrow<T>(v[from + e]);
      }
    }
  }

  void attend(std::size_t sequence, std::int64_t begin, std::int64_t kv_head) const {
    const std::int64_t group = heads / kv_heads, total = layout.totals[sequence];
    const std::int64_t offset = kv_head * kBlockTokens * size;
    const kernels::CachedHead<T> head{keys + offset,   values + offset, layout.blocks[sequence].data(),
                                      block_numbers(), kBlockTokens,    size};
    kernels::CachedQuery query{group, total - 1, rule.sliding_window, static_cast<float>(rule.scale),
                               static_cast<float>(rule.softcap)};
    const auto scores =
        std::make_unique_for_overwrite<float[]>(static_cast<std::size_t>(num_cached_scores(query, kBlockTokens)));
    for (std::int64_t i = 0; i < layout.lengths[sequence]; ++i) {
      query.position = total - layout.lengths[sequence] + i;
      const std::int64_t at = ((begin + i) * heads + kv_head * group) * size;
      kernels::attend_cached(query, head, q + at, scores.get(), y + at);
    }
  }

  void run() const {
    std::vector<std::int64_t> begins;
    std::int64_t num_tokens = 0, num_pairs = 0;
    for (std::size_t s = 0; s < layout.lengths.size(); ++s) {
      begins.push_back(num_tokens);
      num_tokens += layout.lengths[s];
      num_pairs += layout.lengths[s] * layout.totals[s];
    }
    const auto num_sequences = static_cast<std::int64_t>(begins.size());
    const std::int64_t work = num_pairs * heads * size / std::max<std::int64_t>(1, kv_heads * num_sequences);
    at::parallel_for(0, kv_heads * num_sequences,
                     std::max<std::int64_t>(1, 2 * kGrain / std::max<std::int64_t>(1, work)),
                     [&](std::int64_t first, std::int64_t last) {
                       for (std::int64_t i = first; i < last; ++i) {
                         const auto sequence = static_cast<std::size_t>(i % num_sequences);
                         store(sequence, begins[sequence], i / num_sequences);
                         attend(sequence, begins[sequence], i / num_sequences);
                       }
                     });
  }
};

}  // namespace

Tensor attend_in_blocks(const Tensor& q, const Tensor& k, const Tensor& v, Tensor& keys, Tensor& values,
                        const CacheLayout& layout, const AttentionRule& given) {
  const bool has_kernel = keys.scalar_type() == at::kFloat || keys.scalar_type() == at::kBFloat16;
  if (!q.is_cpu() || q.scalar_type() != at::kFloat || !has_kernel)
    return attend_in_blocks_composed(q, k, v, keys, values, layout, given);
  const Tensor queries = q.contiguous(), new_keys = k.contiguous(), new_values = v.contiguous();
  const Tensor y = at::empty({q.size(0), q.size(1) * q.size(2)}, q.options());
  AttentionRule rule = given;
  rule.scale = scale_of(given, q.size(2));
  const auto run = [&]<class T>(T) {
    CpuPass<T>{layout,
               rule,
               q.size(1),
               k.size(1),
               q.size(2),
               data_of<float>(queries),
               data_of<float>(new_keys),
               data_of<float>(new_values),
               mutable_data_of<T>(keys),
               mutable_data_of<T>(values),
               mutable_data_of<float>(y)}
        .run();
  };
  if (keys.scalar_type() == at::kFloat)
    run(float{});
  else
    run(kernels::Bf16{});
  return y;
}

Tensor attend_in_blocks_composed(const Tensor& q, const Tensor& k, const Tensor& v, Tensor& keys, Tensor& values,
                                 const CacheLayout& layout, const AttentionRule& rule) {
  const auto indices = q.options().dtype(at::kLong);
  const auto on_device = [&](const std::vector<std::int64_t>& list) {
    return at::tensor(list, at::kLong).to(indices.device());
  };
  std::vector<std::int64_t> blocks, slots;      // of each new token
  std::vector<std::int64_t> whole, last, rows;  // tokens of whole sequences; of single tokens, and where they are
  std::vector<std::int64_t> whole_lengths, tables;
  std::size_t most_blocks = 1;
  std::int64_t begin = 0;
  for (std::size_t s = 0; s < layout.lengths.size(); begin += layout.lengths[s++]) {
    const std::int64_t before = layout.totals[s] - layout.lengths[s];
    for (std::int64_t i = 0; i < layout.lengths[s]; ++i) {
      const std::int64_t position = before + i;
      blocks.push_back(layout.blocks[s][static_cast<std::size_t>(position / kBlockTokens)]);
      slots.push_back(position % kBlockTokens);
      if (before == 0) whole.push_back(begin + i);
    }
    if (before == 0) {
      whole_lengths.push_back(layout.lengths[s]);
      continue;
    }
    if (layout.lengths[s] != 1) throw Error(Kind::internal, "[attend_in_blocks] a part of a sequence");
    rows.push_back(begin);
    last.push_back(before);
    most_blocks = std::max(most_blocks, static_cast<std::size_t>(before / kBlockTokens + 1));
  }
  keys.index_put_({on_device(blocks), at::indexing::Slice(), on_device(slots)}, k.to(keys.scalar_type()));
  values.index_put_({on_device(blocks), at::indexing::Slice(), on_device(slots)}, v.to(values.scalar_type()));

  const Tensor y = at::empty({q.size(0), q.size(1) * q.size(2)}, q.options());
  if (!whole.empty()) {
    const Tensor tokens = on_device(whole);
    y.index_copy_(
        0, tokens,
        attend(q.index_select(0, tokens), k.index_select(0, tokens), v.index_select(0, tokens), whole_lengths, rule));
  }
  if (!rows.empty()) {
    for (std::size_t s = 0; s < layout.lengths.size(); ++s) {
      if (layout.totals[s] == layout.lengths[s]) continue;
      for (std::size_t b = 0; b < most_blocks; ++b)
        tables.push_back(b < layout.blocks[s].size() ? layout.blocks[s][b] : layout.blocks[s][0]);
    }
    const Tensor tokens = on_device(rows), table = on_device(tables);
    const auto gathered = [&](const Tensor& cache) {  // [B, K, T, E]
      return cache.index_select(0, table)
          .view({tokens.size(0), static_cast<std::int64_t>(most_blocks), cache.size(1), kBlockTokens, cache.size(3)})
          .transpose(1, 2)
          .flatten(2, 3)
          .to(q.scalar_type());
    };
    y.index_copy_(0, tokens,
                  attend_cached(q.index_select(0, tokens), gathered(keys), gathered(values), on_device(last), rule));
  }
  return y;
}

}  // namespace intelia::nn
