#include "export/model_card.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <vector>

#include "base/counted.hpp"
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
constexpr std::array<std::string_view, 26> kLocalOptions = {
    "output",      "resume",         "threads",      "device",     "model",          "adapter",     "train",
    "validation",  "log-every",      "keep",         "save-every", "max-memory",     "token-cache", "token-cache-size",
    "probe",       "sample-prompts", "check",        "plan",       "plot",           "samples",     "sample-tokens",
    "tensorboard", "strict",         "max-rejected", "preset",     "tokenizer-rules"};

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

/** The origins of a manifest that have the manifest of a run. */
std::vector<Json> origins_in(const Json& manifest) {
  std::vector<Json> origins;
  for (const Json& origin : manifest.value("origins", Json::array()))
    if (origin.is_object() && origin.contains("manifest") && origin["manifest"].is_object()) origins.push_back(origin);
  return origins;
}

/** The manifests that the folder came from and its own, the first run first. */
void collect(const Json& manifest, std::vector<Json>& runs, std::set<std::string>& known, int depth) {
  if (!manifest.is_object() || depth > kMaxDepth) return;
  const std::string identity = text_of(manifest, "command") + manifest.value("outputs", Json()).dump();
  if (!known.insert(identity).second) return;
  for (const Json& origin : origins_in(manifest)) collect(origin["manifest"], runs, known, depth + 1);
  runs.push_back(manifest);
}

std::vector<Json> runs_of(const fs::path& folder) {
  std::vector<Json> runs;
  std::set<std::string> known;
  try {
    if (const auto manifest = own_manifest(folder)) collect(*manifest, runs, known, 0);
  } catch (const Error&) {
    runs.clear();  // one that cannot be read
  }
  return runs;
}

bool is_training(const Json& run) { return text_of(run, "command").starts_with("train "); }

bool is_pull(const Json& run) { return text_of(run, "command") == "model pull"; }

std::string pulled_name(const Json& run) { return text_of(run.value("source", Json()), "model"); }

/** The name on the hub of the folder that `manifest` describes: of a download, or of one that was quantized. */
std::string name_of_weights(const Json& manifest) {
  if (is_pull(manifest)) return pulled_name(manifest);
  if (text_of(manifest, "command") != "model quantize") return "";
  for (const Json& origin : origins_in(manifest))
    if (is_pull(origin["manifest"])) return pulled_name(origin["manifest"]);
  return "";
}

/** The name on the hub of the base of an adapter, which was trained on `base`, a folder unless it is such a name. */
std::string name_of_base(const std::string& base, const std::vector<Json>& runs) {
  bool is_trained_here = false;
  const fs::path folder = absolute_path(base);
  for (const Json& run : runs) {
    is_trained_here = is_trained_here || is_training(run);
    for (const Json& origin : origins_in(run))
      if (absolute_path(text_of(origin, "path")).parent_path() == folder) return name_of_weights(origin["manifest"]);
  }
  if (is_folder(base)) {
    const auto manifest = own_manifest(base);
    return manifest ? name_of_weights(*manifest) : "";
  }
  return is_hub_base_name(base) && !is_trained_here ? base : "";  // a path may look like a name
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

std::string counted_json(const Json& count, const char* noun) {
  return count.is_number_integer() ? counted(count.get<std::int64_t>(), noun) : count.dump() + " " + noun + "s";
}

void add_data(std::string& card, const Json& run) {
  std::string rows;
  for (const Json& input : run.value("inputs", Json::array())) {
    if (!input.contains("records")) continue;  // a file of the model
    rows += fmt::format("| {} | {} | `{}` |\n", cell(file_name(text_of(input, "path"))), input["records"].dump(),
                        text_of(input, "sha256"));
  }
  if (!rows.empty()) card += "\n| data | records | SHA-256 |\n| --- | --- | --- |\n" + rows;
  const Json counts = run.value("counts", Json::object());
  if (!counts.is_object() || !counts.contains("records")) return;
  card += "\nTrained on " + counted_json(counts["records"], "record");
  if (counts.contains("trained_tokens")) card += " with " + counted_json(counts["trained_tokens"], "trained token");
  card += ".\n";
}

/** A setting or result that says that something was not used. */
bool is_off(const Json& value) {
  return value.is_null() || value == false || value == 0 || value == "" || value == "none" || value == Json::array();
}

/** Whether the setting `name` has an effect with the other settings of the run. */
bool has_effect(const std::string& name, const Json& options) {
  const auto is_set = [&](const char* option, const char* value) {
    const Json set = options.value(option, Json());
    return set == value || (set.is_array() && std::find(set.begin(), set.end(), value) != set.end());
  };
  constexpr std::array<std::string_view, 5> kOfAdapters = {"rslora", "dora", "ensure-weight-tying", "adapter-dtype",
                                                           "loraplus-ratio"};
  if (name.starts_with("lora-") || std::find(kOfAdapters.begin(), kOfAdapters.end(), name) != kOfAdapters.end())
    return !is_set("method", "full");
  if (name == "stable" || name == "decay" || name == "decay-shape") return is_set("scheduler", "wsd");
  if (name == "epochs") return is_off(options.value("max-steps", Json()));
  if (name == "eval-every") return !is_off(options.value("validation", Json()));
  if (name == "alpha-divergence") return is_set("f-divergence", "alpha_divergence");
  if (name == "discopop-tau") return is_set("loss", "discopop");
  if (name == "simpo-gamma") return is_set("loss", "simpo");
  return true;
}

std::string text_of_value(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_array()) return value.dump();
  std::string text;
  for (const Json& item : value) text += (text.empty() ? "" : ", ") + text_of_value(item);
  return text;
}

void add_settings(std::string& card, const Json& run) {
  std::string rows;
  const Json options = run.value("options", Json::object());
  for (const auto& [name, value] : options.items()) {
    const bool is_local = std::find(kLocalOptions.begin(), kLocalOptions.end(), name) != kLocalOptions.end() ||
                          name.starts_with("mlflow") || name.starts_with("wandb") || name.starts_with("track");
    const std::string text = text_of_value(value);
    if (is_local || (is_off(value) && name != "seed") || !has_effect(name, options) ||
        text.find('/') != std::string::npos)
      continue;
    rows += fmt::format("| {} | {} |\n", cell(name), cell(text));
  }
  if (!rows.empty()) card += "\nSettings that are off are left out.\n\n| setting | value |\n| --- | --- |\n" + rows;
}

void add_result(std::string& card, const Json& run) {
  std::string rows;
  const Json result = run.value("result", Json::object());
  for (const auto& [name, value] : result.items())
    if ((value.is_number() || value.is_boolean()) && !is_off(value)) {
      std::string words = name;
      std::replace(words.begin(), words.end(), '_', ' ');
      rows += fmt::format("| {} | {} |\n", words, value.dump());
    }
  if (!rows.empty()) card += "\n| result | value |\n| --- | --- |\n" + rows;
}

void add_merge(std::string& card, const std::vector<Json>& runs) {
  for (auto run = runs.rbegin(); run != runs.rend(); ++run) {
    const Json merge = run->value("merge", Json());
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

bool is_hub_base_name(const std::string& name) { return is_hub_name(name) || is_hub_name("x/" + name); }

std::string hub_base_of(const fs::path& folder, const std::string& given) {
  if (!given.empty()) return given;
  const std::vector<Json> runs = runs_of(folder);
  if (is_file(folder / "adapter_config.json")) {
    const Json config = parse_json(read_member(folder, "adapter_config.json"), "adapter_config.json");
    return name_of_base(text_of(config, "base_model_name_or_path"), runs);
  }
  const auto pull = std::find_if(runs.begin(), runs.end(), is_pull);
  return pull == runs.end() ? "" : pulled_name(*pull);
}

std::string model_card(const fs::path& folder, const CardSettings& settings, Log& log) {
  const std::vector<Json> runs = runs_of(folder);
  const std::string& base = settings.base_model;
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
    card += fmt::format("\nWritten by intelia {} from the manifests of its runs.\n", text_of(runs.back(), "version"));
  return card;
}

}  // namespace intelia
