// NF4 on the CPU, bit for bit as in bitsandbytes 0.50.2. Raw pointers only: no torch, no files. Dequantization runs in
// every layer, so x86 machines with AVX2 use two table lookups per eight weights, which gives the same bits because it
// only moves table entries.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "kernels/nf4.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "kernels/dynamic8.hpp"
#include "kernels/number.hpp"

namespace intelia::nf4 {

namespace {

constexpr float kSmallestScale = 1e-38f;  // divisor of an all-zero block
constexpr int kZeroCode = 7;

/** max|x|; NaN when a value is NaN, as in torch. */
INTELIA_INLINE inline float largest_magnitude(const float* values, std::int64_t num) {
  const float largest = kernels::reduce(
      num, 0.0f, [values](std::int64_t i) INTELIA_INLINE { return std::fabs(values[i]); },
      [](float a, float b) INTELIA_INLINE { return b > a ? b : a; });
  const float num_nan = kernels::sum<float>(
      num, [values](std::int64_t i) INTELIA_INLINE { return values[i] == values[i] ? 0.0f : 1.0f; });
  return num_nan > 0 ? std::numeric_limits<float>::quiet_NaN() : largest;
}

/** clamp(x, -1, 1) that keeps NaN. */
INTELIA_INLINE inline float clamp_to_unit(float value) { return value < -1 ? -1 : value > 1 ? 1 : value; }

/** codes[i]: the number of thresholds strictly below values[i], which are clamped; NaN counts as above all. */
INTELIA_INLINE inline void nearest_codes(const float* values, std::int64_t num, std::int32_t* codes) {
  for (std::int64_t i = 0; i < num; ++i) {
    const float value = clamp_to_unit(values[i]);
    std::int32_t code = 0;
    for (int t = 0; t < 15; ++t) code += !(value <= threshold(t));
    codes[i] = code;
  }
}

std::uint16_t round_to_bf16(float value) {
  std::uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  if ((bits & 0x7FFFFFFFu) > 0x7F800000u) return 0x7FC0;
  return static_cast<std::uint16_t>((bits + 0x7FFFu + ((bits >> 16) & 1u)) >> 16);
}

template <class Output, class Round>
void dequantize_blocks(const std::uint8_t* packed, const float* absmax, std::int64_t begin, std::int64_t n,
                       Output* weight, Round round) {
  for (std::int64_t start = begin; start < n; start += kBlock) {
    Output scaled[16];
    for (int code = 0; code < 16; ++code) scaled[code] = round(kCodebook[code] * absmax[start / kBlock]);
    const std::int64_t end = std::min(start + kBlock, n);
    for (std::int64_t i = start; i < end; ++i) {
      const std::uint8_t byte = packed[i / 2];
      weight[i] = scaled[i % 2 == 0 ? byte >> 4 : byte & 15];
    }
  }
}

#if defined(__x86_64__)

bool has_avx2() {
  static const bool value = __builtin_cpu_supports("avx2");
  return value;
}

struct CodePair {
  __m256i first, second;  // eight codes each, 32-bit lanes
};

/** The sixteen codes of eight bytes, in the order of the weights. */
__attribute__((target("avx2"))) inline CodePair unpack_codes(const std::uint8_t* packed) {
  const __m128i bytes = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(packed));
  const __m128i mask = _mm_set1_epi8(15);
  const __m128i even = _mm_and_si128(_mm_srli_epi16(bytes, 4), mask);
  const __m128i codes = _mm_unpacklo_epi8(even, _mm_and_si128(bytes, mask));
  return {_mm256_cvtepu8_epi32(codes), _mm256_cvtepu8_epi32(_mm_srli_si128(codes, 8))};
}

/** table[code] for eight codes: each half of the table fits one register, bit 3 of the code selects the half. */
__attribute__((target("avx2"))) inline __m256 look_up(__m256 low, __m256 high, __m256i codes) {
  return _mm256_blendv_ps(_mm256_permutevar8x32_ps(low, codes), _mm256_permutevar8x32_ps(high, codes),
                          _mm256_castsi256_ps(_mm256_slli_epi32(codes, 28)));
}

__attribute__((target("avx2"))) inline __m256i round_lanes_to_bf16(__m256 values) {
  const __m256i bits = _mm256_castps_si256(values);
  const __m256i odd = _mm256_and_si256(_mm256_srli_epi32(bits, 16), _mm256_set1_epi32(1));
  const __m256i rounded =
      _mm256_srli_epi32(_mm256_add_epi32(bits, _mm256_add_epi32(odd, _mm256_set1_epi32(0x7FFF))), 16);
  const __m256i is_nan = _mm256_castps_si256(_mm256_cmp_ps(values, values, _CMP_UNORD_Q));
  return _mm256_blendv_epi8(rounded, _mm256_set1_epi32(0x7FC0), is_nan);
}

/** Whole blocks only; returns how many weights were written. */
__attribute__((target("avx2"))) std::int64_t dequantize_avx2(const std::uint8_t* packed, const float* absmax,
                                                             std::int64_t n, float* weight) {
  const __m256 low = _mm256_loadu_ps(kCodebook), high = _mm256_loadu_ps(kCodebook + 8);
  const std::int64_t num_whole = n / kBlock;
  for (std::int64_t block = 0; block < num_whole; ++block) {
    const __m256 scale = _mm256_set1_ps(absmax[block]);
    const __m256 scaled_low = _mm256_mul_ps(low, scale), scaled_high = _mm256_mul_ps(high, scale);
    for (int i = 0; i < kBlock; i += 16) {
      const CodePair codes = unpack_codes(packed + (block * kBlock + i) / 2);
      float* to = weight + block * kBlock + i;
      _mm256_storeu_ps(to, look_up(scaled_low, scaled_high, codes.first));
      _mm256_storeu_ps(to + 8, look_up(scaled_low, scaled_high, codes.second));
    }
  }
  return num_whole * kBlock;
}

__attribute__((target("avx2"))) std::int64_t dequantize_bf16_avx2(const std::uint8_t* packed, const float* absmax,
                                                                  std::int64_t n, std::uint16_t* weight) {
  const __m256 low = _mm256_loadu_ps(kCodebook), high = _mm256_loadu_ps(kCodebook + 8);
  const std::int64_t num_whole = n / kBlock;
  for (std::int64_t block = 0; block < num_whole; ++block) {
    const __m256 scale = _mm256_set1_ps(absmax[block]);
    const __m256 rounded_low = _mm256_castsi256_ps(round_lanes_to_bf16(_mm256_mul_ps(low, scale)));
    const __m256 rounded_high = _mm256_castsi256_ps(round_lanes_to_bf16(_mm256_mul_ps(high, scale)));
    for (int i = 0; i < kBlock; i += 16) {
      const CodePair codes = unpack_codes(packed + (block * kBlock + i) / 2);
      const __m256i first = _mm256_castps_si256(look_up(rounded_low, rounded_high, codes.first));
      const __m256i second = _mm256_castps_si256(look_up(rounded_low, rounded_high, codes.second));
      // packus works inside 128-bit lanes; the permutation puts the quarters back in order.
      const __m256i both = _mm256_permute4x64_epi64(_mm256_packus_epi32(first, second), 0xD8);
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(weight + block * kBlock + i), both);
    }
  }
  return num_whole * kBlock;
}

#endif

}  // namespace

const float* dynamic_map() { return dynamic8::map(dynamic8::Sign::with); }

INTELIA_VECTORIZED void quantize(const float* weight, std::int64_t n, std::uint8_t* packed, float* absmax) {
  for (std::int64_t start = 0; start < n; start += kBlock) {
    const std::int64_t num = std::min(kBlock, n - start);
    const bool is_short = num < kBlock;
    const float largest = largest_magnitude(weight + start, num);
    const float scale = std::isnan(largest) ? largest : std::max(largest, kSmallestScale);
    const float reciprocal = 1.0f / scale;
    // bitsandbytes stores the raised scale of a short last block, but the true one (0) of a full block, and divides
    // there.
    absmax[start / kBlock] = is_short ? scale : largest;
    float values[kBlock];
    for (std::int64_t i = 0; i < num; ++i)
      values[i] = is_short ? weight[start + i] / scale : weight[start + i] * reciprocal;
    std::int32_t codes[kBlock + 1];
    nearest_codes(values, num, codes);
    codes[num] = kZeroCode;  // the second half of an odd end's byte
    for (std::int64_t i = 0; i < num; i += 2)
      packed[(start + i) / 2] = static_cast<std::uint8_t>(codes[i] << 4 | codes[i + 1]);
  }
}

void quantize_absmax(const float* absmax, std::int64_t num_blocks, float offset, std::uint8_t* codes,
                     float* nested_absmax) {
  float values[kNestedBlock];
  for (std::int64_t start = 0; start < num_blocks; start += kNestedBlock) {
    const std::int64_t num = std::min(kNestedBlock, num_blocks - start);
    for (std::int64_t i = 0; i < num; ++i) values[i] = absmax[start + i] - offset;
    dynamic8::quantize(dynamic8::Sign::with, values, num, codes + start, nested_absmax + start / kNestedBlock);
  }
}

void dequantize_absmax(const std::uint8_t* codes, const float* nested_absmax, const float* map, float offset,
                       std::int64_t num_blocks, float* absmax) {
  for (std::int64_t i = 0; i < num_blocks; ++i) {
    const float scaled = map[codes[i]] * nested_absmax[i / kNestedBlock];
    absmax[i] = scaled + offset;
  }
}

void dequantize(const std::uint8_t* packed, const float* absmax, std::int64_t n, float* weight) {
  std::int64_t done = 0;
#if defined(__x86_64__)
  if (has_avx2()) done = dequantize_avx2(packed, absmax, n, weight);
#endif
  dequantize_blocks(packed, absmax, done, n, weight, [](float value) { return value; });
}

void dequantize_bf16(const std::uint8_t* packed, const float* absmax, std::int64_t n, std::uint16_t* weight) {
  std::int64_t done = 0;
#if defined(__x86_64__)
  if (has_avx2()) done = dequantize_bf16_avx2(packed, absmax, n, weight);
#endif
  dequantize_blocks(packed, absmax, done, n, weight, round_to_bf16);
}

}  // namespace intelia::nf4
