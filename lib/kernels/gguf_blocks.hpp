// The quantized blocks of GGUF files, with the bits of llama.cpp's reference quantizers (ggml-quants.c, llama.cpp of
// llama-cpp-python 0.3.36, quantize_row_*_ref). Raw pointers, no threads; nothing is known of tensors or files.
#pragma once

#include <cstdint>

namespace intelia::gguf {

inline constexpr std::int64_t kBlock = 32;        // weights of a block of q4_0, q5_0, q5_1 and q8_0
inline constexpr std::int64_t kSuperBlock = 256;  // of q4_k, q5_k and q6_k

// Quantize `n` finite numbers, a multiple of the block, into consecutive blocks at `out`.
void quantize_q4_0(const float* x, std::int64_t n, std::uint8_t* out);  // 18 bytes a block: scale, 4-bit codes
void quantize_q5_0(const float* x, std::int64_t n, std::uint8_t* out);  // 22: scale, fifth bits, 4-bit codes
void quantize_q5_1(const float* x, std::int64_t n, std::uint8_t* out);  // 24: scale, minimum, fifth bits, codes
void quantize_q8_0(const float* x, std::int64_t n, std::uint8_t* out);  // 34: scale, 8-bit codes
void quantize_q4_k(const float* x, std::int64_t n,
                   std::uint8_t* out);  // 144: two scales, 8 scales and minima of 6 bits
void quantize_q5_k(const float* x, std::int64_t n, std::uint8_t* out);  // 176: the same, fifth bits
void quantize_q6_k(const float* x, std::int64_t n, std::uint8_t* out);  // 210: codes, 16 scales of 8 bits, scale

}  // namespace intelia::gguf
