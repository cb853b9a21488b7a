// Llama 1, 2, 3, 3.1, 3.2 and CodeLlama (Touvron et al. 2023; Grattafiori et al. 2024).
#include "model/families/family.hpp"

namespace intelia {

const Family llama_family{
    .model_type = "llama",
    .architecture = "LlamaForCausalLM",
    .bos_ids = {1},
    .eos_ids = {2},
    .read =
        [](const ConfigSection& top, ModelConfig& config) {
          config.has_qkv_bias = config.has_output_bias = top.flag("attention_bias", false);
          config.has_mlp_bias = top.flag("mlp_bias", false);
        },
    .write =
        [](const ModelConfig& config, Json& document) {
          document["attention_bias"] = config.has_qkv_bias;
          document["mlp_bias"] = config.has_mlp_bias;
        },
};

}  // namespace intelia
