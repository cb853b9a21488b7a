// Log-probabilities from hidden states: against log_softmax, and the gradient against central differences in fp64.
#include "nn/operations/linear_log_probs.hpp"

#include <doctest/doctest.h>

#include "gradient.hpp"

using namespace intelia::nn;

TEST_CASE("linear_log_probs: gradient of hidden with a frozen head, and of both with a trained one") {
  const Tensor labels = at::tensor({4, 0, 6}, at::kLong), head = normal({7, 5}, 10);
  for (const double softcap : {0.0, 1.5}) {
    CHECK(gradient_error({normal({4, 5}, 9)}, [&](const auto& in) {
            return linear_log_probs(in[0], head, labels, softcap, Statistics::none).values;
          }) < 1e-7);
    CHECK(gradient_error({normal({4, 5}, 9), head.clone()}, [&](const auto& in) {
            return linear_log_probs(in[0], in[1], labels, softcap, Statistics::usual).values;
          }) < 1e-7);
  }
}

TEST_CASE("linear_log_probs: values and statistics are those of all logits, over several chunks of rows") {
  const Tensor hidden = normal({33, 4}, 11), head = normal({2'000'000, 4}, 12);  // 16 rows per chunk
  const Tensor labels = at::randint(2'000'000, {30}, numbers(13), at::kLong);
  labels[3] = at::linear(hidden, head)[3].argmax();
  for (const double softcap : {0.0, 2.0}) {
    Tensor logits = at::linear(hidden, head).narrow(0, 0, 30);
    if (softcap > 0) logits = at::tanh(logits / softcap) * softcap;
    const Tensor log_p = at::log_softmax(logits, -1), p = log_p.exp();
    const LogProbs found = linear_log_probs(hidden, head, labels, softcap, Statistics::with_log_square);
    CHECK(at::allclose(found.values, log_p.gather(1, labels.unsqueeze(1)).squeeze(1), 0, 1e-10));
    CHECK(at::allclose(found.statistics.entropy, -(p * log_p).sum(-1), 0, 1e-9));
    CHECK(at::allclose(found.statistics.mean_logit, logits.mean(-1), 0, 1e-12));
    CHECK(at::allclose(found.statistics.log_square, p.square().sum(-1).log(), 0, 1e-9));
    CHECK(at::equal(found.statistics.is_top, (logits.argmax(-1) == labels).to(at::kDouble)));
    CHECK(found.statistics.is_top[3].item<double>() == 1);
  }
}
