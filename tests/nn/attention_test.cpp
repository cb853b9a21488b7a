// Attention against its definition written out in loops, its gradient against central differences, the cache against the whole.
#include <doctest/doctest.h>

#include <cmath>

#include "gradient.hpp"
#include "nn/attention.hpp"

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
