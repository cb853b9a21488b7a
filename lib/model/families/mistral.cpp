// Mistral 7B and its successors of the same block (Jiang et al. 2023): a window in every layer, biases never.
#include "model/families/family.hpp"

namespace intelia {

const Family mistral_family{
    .model_type = "mistral",
    .architecture = "MistralForCausalLM",
    .max_positions = 131072,
    .kv_heads = 8,
    .bos_ids = {1},
    .eos_ids = {2},
    .read =
        [](const ConfigSection& top, ModelConfig& config) {
          config.sliding_window =
              top.integer("sliding_window", 1, 1LL << 40).value_or(top.says("sliding_window") ? 0 : 4096);
        },
    .write =
        [](const ModelConfig& config, Json& document) {
          document["sliding_window"] = config.sliding_window > 0 ? Json(config.sliding_window) : Json(nullptr);
        },
};

}  // namespace intelia
