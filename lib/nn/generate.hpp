// Generation with continuous batching: a sequence that ends makes room for the next one, and the cache of keys and
// values grows and shrinks in blocks with the sequences that are open.
#pragma once

#include <span>

#include "base/sinks.hpp"
#include "engine/engine.hpp"
#include "nn/block_pool.hpp"
#include "nn/decoder.hpp"

namespace intelia::nn {

/** The cache of keys and values, and the sequence in it that a later call may continue. */
struct KeptSequence {
  explicit KeptSequence(const Decoder& model) : pool(model, cache) {}

  KvCache cache;
  BlockPool pool;
  std::vector<std::int32_t> tokens;  // whose keys and values are in `blocks`
  std::vector<std::int32_t> blocks;
  bool uses_adapter = false;
};

/** See LoadedModel::generate. Each request draws from its own random stream, which depends on the seed, the prompt and
   the sample number. With `kept` a prompt that begins as the sequence in it is read from the block on in which they
   differ, and the answer that ends last takes its place: the ids are the same as without. */
void generate(const Decoder& model, GenerationClient& client, const SamplingSettings& sampling, int batch_size,
              const StopFlag& stop, KeptSequence* kept = nullptr);

/** The answers to `requests` as one batch, with or without the adapter. */
std::vector<GeneratedTokens> generate(const Decoder& model, std::span<const GenerationRequest> requests,
                                      const SamplingSettings& sampling, bool uses_adapter, const StopFlag& stop);

}  // namespace intelia::nn
