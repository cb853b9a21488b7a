// Phi-3, Phi-3.5-mini and Phi-4-mini (Abdin et al. 2024): joint projections, longrope, perhaps a window.
#include "model/families/family.hpp"

namespace intelia {

const Family phi3_family{
    .model_type = "phi3",
    .architecture = "Phi3ForCausalLM",
    .max_positions = 4096,
    .rms_norm_eps = 1e-5,
    .bos_ids = {1},
    .eos_ids = {32000},
    .read =
        [](const ConfigSection& top, ModelConfig& config) {
          for (const char* dropout : {"resid_pdrop", "embd_pdrop"})
            if (const Json* value = top.find(dropout); value != nullptr && *value != 0)
              top.refuse(dropout, "is " + shown(*value) + "; only 0 is supported");
          config.has_joint_projections = true;
          config.sliding_window = top.integer("sliding_window", 1, 1LL << 40).value_or(0);
        },
    .write =
        [](const ModelConfig& config, Json& document) {
          document["sliding_window"] = config.sliding_window > 0 ? Json(config.sliding_window) : Json(nullptr);
          if (config.rope.original_positions > 0)
            document["original_max_position_embeddings"] = config.rope.original_positions;
          document["partial_rotary_factor"] =
              static_cast<double>(config.rope.size) / static_cast<double>(config.head_dim);
        },
};

}  // namespace intelia
