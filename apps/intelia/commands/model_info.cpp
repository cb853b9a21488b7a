// `intelia model info`: describes a model folder. Options and output; lib/export does the work.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/counted.hpp"
#include "export/model_description.hpp"
#include "model/adapter.hpp"
#include "options/model_options.hpp"
#include "text/visible_text.hpp"

namespace intelia {
namespace {

namespace fs = std::filesystem;

struct Options {
  fs::path model;
  TokenizerRules tokenizer_rules = TokenizerRules::transformers;
};

void declare(OptionTable& table, Options& options) {
  table.add("model", options.model, "Model folder in Hugging Face format", "FOLDER").required();
  declare_tokenizer_rules(table, options.tokenizer_rules);
}

std::string in_bytes(double bytes) {
  return bytes < 1e9 ? fmt::format("{:.2f} MB", bytes / 1e6) : fmt::format("{:.2f} GB", bytes / 1e9);
}

std::string template_words(const TokenizerDescription& tokenizer) {
  if (!tokenizer.has_chat_template) return "none";
  return tokenizer.has_generation_markers ? "yes, with generation markers" : "yes";
}

std::string to_text(const ModelDescription& description, const LoraSettings& lora) {
  const ModelConfig& config = description.config;
  const TokenizerDescription& tokenizer = description.tokenizer;
  std::string page;
  const auto line = [&](const char* name, const std::string& value) {
    page += fmt::format("{:<16}{}\n", name, visible(value, Newlines::shown));
  };
  line("architecture", fmt::format("{}: {}, hidden size {}, intermediate size {}, {}, {}", config.model_type,
                                   counted(config.num_hidden_layers, "layer"), config.hidden_size,
                                   config.intermediate_size, counted(config.num_attention_heads, "attention head"),
                                   counted(config.num_key_value_heads, "key-value head")));
  line("parameters", fmt::format("{}{}", num_parameters(config), config.ties_embeddings ? " (embeddings tied)" : ""));
  if (config.quantization) line("quantization", "NF4 of the linear layers, as bitsandbytes serializes it");
  for (const auto& [name, count] : description.tensors)
    line("tensors", fmt::format("{} of {}, {}", count.tensors, name, in_bytes(static_cast<double>(count.bytes))));
  line("context", fmt::format("{} tokens", context_length(config)));
  line("vocabulary", fmt::format("{} rows", config.vocab_size));
  line("tokenizer", tokenizer.size > 0 ? fmt::format("{}, {} ids", tokenizer.kind, tokenizer.size) : tokenizer.kind);
  line("chat template", template_words(tokenizer));
  const ParameterCounts& counts = description.parameters;
  page += fmt::format(
      "\nMemory for training with AdamW, without activations: trained weights in fp32, frozen ones in 16 bits or NF4\n"
      "P = {:.0f} parameters; L = {:.0f} of them in linear layers; A = {:.0f} in an adapter, r {} on {}\n",
      counts.all, counts.linear, counts.adapter, lora.r, fmt::join(target_names(config, lora.targets), ","));
  for (const TrainingMemory& memory : description.training) {
    page += fmt::format("{:<16}{:>12}\n", memory.method, in_bytes(memory.total()));
    for (const TrainingMemory::Term& term : memory.terms)
      page += fmt::format("  {:>26}  {} = {}\n", in_bytes(term.bytes), term.name, term.formula);
  }
  return page;
}

int run(const Options& options, Context& context) {
  check_is_folder("model", options.model);
  const LoraSettings lora;
  const ModelDescription description = describe_model(options.model, options.tokenizer_rules, lora, context.log());
  if (context.common.json) {
    Json json{{"model", options.model.string()}};
    json.update(to_json(description));
    context.finish(json, "");
  } else {
    context.print(to_text(description, lora));
  }
  return 0;
}

}  // namespace

extern const Command model_info{
    "model info", "Describe a model folder and the memory for training it",
    "Shows architecture, number of parameters, data types, tokenizer and chat template of a model folder, and "
    "estimates the memory for full training, an adapter (LoRA), or an adapter on 4-bit weights (QLoRA). Fails with the "
    "reason if parts of the folder are invalid or do not fit together.\n\n"
    "Example: intelia model info --model models/tiny",
    bind<Options, declare, run>};

}  // namespace intelia
