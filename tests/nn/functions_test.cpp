// The hand-written backwards against central differences in fp64, and what the functions promise beyond their gradient.
#include "nn/functions.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "gradient.hpp"
#include "nn/weights.hpp"

using namespace intelia::nn;

TEST_CASE("rms_norm: gradient of x and weight, with and without an offset, of rows and of heads") {
  for (const double offset : {0.0, 1.0}) {
    CHECK(gradient_error({normal({3, 8}, 1), normal({8}, 2)},
                         [&](const auto& in) { return rms_norm(in[0], in[1], 1e-5, offset); }) < 1e-8);
    CHECK(gradient_error({normal({3, 2, 4}, 1), normal({4}, 2)},
                         [&](const auto& in) { return rms_norm(in[0], in[1], 1e-5, offset); }) < 1e-8);
  }
}

TEST_CASE("rms_norm of ones is the weight, up to eps") {
  const Tensor weight = normal({8}, 3);
  const Tensor y = rms_norm(at::ones({2, 8}, at::kDouble), weight, 0.21);
  CHECK(at::allclose(y[1], weight / std::sqrt(1.21), 1e-12));
  CHECK(
      at::allclose(rms_norm(at::ones({2, 8}, at::kDouble), weight, 0.21, 1)[0], (weight + 1) / std::sqrt(1.21), 1e-12));
}

TEST_CASE("rotate: gradient, and a turn keeps lengths") {
  const Tensor angles = normal({4, 3}, 4), both = at::cat({angles, angles}, -1);
  const Tensor cos = both.cos(), sin = both.sin();
  CHECK(gradient_error({normal({4, 2, 6}, 5)}, [&](const auto& in) { return rotate(in[0], cos, sin); }) < 1e-8);
  const Tensor x = normal({4, 2, 6}, 6);
  CHECK(at::allclose(rotate(x, cos, sin).norm(), x.norm(), 1e-12));
}

TEST_CASE("rotate: a part of each head turns as a head of its own, and the rest stays") {
  const Tensor angles = normal({4, 2}, 4), both = at::cat({angles, angles}, -1), x = normal({4, 3, 7}, 6);
  const Tensor cos = both.cos(), sin = both.sin(), y = rotate(x, cos, sin);
  CHECK(at::equal(y.narrow(-1, 0, 4), rotate(x.narrow(-1, 0, 4), cos, sin)));
  CHECK(at::equal(y.narrow(-1, 4, 3), x.narrow(-1, 4, 3)));
  CHECK(gradient_error({x}, [&](const auto& in) { return rotate(in[0], cos, sin); }) < 1e-8);
}

TEST_CASE("gated: gradient of gate and up, for each activation") {
  for (const intelia::Activation activation : {intelia::Activation::silu, intelia::Activation::gelu_tanh})
    CHECK(gradient_error({normal({3, 5}, 7), normal({3, 5}, 8)},
                         [&](const auto& in) { return gated(in[0], in[1], activation); }) < 1e-8);
}

TEST_CASE("head_loss: gradient of hidden and head, with and without a cap") {
  const Tensor labels = at::tensor({4, 0, 6}, at::kLong);
  for (const double softcap : {0.0, 1.5})
    CHECK(gradient_error({normal({3, 5}, 9), normal({7, 5}, 10)},
                         [&](const auto& in) { return head_loss(in[0], in[1], labels, softcap); }) < 1e-7);
}

TEST_CASE("head_loss: gradient where labels have weights, and rows behind them are padding") {
  const Tensor labels = at::tensor({4, 0, 6}, at::kLong), weights = at::tensor({0.5F, 1.0F, 0.1F});
  for (const double softcap : {0.0, 1.5})
    CHECK(gradient_error({normal({5, 5}, 9), normal({7, 5}, 10)},
                         [&](const auto& in) { return head_loss(in[0], in[1], labels, softcap, weights); }) < 1e-7);
  const Tensor hidden = normal({5, 5}, 9), head = normal({7, 5}, 10);
  CHECK(head_loss(hidden, head, labels, 0, weights).item<double>() ==
        doctest::Approx((head_losses(hidden, head, labels) * weights).sum().item<double>()).epsilon(1e-12));
  CHECK(at::equal(head_loss(hidden, head, labels, 0, at::ones(3)), head_loss(hidden, head, labels)));
}

TEST_CASE("head_loss is the sum of head_losses, over several chunks of rows") {
  const Tensor hidden = normal({33, 4}, 11), head = normal({2'000'000, 4}, 12);  // 16 rows a chunk at this many words
  const Tensor labels = at::randint(2'000'000, {33}, numbers(13), at::kLong);
  CHECK(at::allclose(head_loss(hidden, head, labels).to(at::kDouble),
                     head_losses(hidden, head, labels).sum().to(at::kDouble), 1e-6));
  const Tensor weights = at::rand({33}, numbers(14), at::kFloat);
  CHECK(at::allclose(head_loss(hidden, head, labels, 0, weights).to(at::kDouble),
                     (head_losses(hidden, head, labels) * weights).sum().to(at::kDouble), 1e-6));
}

TEST_CASE("head_loss: rows behind the labels are padding, without loss or gradient") {
  Tensor hidden = normal({5, 4}, 18), head = normal({7, 4}, 19);
  const Tensor labels = at::tensor({1, 2, 6}, at::kLong);
  const Tensor alone = head_loss(hidden.narrow(0, 0, 3), head, labels);
  hidden.set_requires_grad(true);
  const Tensor padded = head_loss(hidden, head, labels);
  CHECK(at::allclose(padded, alone, 1e-12));
  padded.backward();
  CHECK(hidden.grad().narrow(0, 3, 2).abs().max().item<double>() == 0);
  CHECK(hidden.grad().narrow(0, 0, 3).abs().min().item<double>() > 0);
  CHECK(head_losses(hidden.detach(), head, labels).size(0) == 3);
}

TEST_CASE("head_loss of equal logits is log V") {
  const Tensor loss = head_loss(at::zeros({2, 4}), at::zeros({9, 4}), at::tensor({0, 8}, at::kLong));
  CHECK(loss.item<double>() == doctest::Approx(2 * std::log(9.0)));
}

TEST_CASE("neftune_noise is uniform in its bounds, by each sequence's own length, and follows its seed") {
  const Tensor spans = at::cat({at::full({400}, 4, at::kLong), at::full({400}, 64, at::kLong)});
  const Tensor noise = neftune_noise(spans, 32, 5, 1);
  std::int64_t begin = 0;
  for (const double length : {4.0, 64.0}) {
    const Tensor part = noise.narrow(0, begin, 400);
    const double bound = 5 / std::sqrt(length * 32);
    CHECK(part.abs().max().item<double>() <= bound);
    CHECK(part.abs().max().item<double>() > 0.99 * bound);
    CHECK(std::fabs(part.mean().item<double>()) < 0.02 * bound);
    CHECK(part.var().item<double>() == doctest::Approx(bound * bound / 3).epsilon(0.03));
    begin += 400;
  }
  CHECK(at::equal(noise, neftune_noise(spans, 32, 5, 1)));
  CHECK(!at::equal(noise, neftune_noise(spans, 32, 5, 2)));
}

TEST_CASE("packed_linear: gradient of x, and the values of unpack") {
  const PackedWeight packed = pack(normal({6, 64}, 14).to(at::kFloat));
  const Tensor x = normal({2, 64}, 15);
  CHECK(at::allclose(packed_linear(x, packed), at::linear(x, unpack(packed, at::kDouble)), 1e-12));
  CHECK(gradient_error({x}, [&](const auto& in) { return packed_linear(in[0], packed); }) < 1e-8);
}

TEST_CASE("pack keeps a weight within half a step of the codebook") {
  const Tensor weight = normal({8, 64}, 16).to(at::kFloat);
  const Tensor values = unpack(pack(weight), at::kFloat);
  const Tensor largest = weight.abs().amax(1, /*keepdim=*/true);
  // The widest gap between neighbouring codes is 0.304 of the block's largest value; double quantization adds its own
  // part.
  CHECK(((values - weight).abs() / largest).max().item<float>() < 0.304f / 2 + 0.01f);
}

TEST_CASE("dropout: gradient, share and independence of the mask") {
  CHECK(gradient_error({normal({4, 9}, 17)}, [](const auto& in) { return intelia::nn::dropout(in[0], 0.3, 7); }) <
        1e-8);
  const Tensor ones = at::ones({1000, 1000});
  const Tensor y = intelia::nn::dropout(ones, 0.05, 1);
  const double kept = (y != 0).to(at::kDouble).mean().item<double>();
  CHECK(std::fabs(kept - 0.95) < 5 * std::sqrt(0.05 * 0.95 / 1e6));  // five standard deviations
  CHECK(y.max().item<float>() == doctest::Approx(1 / 0.95));
  CHECK(at::equal(y, intelia::nn::dropout(ones, 0.05, 1)));
  const double both_kept =
      ((y != 0).logical_and(intelia::nn::dropout(ones, 0.05, 2) != 0)).to(at::kDouble).mean().item<double>();
  CHECK(std::fabs(both_kept - 0.95 * 0.95) < 5 * std::sqrt(0.9025 * 0.0975 / 1e6));
  CHECK(at::equal(intelia::nn::dropout(ones, 0, 1), ones));
}
