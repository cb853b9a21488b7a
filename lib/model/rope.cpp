// The defaults and the arithmetic of attention factors are those of transformers' modeling_rope_utils.py.
#include "model/rope.hpp"

#include <fmt/format.h>

#include <cmath>

#include "model/config.hpp"
#include "model/config_section.hpp"

namespace intelia {

namespace {

constexpr std::int64_t kMaxPosition = 1LL << 40;

constexpr std::pair<const char*, RopeType> kTypes[] = {
    {"default", RopeType::standard}, {"linear", RopeType::linear}, {"dynamic", RopeType::dynamic},
    {"llama3", RopeType::llama3},    {"yarn", RopeType::yarn},     {"longrope", RopeType::longrope}};

RopeType read_type(const ConfigSection& rope, bool is_phi3) {
  const std::string key = rope.find("rope_type") != nullptr ? "rope_type" : "type";
  std::string name = rope.text(key).value_or("default");
  if (is_phi3 && (name == "su" || name == "yarn")) name = "longrope";  // the names of its first releases
  std::string known;
  for (const auto& [type_name, type] : kTypes) {
    if (name == type_name) return type;
    known += (known.empty() ? "" : ", ") + std::string(type_name);
  }
  rope.refuse(key, fmt::format("'{}' is not supported; supported: {}", name, known));
}

/** 0.1·m·ln(scale) + 1: how much attention is sharpened for texts `scale` times longer (Peng et al. 2023). */
double yarn_sharpening(double scale, double m) { return scale <= 1 ? 1 : 0.1 * m * std::log(scale) + 1; }

void read_yarn(const ConfigSection& section, Rope& rope) {
  rope.beta_fast = section.number("beta_fast", 0, 1e9).value_or(32);
  rope.beta_slow = section.number("beta_slow", 0, 1e9).value_or(1);
  rope.truncates = section.flag("truncate", true);
  const auto m = section.number("mscale", -1e-300, 1e9), m_all = section.number("mscale_all_dim", -1e-300, 1e9);
  rope.attention_factor = m.value_or(0) != 0 && m_all.value_or(0) != 0
                              ? yarn_sharpening(rope.factor, *m) / yarn_sharpening(rope.factor, *m_all)
                              : yarn_sharpening(rope.factor, 1);
}

void read_longrope(const ConfigSection& section, Rope& rope) {
  rope.short_factor = section.required_numbers("short_factor", static_cast<std::size_t>(rope.size / 2));
  rope.long_factor = section.required_numbers("long_factor", static_cast<std::size_t>(rope.size / 2));
  rope.attention_factor =
      rope.factor <= 1 ? 1
                       : std::sqrt(1 + std::log(rope.factor) / std::log(static_cast<double>(rope.original_positions)));
}

}  // namespace

Rope read_rope(const ConfigSection& top, const ModelConfig& config) {
  const bool is_phi3 = config.model_type == "phi3";
  Rope rope;
  rope.theta = top.number("rope_theta", 0, 1e15).value_or(rope.theta);
  double rotated = top.number("partial_rotary_factor", 0, 1).value_or(1);
  // Where a folder has both, transformers takes rope_scaling unless it is empty.
  const Json* scaling = top.find("rope_scaling");
  const std::string name = scaling != nullptr && !scaling->empty() ? "rope_scaling" : "rope_parameters";
  const Json none = Json::object();
  const Json* found = top.find(name);
  if (found == nullptr) found = &none;
  if (!found->is_object()) top.refuse(name, fmt::format("is {}; expected an object", shown(*found)));
  const ConfigSection section{*found, top.file, name + "."};
  for (const auto& [key, value] : found->items())
    if (value.is_object()) section.refuse(key, "is an object; parameters by type of layer are not supported");
  rope.theta = section.number("rope_theta", 0, 1e15).value_or(rope.theta);
  rotated = section.number("partial_rotary_factor", 0, 1).value_or(rotated);
  if (rotated != 1 && !is_phi3) {
    const bool is_inside = section.find("partial_rotary_factor") != nullptr;
    (is_inside ? section : top).refuse("partial_rotary_factor", "other than 1 is not supported in this family");
  }
  rope.size = static_cast<std::int64_t>(static_cast<double>(config.head_dim) * rotated);
  if (rope.size < 2 || rope.size % 2 != 0)
    top.refuse("partial_rotary_factor",
               fmt::format("rotates {} elements of a head; expected an even number", rope.size));
  rope.type = read_type(section, is_phi3);
  if (rope.type == RopeType::standard) return rope;
  if (rope.type == RopeType::dynamic) {
    if (rope.size == 2) section.refuse("rope_type", "'dynamic' needs heads of more than 2 rotated elements");
    rope.original_positions = config.max_position_embeddings;  // independent of the object, as in transformers
  }
  if (rope.type == RopeType::llama3 || rope.type == RopeType::yarn || rope.type == RopeType::longrope) {
    // Phi-3 has it outside the object, where it takes precedence.
    const auto beside = top.integer("original_max_position_embeddings", 2, kMaxPosition);
    const auto inside = section.integer("original_max_position_embeddings", 2, kMaxPosition);
    rope.original_positions = beside ? *beside : is_phi3 ? 4096 : inside.value_or(config.max_position_embeddings);
  }
  const auto factor = section.number("factor", 0, 1e9);
  const bool follows_lengths = rope.type == RopeType::yarn || rope.type == RopeType::longrope;
  if (!factor && !follows_lengths) section.refuse("factor", "is missing");
  rope.factor = factor.value_or(static_cast<double>(config.max_position_embeddings) /
                                static_cast<double>(std::max<std::int64_t>(1, rope.original_positions)));
  if (rope.type == RopeType::yarn) read_yarn(section, rope);
  if (rope.type == RopeType::longrope) read_longrope(section, rope);
  if (follows_lengths)
    rope.attention_factor = section.number("attention_factor", 0, 1e9).value_or(rope.attention_factor);
  if (rope.type == RopeType::llama3) {
    rope.low_freq_factor = section.required_number("low_freq_factor", 0, 1e9);
    rope.high_freq_factor = section.required_number("high_freq_factor", 0, 1e9);
    if (rope.high_freq_factor <= rope.low_freq_factor)
      section.refuse("high_freq_factor", fmt::format("is {}; expected more than low_freq_factor, {}",
                                                     rope.high_freq_factor, rope.low_freq_factor));
  }
  return rope;
}

Json rope_scaling_json(const Rope& rope) {
  if (rope.type == RopeType::standard) return nullptr;
  Json scaling = {{"factor", rope.factor}};
  for (const auto& [name, type] : kTypes)
    if (type == rope.type) scaling["rope_type"] = name;
  if (rope.original_positions > 0 && rope.type != RopeType::dynamic)
    scaling["original_max_position_embeddings"] = rope.original_positions;
  if (rope.type == RopeType::llama3) {
    scaling["low_freq_factor"] = rope.low_freq_factor;
    scaling["high_freq_factor"] = rope.high_freq_factor;
  }
  if (rope.type == RopeType::yarn) {
    scaling["beta_fast"] = rope.beta_fast;
    scaling["beta_slow"] = rope.beta_slow;
    scaling["truncate"] = rope.truncates;
  }
  if (rope.type == RopeType::longrope) {
    scaling["short_factor"] = rope.short_factor;
    scaling["long_factor"] = rope.long_factor;
  }
  if (rope.type == RopeType::yarn || rope.type == RopeType::longrope)
    scaling["attention_factor"] = rope.attention_factor;
  return scaling;
}

}  // namespace intelia
