// Loads a model folder into a decoder: tensors by mmap, quantized on the way when asked.
#pragma once

#include "base/sinks.hpp"
#include "model/safetensors.hpp"
#include "nn/decoder.hpp"

namespace intelia::nn {

/**
 * Loads settings.model. With Method::qlora the linear layers of each block are quantized to NF4 with double
 * quantization; they are then held dequantized (the same values, in the type of computation) where memory allows, else
 * as NF4. A folder that stores NF4 is used as it is, whether the method is qlora or lora. With Method::full every
 * weight is an fp32 parameter that requires its gradient.
 */
Decoder load_model(const ModelSettings& settings, Sinks sinks);

/** The result of load_model on device meta, whose tensors have shapes and no data: no weight is read. */
Decoder outline_model(const ModelSettings& settings, Sinks sinks);

/** Every weight by its name in the file: the parameters of Method::full. */
std::vector<std::pair<std::string, Tensor*>> named_weights(Decoder& model);

/** A copy of tensor `name` of a file, in its own type and shape. Error{input} when that is no floating-point type. */
Tensor to_tensor(const TensorView& view, const std::string& name);

}  // namespace intelia::nn
