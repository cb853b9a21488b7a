// NF4 weights: made from dense ones as bitsandbytes makes them, or taken from a folder that stores them.
#pragma once

#include "model/quantized.hpp"
#include "nn/functions.hpp"

namespace intelia::nn {

/** The packed form of `weight` [out, in] (fp32, CPU), as bitsandbytes makes it on a CPU with one torch thread.
   `is_nested`: with double quantization. Of a weight without data (device meta): that form's shapes. */
PackedWeight pack(const Tensor& weight, bool is_nested = true);

/** The packed form that a folder holds of a weight [out, in] = `shape`: the file's numbers, copied, on the CPU. */
PackedWeight to_packed(const QuantizedView& view, const std::vector<std::int64_t>& shape);

PackedWeight to_device(PackedWeight weight, const at::Device& device);

}  // namespace intelia::nn
