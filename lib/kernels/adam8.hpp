// AdamW (Loshchilov and Hutter 2019) with 8-bit states as in bitsandbytes 0.50.2: both averages in dynamic 8-bit blocks
// of 256 values, the first signed, the second unsigned; small tensors keep fp32 states. The arithmetic has its order,
// so that states and parameters have its bits (optimizer_update_8bit_blockwise, _32bit on the CPU). No torch.
#pragma once

#include <cstdint>

#include "kernels/dynamic8.hpp"

namespace intelia::adam8 {

inline constexpr std::int64_t kBlock = dynamic8::kBlock;
inline constexpr std::int64_t kFewestElements = 4096;  // smaller tensors keep fp32 states
inline constexpr double kBeta1 = 0.9, kBeta2 = 0.999, kEpsilon = 1e-8;

/** Hyperparameters of one optimizer step. */
struct Step {
  double learning_rate = 0;
  double weight_decay = 0;     // decoupled
  std::int64_t num_steps = 1;  // this one included
};

/** The numbers of a step that its arithmetic uses: computed in double, as in Python, then rounded to fp32. */
struct Factors {
  float beta1, new1;  // β1, 1 − β1
  float beta2, new2;
  float decay;  // of the parameter
  // With 8-bit states: parameter = decay·parameter + rate·average / (√square / correction2 + epsilon).
  float rate, correction2, epsilon;
  // With fp32 states: parameter = decay·parameter + rate_fp32·(average / (√square + epsilon_fp32)).
  float rate_fp32, epsilon_fp32;
};
Factors factors(const Step& step);

/** exp_avg and exp_avg_sq in 8 bits: codes [n], absmax [dynamic8::num_blocks(n)]. All zero before the first step. */
struct States {
  std::uint8_t* average_codes;
  std::uint8_t* square_codes;
  float* average_absmax;
  float* square_absmax;
};

/** Updates `parameter` [n] from `gradient` [n]. Blocks are independent: a tensor may be split at multiples of kBlock.
 */
void update(const Step& step, const float* gradient, std::int64_t n, float* parameter, const States& states);

/** The same with fp32 states, average [n] and square [n], in the different order of operations of bitsandbytes there.
 */
void update_fp32(const Step& step, const float* gradient, std::int64_t n, float* parameter, float* average,
                 float* square);

}  // namespace intelia::adam8
