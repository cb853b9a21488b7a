#include "export/model_card.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <vector>

#include "base/error.hpp"
#include "base/folder_member.hpp"
#include "base/path.hpp"
#include "export/model_pull.hpp"
#include "record/manifest.hpp"

namespace intelia {

namespace fs = std::filesystem;

namespace {

constexpr int kMaxDepth = 32;  // of manifests in manifests

/** Options that describe a machine or a place rather than the training. */
constexpr std::array<std::string_view, 16> kLocalOptions = {
    "output",    "resume", "threads",    "device",     "model",       "adapter",          "train", "validation",
    "log-every", "keep",   "save-every", "max-memory", "token-cache", "token-cache-size", "probe", "sample-prompts"};

std::string text_of(const Json& object, const char* key) {
  return object.is_object() && object.contains(key) && object[key].is_string() ? object[key].get<std::string>() : "";
}

std::string file_name(const std::string& path) { return fs::path(path).filename().string(); }

/** `text` as a cell of a table. */
std::string cell(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  for (std::size_t at = text.find('|'); at != std::string::npos; at = text.find('|', at + 2)) text.insert(at, "\\");
  return text;
}

/** Quoted for YAML, which reads JSON's strings. */
std::string quoted(const std::string& text) { return Json(text).dump(); }

/** The manifest of the folder and those that it came from, the last run first. */
void collect(const Json& manifest, std::vector<Json>& runs, std::set<std::string>& known, int depth) {
  if (!manifest.is_object() || depth > kMaxDepth) return;
  const std::string identity = text_of(manifest, "command") + manifest.value("outputs", Json()).dump();
  if (!known.insert(identity).second) return;
  runs.push_back(manifest);
  for (const Json& origin : manifest.value("origins", Json::array()))
    if (origin.is_object() && origin.contains("manifest")) collect(origin["manifest"], runs, known, depth + 1);
}

std::vector<Json> runs_of(const fs::path& folder) {
  std::vector<Json> runs;
  std::set<std::string> known;
  try {
    if (const auto manifest = read_manifest(folder)) collect(*manifest, runs, known, 0);
  } catch (const Error&) {
    runs.clear();  // the manifest.json of another program
  }
  return runs;
}

bool is_training(const Json& run) { return text_of(run, "command").starts_with("train "); }

/** The name of the base on a hub; empty when it is not known. */
std::string base_of(const fs::path& folder, const CardSettings& settings, const std::vector<Json>& runs) {
  if (!settings.base_model.empty()) return settings.base_model;
  for (const Json& run : runs)
    if (text_of(run, "command") == "model pull") return text_of(run.value("source", Json()), "model");
  if (is_file(folder / "adapter_config.json")) {
    const Json config = parse_json(read_member(folder, "adapter_config.json"), "adapter_config.json");
    // A path with one slash looks like a name on the hub, but is one only if there is no such folder.
    if (const std::string name = text_of(config, "base_model_name_or_path"); is_hub_name(name) && !is_folder(name))
      return name;
  }
  return "";
}

struct Content {
  std::string library, relation, sentence;
};

/** What the folder contains, by its files. */
Content kind_of(const fs::path& folder) {
  const std::vector<std::string> names = folder_members(folder);
  const bool has_gguf =
      std::any_of(names.begin(), names.end(), [](const auto& name) { return name.ends_with(".gguf"); });
  if (has_gguf) return {"gguf", "quantized", "GGUF files for llama.cpp and Ollama"};
  if (is_file(folder / "adapter_config.json")) return {"peft", "adapter", "A LoRA adapter in PEFT format"};
  return {"transformers", "finetune", "A model in Hugging Face format"};
}

void add_head(std::string& card, const CardSettings& settings, const Content& kind, const std::string& base,
              const std::vector<Json>& runs) {
  card += "---\n";
  if (!settings.license.empty()) card += "license: " + quoted(settings.license) + "\n";
  if (!base.empty()) card += "base_model: " + quoted(base) + "\nbase_model_relation: " + kind.relation + "\n";
  card += "library_name: " + kind.library + "\npipeline_tag: text-generation\ntags:\n- intelia\n";
  std::set<std::string> objectives;
  for (const Json& run : runs)
    if (is_training(run)) objectives.insert(text_of(run, "command").substr(6));
  for (const std::string& objective : objectives) card += "- " + objective + "\n";
  card += "---\n\n";
}

void add_data(std::string& card, const Json& run) {
  std::string rows;
  for (const Json& input : run.value("inputs", Json::array())) {
    const std::string path = text_of(input, "path");
    const bool is_record_file = path.ends_with(".jsonl") || path.ends_with(".json") || path.ends_with(".txt");
    const std::string name = file_name(path);
    const bool is_model_file = name.find("config") != std::string::npos || name.starts_with("tokenizer") ||
                               name.starts_with("special_tokens") || name.starts_with("added_tokens") ||
                               name == "vocab.json" || name == "model.safetensors.index.json" ||
                               name == "tekken.json" || name == "merges.txt";
    if (!input.contains("records") && (!is_record_file || is_model_file)) continue;
    rows +=
        fmt::format("| {} | {} | `{}` |\n", cell(name),
                    input.contains("records") ? input["records"].dump() : std::string("–"), text_of(input, "sha256"));
  }
  if (!rows.empty()) card += "\n| data | records | SHA-256 |\n| --- | --- | --- |\n" + rows;
  const Json counts = run.value("counts", Json::object());
  if (!counts.is_object() || !counts.contains("records")) return;
  card += fmt::format("\nTrained on {} records", counts["records"].dump());
  if (counts.contains("trained_tokens"))
    card += fmt::format(" with {} trained tokens", counts["trained_tokens"].dump());
  card += ".\n";
}

void add_settings(std::string& card, const Json& run) {
  std::string rows;
  const Json options = run.value("options", Json::object());
  for (const auto& [name, value] : options.items()) {
    const bool is_local = std::find(kLocalOptions.begin(), kLocalOptions.end(), name) != kLocalOptions.end() ||
                          name.starts_with("mlflow") || name.starts_with("wandb") || name.starts_with("track");
    const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
    if (is_local || value.is_null() || text.empty() || text == "[]" || text.find('/') != std::string::npos) continue;
    rows += fmt::format("| {} | {} |\n", cell(name), cell(text));
  }
  if (!rows.empty()) card += "\n| setting | value |\n| --- | --- |\n" + rows;
}

void add_result(std::string& card, const Json& run) {
  std::string rows;
  const Json result = run.value("result", Json::object());
  for (const auto& [name, value] : result.items())
    if (value.is_number() || value.is_boolean()) {
      std::string words = name;
      std::replace(words.begin(), words.end(), '_', ' ');
      rows += fmt::format("| {} | {} |\n", words, value.dump());
    }
  if (!rows.empty()) card += "\n| result | value |\n| --- | --- |\n" + rows;
}

void add_merge(std::string& card, const std::vector<Json>& runs) {
  for (const Json& run : runs) {
    const Json merge = run.value("merge", Json());
    if (!merge.is_object()) continue;
    card += fmt::format("\n## Merge\n\nThe adapter is merged onto {}.", text_of(merge, "base"));
    const Json divergence = merge.value("divergence", Json());
    if (divergence.is_object())
      card += fmt::format(
          " On {} tokens its predictions differ from those of base and adapter by {:.2g} nats per token "
          "(KL divergence); the largest difference of a logit is {:.2g}.",
          divergence["tokens"].dump(), divergence.value("kl_per_token", 0.0),
          divergence.value("max_logit_difference", 0.0));
    card += "\n";
    return;
  }
}

void add_use(std::string& card, const std::string& name, const Content& kind) {
  card += "\n## Use\n\n";
  if (kind.library == "gguf") {
    card += "```sh\nhf download " + name + " --local-dir model\nollama create NAME -f model/Modelfile\n```\n";
    return;
  }
  const std::string model = kind.library == "peft" ? "AutoPeftModelForCausalLM" : "AutoModelForCausalLM";
  card += fmt::format(
      "```python\nfrom {} import {}\nfrom transformers import AutoTokenizer\n\nmodel = "
      "{}.from_pretrained(\"{}\")\ntokenizer = AutoTokenizer.from_pretrained(\"{}\")\n```\n",
      kind.library, model, model, name, name);
}

}  // namespace

std::string model_card(const fs::path& folder, const CardSettings& settings, Log& log) {
  const std::vector<Json> runs = runs_of(folder);
  const std::string base = base_of(folder, settings, runs);
  const Content kind = kind_of(folder);
  if (settings.license.empty()) log.warning("the model card states no license");
  if (base.empty()) log.warning("the name of the base model on the hub is not known; the model card does not state it");
  if (runs.empty())
    log.warning("'" + folder.string() + "' has no manifest of intelia; the model card states no data and settings");
  std::string card;
  add_head(card, settings, kind, base, runs);
  card += fmt::format("# {}\n\n{}{}.\n", settings.name.substr(settings.name.find('/') + 1), kind.sentence,
                      base.empty() ? "" : ", made from " + base);
  for (const Json& run : runs) {
    if (!is_training(run)) continue;
    card += fmt::format("\n## Training: {}\n", text_of(run, "command").substr(6));
    add_data(card, run);
    add_settings(card, run);
    add_result(card, run);
  }
  add_merge(card, runs);
  add_use(card, settings.name, kind);
  if (!runs.empty())
    card += fmt::format("\nWritten by intelia {} from the manifests of its runs.\n", text_of(runs.front(), "version"));
  return card;
}

}  // namespace intelia
