// Sums run in the order of ggml-quants.c, because equal bits are the point. A block is built field by field, since its
// layout is that of the file.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "kernels/gguf_blocks.hpp"
#include "kernels/number.hpp"

namespace intelia::gguf {

namespace {

using kernels::half_bits;
using kernels::half_value;

constexpr float kSmallestGroup = 1e-15f;  // GROUP_MAX_EPS: a group below it counts as zeros

void store_half(float value, std::uint8_t* to) {
  const std::uint16_t bits = half_bits(value);
  std::memcpy(to, &bits, 2);
}

float load_half(const std::uint8_t* from) {
  std::uint16_t bits;
  std::memcpy(&bits, from, 2);
  return half_value(bits);
}

/** The nearest integer, ties to even, by the bits of a float: |value| below 2^22. */
int nearest(float value) {
  const float shifted = value + 12582912.0f;  // 1.5·2²³
  int bits;
  std::memcpy(&bits, &shifted, sizeof bits);
  return (bits & 0x007fffff) - 0x00400000;
}

/** The value of largest magnitude, with its sign. */
float extreme(const float* x, std::int64_t n) {
  float largest = 0, value = 0;
  for (std::int64_t i = 0; i < n; ++i)
    if (largest < std::fabs(x[i])) {
      largest = std::fabs(x[i]);
      value = x[i];
    }
  return value;
}

/** Codes of `bits` bits around `2^(bits-1)`, whose scale maps the extreme to the lowest code. Returns the scale. */
float symmetric_codes(const float* x, int bits, std::uint8_t* codes) {
  const int middle = 1 << (bits - 1);
  const float scale = extreme(x, kBlock) / static_cast<float>(-middle);
  const float inverse = scale != 0 ? 1.0f / scale : 0.0f;
  for (std::int64_t i = 0; i < kBlock; ++i) {
    const float code = x[i] * inverse + (static_cast<float>(middle) + 0.5f);
    codes[i] = static_cast<std::uint8_t>(std::min(2 * middle - 1, static_cast<int>(static_cast<std::int8_t>(code))));
  }
  return scale;
}

/** Codes i and i + 16 share a byte of `packed`; their fifth bits are the bits i and i + 16 of `high`. */
void pack_block(const std::uint8_t* codes, std::uint8_t* packed, std::uint8_t* high) {
  std::uint32_t fifth = 0;
  for (int i = 0; i < 16; ++i) {
    packed[i] = static_cast<std::uint8_t>((codes[i] & 15) | (codes[i + 16] & 15) << 4);
    fifth |= static_cast<std::uint32_t>(codes[i] >> 4) << i | static_cast<std::uint32_t>(codes[i + 16] >> 4)
                                                                  << (i + 16);
  }
  if (high != nullptr) std::memcpy(high, &fifth, 4);
}

/** The scale of codes -max … max-1 with the least error weighted by x² over a few candidates; codes from 0 on. */
float best_symmetric_scale(const float* x, int n, int max, std::int8_t* codes) {
  const float largest = extreme(x, n);
  if (std::fabs(largest) < kSmallestGroup) {
    std::memset(codes, 0, static_cast<std::size_t>(n));
    return 0;
  }
  const auto code_of = [&](float inverse, float value) { return std::clamp(nearest(inverse * value), -max, max - 1); };
  float scale = 0, best = 0;
  // The first candidate is taken whatever its error.
  for (const int step : {0, -9, -8, -7, -6, -5, -4, -3, -2, -1, 1, 2, 3, 4, 5, 6, 7, 8, 9}) {
    const float inverse =
        -(step == 0 ? static_cast<float>(max) : static_cast<float>(max) + 0.1f * static_cast<float>(step)) / largest;
    float product = 0, square = 0;
    for (int i = 0; i < n; ++i) {
      const auto code = static_cast<float>(code_of(inverse, x[i]));
      const float weight = x[i] * x[i];
      product += weight * x[i] * code;
      square += weight * code * code;
    }
    if (step != 0 && !(square > 0 && product * product > best * square)) continue;
    for (int i = 0; i < n; ++i) codes[i] = static_cast<std::int8_t>(max + code_of(inverse, x[i]));
    scale = square != 0 ? product / square : 0.0f;
    best = scale * product;
  }
  return scale;
}

/** The candidates for the inverse scale of 32 numbers: (first + step·i + max)/range. */
struct ScaleSearch {
  int max;  // the largest code
  float first, step;
  int num_steps;
};

/** The scale and (negated) minimum with the least weighted squared error; codes 0 … max. */
float best_scale_and_minimum(const float* x, const float* weights, const ScaleSearch& search, std::uint8_t* codes,
                             float& negated_minimum) {
  constexpr int n = 32;
  float low = x[0], high = x[0], sum_w = weights[0], sum_x = sum_w * x[0];
  for (int i = 1; i < n; ++i) {
    if (x[i] < low) low = x[i];
    if (x[i] > high) high = x[i];
    sum_w += weights[i];
    sum_x += weights[i] * x[i];
  }
  if (low > 0) low = 0;
  negated_minimum = -low;
  if (high == low) {
    std::memset(codes, 0, n);
    return 0;
  }
  const auto code_of = [&](float inverse, float value, float minimum) {
    return std::clamp(nearest(inverse * (value - minimum)), 0, search.max);
  };
  const auto error_of = [&](const std::uint8_t* candidate, float scale, float minimum) {
    float error = 0;
    for (int i = 0; i < n; ++i) {
      const float difference = scale * candidate[i] + minimum - x[i];
      error += weights[i] * (difference * difference);
    }
    return error;
  };
  float inverse = static_cast<float>(search.max) / (high - low);
  float scale = 1 / inverse, minimum = low;
  for (int i = 0; i < n; ++i) codes[i] = static_cast<std::uint8_t>(code_of(inverse, x[i], low));
  float best = error_of(codes, scale, minimum);
  std::uint8_t candidate[n];
  for (int step = 0; step <= search.num_steps; ++step) {
    // The minimum is that of the best candidate so far, as in the original.
    inverse =
        (search.first + search.step * static_cast<float>(step) + static_cast<float>(search.max)) / (high - minimum);
    float sum_l = 0, sum_l2 = 0, sum_xl = 0;
    for (int i = 0; i < n; ++i) {
      const int code = code_of(inverse, x[i], minimum);
      candidate[i] = static_cast<std::uint8_t>(code);
      const auto value = static_cast<float>(code);
      sum_l += weights[i] * value;
      sum_l2 += weights[i] * value * value;
      sum_xl += weights[i] * value * x[i];
    }
    const float determinant = sum_w * sum_l2 - sum_l * sum_l;
    if (!(determinant > 0)) continue;
    float this_scale = (sum_w * sum_xl - sum_x * sum_l) / determinant;
    float this_minimum = (sum_l2 * sum_x - sum_l * sum_xl) / determinant;
    if (this_minimum > 0) {
      this_minimum = 0;
      this_scale = sum_xl / sum_l2;
    }
    const float error = error_of(candidate, this_scale, this_minimum);
    if (!(error < best)) continue;
    std::memcpy(codes, candidate, n);
    best = error;
    scale = this_scale;
    minimum = this_minimum;
  }
  negated_minimum = -minimum;
  return scale;
}

/** The eight 6-bit scales and minima of a super-block, in 12 bytes. */
struct ScalePair {
  int scale, minimum;
};

ScalePair unpack_scales(const std::uint8_t* packed, int group) {
  if (group < 4) return {packed[group] & 63, packed[group + 4] & 63};
  return {(packed[group + 4] & 15) | (packed[group - 4] >> 6) << 4, (packed[group + 4] >> 4) | (packed[group] >> 6)
                                                                                                   << 4};
}

void pack_scales(const int* scales, const int* minima, std::uint8_t* packed) {
  for (int group = 0; group < 4; ++group) {
    packed[group] = static_cast<std::uint8_t>(scales[group]);
    packed[group + 4] = static_cast<std::uint8_t>(minima[group]);
  }
  for (int group = 4; group < 8; ++group) {
    packed[group + 4] = static_cast<std::uint8_t>((scales[group] & 15) | (minima[group] & 15) << 4);
    packed[group - 4] = static_cast<std::uint8_t>(packed[group - 4] | (scales[group] >> 4) << 6);
    packed[group] = static_cast<std::uint8_t>(packed[group] | (minima[group] >> 4) << 6);
  }
}

/** The head of a super-block of q4_k and q5_k (16 bytes: both scales, 12 bytes of group scales), and its 256 codes. */
void quantize_super_block(const float* x, const ScaleSearch& search, std::uint8_t* head, std::uint8_t* codes) {
  constexpr int kGroups = 8, kGroup = 32;
  float scales[kGroups], minima[kGroups], max_scale = 0, max_minimum = 0;
  for (int group = 0; group < kGroups; ++group) {
    const float* part = x + kGroup * group;
    float square = 0;
    for (int i = 0; i < kGroup; ++i) square += part[i] * part[i];
    const float average = std::sqrt(square / kGroup);
    float weights[kGroup];
    for (int i = 0; i < kGroup; ++i) weights[i] = average + std::fabs(part[i]);
    scales[group] = best_scale_and_minimum(part, weights, search, codes + kGroup * group, minima[group]);
    max_scale = std::max(max_scale, scales[group]);
    max_minimum = std::max(max_minimum, minima[group]);
  }
  const float inverse_scale = max_scale > 0 ? 63.0f / max_scale : 0.0f;
  const float inverse_minimum = max_minimum > 0 ? 63.0f / max_minimum : 0.0f;
  int scale_codes[kGroups], minimum_codes[kGroups];
  for (int group = 0; group < kGroups; ++group) {
    // A negative scale wraps to a large byte, as in the original.
    scale_codes[group] =
        std::min(63, static_cast<int>(static_cast<std::uint8_t>(nearest(inverse_scale * scales[group]))));
    minimum_codes[group] =
        std::min(63, static_cast<int>(static_cast<std::uint8_t>(nearest(inverse_minimum * minima[group]))));
  }
  store_half(max_scale / 63.0f, head);
  store_half(max_minimum / 63.0f, head + 2);
  pack_scales(scale_codes, minimum_codes, head + 4);
  for (int group = 0; group < kGroups; ++group) {
    const ScalePair pair = unpack_scales(head + 4, group);
    const float scale = load_half(head) * static_cast<float>(pair.scale);
    if (scale == 0) continue;
    const float minimum = load_half(head + 2) * static_cast<float>(pair.minimum);
    for (int i = 0; i < kGroup; ++i) {
      const int at = kGroup * group + i;
      codes[at] = static_cast<std::uint8_t>(std::clamp(nearest((x[at] + minimum) / scale), 0, search.max));
    }
  }
}

}  // namespace

void quantize_q4_0(const float* x, std::int64_t n, std::uint8_t* out) {
  for (std::int64_t at = 0; at < n; at += kBlock, out += 18) {
    std::uint8_t codes[kBlock];
    store_half(symmetric_codes(x + at, 4, codes), out);
    pack_block(codes, out + 2, nullptr);
  }
}

void quantize_q5_0(const float* x, std::int64_t n, std::uint8_t* out) {
  for (std::int64_t at = 0; at < n; at += kBlock, out += 22) {
    std::uint8_t codes[kBlock];
    store_half(symmetric_codes(x + at, 5, codes), out);
    pack_block(codes, out + 6, out + 2);
  }
}

void quantize_q5_1(const float* x, std::int64_t n, std::uint8_t* out) {
  for (std::int64_t at = 0; at < n; at += kBlock, out += 24) {
    float low = std::numeric_limits<float>::max(), high = -low;
    for (std::int64_t i = 0; i < kBlock; ++i) {
      if (x[at + i] < low) low = x[at + i];
      if (x[at + i] > high) high = x[at + i];
    }
    const float scale = (high - low) / 31;
    const float inverse = scale != 0 ? 1.0f / scale : 0.0f;
    std::uint8_t codes[kBlock];
    for (std::int64_t i = 0; i < kBlock; ++i) codes[i] = static_cast<std::uint8_t>((x[at + i] - low) * inverse + 0.5f);
    store_half(scale, out);
    store_half(low, out + 2);
    pack_block(codes, out + 8, out + 4);
  }
}

void quantize_q8_0(const float* x, std::int64_t n, std::uint8_t* out) {
  for (std::int64_t at = 0; at < n; at += kBlock, out += 34) {
    float largest = 0;
    for (std::int64_t i = 0; i < kBlock; ++i) largest = std::max(largest, std::fabs(x[at + i]));
    const float scale = largest / 127;
    const float inverse = scale != 0 ? 1.0f / scale : 0.0f;
    store_half(scale, out);
    for (std::int64_t i = 0; i < kBlock; ++i) {
      // Rounded half away from zero, as std::round, which has no vector instruction.
      const float value = x[at + i] * inverse;
      const int whole = static_cast<int>(value);
      const float rest = value - static_cast<float>(whole);
      out[2 + i] = static_cast<std::uint8_t>(whole + (rest >= 0.5f) - (rest <= -0.5f));
    }
  }
}

void quantize_q4_k(const float* x, std::int64_t n, std::uint8_t* out) {
  for (std::int64_t at = 0; at < n; at += kSuperBlock, out += 144) {
    std::uint8_t codes[kSuperBlock];
    quantize_super_block(x + at, {15, -1.0f, 0.1f, 20}, out, codes);
    for (int half = 0; half < 4; ++half)
      for (int i = 0; i < 32; ++i)
        out[16 + 32 * half + i] = static_cast<std::uint8_t>(codes[64 * half + i] | codes[64 * half + 32 + i] << 4);
  }
}

void quantize_q5_k(const float* x, std::int64_t n, std::uint8_t* out) {
  for (std::int64_t at = 0; at < n; at += kSuperBlock, out += 176) {
    std::uint8_t codes[kSuperBlock];
    quantize_super_block(x + at, {31, -0.5f, 0.1f, 15}, out, codes);
    std::uint8_t *high = out + 16, *low = out + 48;
    std::memset(high, 0, 32);
    for (int half = 0; half < 4; ++half)
      for (int i = 0; i < 32; ++i) {
        const int first = codes[64 * half + i], second = codes[64 * half + 32 + i];
        low[32 * half + i] = static_cast<std::uint8_t>((first & 15) | (second & 15) << 4);
        high[i] = static_cast<std::uint8_t>(high[i] | (first >> 4) << (2 * half) | (second >> 4) << (2 * half + 1));
      }
  }
}

void quantize_q6_k(const float* x, std::int64_t n, std::uint8_t* out) {
  constexpr int kGroups = 16, kGroup = 16;
  for (; n > 0; n -= kSuperBlock, x += kSuperBlock, out += 210) {
    std::int8_t codes[kSuperBlock];
    float scales[kGroups], max_scale = 0, max_magnitude = 0;
    for (int group = 0; group < kGroups; ++group) {
      scales[group] = best_symmetric_scale(x + kGroup * group, kGroup, 32, codes + kGroup * group);
      if (std::fabs(scales[group]) > max_magnitude) {
        max_magnitude = std::fabs(scales[group]);
        max_scale = scales[group];
      }
    }
    std::uint8_t *low = out, *high = out + 128, *group_scales = out + 192, *scale = out + 208;
    if (max_magnitude < kSmallestGroup) {
      std::memset(out, 0, 210);
      continue;
    }
    const float inverse = -128.0f / max_scale;
    store_half(1 / inverse, scale);
    for (int group = 0; group < kGroups; ++group) {
      const auto code = static_cast<std::int8_t>(std::min(127, nearest(inverse * scales[group])));
      group_scales[group] = static_cast<std::uint8_t>(code);
      const float step = load_half(scale) * static_cast<float>(code);
      if (step == 0) continue;
      for (int i = kGroup * group; i < kGroup * (group + 1); ++i)
        codes[i] = static_cast<std::int8_t>(std::clamp(nearest(x[i] / step), -32, 31) + 32);
    }
    for (int half = 0; half < 2; ++half)
      for (int i = 0; i < 32; ++i) {
        const auto code = [&](int part) { return static_cast<unsigned>(codes[128 * half + 32 * part + i]); };
        low[64 * half + i] = static_cast<std::uint8_t>((code(0) & 15) | (code(2) & 15) << 4);
        low[64 * half + 32 + i] = static_cast<std::uint8_t>((code(1) & 15) | (code(3) & 15) << 4);
        high[32 * half + i] =
            static_cast<std::uint8_t>(code(0) >> 4 | code(1) >> 4 << 2 | code(2) >> 4 << 4 | code(3) >> 4 << 6);
      }
  }
}

}  // namespace intelia::gguf
