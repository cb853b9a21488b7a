// From a model folder to a decoder in memory: tensors by mmap, quantized on the way when asked.
#pragma once

#include "base/sinks.hpp"
#include "model/safetensors.hpp"
#include "nn/decoder.hpp"
#include "nn/packed_weight.hpp"

namespace intelia::nn {

/**
 * Loads settings.model. With Method::qlora the seven linear layers of each block are rounded to NF4 with double
 * quantization; they are then held unpacked (the same values, in the computing precision) where memory allows, else
 * packed. A folder that stores them in NF4 is taken as it is, whether the method is qlora or lora. With Method::full
 * every weight is an fp32 parameter that asks for its gradient.
 */
Decoder load_model(const ModelSettings& settings, Sinks sinks);

/** What load_model would make, in tensors of device meta, which have shapes and no data: no weight is read. */
Decoder outline_model(const ModelSettings& settings, Sinks sinks);

/** Every weight by its name in the file; what is trained in Method::full. */
std::vector<std::pair<std::string, Tensor*>> named_weights(Decoder& model);

/** The values of tensor `name` as a tensor of its own type and shape (copied). Error{input} when they are no
 * floating-point numbers. */
Tensor to_tensor(const TensorView& view, const std::string& name);

}  // namespace intelia::nn
