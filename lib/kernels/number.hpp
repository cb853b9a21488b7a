// What the CPU kernels share: types of storage and of computation, and reductions over sixteen lanes. The lanes are the
// same whatever the register width, and products and sums are never contracted (CMakeLists.txt), so that every
// processor computes the same bits.
#pragma once

#include <bit>
#include <cstdint>
#include <type_traits>

namespace intelia::kernels {

// Compiled once per register width; the dynamic linker chooses one, before the thread sanitizer has started.
#if defined(__x86_64__) && !defined(__clang__) && !defined(__SANITIZE_THREAD__)
#define INTELIA_VECTORIZED __attribute__((target_clones("arch=x86-64-v4", "avx2", "default")))
#else
#define INTELIA_VECTORIZED
#endif
#define INTELIA_INLINE __attribute__((always_inline))

/** A kernel's entry points: ENTRY(type of numbers, type computed with) for each type. */
#define INTELIA_FOR_EACH_NUMBER(ENTRY) \
  ENTRY(float, float)                  \
  ENTRY(Bf16, float)                   \
  ENTRY(double, double)

/** bfloat16: the upper half of an fp32. */
struct Bf16 {
  std::uint16_t bits;
};

/** The type of computation: fp64 for fp64, else fp32. */
template <class T>
using Wide = std::conditional_t<std::is_same_v<T, double>, double, float>;

INTELIA_INLINE inline float widen(Bf16 x) { return std::bit_cast<float>(std::uint32_t{x.bits} << 16); }
INTELIA_INLINE inline float widen(float x) { return x; }
INTELIA_INLINE inline double widen(double x) { return x; }

/** Rounded to nearest even; c10::BFloat16's own conversion keeps loops from being vectorized. */
template <class T>
INTELIA_INLINE inline T narrow(Wide<T> x) {
  if constexpr (std::is_same_v<T, Bf16>) {
    const auto bits = std::bit_cast<std::uint32_t>(x);
    const std::uint32_t rounded = (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
    return {static_cast<std::uint16_t>(x == x ? rounded : 0x7fc0)};
  } else {
    return x;
  }
}

/** The value of an IEEE half-precision number. */
inline float half_value(std::uint16_t bits) {
  const std::uint32_t sign = static_cast<std::uint32_t>(bits & 0x8000u) << 16;
  const std::uint32_t exponent = (bits >> 10) & 31u;
  const std::uint32_t fraction = bits & 1023u;
  if (exponent == 31) return std::bit_cast<float>(sign | 0x7F800000u | fraction << 13);
  if (exponent != 0) return std::bit_cast<float>(sign | (exponent + 112) << 23 | fraction << 13);
  const float magnitude = static_cast<float>(fraction) * 0x1p-24f;
  return std::bit_cast<float>(sign | std::bit_cast<std::uint32_t>(magnitude));
}

/** The half-precision number nearest to `value`, ties to even. */
inline std::uint16_t half_bits(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const auto sign = static_cast<std::uint16_t>((bits >> 16) & 0x8000u);
  const std::uint32_t magnitude = bits & 0x7FFFFFFFu;
  if (magnitude > 0x7F800000u) return sign | 0x7E00u;
  if (magnitude >= 0x477FF000u) return sign | 0x7C00u;  // 65520 and above round to infinity
  if (magnitude < 0x38800000u) {
    // Below 2^-14 the spacing is 2^-24; adding 0.5, whose spacing is 2^-24, rounds to it.
    const float shifted = std::bit_cast<float>(magnitude) + 0.5f;
    return static_cast<std::uint16_t>(sign | (std::bit_cast<std::uint32_t>(shifted) - 0x3F000000u));
  }
  const std::uint32_t rounded = magnitude + 0xFFFu + ((magnitude >> 13) & 1u);
  return static_cast<std::uint16_t>(sign | ((rounded - (112u << 23)) >> 13));
}

/** e^x within 2 ulp for −87 <= x <= 88; just below that range 0, just above it infinity. Cephes' polynomial (Moshier),
   which, unlike the library's function, can be vectorized. */
INTELIA_INLINE inline float exponential(float x) {
  x = x < -88.0f ? -88.0f : x > 89.0f ? 89.0f : x;
  const float magic = 12582912.0f;  // 1.5·2²³: adding it rounds to an integer
  const float n = (x * 1.44269504088896341f + magic) - magic;
  const float r = (x - n * 0.693359375f) - n * -2.12194440e-4f;  // x − n·ln 2, in two parts
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  // 2ⁿ by its exponent's bits: n = −127 gives 0 and 128 gives infinity.
  const float scale = std::bit_cast<float>((static_cast<std::int32_t>(n) + 127) << 23);
  return (p * r * r + r + 1.0f) * scale;
}
INTELIA_INLINE inline double exponential(double x) { return __builtin_exp(x); }

inline constexpr int kLanes = 16;

/** join(…join(start, term(0))…, term(n − 1)) in sixteen lanes. */
template <class W, class Term, class Join>
INTELIA_INLINE inline W reduce(std::int64_t n, W start, Term term, Join join) {
  W lane[kLanes];
  for (int l = 0; l < kLanes; ++l) lane[l] = start;
  std::int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes)
    for (int l = 0; l < kLanes; ++l) lane[l] = join(lane[l], term(i + l));
  for (int l = 0; i + l < n; ++l) lane[l] = join(lane[l], term(i + l));
  for (int width = kLanes / 2; width > 0; width /= 2)
    for (int l = 0; l < width; ++l) lane[l] = join(lane[l], lane[l + width]);
  return lane[0];
}

template <class W, class Term>
INTELIA_INLINE inline W sum(std::int64_t n, Term term) {
  return reduce(n, W{0}, term, [](W a, W b) INTELIA_INLINE { return a + b; });
}

}  // namespace intelia::kernels
