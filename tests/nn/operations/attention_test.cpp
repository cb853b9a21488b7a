// Attention against its definition in loops, its gradient against central differences, and cached attention against the
// whole.
#include "nn/operations/attention.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "gradient.hpp"
#include "nn/memory.hpp"
#include "nn/operations/softcap.hpp"
#include "nn/plan.hpp"

using namespace intelia::nn;

namespace {

/** Token t of a sequence sees tokens max(0, t − window + 1) to t (window 0: from the first), head h the keys of head
 * h·K/H. */
Tensor by_definition(const Tensor& q, const Tensor& k, const Tensor& v, const std::vector<std::int64_t>& lengths,
                     const AttentionRule& rule) {
  const std::int64_t window = rule.sliding_window;
  const double scale = rule.scale > 0 ? rule.scale : 1 / std::sqrt(static_cast<double>(q.size(2)));
  const std::int64_t num_heads = q.size(1), group = num_heads / k.size(1);
  Tensor y = at::zeros_like(q);
  std::int64_t begin = 0;
  for (const std::int64_t length : lengths) {
    for (std::int64_t t = 0; t < length; ++t) {
      const std::int64_t first = window > 0 ? std::max<std::int64_t>(0, t - window + 1) : 0;
      for (std::int64_t h = 0; h < num_heads; ++h) {
        double sum = 0;
        for (std::int64_t s = first; s <= t; ++s) {
          double score = scale * (q[begin + t][h] * k[begin + s][h / group]).sum().item<double>();
          if (rule.softcap > 0) score = rule.softcap * std::tanh(score / rule.softcap);
          const double weight = std::exp(score);
          y[begin + t][h] += weight * v[begin + s][h / group];
          sum += weight;
        }
        y[begin + t][h] /= sum;
      }
    }
    begin += length;
  }
  return y.reshape({q.size(0), q.size(1) * q.size(2)});
}

}  // namespace

TEST_CASE("attend is attention by its definition: separate sequences, grouped heads, causal, sliding windows") {
  const Tensor q = normal({14, 6, 4}, 1), k = normal({14, 2, 4}, 2), v = normal({14, 2, 4}, 3);
  const std::vector<std::int64_t> lengths{5, 1, 8};
  for (const std::int64_t window : {0, 1, 3, 5, 100}) {
    CAPTURE(window);
    for (const AttentionRule& rule : {AttentionRule{window}, AttentionRule{window, 0.9}, AttentionRule{window, 0, 0.7},
                                      AttentionRule{window, 0.3, 1.1}, AttentionRule{window, 0.3, 1.1, 100}})
      for (const auto& attends : {attend, attend_composed})
        CHECK(at::allclose(attends(q, k, v, lengths, rule), by_definition(q, k, v, lengths, rule), 0, 1e-12));
  }
  // The cases differ, so that a missing window, scale or cap would be detected.
  for (const AttentionRule& rule : {AttentionRule{3}, AttentionRule{0, 0.9}, AttentionRule{0, 0, 0.7}})
    CHECK((attend(q, k, v, lengths, rule) - attend(q, k, v, lengths)).abs().max().item<double>() > 0.1);
}

TEST_CASE("attend: gradient of queries, keys and values, with and without sliding window and softcap") {
  for (const AttentionRule& rule :
       {AttentionRule{}, AttentionRule{3}, AttentionRule{0, 0.9, 0.7}, AttentionRule{3, 0, 0.7},
        AttentionRule{0, 0, 0.7, 40}, AttentionRule{3, 0, 0.7, 40}}) {
    for (const auto& attends : {attend, attend_composed})
      CHECK(gradient_error({normal({7, 4, 4}, 4), normal({7, 2, 4}, 5), normal({7, 2, 4}, 6)}, [&](const auto& in) {
              return attends(in[0], in[1], in[2], {2, 5}, rule);
            }) < 1e-8);
  }
}

TEST_CASE("attend with a sliding window: many queries at once give the values of one after the other") {
  const Tensor q = normal({600, 2, 4}, 12), k = normal({600, 1, 4}, 13), v = normal({600, 1, 4}, 14);
  for (const std::int64_t window : {1, 100, 300, 599}) {
    CAPTURE(window);
    const Tensor y = attend_composed(q, k, v, {600}, {window});
    CHECK(at::allclose(attend(q, k, v, {600}, {window}), y, 0, 1e-12));
    for (const std::int64_t t : {0, 99, 255, 256, 400, 511, 512, 599}) {
      const std::int64_t first = std::max<std::int64_t>(0, t - window + 1), seen = t + 1 - first;
      const Tensor alone =
          attend_cached(q.narrow(0, t, 1), k.narrow(0, first, seen).transpose(0, 1).unsqueeze(0),
                        v.narrow(0, first, seen).transpose(0, 1).unsqueeze(0), at::tensor({seen - 1}, at::kLong));
      CHECK(at::allclose(y.narrow(0, t, 1), alone, 0, 1e-12));
    }
  }
}

TEST_CASE("attention with softcap materializes a bounded number of scores, forward and backward") {
  prepare_outlines();
  const at::Device meta(at::kMeta);
  const auto outline = [&](std::int64_t heads) {
    return at::empty({4096, heads, 64}, at::TensorOptions(at::kFloat).device(meta)).set_requires_grad(true);
  };
  const Tensor q = outline(8), k = outline(4), v = outline(4);  // 512 MiB of scores
  const std::uint64_t inputs = 4 * static_cast<std::uint64_t>(q.numel() + k.numel() + v.numel()),
                      before = live_bytes(meta);
  for (const auto& attends : {attend, attend_composed}) {
    for (const AttentionRule& rule : {AttentionRule{0, 0, 50}, AttentionRule{2048, 0, 50}}) {
      CAPTURE(rule.sliding_window);
      restart_allocator_peak(meta);
      const Tensor sum = attends(q, k, v, {4096}, rule).sum();
      CHECK(live_bytes(meta) - before < 2 * inputs);
      sum.backward();
      CHECK(allocator_peak_bytes(meta) - before < 5 * 4 * static_cast<std::uint64_t>(rule.held_scores) + 4 * inputs);
      for (const Tensor& input : {q, k, v}) input.mutable_grad() = Tensor();
    }
  }
}

namespace {

/** The same in libtorch operations over whole matrices of scores, for lengths at which loops take too long. */
Tensor by_matrices(const Tensor& q, const Tensor& k, const Tensor& v, const std::vector<std::int64_t>& lengths,
                   const AttentionRule& rule) {
  const double scale = rule.scale > 0 ? rule.scale : 1 / std::sqrt(static_cast<double>(q.size(2)));
  std::vector<Tensor> parts;
  std::int64_t begin = 0;
  for (const std::int64_t length : lengths) {
    const auto heads = [&](const Tensor& x) {
      return x.narrow(0, begin, length).transpose(0, 1).repeat_interleave(q.size(1) / x.size(1), 0);  // [H, T, E]
    };
    Tensor scores = at::matmul(heads(q), heads(k).transpose(1, 2)) * scale;
    if (rule.softcap > 0) scores = softcapped(scores, rule.softcap);
    const Tensor place = at::arange(length, at::kLong), distance = place.unsqueeze(1) - place.unsqueeze(0);
    Tensor hidden = distance < 0;
    if (rule.sliding_window > 0) hidden = hidden.logical_or(distance >= rule.sliding_window);
    parts.push_back(at::matmul(at::softmax(scores.masked_fill(hidden, -INFINITY), -1), heads(v)).transpose(0, 1));
    begin += length;
  }
  return at::cat(parts).reshape({q.size(0), -1});
}

}  // namespace

TEST_CASE("attend over several blocks of queries, values and gradients, in each type") {
  const std::vector<std::int64_t> lengths{300, 129, 0, 128, 1};
  for (const AttentionRule& rule :
       {AttentionRule{}, AttentionRule{5}, AttentionRule{128}, AttentionRule{131, 0.2, 0.9}}) {
    CAPTURE(rule.sliding_window);
    std::vector<Tensor> exact = {normal({558, 4, 8}, 20), normal({558, 2, 8}, 21), normal({558, 2, 8}, 22)};
    for (Tensor& x : exact)
      x = x.to(at::kBFloat16).to(at::kDouble).set_requires_grad(true);  // the same numbers in every type
    const Tensor y = by_matrices(exact[0], exact[1], exact[2], lengths, rule), weights = normal(y.sizes(), 23);
    y.backward(weights);
    for (const auto& [type, tolerance] :
         {std::pair{at::kDouble, 1e-12}, {at::kFloat, 1e-5}, {at::kBFloat16, 3e-2}, {at::kHalf, 6e-3}}) {
      CAPTURE(type);
      std::vector<Tensor> inputs;
      for (const Tensor& x : exact) inputs.push_back(x.detach().to(type).set_requires_grad(true));
      const Tensor ours = attend(inputs[0], inputs[1], inputs[2], lengths, rule);
      CHECK((ours.to(at::kDouble) - y).abs().max().item<double>() < tolerance);
      ours.backward(weights.to(type));
      for (std::size_t i = 0; i < 3; ++i)
        CHECK(((inputs[i].grad().to(at::kDouble) - exact[i].grad()).abs() / exact[i].grad().abs().clamp_min(1))
                  .max()
                  .item<double>() < tolerance);
    }
  }
}

TEST_CASE("attend of a long sequence never materializes all scores, also with sliding window and softcap") {
  count_allocations();
  const at::Device cpu(at::kCPU);
  constexpr std::int64_t kLength = 4096, kScores = 4 * kLength * kLength * 4;  // of four heads in fp32: 256 MiB
  for (const AttentionRule& rule : {AttentionRule{}, AttentionRule{1024}, AttentionRule{0, 0, 50}}) {
    std::vector<Tensor> inputs;
    for (std::uint64_t seed = 30; seed < 33; ++seed)
      inputs.push_back(normal({kLength, 4, 16}, seed).to(at::kFloat).set_requires_grad(true));
    restart_allocator_peak(cpu);
    const std::uint64_t before = live_bytes(cpu);
    attend(inputs[0], inputs[1], inputs[2], {kLength}, rule).sum().backward();
    CHECK(allocator_peak_bytes(cpu) - before < kScores / 8);
  }
}

TEST_CASE("attend_cached equals the last token of attend, whatever the cache contains after the visible part") {
  const std::vector<std::int64_t> lengths{5, 3};
  const Tensor q = normal({8, 6, 4}, 7), k = normal({8, 3, 4}, 8), v = normal({8, 3, 4}, 9);
  Tensor keys = normal({2, 3, 6, 4}, 10), values = normal({2, 3, 6, 4}, 11);
  std::int64_t begin = 0;
  for (std::int64_t b = 0; b < 2; begin += lengths[static_cast<std::size_t>(b++)]) {
    const std::int64_t length = lengths[static_cast<std::size_t>(b)];
    keys[b].narrow(1, 0, length).copy_(k.narrow(0, begin, length).transpose(0, 1));
    values[b].narrow(1, 0, length).copy_(v.narrow(0, begin, length).transpose(0, 1));
  }
  const Tensor last = at::tensor({4, 7}, at::kLong);
  for (const AttentionRule& rule : {AttentionRule{}, AttentionRule{2}, AttentionRule{0, 0.9}, AttentionRule{2, 0, 0.7}})
    CHECK(at::allclose(attend_cached(q.index_select(0, last), keys, values, at::tensor({4, 2}, at::kLong), rule),
                       attend(q, k, v, lengths, rule).index_select(0, last), 0, 1e-12));
}

TEST_CASE("attend of queries that continue other keys equals the end of the whole sequence, with its gradient") {
  // Two sequences of 3 + 4 tokens share their first 3: the second's queries are its last 4.
  const Tensor q = normal({11, 4, 4}, 40), k = normal({11, 2, 4}, 41), v = normal({11, 2, 4}, 42);
  const Tensor rows = at::tensor({0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 7, 8, 9, 10}, at::kLong);
  const SequenceLengths shared({7, 4}, {7, 7});
  for (const AttentionRule& rule : {AttentionRule{}, AttentionRule{2}, AttentionRule{5}, AttentionRule{0, 0.9, 0.7},
                                    AttentionRule{3, 0, 0.7, 40}}) {
    for (const auto& attends : {attend, attend_composed}) {
      const Tensor whole =
          attends(q.index_select(0, rows), k.index_select(0, rows), v.index_select(0, rows), {7, 7}, rule);
      const Tensor some = attends(q, k.index_select(0, rows), v.index_select(0, rows), shared, rule);
      CHECK(at::allclose(some.narrow(0, 0, 7), whole.narrow(0, 0, 7), 0, 1e-12));
      CHECK(at::allclose(some.narrow(0, 7, 4), whole.narrow(0, 10, 4), 0, 1e-12));
      CHECK(gradient_error({q.clone(), k.clone(), v.clone()}, [&](const auto& in) {
              return attends(in[0], in[1].index_select(0, rows), in[2].index_select(0, rows), shared, rule);
            }) < 1e-8);
    }
  }
}
