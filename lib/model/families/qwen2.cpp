// Qwen 2 and 2.5 (Yang et al. 2024): biases on q, k and v alone.
#include "model/families/family.hpp"

namespace intelia {

const Family qwen2_family{
    .model_type = "qwen2",
    .architecture = "Qwen2ForCausalLM",
    .max_positions = 32768,
    .kv_heads = 32,
    .read =
        [](const ConfigSection& top, ModelConfig& config) {
          config.has_qkv_bias = true;
          read_optional_window(top, config);
        },
    .write = write_optional_window,
};

}  // namespace intelia
