// NF4 with double quantization as bitsandbytes 0.50.2 stores it (Dettmers et al. 2023, QLoRA). Raw pointers, no torch.
// A weight of n elements, row-major flat, in blocks of 64: 4-bit codes, two per byte (even element in the high half);
// one absmax per block; the absmax values, less their mean, in blocks of 256 as 8-bit codes of the signed dynamic map.
#pragma once

#include <cstdint>

namespace intelia::nf4 {

inline constexpr std::int64_t kBlock = 64;
inline constexpr std::int64_t kNestedBlock = 256;

inline std::int64_t num_packed_bytes(std::int64_t n) { return (n + 1) / 2; }
inline std::int64_t num_blocks(std::int64_t n) { return (n + kBlock - 1) / kBlock; }
inline std::int64_t num_nested_blocks(std::int64_t n) { return (num_blocks(n) + kNestedBlock - 1) / kNestedBlock; }

/** Dettmers et al. 2023, appendix E: quantiles of the normal distribution, scaled to [-1, 1]. */
inline constexpr float kCodebook[16] = {-1.0f,
                                        -0.6961928009986877f,
                                        -0.5250730514526367f,
                                        -0.39491748809814453f,
                                        -0.28444138169288635f,
                                        -0.18477343022823334f,
                                        -0.09105003625154495f,
                                        0.0f,
                                        0.07958029955625534f,
                                        0.16093020141124725f,
                                        0.24611230194568634f,
                                        0.33791524171829224f,
                                        0.44070982933044434f,
                                        0.5626170039176941f,
                                        0.7229568362236023f,
                                        1.0f};

/** Midpoint of the codebook entries `index` and `index` + 1, rounded to fp32: the code is above `index` above it. */
constexpr float threshold(int index) { return (kCodebook[index] + kCodebook[index + 1]) / 2; }

/** The signed 8-bit dynamic map (create_dynamic_map, 7 exponent bits), sorted ascending. */
const float* dynamic_map();  // [256]

/** packed [num_packed_bytes(n)], absmax [num_blocks(n)]. */
void quantize(const float* weight, std::int64_t n, std::uint8_t* packed, float* absmax);

/** Second quantization: codes [num_blocks], nested_absmax [num_nested_blocks]; `offset` = mean(absmax), an argument
    because torch's mean has its own order of rounding. `num_blocks` is the number of absmax values. */
void quantize_absmax(const float* absmax, std::int64_t num_blocks, float offset, std::uint8_t* codes,
                     float* nested_absmax);

/** absmax[i] = map[codes[i]]·nested_absmax[i/256] + offset, in fp32. `map` [256]: dynamic_map(), or that of a file. */
void dequantize_absmax(const std::uint8_t* codes, const float* nested_absmax, const float* map, float offset,
                       std::int64_t num_blocks, float* absmax);

/** weight[i] = kCodebook[code]·absmax[block], in fp32. */
void dequantize(const std::uint8_t* packed, const float* absmax, std::int64_t n, float* weight);

/** The same, rounded to bf16 (nearest even). */
void dequantize_bf16(const std::uint8_t* packed, const float* absmax, std::int64_t n, std::uint16_t* weight);

}  // namespace intelia::nf4
