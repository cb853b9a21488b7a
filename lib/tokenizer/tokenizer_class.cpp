// See tokenizer_class.hpp. References in transformers 5.23: models/auto/tokenization_auto.py
// (AutoTokenizer.from_pretrained, TOKENIZER_MAPPING_NAMES, MODELS_WITH_INCORRECT_HUB_TOKENIZER_CLASS) and
// models/*/tokenization_*.py. Model types of other modalities are left out of the tables.
#include "tokenizer/tokenizer_class.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>

#include "base/error.hpp"
#include "base/folder_member.hpp"
#include "base/path.hpp"
#include "record/json.hpp"
#include "tokenizer/rank_tokenizer.hpp"

namespace intelia {

namespace {

constexpr std::pair<std::string_view, TokenizerClass> kClasses[] = {
    {"LlamaTokenizer", TokenizerClass::llama}, {"CodeLlamaTokenizer", TokenizerClass::code_llama},
    {"Qwen2Tokenizer", TokenizerClass::qwen2}, {"GemmaTokenizer", TokenizerClass::gemma},
    {"GPT2Tokenizer", TokenizerClass::gpt2},   {"GPTNeoXTokenizer", TokenizerClass::gpt_neox}};

// Classes with rules of their own, which are not known here.
constexpr std::string_view kOtherClasses[] = {
    "AlbertTokenizer",      "BartTokenizer",      "BarthezTokenizer",    "BertTokenizer",     "BigBirdTokenizer",
    "BlenderbotTokenizer",  "CLIPTokenizer",      "CamembertTokenizer",  "CohereTokenizer",   "DebertaTokenizer",
    "DebertaV2Tokenizer",   "EsmcTokenizer",      "FunnelTokenizer",     "HerbertTokenizer",  "LEDTokenizer",
    "LasrTokenizer",        "LukeTokenizer",      "MBart50Tokenizer",    "MBartTokenizer",    "MLukeTokenizer",
    "MPNetTokenizer",       "MarkupLMTokenizer",  "MobileBertTokenizer", "MvpTokenizer",      "NllbTokenizer",
    "NougatTokenizer",      "OpenAIGPTTokenizer", "PegasusTokenizer",    "Qwen3_5Tokenizer",  "ReformerTokenizer",
    "RemBertTokenizer",     "RoFormerTokenizer",  "RobertaTokenizer",    "SplinterTokenizer", "T5Tokenizer",
    "SeamlessM4TTokenizer", "UdopTokenizer",      "XLMRobertaTokenizer", "WhisperTokenizer",  "XGLMTokenizer",
    "XLNetTokenizer",       "Siglip2Tokenizer",   "LayoutXLMTokenizer"};

// Model types whose tokenizer is that of the file, whatever tokenizer_class says.
constexpr std::string_view kTypesOfFile[] = {"arctic",
                                             "chatlm",
                                             "ernie4_5",
                                             "ernie4_5_moe",
                                             "flex_olmo",
                                             "glm",
                                             "glm4",
                                             "glm4_moe",
                                             "granite",
                                             "granitemoe",
                                             "gpt_bigcode",
                                             "glm4_moe_lite",
                                             "granitemoehybrid",
                                             "granitemoeshared",
                                             "h2ovl_chat",
                                             "jamba",
                                             "hyperclovax",
                                             "internlm2",
                                             "internlm3",
                                             "iquestcoder",
                                             "kimi_linear",
                                             "minicpm3",
                                             "minimax_m2",
                                             "ministral",
                                             "ministral3",
                                             "mistral",
                                             "mistral3",
                                             "mixtral",
                                             "molmo",
                                             "nemotron",
                                             "nvfp4",
                                             "olmo2",
                                             "olmo3",
                                             "olmo_hybrid",
                                             "opencua",
                                             "persimmon",
                                             "phi3",
                                             "phi3_v",
                                             "phimoe",
                                             "pixtral",
                                             "stablelm",
                                             "step3_vl"};

struct TypeClass {
  std::string_view model_type;
  TokenizerClass tokenizer_class;
};
// The class of a model type where no configuration names one.
constexpr TypeClass kTypeClasses[] = {{"code_llama", TokenizerClass::code_llama},
                                      {"codegen", TokenizerClass::gpt2},
                                      {"dbrx", TokenizerClass::gpt2},
                                      {"gpt2", TokenizerClass::gpt2},
                                      {"gpt_neo", TokenizerClass::gpt2},
                                      {"gptj", TokenizerClass::gpt2},
                                      {"jais2", TokenizerClass::gpt2},
                                      {"opt", TokenizerClass::gpt2},
                                      {"phi", TokenizerClass::gpt2},
                                      {"starcoder2", TokenizerClass::gpt2},
                                      {"falcon_mamba", TokenizerClass::gpt_neox},
                                      {"gpt_neox", TokenizerClass::gpt_neox},
                                      {"mamba", TokenizerClass::gpt_neox},
                                      {"mamba2", TokenizerClass::gpt_neox},
                                      {"mpt", TokenizerClass::gpt_neox},
                                      {"olmo", TokenizerClass::gpt_neox},
                                      {"olmoe", TokenizerClass::gpt_neox},
                                      {"rwkv", TokenizerClass::gpt_neox},
                                      {"xlstm", TokenizerClass::gpt_neox},
                                      {"gemma", TokenizerClass::gemma},
                                      {"gemma2", TokenizerClass::gemma},
                                      {"gemma3", TokenizerClass::gemma},
                                      {"gemma3_text", TokenizerClass::gemma},
                                      {"gemma3n", TokenizerClass::gemma},
                                      {"gemma3n_text", TokenizerClass::gemma},
                                      {"recurrent_gemma", TokenizerClass::gemma},
                                      {"t5gemma", TokenizerClass::gemma},
                                      {"qwen2", TokenizerClass::qwen2},
                                      {"qwen2_moe", TokenizerClass::qwen2},
                                      {"qwen3", TokenizerClass::qwen2},
                                      {"qwen3_moe", TokenizerClass::qwen2},
                                      {"qwen3_next", TokenizerClass::qwen2}};

constexpr const char* kQwen2Pattern =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";

std::string text_of(const Json& json, const char* key) {
  return json.is_object() && json.contains(key) && json[key].is_string() ? json[key].get<std::string>() : "";
}

/** config.json of a model folder; an empty object when it is missing or no JSON object. */
Json model_config(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / "config.json";
  if (path_type(path) != PathType::file) return Json::object();
  Json config = Json::parse(read_member(folder, "config.json"), nullptr, /*allow_exceptions=*/false);
  return config.is_object() ? config : Json::object();
}

bool has_auto_map(const Json& config) {
  if (!config.contains("auto_map")) return false;
  const Json& map = config["auto_map"];
  return map.is_array() || (map.is_object() && map.contains("AutoTokenizer") && !map["AutoTokenizer"].is_null());
}

std::string without_fast(std::string name) {
  if (name.ends_with("Fast")) name.resize(name.size() - 4);
  return name;
}

/** `is_strict`: a class with rules that are not known here is an error. */
TokenizerClass class_named(const std::string& name, bool is_strict) {
  for (const auto& [known, tokenizer_class] : kClasses)
    if (name == known) return tokenizer_class;
  if (is_strict && std::find(std::begin(kOtherClasses), std::end(kOtherClasses), name) != std::end(kOtherClasses))
    throw Error(
        Kind::input,
        fmt::format("tokenizer_config.json names {}, which transformers builds by rules of its own that are not "
                    "supported; choose the rules of tokenizer.json (tokenizer rules: file)",
                    name));
  return TokenizerClass::file;
}

std::optional<TokenizerClass> class_of_type(const std::string& model_type) {
  for (const TypeClass& type : kTypeClasses)
    if (model_type == type.model_type) return type.tokenizer_class;
  return std::nullopt;
}

Json byte_level(bool adds_prefix, bool uses_regex) {
  return {{"type", "ByteLevel"}, {"add_prefix_space", adds_prefix}, {"use_regex", uses_regex}};
}

Json replace(const char* from, const char* to) {
  return {{"type", "Replace"}, {"pattern", {{"String", from}}}, {"content", to}};
}

Json marks_decoder(bool strips) {
  Json list = Json::array({replace("▁", " "), {{"type", "ByteFallback"}}, {{"type", "Fuse"}}});
  if (strips) list.push_back({{"type", "Strip"}, {"content", " "}, {"start", 1}, {"stop", 0}});
  return {{"type", "Sequence"}, {"decoders", std::move(list)}};
}

Json metaspace(const char* scheme) {
  return {{"type", "Metaspace"}, {"replacement", "▁"}, {"prepend_scheme", scheme}, {"split", false}};
}

/** A flag of the configuration that may be null. */
bool flag(const Json& config, const char* key, bool fallback) {
  return config.contains(key) && config[key].is_boolean() ? config[key].get<bool>() : fallback;
}

}  // namespace

TokenizerClass tokenizer_class_of(const std::filesystem::path& folder, const Json& config) {
  const bool has_json = path_type(folder / "tokenizer.json") == PathType::file;
  const std::filesystem::path vocabulary = folder / "tokenizer.model";
  if (!has_json && (path_type(vocabulary) != PathType::file || is_tiktoken_file(vocabulary)))
    return TokenizerClass::file;
  const Json model = model_config(folder);
  const std::string model_type = text_of(model, "model_type");
  std::string named = without_fast(text_of(config, "tokenizer_class"));
  if (named.empty()) named = without_fast(text_of(model, "tokenizer_class"));
  if (!has_auto_map(config) && model_type.starts_with("qwen3_5")) named = "Qwen3_5Tokenizer";
  const std::optional<TokenizerClass> registered = class_of_type(model_type);
  if (named.empty()) return registered.value_or(TokenizerClass::file);
  if (has_auto_map(config)) return class_named(named, has_json);
  if (std::find(std::begin(kTypesOfFile), std::end(kTypesOfFile), model_type) != std::end(kTypesOfFile))
    return TokenizerClass::file;
  if (model_type == "qwen2") return TokenizerClass::qwen2;  // published with classes that are not theirs
  const TokenizerClass tokenizer_class = class_named(named, has_json);
  if (tokenizer_class == TokenizerClass::llama && has_json &&
      read_member(folder, "tokenizer.json").find("\"ByteLevel\"") != std::string::npos)
    return TokenizerClass::file;
  return tokenizer_class;
}

std::vector<std::pair<std::string, std::string>> default_special_tokens(TokenizerClass tokenizer_class) {
  const std::string end = "<|endoftext|>";
  switch (tokenizer_class) {
    case TokenizerClass::file:
      return {};
    case TokenizerClass::llama:
      return {{"unk_token", "<unk>"}, {"bos_token", "<s>"}, {"eos_token", "</s>"}};
    case TokenizerClass::code_llama:
      return {{"unk_token", "<unk>"},     {"bos_token", "<s>"},       {"eos_token", "</s>"},
              {"prefix_token", "▁<PRE>"}, {"middle_token", "▁<MID>"}, {"suffix_token", "▁<SUF>"},
              {"eot_token", "▁<EOT>"},    {"fill_token", "<FILL_ME>"}};
    case TokenizerClass::qwen2:
      return {{"unk_token", end}, {"eos_token", end}, {"pad_token", end}};
    case TokenizerClass::gemma:
      return {{"unk_token", "<unk>"},
              {"bos_token", "<bos>"},
              {"eos_token", "<eos>"},
              {"pad_token", "<pad>"},
              {"mask_token", "<mask>"}};
    case TokenizerClass::gpt2:
      return {{"unk_token", end}, {"bos_token", end}, {"eos_token", end}};
    case TokenizerClass::gpt_neox:
      return {{"unk_token", end}, {"bos_token", end}, {"eos_token", end}, {"pad_token", "<|padding|>"}};
  }
  return {};
}

Json tokenizer_parts(TokenizerClass tokenizer_class, const Json& config, const std::string& unknown) {
  Json parts{{"normalizer", nullptr}, {"pre_tokenizer", nullptr}, {"decoder", nullptr}};
  Json model{{"type", "BPE"}, {"unk_token", nullptr}, {"fuse_unk", true}, {"byte_fallback", true}};
  switch (tokenizer_class) {
    case TokenizerClass::file:
      throw Error(Kind::internal, "[tokenizer_parts] the class has no rules of its own");
    case TokenizerClass::llama: {
      const bool adds_prefix = flag(config, "add_prefix_space", true);
      parts["pre_tokenizer"] = metaspace(!adds_prefix ? "never" : flag(config, "legacy", false) ? "always" : "first");
      parts["decoder"] = marks_decoder(adds_prefix);
      break;
    }
    case TokenizerClass::code_llama:
      parts["pre_tokenizer"] = metaspace(flag(config, "add_prefix_space", true) ? "first" : "never");
      parts["decoder"] = marks_decoder(true);
      model["unk_token"] = unknown;
      break;
    case TokenizerClass::gemma:
      parts["normalizer"] = replace(" ", "▁");
      parts["pre_tokenizer"] = {
          {"type", "Split"}, {"pattern", {{"String", " "}}}, {"behavior", "MergedWithPrevious"}, {"invert", false}};
      parts["decoder"] = marks_decoder(false);
      model["unk_token"] = unknown;
      break;
    case TokenizerClass::qwen2:
    case TokenizerClass::gpt2:
    case TokenizerClass::gpt_neox: {
      const bool adds_prefix = flag(config, "add_prefix_space", false);
      if (tokenizer_class != TokenizerClass::gpt2) parts["normalizer"] = {{"type", "NFC"}};
      parts["pre_tokenizer"] = byte_level(adds_prefix, true);
      if (tokenizer_class == TokenizerClass::qwen2)
        parts["pre_tokenizer"] = {
            {"type", "Sequence"},
            {"pretokenizers",
             {{{"type", "Split"}, {"pattern", {{"Regex", kQwen2Pattern}}}, {"behavior", "Isolated"}, {"invert", false}},
              byte_level(adds_prefix, false)}}};
      parts["decoder"] = {{"type", "ByteLevel"}};
      model["fuse_unk"] = model["byte_fallback"] = false;
      break;
    }
  }
  parts["model"] = std::move(model);
  return parts;
}

}  // namespace intelia
