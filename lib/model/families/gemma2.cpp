// Gemma 2 (Gemma Team 2024): norms of outputs, weights of norms stored minus one, scaled embeddings, capped scores and
// logits, a window in every second layer.
#include <cmath>

#include "model/families/family.hpp"

namespace intelia {

const Family gemma2_family{
    .model_type = "gemma2",
    .architecture = "Gemma2ForCausalLM",
    .max_positions = 8192,
    .kv_heads = 4,
    .head_dim = 256,
    .ties_embeddings = true,
    .bos_ids = {2},
    .eos_ids = {1},
    .activation_key = "hidden_activation",
    .activation = "gelu_pytorch_tanh",
    .read =
        [](const ConfigSection& top, ModelConfig& config) {
          if (top.flag("use_bidirectional_attention", false))
            top.refuse("use_bidirectional_attention", "is true; only causal attention is supported");
          config.has_qkv_bias = config.has_output_bias = top.flag("attention_bias", false);
          config.has_output_norms = true;
          config.norm_offset = 1;
          config.embedding_scale = std::sqrt(static_cast<double>(config.hidden_size));
          config.attention_scale = 1 / std::sqrt(top.number("query_pre_attn_scalar", 0, 1e9).value_or(256));
          const auto cap = [&](const char* key, double fallback) {
            return top.number(key, 0, 1e9).value_or(top.says(key) ? 0 : fallback);
          };
          config.attention_softcap = cap("attn_logit_softcapping", 50);
          config.logit_softcap = cap("final_logit_softcapping", 30);
          config.sliding_window =
              top.integer("sliding_window", 1, 1LL << 40).value_or(top.says("sliding_window") ? 0 : 4096);
          config.is_windowed = read_layer_types(top, config, [](std::int64_t layer) { return layer % 2 == 0; });
        },
    .write =
        [](const ModelConfig& config, Json& document) {
          const auto cap = [](double value) { return value > 0 ? Json(value) : Json(nullptr); };
          document["attention_bias"] = config.has_qkv_bias;
          document["query_pre_attn_scalar"] = std::round(1 / (config.attention_scale * config.attention_scale));
          document["attn_logit_softcapping"] = cap(config.attention_softcap);
          document["final_logit_softcapping"] = cap(config.logit_softcap);
          document["sliding_window"] = config.sliding_window > 0 ? Json(config.sliding_window) : Json(nullptr);
          document["layer_types"] = layer_types_json(config);
        },
};

}  // namespace intelia
