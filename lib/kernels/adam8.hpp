// AdamW (Loshchilov and Hutter 2019) with states of 8 bits as bitsandbytes 0.50.2 keeps them: both averages in dynamic
// 8-bit blocks of 256 values, the first with sign, the second without; tensors of few elements keep fp32 states. Its
// arithmetic in its order, so that states and parameters have its bits (optimizer_update_8bit_blockwise, _32bit on the
// CPU). No torch.
#pragma once

#include <cstdint>

#include "kernels/dynamic8.hpp"

namespace intelia::adam8 {

inline constexpr std::int64_t kBlock = dynamic8::kBlock;
inline constexpr std::int64_t kFewestElements = 4096;  // smaller tensors keep fp32 states
inline constexpr double kBeta1 = 0.9, kBeta2 = 0.999, kEpsilon = 1e-8;

/** What is the same for all elements of a tensor in one update. */
struct Step {
  double learning_rate = 0;
  double weight_decay = 0;     // decoupled
  std::int64_t num_steps = 1;  // this one included
};

/** exp_avg and exp_avg_sq in 8 bits: codes [n], absmax [dynamic8::num_blocks(n)]. All zero before the first update. */
struct States {
  std::uint8_t* average_codes;
  std::uint8_t* square_codes;
  float* average_absmax;
  float* square_absmax;
};

/** One update of `parameter` [n] from `gradient` [n]. Blocks do not see each other: a tensor may be cut at multiples of
 * kBlock. */
void update(const Step& step, const float* gradient, std::int64_t n, float* parameter, const States& states);

/** The same with fp32 states, average [n] and square [n], in the other order of operations that the peer has there. */
void update_fp32(const Step& step, const float* gradient, std::int64_t n, float* parameter, float* average,
                 float* square);

}  // namespace intelia::adam8
