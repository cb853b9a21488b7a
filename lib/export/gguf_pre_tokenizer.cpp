// The patterns are those that llama-vocab.cpp quotes for each name (llama.cpp of llama-cpp-python 0.3.36), as the
// published tokenizer.json files write them.
#include "export/gguf_pre_tokenizer.hpp"

#include <fmt/format.h>

#include <optional>
#include <vector>

#include "base/error.hpp"

namespace intelia {

namespace {

constexpr const char* kLlama3 =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr const char* kQwen2 =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr const char* kQwen35 =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr const char* kGpt4o =
    R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr const char* kTekken =
    R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr const char* kDeepseek3 =
    "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?"
    "[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\r\n]*|\\s*[\r\n]+|\\s+(?!\\S)|\\s+";

// Steps other than the patterns.
constexpr const char* kBytes = "bytes";                           // ByteLevel without its own pattern
constexpr const char* kBytesOfGpt2 = "bytes by GPT-2's pattern";  // ByteLevel with it
constexpr const char* kSingleDigits = "single digits";

struct PreTokenizerName {
  const char* name;
  std::vector<std::string> steps;
  std::optional<bool> ignores_merges;  // nothing: llama.cpp's setting agrees with either
};

const std::vector<PreTokenizerName>& known_names() {
  static const std::vector<PreTokenizerName> names = {
      {"llama-bpe", {kLlama3, kBytes}, true},
      {"dbrx", {kLlama3, kBytes}, false},
      {"qwen2", {kQwen2, kBytes}, false},
      {"qwen35", {kQwen35, kBytes}, false},
      {"gpt-2", {kBytesOfGpt2}, false},
      {"smollm", {kSingleDigits, kBytesOfGpt2}, false},
      {"gpt-4o", {kGpt4o, kBytes}, false},
      {"tekken", {kTekken, kBytes}, true},
      {"deepseek-v3", {R"(\p{N}{1,3})", "[一-龥぀-ゟ゠-ヿ]+", kDeepseek3, kBytes}, false},
  };
  return names;
}

/** One step as known_names() has it, or a description of one that is in no list. */
std::string step_of(const Json& part) {
  const std::string type = part.value("type", "");
  if (type == "Split" && part.contains("pattern")) {
    const Json& pattern = part["pattern"];
    const std::string behavior = part.value("behavior", "");
    const bool inverts = part.value("invert", false);
    // Patterns that match everywhere split the same whether matches are isolated or what is between them removed.
    const bool isolates = (behavior == "Isolated" && !inverts) || (behavior == "Removed" && inverts);
    if (pattern.contains("Regex") && isolates) return pattern["Regex"].get<std::string>();
  }
  if (type == "Digits" && part.value("individual_digits", false)) return kSingleDigits;
  if (type == "ByteLevel" && !part.value("add_prefix_space", true))
    return part.value("use_regex", true) ? kBytesOfGpt2 : kBytes;
  return part.dump();
}

std::vector<std::string> steps_of(const Json& part) {
  if (part.is_null()) return {};
  if (part.value("type", "") != "Sequence") return {step_of(part)};
  std::vector<std::string> steps;
  for (const Json& inner : part.at("pretokenizers"))
    for (std::string& step : steps_of(inner)) steps.push_back(std::move(step));
  return steps;
}

/** Whether the normalizer changes text in a way that llama.cpp does not. It has no NFC either, which changes nothing in
    text that is composed, as nearly all is; Qwen's models are converted so. */
bool is_usable(const Json& normalizer) {
  if (normalizer.is_null()) return true;
  const std::string type = normalizer.value("type", "");
  if (type == "NFC") return true;
  if (type != "Sequence") return false;
  for (const Json& inner : normalizer.at("normalizers"))
    if (!is_usable(inner)) return false;
  return true;
}

}  // namespace

std::string gguf_pre_tokenizer(const Vocabulary& vocabulary, const std::string& folder) {
  const std::string where = folder + ": tokenizer.json: ";
  if (!is_usable(vocabulary.normalizer))
    throw Error(Kind::input, where + "llama.cpp has no such normalizer: " + vocabulary.normalizer.dump());
  const std::vector<std::string> steps = steps_of(vocabulary.pre_tokenizer);
  std::string known;
  for (const PreTokenizerName& candidate : known_names()) {
    if (candidate.steps == steps &&
        candidate.ignores_merges.value_or(vocabulary.ignores_merges) == vocabulary.ignores_merges)
      return candidate.name;
    known += (known.empty() ? "" : ", ") + std::string(candidate.name);
  }
  throw Error(Kind::input, fmt::format("{}the pre-tokenizer is none of those that are known to be llama.cpp's ({}): "
                                       "\"pre_tokenizer\": {}, \"ignore_merges\": {}; under another name llama.cpp "
                                       "would split text differently",
                                       where, known, vocabulary.pre_tokenizer.dump(), vocabulary.ignores_merges));
}

}  // namespace intelia
