// NF4 weights (Dettmers et al. 2023): 4-bit codes and scales, quantized and dequantized as bitsandbytes does.
#pragma once

#include "nn/shapes.hpp"

namespace intelia::nn {

/** A 4-bit weight as bitsandbytes stores it, on the device. Its scales are fp32, or quantized in turn. */
struct Nf4Weight {
  Tensor codes;          // [(out·in + 1) / 2] uint8
  Tensor absmax;         // [blocks] fp32, or undefined when the four below hold the scales
  Tensor absmax_codes;   // [blocks] uint8
  Tensor nested_absmax;  // [blocks / 256] fp32
  Tensor map;            // [256] fp32: the dynamic map that absmax_codes index
  float offset = 0;
  std::int64_t out_features = 0, in_features = 0;
};

/** Quantizes `weight` [out, in] (fp32, CPU) with the bits of bitsandbytes on a CPU with one torch thread. `is_nested`:
   with double quantization. Of a meta tensor: its shapes. */
Nf4Weight quantize_nf4(const Tensor& weight, bool is_nested = true);

/** The weight's values, [out, in] in `dtype`. */
Tensor dequantize(const Nf4Weight& weight, at::ScalarType dtype);

/** The same in libtorch operations, whatever the device. */
Tensor dequantize_composed(const Nf4Weight& weight, at::ScalarType dtype);

Nf4Weight to_device(Nf4Weight weight, const at::Device& device);

}  // namespace intelia::nn
