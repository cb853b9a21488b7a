// The parameters of rotary position embeddings (Su et al. 2021) and of their extensions to longer contexts, from
// config.json. lib/nn/rope computes the angles.
#pragma once

#include <cstdint>
#include <vector>

#include "record/json_fwd.hpp"

namespace intelia {

enum class RopeType {
  standard,  // "default"
  linear,    // every frequency divided by factor
  dynamic,   // theta grows with the length of each sequence beyond the original positions ("dynamic NTK")
  llama3,    // low frequencies divided by factor, high ones unchanged, a ramp in between (Llama 3.1)
  yarn,      // Peng et al. 2023: a ramp by number of rotations, and an attention factor (Qwen 2.5 and 3)
  longrope,  // Ding et al. 2024: one divisor per frequency, different ones for long sequences (Phi-3)
};

struct Rope {
  RopeType type = RopeType::standard;
  double theta = 10000;
  std::int64_t size = 0;  // elements of a head that are rotated: head_dim, or a part of it (Phi-4-mini)
  double factor = 1;
  std::int64_t original_positions = 0;               // context of pretraining: dynamic, llama3, yarn, longrope
  double low_freq_factor = 1, high_freq_factor = 4;  // llama3
  double beta_fast = 32, beta_slow = 1;              // yarn
  bool truncates = true;                             // yarn: rounds the ends of the ramp
  double attention_factor = 1;                       // multiplies cosine and sine: yarn, longrope
  std::vector<double> short_factor, long_factor;     // longrope: [size / 2]
};

struct ConfigSection;
struct ModelConfig;

/** Reads rope_parameters (transformers 5), or rope_scaling and rope_theta (transformers 4); the sizes of `config` are
    set already. Error{input} for an unsupported type. */
Rope read_rope(const ConfigSection& top, const ModelConfig& config);

/** The object rope_scaling (null for the standard type), as transformers of both forms reads it. */
Json rope_scaling_json(const Rope& rope);

}  // namespace intelia
