// The 8-bit dynamic type and 8-bit AdamW against published values and hand-computed cases; parity_optimizers compares
// every stored byte over many optimizer steps with bitsandbytes.
#include "kernels/adam8.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

using namespace intelia;
using dynamic8::Sign;

TEST_CASE("the maps are ascending, with the published first and last values") {
  const float *with = dynamic8::map(Sign::with), *without = dynamic8::map(Sign::without);
  CHECK(with[0] == -0.99296875f);
  CHECK(with[127] == 0);
  CHECK(with[128] == doctest::Approx(5.5e-7));
  CHECK(with[255] == 1);
  CHECK(without[0] == 0);
  CHECK(without[1] == doctest::Approx(3.25e-7));        // (0.1 + 0.55) / 2 · 10^-6
  CHECK(without[254] == doctest::Approx(0.996484375));  // the last of 128 parts of [0.1, 1]
  CHECK(without[255] == 1);
  for (int i = 1; i < 256; ++i) {
    CHECK(with[i - 1] < with[i]);
    CHECK(without[i - 1] < without[i]);
  }
}

TEST_CASE("a block is scaled by its own largest magnitude; a block of zeros and a short one") {
  std::vector<float> values(2 * 256 + 3, 0.0f);
  values[0] = -8;
  values[1] = 4;
  values[512] = 0.001f;
  std::vector<std::uint8_t> codes(values.size(), 9);
  std::vector<float> absmax(3, -1), restored(values.size());
  dynamic8::quantize(Sign::with, values.data(), 515, codes.data(), absmax.data());
  CHECK(absmax == std::vector<float>{8, 0, 0.001f});
  CHECK(codes[0] == 0);
  for (int i = 256; i < 512; ++i) CHECK(codes[static_cast<std::size_t>(i)] == 0);
  CHECK(codes[512] == 255);
  dynamic8::dequantize(Sign::with, codes.data(), absmax.data(), 515, restored.data());
  CHECK(restored[0] == -8 * 0.99296875f);
  CHECK(restored[1] == doctest::Approx(4).epsilon(0.02));
  CHECK(restored[300] == 0);
  CHECK(restored[512] == 0.001f);
}

TEST_CASE(
    "the first update moves every parameter by the rate, against the sign of its gradient, whatever the gradient's "
    "size") {
  const adam8::Step step{.learning_rate = 0.01, .weight_decay = 0, .num_steps = 1};
  std::vector<float> gradient(300), parameter(300, 1.0f), average_absmax(2), square_absmax(2);
  std::vector<std::uint8_t> average(300), square(300);
  for (std::size_t i = 0; i < 300; ++i)
    gradient[i] = (i % 2 ? -1.0f : 1.0f) * std::pow(10.0f, -static_cast<float>(i % 5));
  const auto blank = parameter;
  adam8::update(step, gradient.data(), 300, parameter.data(),
                {average.data(), square.data(), average_absmax.data(), square_absmax.data()});
  for (std::size_t i = 0; i < 300; ++i)
    CHECK(parameter[i] == doctest::Approx(gradient[i] > 0 ? 0.99 : 1.01).epsilon(1e-5));
  CHECK(average_absmax[0] == doctest::Approx(0.1));   // (1 − β1)·g
  CHECK(square_absmax[0] == doctest::Approx(0.001));  // (1 − β2)·g²

  std::vector<float> other = blank, m(300), v(300);
  adam8::update_fp32(step, gradient.data(), 300, other.data(), m.data(), v.data());
  for (std::size_t i = 0; i < 300; ++i) CHECK(other[i] == doctest::Approx(parameter[i]).epsilon(1e-5));
}

TEST_CASE("weight decay shrinks parameters without a gradient") {
  const adam8::Step step{.learning_rate = 0.1, .weight_decay = 0.5, .num_steps = 1};
  const float gradient = 0;
  float parameter = 2, average = 0, square = 0;
  adam8::update_fp32(step, &gradient, 1, &parameter, &average, &square);
  CHECK(parameter == doctest::Approx(1.9));
}

TEST_CASE("a tensor may be split at block boundaries: the same bits") {
  constexpr std::int64_t n = 5 * adam8::kBlock + 7, cut = 2 * adam8::kBlock;
  struct Held {
    std::vector<float> parameter = std::vector<float>(n, 0.5f), average_absmax = std::vector<float>(6),
                       square_absmax = std::vector<float>(6);
    std::vector<std::uint8_t> average = std::vector<std::uint8_t>(n), square = std::vector<std::uint8_t>(n);
    bool operator==(const Held&) const = default;
  } whole, parts;
  for (int update = 1; update <= 3; ++update) {
    const adam8::Step step{0.01, 0.1, update};
    std::vector<float> gradient(n);
    for (std::int64_t i = 0; i < n; ++i)
      gradient[static_cast<std::size_t>(i)] = std::sin(static_cast<float>(i * update));
    adam8::update(step, gradient.data(), n, whole.parameter.data(),
                  {whole.average.data(), whole.square.data(), whole.average_absmax.data(), whole.square_absmax.data()});
    for (const auto& [begin, end] : {std::pair{cut, n}, std::pair{std::int64_t{0}, cut}})
      adam8::update(
          step, gradient.data() + begin, end - begin, parts.parameter.data() + begin,
          {parts.average.data() + begin, parts.square.data() + begin,
           parts.average_absmax.data() + begin / adam8::kBlock, parts.square_absmax.data() + begin / adam8::kBlock});
  }
  CHECK((whole == parts));
}
