// The head's loss against central differences in fp64, with softcap, weights and padding, and over several chunks.
#include "nn/operations/linear_cross_entropy.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "gradient.hpp"

using namespace intelia::nn;

TEST_CASE("linear_cross_entropy: gradient of hidden and head, with and without softcap") {
  const Tensor labels = at::tensor({4, 0, 6}, at::kLong);
  for (const double softcap : {0.0, 1.5})
    CHECK(gradient_error({normal({3, 5}, 9), normal({7, 5}, 10)},
                         [&](const auto& in) { return linear_cross_entropy(in[0], in[1], labels, softcap); }) < 1e-7);
}

TEST_CASE("linear_cross_entropy: gradient where labels have weights, and rows after them are padding") {
  const Tensor labels = at::tensor({4, 0, 6}, at::kLong), weights = at::tensor({0.5F, 1.0F, 0.1F});
  for (const double softcap : {0.0, 1.5})
    CHECK(gradient_error({normal({5, 5}, 9), normal({7, 5}, 10)}, [&](const auto& in) {
            return linear_cross_entropy(in[0], in[1], labels, softcap, weights);
          }) < 1e-7);
  const Tensor hidden = normal({5, 5}, 9), head = normal({7, 5}, 10);
  CHECK(
      linear_cross_entropy(hidden, head, labels, 0, weights).item<double>() ==
      doctest::Approx((linear_cross_entropy_rows(hidden, head, labels) * weights).sum().item<double>()).epsilon(1e-12));
  CHECK(at::equal(linear_cross_entropy(hidden, head, labels, 0, at::ones(3)),
                  linear_cross_entropy(hidden, head, labels)));
}

TEST_CASE("linear_cross_entropy is the sum of linear_cross_entropy_rows, over several chunks of rows") {
  const Tensor hidden = normal({33, 4}, 11),
               head = normal({2'000'000, 4}, 12);  // 16 rows per chunk with this vocabulary
  const Tensor labels = at::randint(2'000'000, {33}, numbers(13), at::kLong);
  CHECK(at::allclose(linear_cross_entropy(hidden, head, labels).to(at::kDouble),
                     linear_cross_entropy_rows(hidden, head, labels).sum().to(at::kDouble), 1e-6));
  const Tensor weights = at::rand({33}, numbers(14), at::kFloat);
  CHECK(at::allclose(linear_cross_entropy(hidden, head, labels, 0, weights).to(at::kDouble),
                     (linear_cross_entropy_rows(hidden, head, labels) * weights).sum().to(at::kDouble), 1e-6));
}

TEST_CASE("linear_cross_entropy: rows after the labels are padding, without loss or gradient") {
  Tensor hidden = normal({5, 4}, 18), head = normal({7, 4}, 19);
  const Tensor labels = at::tensor({1, 2, 6}, at::kLong);
  const Tensor alone = linear_cross_entropy(hidden.narrow(0, 0, 3), head, labels);
  hidden.set_requires_grad(true);
  const Tensor padded = linear_cross_entropy(hidden, head, labels);
  CHECK(at::allclose(padded, alone, 1e-12));
  padded.backward();
  CHECK(hidden.grad().narrow(0, 3, 2).abs().max().item<double>() == 0);
  CHECK(hidden.grad().narrow(0, 0, 3).abs().min().item<double>() > 0);
  CHECK(linear_cross_entropy_rows(hidden.detach(), head, labels).size(0) == 3);
}

TEST_CASE("linear_cross_entropy of equal logits is log V") {
  const Tensor loss = linear_cross_entropy(at::zeros({2, 4}), at::zeros({9, 4}), at::tensor({0, 8}, at::kLong));
  CHECK(loss.item<double>() == doctest::Approx(2 * std::log(9.0)));
}
