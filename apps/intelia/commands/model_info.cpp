// `intelia model info`: what a model folder holds, whether its parts fit together, and what training it would need.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "cli/command.hpp"
#include "engine/jobs.hpp"
#include "model/adapter.hpp"
#include "model/safetensors.hpp"
#include "options/model_options.hpp"

namespace intelia {
namespace {

namespace fs = std::filesystem;

struct Options {
  fs::path model;
};

void declare(OptionTable& table, Options& options) {
  table.add("model", options.model, "Model folder in Hugging Face form", "FOLDER").required();
}

/** Bytes that training holds besides activations, term by term. */
struct MemoryTerm {
  const char* name;
  const char* formula;
  double bytes;
};
struct MemoryOfMethod {
  const char* method;
  std::vector<MemoryTerm> terms;
  double total() const {
    double sum = 0;
    for (const MemoryTerm& term : terms) sum += term.bytes;
    return sum;
  }
};

struct Sizes {
  double parameters = 0;  // P
  double linear = 0;      // L: weights of the layers' linear layers, which QLoRA quantizes
  double adapter = 0;     // A
};

Sizes sizes_of(const ModelConfig& config, const LoraSettings& lora) {
  Sizes sizes;
  sizes.parameters = static_cast<double>(num_parameters(config));
  const auto layers = static_cast<double>(config.num_hidden_layers);
  const std::vector<std::string> targets = target_names(config, lora.targets);
  for (const LinearShape& linear : layer_linears(config)) {
    const auto out = static_cast<double>(linear.out_features), in = static_cast<double>(linear.in_features);
    sizes.linear += layers * out * in;
    if (std::find(targets.begin(), targets.end(), linear.name) != targets.end())
      sizes.adapter += layers * lora.r * (out + in);
  }
  return sizes;
}

/** NF4 with double quantization (Dettmers et al. 2023, section 3): 4 bits a weight, an 8-bit scale for 64 weights, and
   a 32-bit scale for 256 of these scales. Weights that are stored so can be trained in no other way. */
std::vector<MemoryOfMethod> memory_needs(const Sizes& sizes, bool is_stored_quantized) {
  const double p = sizes.parameters, l = sizes.linear, a = sizes.adapter;
  const std::vector<MemoryTerm> adapter = {
      {"adapter", "4 A", 4 * a}, {"gradients", "4 A", 4 * a}, {"optimizer states", "8 A", 8 * a}};
  MemoryOfMethod full{"full",
                      {{"weights", "4 P", 4 * p}, {"gradients", "4 P", 4 * p}, {"optimizer states", "8 P", 8 * p}}};
  MemoryOfMethod lora{"lora", {{"weights", "2 P", 2 * p}}};
  MemoryOfMethod qlora{"qlora",
                       {{"weights in NF4", "L (1/2 + 1/64 + 4/16384)", l * (0.5 + 1.0 / 64 + 4.0 / 16384)},
                        {"other weights", "2 (P - L)", 2 * (p - l)}}};
  for (MemoryOfMethod* method : {&lora, &qlora})
    method->terms.insert(method->terms.end(), adapter.begin(), adapter.end());
  if (is_stored_quantized) return {qlora};
  return {full, lora, qlora};
}

struct TypeCount {
  std::int64_t tensors = 0;
  std::uint64_t bytes = 0;
};

/** The tensors by type, once every one that the configuration asks for is there in its shape. */
std::map<std::string, TypeCount> count_types(const fs::path& folder, const ModelConfig& config,
                                             std::uint64_t& file_bytes, Log& log) {
  const ModelWeights weights(folder);
  check_weights(weights, config);
  for (const std::string& oddity : weights.oddities()) log.warning(oddity);
  std::map<std::string, TypeCount> types;
  for (const auto& [name, tensor] : weights.tensors()) {
    TypeCount& type = types[tensor_type_name(tensor.type)];
    ++type.tensors;
    type.bytes += tensor.size_bytes;
  }
  for (const fs::path& file : weights.files()) file_bytes += fs::file_size(file);
  return types;
}

struct TextFacts {
  std::string kind = "none";
  std::int64_t size = 0;
  std::string chat_template = "none";
};

TextFacts text_facts(const fs::path& folder, const ModelConfig& config) {
  check_tokenizer_files(folder);
  TextFacts facts;
  if (fs::exists(folder / "tokenizer.json"))
    facts.kind = "tokenizer.json";
  else if (fs::exists(folder / "tokenizer.model"))
    facts.kind = "SentencePiece";
  if (facts.kind != "none") {
    const std::unique_ptr<Tokenizer> tokenizer = Tokenizer::load(folder);
    facts.size = tokenizer->vocabulary_size();
    if (facts.size > config.vocab_size)
      throw Error(Kind::input, fmt::format("the tokenizer has {} ids, but the embedding has {} rows (vocab_size in "
                                           "config.json); they are not of the same model",
                                           facts.size, config.vocab_size));
  }
  const bool is_in_config =
      fs::exists(folder / "tokenizer_config.json") &&
      parse_json(read_file(folder / "tokenizer_config.json"), "tokenizer_config.json").contains("chat_template");
  if (fs::exists(folder / "chat_template.jinja") || is_in_config)
    facts.chat_template = ChatTemplate::load(folder).has_generation_markers() ? "yes, with generation markers" : "yes";
  return facts;
}

int run(const Options& options, Context& context) {
  check_is_folder("model", options.model);
  const ModelConfig config = read_model_config(options.model);
  std::uint64_t file_bytes = 0;
  const auto types = count_types(options.model, config, file_bytes, context.log());
  const TextFacts text =
      with_context("'" + options.model.string() + "'", [&] { return text_facts(options.model, config); });
  const LoraSettings lora;
  const Sizes sizes = sizes_of(config, lora);
  const std::vector<MemoryOfMethod> needs = memory_needs(sizes, config.quantization.has_value());

  if (context.common.json) {
    Json json{{"model", options.model.string()},
              {"architecture", config.model_type},
              {"parameters", num_parameters(config)},
              {"hidden_size", config.hidden_size},
              {"intermediate_size", config.intermediate_size},
              {"layers", config.num_hidden_layers},
              {"heads", config.num_attention_heads},
              {"kv_heads", config.num_key_value_heads},
              {"vocab_size", config.vocab_size},
              {"context", context_length(config)},
              {"ties_embeddings", config.ties_embeddings},
              {"weight_bytes", file_bytes},
              {"quantization", config.quantization ? Json("nf4") : Json(nullptr)},
              {"types", Json::object()},
              {"tokenizer", {{"kind", text.kind}, {"size", text.size}}},
              {"chat_template", text.chat_template != "none"},
              {"training_bytes", Json::object()}};
    for (const auto& [name, type] : types) json["types"][name] = Json{{"tensors", type.tensors}, {"bytes", type.bytes}};
    for (const MemoryOfMethod& need : needs) {
      Json& method = json["training_bytes"][need.method];
      method["total"] = static_cast<std::int64_t>(need.total());
      for (const MemoryTerm& term : need.terms) method[term.name] = static_cast<std::int64_t>(term.bytes);
    }
    context.finish(json, "");
    return 0;
  }

  const auto size = [](double bytes) {
    return bytes < 1e9 ? fmt::format("{:.2f} MB", bytes / 1e6) : fmt::format("{:.2f} GB", bytes / 1e9);
  };
  std::string page;
  const auto line = [&](const char* name, const std::string& value) { page += fmt::format("{:<16}{}\n", name, value); };
  line("architecture",
       fmt::format("{}: {} layers, hidden size {}, intermediate size {}, {} heads, {} of keys and values",
                   config.model_type, config.num_hidden_layers, config.hidden_size, config.intermediate_size,
                   config.num_attention_heads, config.num_key_value_heads));
  line("parameters", fmt::format("{}{}", num_parameters(config), config.ties_embeddings ? " (embeddings tied)" : ""));
  if (config.quantization) line("quantization", "NF4 of the linear layers, as bitsandbytes serializes it");
  for (const auto& [name, type] : types)
    line("tensors", fmt::format("{} of {}, {}", type.tensors, name, size(static_cast<double>(type.bytes))));
  line("context", fmt::format("{} tokens", context_length(config)));
  line("vocabulary", fmt::format("{} rows", config.vocab_size));
  line("tokenizer", text.size > 0 ? fmt::format("{}, {} ids", text.kind, text.size) : text.kind);
  line("chat template", text.chat_template);
  page += fmt::format(
      "\nMemory for training without activations, with AdamW: trained weights in fp32, frozen ones in 16 bits or NF4\n"
      "P = {:.0f} parameters; L = {:.0f} of them in linear layers; A = {:.0f} of an adapter, r {} on {}\n",
      sizes.parameters, sizes.linear, sizes.adapter, lora.r, fmt::join(target_names(config, lora.targets), ","));
  for (const MemoryOfMethod& need : needs) {
    page += fmt::format("{:<16}{:>12}\n", need.method, size(need.total()));
    for (const MemoryTerm& term : need.terms)
      page += fmt::format("  {:>26}  {} = {}\n", size(term.bytes), term.name, term.formula);
  }
  context.print(page);
  return 0;
}

}  // namespace

extern const Command model_info{
    "model info", "What a model folder holds and what training it needs",
    "Shows the architecture, the number of parameters, the tensors' types, the tokenizer and the chat template of a "
    "model "
    "folder, and estimates the memory for training all of it, an adapter (LoRA), or an adapter over 4-bit weights "
    "(QLoRA). It fails with the reason when the folder's parts are broken or do not fit together.\n\n"
    "Example: intelia model info --model models/tiny",
    bind<Options, declare, run>};

}  // namespace intelia
