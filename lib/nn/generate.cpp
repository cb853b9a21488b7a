#include "nn/generate.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/random.hpp"

namespace intelia::nn {

std::int32_t choose_token(std::span<const float> logits, const SamplingSettings& sampling, double uniform) {
  if (sampling.temperature <= 0)
    return static_cast<std::int32_t>(std::max_element(logits.begin(), logits.end()) - logits.begin());
  std::vector<std::int32_t> order(logits.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::int32_t a, std::int32_t b) {
    return logits[static_cast<std::size_t>(a)] > logits[static_cast<std::size_t>(b)];
  });
  if (sampling.top_k > 0 && static_cast<std::size_t>(sampling.top_k) < order.size())
    order.resize(static_cast<std::size_t>(sampling.top_k));
  const double largest = logits[static_cast<std::size_t>(order[0])];
  std::vector<double> weights;
  double sum = 0;
  for (const std::int32_t id : order) {
    weights.push_back(std::exp((logits[static_cast<std::size_t>(id)] - largest) / sampling.temperature));
    sum += weights.back();
  }
  // The smallest set of most likely tokens that holds top_p of the probability (Holtzman et al. 2020).
  double kept = 0;
  std::size_t num_kept = 0;
  while (num_kept < weights.size() && (num_kept == 0 || kept < sampling.top_p * sum)) kept += weights[num_kept++];
  double point = uniform * kept;
  for (std::size_t i = 0; i < num_kept; ++i) {
    point -= weights[i];
    if (point < 0) return order[i];
  }
  return order[num_kept - 1];
}

std::vector<GeneratedTokens> generate(const Decoder& model, std::span<const std::vector<std::int32_t>> prompts,
                                      const SamplingSettings& sampling, bool uses_adapter, const StopFlag& stop) {
  const torch::autograd::AutoGradMode without_gradient(false);
  const Pass pass{.uses_adapter = uses_adapter};
  const at::Device device = model.placement.device;
  const std::int64_t context = context_length(model.config);
  std::vector<GeneratedTokens> results(prompts.size());
  if (prompts.empty()) return results;
  std::vector<Random> streams;
  std::vector<std::size_t> active;  // results that still grow, in the order of the cache's rows
  std::size_t longest = 0;
  for (std::size_t i = 0; i < prompts.size(); ++i) {
    if (prompts[i].empty()) throw Error(Kind::usage, "a prompt has no tokens");
    if (static_cast<std::int64_t>(prompts[i].size()) > context)
      throw Error(Kind::usage, "a prompt of " + std::to_string(prompts[i].size()) +
                                   " tokens is longer than the model's context of " + std::to_string(context));
    longest = std::max(longest, prompts[i].size());
    streams.emplace_back(sampling.seed + i);
    active.push_back(i);
  }
  const std::int64_t room =
      std::min<std::int64_t>(context, static_cast<std::int64_t>(longest) + sampling.max_new_tokens);
  KvCache cache = make_cache(model, static_cast<std::int64_t>(prompts.size()), room);

  TokenBatch batch;
  Tensor rows;  // of the batch, whose next token is wanted: the last of each whole sequence
  const auto begin_with = [&](const std::vector<std::vector<std::int32_t>>& sequences) {
    batch = make_batch(model, sequences);
    rows = at::tensor(batch.lengths, at::kLong).cumsum(0).sub_(1).to(device);
    cache.lengths.assign(sequences.size(), 0);
  };
  // Beyond the original length the keys of a sequence are others: with longrope once, with dynamic rope at every token.
  const auto outgrows = [&rope = model.config.rope](std::int64_t length) {
    return (rope.type == RopeType::longrope && length == rope.original_positions) ||
           (rope.type == RopeType::dynamic && length >= rope.original_positions);
  };
  begin_with({prompts.begin(), prompts.end()});
  for (;;) {
    stop.check("generation");
    const Tensor hidden = model.hidden(batch, pass, rows, &cache);                 // [B, D]
    const Tensor logits = model.logits(hidden, pass).to(at::kFloat).to(at::kCPU);  // [B, V]
    std::vector<std::int32_t> next;
    std::vector<std::int64_t> staying;  // rows of the cache
    std::vector<std::size_t> still_active;
    for (std::size_t row = 0; row < active.size(); ++row) {
      const std::size_t i = active[row];
      const std::int32_t id =
          choose_token({logits.const_data_ptr<float>() + row * static_cast<std::size_t>(logits.size(1)),
                        static_cast<std::size_t>(logits.size(1))},
                       sampling, sampling.temperature > 0 ? streams[i].uniform() : 0);
      if (std::find(sampling.stop_ids.begin(), sampling.stop_ids.end(), id) != sampling.stop_ids.end()) continue;
      results[i].ids.push_back(id);
      if (static_cast<int>(results[i].ids.size()) >= sampling.max_new_tokens || cache.lengths[row] >= room) {
        results[i].is_cut = true;
        continue;
      }
      next.push_back(id);
      staying.push_back(static_cast<std::int64_t>(row));
      still_active.push_back(i);
    }
    if (next.empty()) return results;
    if (staying.size() < active.size()) {
      const Tensor kept = at::tensor(staying, at::kLong).to(device);
      std::vector<std::int64_t> lengths;
      for (std::int64_t row : staying) lengths.push_back(cache.lengths[static_cast<std::size_t>(row)]);
      for (Tensor& keys : cache.keys) keys = keys.index_select(0, kept);
      for (Tensor& values : cache.values) values = values.index_select(0, kept);
      cache.lengths = lengths;
      active = still_active;
    }
    if (std::any_of(cache.lengths.begin(), cache.lengths.end(), outgrows)) {
      std::vector<std::vector<std::int32_t>> sequences;
      for (const std::size_t i : active) {
        std::vector<std::int32_t>& sequence = sequences.emplace_back(prompts[i]);
        sequence.insert(sequence.end(), results[i].ids.begin(), results[i].ids.end());
      }
      begin_with(sequences);
      continue;
    }
    batch.ids = at::tensor(next, at::kLong).to(device);
    batch.positions = at::tensor(cache.lengths, at::kLong).to(device);
    batch.lengths.assign(next.size(), 1);
    rows = Tensor();
  }
}

}  // namespace intelia::nn
