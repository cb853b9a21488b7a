// Qwen 3, the dense ones (Yang et al. 2025): q and k normalized head by head, heads of 128 whatever the width.
#include "model/families/family.hpp"

namespace intelia {

const Family qwen3_family{
    .model_type = "qwen3",
    .architecture = "Qwen3ForCausalLM",
    .max_positions = 32768,
    .kv_heads = 32,
    .head_dim = 128,
    .read =
        [](const ConfigSection& top, ModelConfig& config) {
          config.has_qkv_bias = config.has_output_bias = top.flag("attention_bias", false);
          config.has_head_norms = true;
          read_optional_window(top, config);
        },
    .write =
        [](const ModelConfig& config, Json& document) {
          document["attention_bias"] = config.has_qkv_bias;
          write_optional_window(config, document);
        },
};

}  // namespace intelia
