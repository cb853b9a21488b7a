// Dropout whose mask is a hash of seed and element index, so that it is never stored and is the same on every machine.
// Raw pointers, no threads. Numbers are Bf16, float or double.
#pragma once

#include "kernels/number.hpp"

namespace intelia::kernels {

/** Elements are masked in runs of this length: ranges begin at its multiples. */
inline constexpr std::int64_t kMaskRun = 32;

struct Mask {
  double p;  // probability of zero, in steps of 2⁻¹⁶
  std::uint64_t seed;
};

/** out[i] = x[i]·mask/(1 − p) for begin <= i < end, `begin` a multiple of kMaskRun. */
void drop(const Mask& mask, std::int64_t begin, std::int64_t end, const float* x, float* out);
void drop(const Mask& mask, std::int64_t begin, std::int64_t end, const Bf16* x, Bf16* out);
void drop(const Mask& mask, std::int64_t begin, std::int64_t end, const double* x, double* out);

/** The same, added to `out`. */
void add_dropped(const Mask& mask, std::int64_t begin, std::int64_t end, const float* x, float* out);
void add_dropped(const Mask& mask, std::int64_t begin, std::int64_t end, const Bf16* x, Bf16* out);
void add_dropped(const Mask& mask, std::int64_t begin, std::int64_t end, const double* x, double* out);

}  // namespace intelia::kernels
