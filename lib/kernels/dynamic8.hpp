// The 8-bit dynamic data type of bitsandbytes 0.50.2 (Dettmers et al. 2022, "8-bit optimizers via block-wise
// quantization"): a map of 256 values of [-1, 1] (signed) or [0, 1] (unsigned), dense near 0, and blocks of 256 values
// scaled by their largest magnitude. Used by NF4's double quantization and the states of 8-bit AdamW. Raw pointers, no
// torch.
#pragma once

#include <cstdint>

namespace intelia::dynamic8 {

inline constexpr std::int64_t kBlock = 256;

enum class Sign { with, without };

inline std::int64_t num_blocks(std::int64_t n) { return (n + kBlock - 1) / kBlock; }

/** create_dynamic_map(signed, 7 exponent bits), sorted ascending: [256]. */
const float* map(Sign sign);

/** codes [n], absmax [num_blocks(n)] of `values` [n], as cquantize_blockwise_cpu_fp32 stores them. A block of zeros has
 * code 0. */
void quantize(Sign sign, const float* values, std::int64_t n, std::uint8_t* codes, float* absmax);

/** values[i] = map[codes[i]]·absmax[i/256], in fp32. */
void dequantize(Sign sign, const std::uint8_t* codes, const float* absmax, std::int64_t n, float* values);

}  // namespace intelia::dynamic8
