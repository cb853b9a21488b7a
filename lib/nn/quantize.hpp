// Writes the weights of a dense model folder with the linear layers in NF4.
#pragma once

#include <vector>

#include "base/file.hpp"
#include "base/sinks.hpp"
#include "engine/jobs.hpp"

namespace intelia::nn {

/**
 * Writes the safetensors of settings.model into settings.output, linear layers in bitsandbytes' serialized NF4, the
 * rest unchanged: the bytes that transformers and bitsandbytes save from the same folder. The files are closed but not
 * yet committed. One tensor is in memory at a time. Throws Error{input} for a weight that is not finite.
 */
std::vector<AtomicFile> quantize(const QuantizeSettings& settings, Sinks sinks);

}  // namespace intelia::nn
