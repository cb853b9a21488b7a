// 8-bit AdamW on the CPU: the states of a block are dequantized, updated in fp32, and quantized again. Raw pointers
// only. bitsandbytes is written in operations of torch, which fuse some products with sums and round others; so does
// this.
#include <algorithm>
#include <cmath>

#include "kernels/adam8.hpp"

namespace intelia::adam8 {

namespace {

/** average = β1·average + (1 − β1)·g, square = β2·square + (1 − β2)·g². */
inline __attribute__((always_inline)) void advance(const Factors& f, float g, float& average, float& square) {
  average = __builtin_fmaf(g, f.new1, average * f.beta1);
  square = __builtin_fmaf(f.new2 * g, g, square * f.beta2);
}

inline __attribute__((always_inline)) void update_any(const Factors& f, const float* gradient, std::int64_t n,
                                                      float* parameter, float* average, float* square) {
  for (std::int64_t i = 0; i < n; ++i) {
    advance(f, gradient[i], average[i], square[i]);
    const float denominator = std::sqrt(square[i]) / f.correction2 + f.epsilon;
    parameter[i] = parameter[i] * f.decay + f.rate * average[i] / denominator;
  }
}

inline __attribute__((always_inline)) void update_fp32_any(const Factors& f, const float* gradient, std::int64_t n,
                                                           float* parameter, float* average, float* square) {
  for (std::int64_t i = 0; i < n; ++i) {
    advance(f, gradient[i], average[i], square[i]);
    const float change = average[i] / (std::sqrt(square[i]) + f.epsilon_fp32);
    parameter[i] = __builtin_fmaf(change, f.rate_fp32, parameter[i] * f.decay);
  }
}

#if defined(__x86_64__)

bool has_fma() {
  static const bool value = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  return value;
}

__attribute__((target("avx2,fma"))) void update_fma(const Factors& f, const float* gradient, std::int64_t n,
                                                    float* parameter, float* average, float* square) {
  update_any(f, gradient, n, parameter, average, square);
}

__attribute__((target("avx2,fma"))) void update_fp32_fma(const Factors& f, const float* gradient, std::int64_t n,
                                                         float* parameter, float* average, float* square) {
  update_fp32_any(f, gradient, n, parameter, average, square);
}

#else

// On other processors the compiler fuses the code above.
bool has_fma() { return false; }
constexpr auto update_fma = update_any;
constexpr auto update_fp32_fma = update_fp32_any;

#endif

}  // namespace

Factors factors(const Step& step) {
  const auto num_steps = static_cast<double>(step.num_steps);
  const double correction1 = 1 - std::pow(kBeta1, num_steps), correction2 = std::sqrt(1 - std::pow(kBeta2, num_steps));
  Factors f{};
  f.beta1 = static_cast<float>(kBeta1);
  f.new1 = static_cast<float>(1 - kBeta1);
  f.beta2 = static_cast<float>(kBeta2);
  f.new2 = static_cast<float>(1 - kBeta2);
  f.decay = static_cast<float>(1 - step.learning_rate * step.weight_decay);
  f.rate = static_cast<float>(-step.learning_rate / correction1);
  f.correction2 = static_cast<float>(correction2);
  f.epsilon = static_cast<float>(kEpsilon);
  f.rate_fp32 = static_cast<float>(-step.learning_rate * correction2 / correction1);
  f.epsilon_fp32 = static_cast<float>(kEpsilon * correction2);
  return f;
}

void update(const Step& step, const float* gradient, std::int64_t n, float* parameter, const States& states) {
  using dynamic8::Sign;
  const Factors f = factors(step);
  float average[kBlock], square[kBlock];
  for (std::int64_t start = 0; start < n; start += kBlock) {
    const std::int64_t num = std::min(kBlock, n - start), block = start / kBlock;
    std::uint8_t *average_codes = states.average_codes + start, *square_codes = states.square_codes + start;
    dynamic8::dequantize(Sign::with, average_codes, states.average_absmax + block, num, average);
    dynamic8::dequantize(Sign::without, square_codes, states.square_absmax + block, num, square);
    (has_fma() ? update_fma : update_any)(f, gradient + start, num, parameter + start, average, square);
    dynamic8::quantize(Sign::with, average, num, average_codes, states.average_absmax + block);
    dynamic8::quantize(Sign::without, square, num, square_codes, states.square_absmax + block);
  }
}

void update_fp32(const Step& step, const float* gradient, std::int64_t n, float* parameter, float* average,
                 float* square) {
  (has_fma() ? update_fp32_fma : update_fp32_any)(factors(step), gradient, n, parameter, average, square);
}

}  // namespace intelia::adam8
