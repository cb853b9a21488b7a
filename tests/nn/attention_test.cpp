// Attention against its definition written out in loops, its gradient against central differences, the cache against the whole.
#include <doctest/doctest.h>

#include <cmath>

#include "gradient.hpp"
#include "nn/attention.hpp"
#include "nn/memory.hpp"

using namespace intelia::nn;

namespace {

/** Token t of a sequence sees tokens max(0, t − window + 1) to t (window 0: from the first), head h the keys of head h·K/H. */
Tensor by_definition(const Tensor& q, const Tensor& k, const Tensor& v, const std::vector<std::int64_t>& lengths,
                     const AttentionRule& rule) {
  const std::int64_t window = rule.window;
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

TEST_CASE("attend is attention by its definition: sequences apart, grouped heads, causal, windowed") {
  const Tensor q = normal({14, 6, 4}, 1), k = normal({14, 2, 4}, 2), v = normal({14, 2, 4}, 3);
  const std::vector<std::int64_t> lengths{5, 1, 8};
  for (const std::int64_t window : {0, 1, 3, 5, 100}) {
    CAPTURE(window);
    for (const AttentionRule& rule : {AttentionRule{window}, AttentionRule{window, 0.9}, AttentionRule{window, 0, 0.7},
                                      AttentionRule{window, 0.3, 1.1}})
      CHECK(at::allclose(attend(q, k, v, lengths, rule), by_definition(q, k, v, lengths, rule), 0, 1e-12));
  }
  // The cases differ, so that a window, a scale or a cap left out would be seen.
  for (const AttentionRule& rule : {AttentionRule{3}, AttentionRule{0, 0.9}, AttentionRule{0, 0, 0.7}})
    CHECK((attend(q, k, v, lengths, rule) - attend(q, k, v, lengths)).abs().max().item<double>() > 0.1);
}

TEST_CASE("attend: gradient of queries, keys and values, with and without a window and a cap") {
  for (const AttentionRule& rule : {AttentionRule{}, AttentionRule{3}, AttentionRule{0, 0.9, 0.7}, AttentionRule{3, 0, 0.7}}) {
    CHECK(gradient_error({normal({7, 4, 4}, 4), normal({7, 2, 4}, 5), normal({7, 2, 4}, 6)}, [&](const auto& in) {
            return attend(in[0], in[1], in[2], {2, 5}, rule);
          }) < 1e-8);
  }
}

namespace {

/** The same in library operations over whole matrices of scores, for lengths at which loops take too long. */
Tensor by_matrices(const Tensor& q, const Tensor& k, const Tensor& v, const std::vector<std::int64_t>& lengths, const AttentionRule& rule) {
  const double scale = rule.scale > 0 ? rule.scale : 1 / std::sqrt(static_cast<double>(q.size(2)));
  std::vector<Tensor> parts;
  std::int64_t begin = 0;
  for (const std::int64_t length : lengths) {
    const auto heads = [&](const Tensor& x) {
      return x.narrow(0, begin, length).transpose(0, 1).repeat_interleave(q.size(1) / x.size(1), 0);   // [H, T, E]
    };
    Tensor scores = at::matmul(heads(q), heads(k).transpose(1, 2)) * scale;
    if (rule.softcap > 0) scores = softcapped(scores, rule.softcap);
    const Tensor place = at::arange(length, at::kLong), distance = place.unsqueeze(1) - place.unsqueeze(0);
    Tensor hidden = distance < 0;
    if (rule.window > 0) hidden = hidden.logical_or(distance >= rule.window);
    parts.push_back(at::matmul(at::softmax(scores.masked_fill(hidden, -INFINITY), -1), heads(v)).transpose(0, 1));
    begin += length;
  }
  return at::cat(parts).reshape({q.size(0), -1});
}

}  // namespace

TEST_CASE("attend over several blocks of queries, values and gradients, in each kind of number") {
  const std::vector<std::int64_t> lengths{300, 129, 0, 128, 1};
  for (const AttentionRule& rule : {AttentionRule{}, AttentionRule{5}, AttentionRule{128}, AttentionRule{131, 0.2, 0.9}}) {
    CAPTURE(rule.window);
    std::vector<Tensor> exact = {normal({558, 4, 8}, 20), normal({558, 2, 8}, 21), normal({558, 2, 8}, 22)};
    for (Tensor& x : exact) x = x.to(at::kBFloat16).to(at::kDouble).set_requires_grad(true);   // the same numbers in every kind
    const Tensor y = by_matrices(exact[0], exact[1], exact[2], lengths, rule), weights = normal(y.sizes(), 23);
    y.backward(weights);
    for (const auto& [type, tolerance] : {std::pair{at::kDouble, 1e-12}, {at::kFloat, 1e-5}, {at::kBFloat16, 3e-2}, {at::kHalf, 6e-3}}) {
      CAPTURE(type);
      std::vector<Tensor> inputs;
      for (const Tensor& x : exact) inputs.push_back(x.detach().to(type).set_requires_grad(true));
      const Tensor ours = attend(inputs[0], inputs[1], inputs[2], lengths, rule);
      CHECK((ours.to(at::kDouble) - y).abs().max().item<double>() < tolerance);
      ours.backward(weights.to(type));
      for (std::size_t i = 0; i < 3; ++i)
        CHECK(((inputs[i].grad().to(at::kDouble) - exact[i].grad()).abs() / exact[i].grad().abs().clamp_min(1)).max().item<double>() < tolerance);
    }
  }
}

TEST_CASE("attend of a long sequence holds no matrix of scores, with a window and a cap neither") {
  count_allocations();
  const at::Device cpu(at::kCPU);
  constexpr std::int64_t kLength = 4096, kScores = 4 * kLength * kLength * 4;   // of four heads in fp32: 256 MiB
  for (const AttentionRule& rule : {AttentionRule{}, AttentionRule{1024}, AttentionRule{0, 0, 50}}) {
    std::vector<Tensor> inputs;
    for (std::uint64_t seed = 30; seed < 33; ++seed) inputs.push_back(normal({kLength, 4, 16}, seed).to(at::kFloat).set_requires_grad(true));
    restart_allocator_peak(cpu);
    const std::uint64_t before = live_bytes(cpu);
    attend(inputs[0], inputs[1], inputs[2], {kLength}, rule).sum().backward();
    CHECK(allocator_peak_bytes(cpu) - before < kScores / 8);
  }
}

TEST_CASE("attend_cached gives the last token of attend, whatever lies behind what is visible") {
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
