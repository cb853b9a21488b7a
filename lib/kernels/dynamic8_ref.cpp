// The 8-bit dynamic type on the CPU, bit for bit as in bitsandbytes 0.50.2: a value is first rounded to one of 65,536
// evenly spaced ones, for which a table has the nearest codes (the directly nearest code differs occasionally).
#include <algorithm>
#include <array>
#include <cmath>

#include "kernels/dynamic8.hpp"

namespace intelia::dynamic8 {

namespace {

using Map = std::array<float, 256>;
using Lookup = std::array<std::uint8_t, 65536>;

Map make_map(Sign sign) {
  // For each exponent e = -6..0 the midpoints of 2^(e+6) equal parts of [0.1, 1] (without sign: twice as many), times
  // 10^e; every step rounds to fp32 as in bitsandbytes (torch.linspace computes its second half from the end, and
  // fuses product and sum on every CPU with AVX2; without it bitsandbytes' table differs in the last bit of 42 values).
  Map map{};
  std::size_t count = 0;
  map[count++] = 0;
  map[count++] = 1;
  for (int i = 0; i < 7; ++i) {
    const int num_parts = sign == Sign::with ? 1 << i : 2 << i;
    const float step = (1.0f - 0.1f) / static_cast<float>(num_parts);
    const auto boundary = [&](int at) {
      return at < (num_parts + 1) / 2 ? std::fma(step, static_cast<float>(at), 0.1f)
                                      : std::fma(-step, static_cast<float>(num_parts - at), 1.0f);
    };
    const float power = static_cast<float>(std::pow(10.0, i - 6));
    for (int part = 0; part < num_parts; ++part) {
      const float middle = (boundary(part) + boundary(part + 1)) / 2.0f;
      map[count++] = power * middle;
      if (sign == Sign::with) map[count++] = -power * middle;
    }
  }
  std::sort(map.begin(), map.end());
  return map;
}

Lookup make_lookup(Sign sign) {
  const float* values = map(sign);
  Lookup codes{};
  for (int i = 0; i < 65536; ++i) {
    const float value = -1.0f + 2.0f * static_cast<float>(i) / 65535.0f;
    const float* above = std::lower_bound(values, values + 256, value);
    if (above == values + 256) {
      codes[i] = 255;
    } else if (above == values) {
      codes[i] = 0;
    } else {
      const float* below = above - 1;
      codes[i] = static_cast<std::uint8_t>((value - *below <= *above - value ? below : above) - values);
    }
  }
  return codes;
}

const Lookup& lookup(Sign sign) {
  static const Lookup with = make_lookup(Sign::with), without = make_lookup(Sign::without);
  return sign == Sign::with ? with : without;
}

}  // namespace

const float* map(Sign sign) {
  static const Map with = make_map(Sign::with), without = make_map(Sign::without);
  return sign == Sign::with ? with.data() : without.data();
}

void quantize(Sign sign, const float* values, std::int64_t n, std::uint8_t* codes, float* absmax) {
  const Lookup& table = lookup(sign);
  for (std::int64_t start = 0; start < n; start += kBlock) {
    const std::int64_t end = std::min(start + kBlock, n);
    float largest = 0;
    for (std::int64_t i = start; i < end; ++i) largest = std::max(largest, std::fabs(values[i]));
    absmax[start / kBlock] = largest;
    const float reciprocal = 1.0f / largest;
    for (std::int64_t i = start; i < end; ++i) {
      const float position = (values[i] * reciprocal + 1.0f) * 32767.5f + 0.5f;
      // A block of zeros has 0·inf = NaN here; bitsandbytes gives it code 0.
      codes[i] = table[position >= 0 ? static_cast<std::size_t>(std::min(position, 65535.0f)) : 0];
    }
  }
}

void dequantize(Sign sign, const std::uint8_t* codes, const float* absmax, std::int64_t n, float* values) {
  const float* table = map(sign);
  for (std::int64_t i = 0; i < n; ++i) values[i] = table[codes[i]] * absmax[i / kBlock];
}

}  // namespace intelia::dynamic8
