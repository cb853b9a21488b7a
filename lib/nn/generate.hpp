// Generation with continuous batching: a sequence that ends makes room for the next one, and the cache of keys and
// values grows and shrinks in blocks with the sequences that are open.
#pragma once

#include <span>

#include "base/sinks.hpp"
#include "engine/engine.hpp"
#include "nn/decoder.hpp"

namespace intelia::nn {

/** See LoadedModel::generate. Each request draws from its own random stream, which depends on the seed, the prompt and
   the sample number. */
void generate(const Decoder& model, GenerationClient& client, const SamplingSettings& sampling, int batch_size,
              const StopFlag& stop);

/** The answers to `requests` as one batch, with or without the adapter. */
std::vector<GeneratedTokens> generate(const Decoder& model, std::span<const GenerationRequest> requests,
                                      const SamplingSettings& sampling, bool uses_adapter, const StopFlag& stop);

}  // namespace intelia::nn
