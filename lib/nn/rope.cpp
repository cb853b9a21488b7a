// In fp32 and in the order of operations of transformers (modeling_rope_utils.py), so that the angles have the same
// bits.
#include "nn/rope.hpp"

#include <algorithm>
#include <cmath>

namespace intelia::nn {

namespace {

Tensor llama3_frequencies(const Rope& rope, const Tensor& frequencies) {
  const auto original = static_cast<double>(rope.original_positions);
  const Tensor wavelength = 2 * M_PI / frequencies;
  const Tensor slowed = frequencies / rope.factor;
  const Tensor smooth = (original / wavelength - rope.low_freq_factor) / (rope.high_freq_factor - rope.low_freq_factor);
  const Tensor between = (1 - smooth) * slowed + smooth * frequencies;
  const Tensor is_long = wavelength > original / rope.low_freq_factor;
  const Tensor is_short = wavelength < original / rope.high_freq_factor;
  return at::where(is_long, slowed, at::where(is_short, frequencies, between));
}

/** Interpolates between unchanged and divided frequencies from `low` to `high` (Peng et al. 2023, NTK-by-parts). */
Tensor yarn_frequencies(const Rope& rope, const Tensor& powers) {
  const auto size = static_cast<double>(rope.size);
  const auto dimension_of = [&](double rotations) {
    return size * std::log(static_cast<double>(rope.original_positions) / (rotations * 2 * M_PI)) /
           (2 * std::log(rope.theta));
  };
  double low = dimension_of(rope.beta_fast), high = dimension_of(rope.beta_slow);
  if (rope.truncates) {
    low = std::floor(low);
    high = std::ceil(high);
  }
  low = std::max(low, 0.0);
  high = std::min(high, size - 1);
  if (low == high) high += 0.001;
  const Tensor ramp = ((at::arange(rope.size / 2, at::kFloat) - low) / (high - low)).clamp(0, 1);
  const Tensor kept = 1 - ramp;
  return (1.0 / (rope.factor * powers)) * (1 - kept) + (1.0 / powers) * kept;
}

Tensor as_tensor(const std::vector<double>& numbers) { return at::tensor(numbers, at::kDouble).to(at::kFloat); }

}  // namespace

RotaryPositions::RotaryPositions(const Rope& rope, const at::Device& device) : rope_(rope) {
  const Tensor exponents = at::arange(0, rope.size, 2, at::kLong).to(at::kFloat) / static_cast<double>(rope.size);
  const Tensor powers = at::pow(rope.theta, exponents);  // [size / 2]
  frequencies_ = 1.0 / powers;
  switch (rope.type) {
    case RopeType::standard:
    case RopeType::dynamic:
      break;
    case RopeType::linear:
      frequencies_ = frequencies_ / rope.factor;
      break;
    case RopeType::llama3:
      frequencies_ = llama3_frequencies(rope, frequencies_);
      break;
    case RopeType::yarn:
      frequencies_ = yarn_frequencies(rope, powers);
      break;
    case RopeType::longrope:
      frequencies_ = 1.0 / (as_tensor(rope.short_factor) * powers);
      long_frequencies_ = (1.0 / (as_tensor(rope.long_factor) * powers)).to(device);
      break;
  }
  frequencies_ = frequencies_.to(device);
  exponents_ = exponents.to(device);
}

Tensor RotaryPositions::dynamic_frequencies(const Tensor& spans) const {
  const auto original = static_cast<double>(rope_.original_positions), size = static_cast<double>(rope_.size);
  const Tensor growth =
      spans.clamp_min(rope_.original_positions).to(at::kFloat) * rope_.factor / original - (rope_.factor - 1);
  const Tensor theta = rope_.theta * at::pow(growth, size / (size - 2));  // [N]
  return 1.0 / at::pow(theta.unsqueeze(1), exponents_);
}

Rotation RotaryPositions::at(const Tensor& positions, const Tensor& spans, at::ScalarType dtype) const {
  const Tensor numbers = positions.to(at::kFloat);
  Tensor angles = rope_.type == RopeType::dynamic ? numbers.unsqueeze(1) * dynamic_frequencies(spans)
                                                  : at::outer(numbers, frequencies_);  // [N, size / 2]
  if (long_frequencies_.defined())
    angles = at::where((spans > rope_.original_positions).unsqueeze(1), at::outer(numbers, long_frequencies_), angles);
  const Tensor both = at::cat({angles, angles}, -1);  // [N, size]
  const auto scaled = [&](const Tensor& x) {
    return (rope_.attention_factor == 1 ? x : x * rope_.attention_factor).to(dtype);
  };
  return {scaled(both.cos()), scaled(both.sin())};
}

void RotaryTable::extend(const RotaryPositions& rotary, Rows& rows, std::int64_t span,
                         std::int64_t num_positions) const {
  constexpr std::int64_t kPart = 256;
  std::int64_t size = rows.cos.defined() ? rows.cos.size(0) : 0;
  if (size >= num_positions) return;
  std::vector<Tensor> cos, sin;
  if (size > 0) {
    cos.push_back(rows.cos);
    sin.push_back(rows.sin);
  }
  // At least doubled, so that a long answer does not copy the table again and again.
  for (const std::int64_t end = std::max(num_positions, 2 * size); size < end; size += kPart) {
    const Tensor positions = at::arange(size, size + kPart, at::kLong);
    const Rotation part = rotary.at(positions, at::full_like(positions, span), at::kFloat);
    cos.push_back(part.cos);
    sin.push_back(part.sin);
  }
  rows = {at::cat(cos), at::cat(sin)};
}

Rotation RotaryTable::at(const RotaryPositions& rotary, const std::vector<std::int64_t>& positions,
                         const std::vector<std::int64_t>& spans) {
  const Rope& rope = rotary.rope();
  const auto row_of = [](const Rows& rows, std::int64_t position) {
    return Rotation{rows.cos.narrow(0, position, 1), rows.sin.narrow(0, position, 1)};
  };
  const auto number = [](std::int64_t value) { return at::full({1}, value, at::kLong); };
  const bool depends_on_span = rope.type == RopeType::longrope || rope.type == RopeType::dynamic;
  const std::int64_t num_positions = *std::max_element(positions.begin(), positions.end()) + 1;
  extend(rotary, usual_, /*span=*/1, num_positions);
  const bool is_usual =
      !depends_on_span || std::none_of(spans.begin(), spans.end(), [&](auto s) { return s > rope.original_positions; });
  if (is_usual) {
    const Tensor rows = at::tensor(positions, at::kLong);
    return {usual_.cos.index_select(0, rows), usual_.sin.index_select(0, rows)};
  }
  if (rope.type == RopeType::longrope) extend(rotary, long_, rope.original_positions + 1, num_positions);
  std::vector<Tensor> cos, sin;
  for (std::size_t i = 0; i < positions.size(); ++i) {
    const Rotation row = spans[i] <= rope.original_positions ? row_of(usual_, positions[i])
                         : rope.type == RopeType::longrope
                             ? row_of(long_, positions[i])
                             : rotary.at(number(positions[i]), number(spans[i]), at::kFloat);
    cos.push_back(row.cos);
    sin.push_back(row.sin);
  }
  return {at::cat(cos), at::cat(sin)};
}

}  // namespace intelia::nn
