#include "inference/provenance.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "base/path.hpp"
#include "model/adapter.hpp"
#include "record/manifest.hpp"
#include "record/trained_records.hpp"

namespace intelia {

namespace fs = std::filesystem;

namespace {

using Hashes = std::vector<std::string>;

/** The sha256 of the files of weights among `files`, sorted; with `folder` of those in it alone. */
Hashes weight_hashes(const Json& files, const std::optional<fs::path>& folder = std::nullopt) {
  Hashes hashes;
  if (!files.is_array()) return hashes;
  for (const Json& file : files) {
    if (!file.is_object() || !file.contains("path") || !file["path"].is_string()) continue;
    const fs::path path = file["path"].get<std::string>();
    if (path.extension() != ".safetensors") continue;
    if (folder && (path.parent_path() / "").lexically_normal() != (*folder / "").lexically_normal()) continue;
    hashes.push_back(file.value("sha256", ""));
  }
  std::sort(hashes.begin(), hashes.end());
  return hashes;
}

std::string text_of(const Json& object, const char* key) {
  return object.is_object() && object.contains(key) && object[key].is_string() ? object[key].get<std::string>() : "";
}

/** The weights that `manifest` quantized as Method::qlora quantizes them; empty unless it is of such a run. */
Hashes quantized_from(const Json& manifest) {
  if (text_of(manifest, "command") != "model quantize" || !manifest.contains("options")) return {};
  const Json& options = manifest["options"];
  if (!options.is_object() || options.value("double-quant", Json(true)) != true) return {};
  return weight_hashes(manifest.value("inputs", Json()), text_of(options, "model"));
}

/** How an adapter was trained. Unknown parts are empty. */
struct TrainedWith {
  Hashes weights, dense_weights;  // of the base; dense: those that it was quantized from
  std::string base, method, tokenizer, chat_template;
};

/** The method in the options of a training. Error{input} for one that does not exist. */
std::string method_in(const Json& options) {
  const Json method = options.is_object() ? options.value("method", Json()) : Json();
  for (const char* known : {"qlora", "lora", "full"})
    if (method == known) return known;
  if (method.is_null()) return "";
  throw Error(Kind::input,
              "a manifest of a training has the method " + method.dump() + "; expected qlora, lora or full");
}

/** From the manifest of a run of `train`. */
TrainedWith from_run(const Json& manifest) {
  TrainedWith trained;
  const Json options = manifest.value("options", Json::object());
  trained.base = text_of(options, "model");
  trained.method = method_in(options);
  trained.tokenizer = text_of(manifest, "tokenizer_sha256");
  trained.chat_template = text_of(manifest, "chat_template_sha256");
  trained.weights = weight_hashes(manifest.value("inputs", Json()), trained.base);
  for (const Json& origin : manifest.value("origins", Json::array()))
    if (origin.is_object() && origin.contains("manifest") && origin["manifest"].is_object() &&
        weight_hashes(origin["manifest"].value("outputs", Json())) == trained.weights)
      trained.dense_weights = quantized_from(origin["manifest"]);
  return trained;
}

/** From the identity of the run in the manifest of a checkpoint. */
TrainedWith from_checkpoint(const Json& run) {
  TrainedWith trained;
  const Json options = run.value("options", Json::object());
  trained.base = text_of(options, "model");
  trained.method = method_in(options);
  trained.tokenizer = text_of(run, "tokenizer");
  trained.chat_template = text_of(run, "chat_template");
  trained.weights = weight_hashes(run.value("model", Json()));
  return trained;
}

std::optional<TrainedWith> trained_with(const fs::path& folder) {
  const std::optional<Json> found = own_manifest(folder);
  if (!found) return std::nullopt;
  const Json& manifest = *found;
  if (text_of(manifest, "command").starts_with("train ")) return from_run(manifest);
  const Json state = manifest.value("state", Json());
  if (state.is_object() && state.contains("run") && state["run"].is_object()) return from_checkpoint(state["run"]);
  return std::nullopt;
}

const char* name_of(Method method) {
  return method == Method::qlora ? "qlora" : method == Method::lora ? "lora" : "full";
}

/** Whether the model folder stores its linear layers in NF4, so that both methods read the same weights. */
bool is_stored_in_nf4(const ModelConfig& config) {
  return config.document && config.document->contains("quantization_config");
}

/** Whether the weights of the folder `model` are those of `trained`, or, with `allows_nf4`, the ones that those were
    quantized from or to. */
bool is_same_base(const TrainedWith& trained, const fs::path& model, const Json& base_files, bool allows_nf4) {
  const Hashes weights = weight_hashes(base_files);
  if (weights == trained.weights) return true;
  if (!allows_nf4) return false;
  const std::optional<Json> manifest = own_manifest(model);
  const Hashes dense = manifest ? quantized_from(*manifest) : Hashes();
  if (!dense.empty() && (dense == trained.weights || dense == trained.dense_weights)) return true;
  return !trained.dense_weights.empty() && trained.dense_weights == weights;
}

/** The last part of a path or of a name such as "meta-llama/Llama-3.1-8B". */
std::string last_part(const std::string& name) { return fs::path(name + "/").parent_path().filename().string(); }

/** Warns of an adapter whose manifest says nothing of its training, and of one that names another base. */
void warn_of_unknown(const ModelSettings& settings, Log& log) {
  if (is_file(settings.adapter / "manifest.json"))
    log.warning(
        fmt::format("'{}' is not of a training with intelia: on which base, and with which method, the adapter "
                    "was trained is unknown",
                    (settings.adapter / "manifest.json").string()));
  const fs::path path = settings.adapter / "adapter_config.json";
  if (!is_file(path)) return;
  const Json config = parse_json(read_file(path), path.string());
  const std::string name = text_of(config, "base_model_name_or_path");
  if (name.empty() || last_part(name) == last_part(settings.model.string())) return;
  log.warning(fmt::format("'{}' names '{}' as its base model, and '{}' is used; whether they are the same is unknown",
                          settings.adapter.string(), name, settings.model.string()));
}

/** Whether a file of a model or adapter determines how it is judged. */
bool is_judged(const std::string& name) {
  return name == "adapter_config.json" || name == "config.json" || name == kTrainedRecordsFile ||
         fs::path(name).extension() == ".safetensors";
}

/** Name → sha256 of the outputs in a manifest that are judged. */
std::map<std::string, std::string> listed_files(const Json& manifest) {
  std::map<std::string, std::string> listed;
  for (const Json& output : manifest.value("outputs", Json::array()))
    if (const std::string name = text_of(output, "path"); is_judged(name)) listed[name] = text_of(output, "sha256");
  return listed;
}

/** Empty when the file has the hash that the manifest lists; an empty `hash`: it is missing. */
std::string difference_of(const std::string& name, const std::string& hash, const std::string& listed) {
  if (hash.empty()) return name + " is missing although the manifest lists it";
  return hash == listed ? "" : name + " is not the file that the manifest lists (its sha256 differs)";
}

}  // namespace

std::vector<std::string> file_mismatches(const fs::path& folder, const Json& files) {
  std::map<std::string, std::string> hashes, listed;
  for (const Json& file : files) hashes[fs::path(text_of(file, "path")).filename().string()] = text_of(file, "sha256");
  if (const auto manifest = own_manifest(folder)) listed = listed_files(*manifest);
  const fs::path whole = absolute_path(folder);
  if (whole.filename().string().starts_with("checkpoint-") && !hashes.contains(kTrainedRecordsFile)) {
    const fs::path of_run = whole.parent_path();
    if (const auto manifest = own_manifest(of_run)) {
      const std::map<std::string, std::string> of_run_listed = listed_files(*manifest);
      if (const auto index = of_run_listed.find(kTrainedRecordsFile); index != of_run_listed.end())
        listed.insert(*index);
    }
    if (is_file(of_run / kTrainedRecordsFile))
      hashes[kTrainedRecordsFile] = sha256_of_file(of_run / kTrainedRecordsFile);
  }
  std::vector<std::string> mismatches;
  for (const auto& [name, hash] : listed)
    if (std::string difference = difference_of(name, hashes[name], hash); !difference.empty())
      mismatches.push_back(std::move(difference));
  return mismatches;
}

namespace {

std::vector<std::string> base_mismatch(const TrainedWith& trained, const fs::path& model, const BaseFiles& base_files,
                                       bool allows_nf4) {
  if (trained.weights.empty() || is_same_base(trained, model, base_files(), allows_nf4)) return {};
  return {fmt::format("it was trained on other base weights ('{}') than those of '{}'", trained.base, model.string())};
}

void report(const std::vector<std::string>& mismatches, const ModelSettings& settings, Log& log) {
  if (mismatches.empty()) return;
  const std::string message = fmt::format("the adapter '{}' does not belong to this model: {}",
                                          settings.adapter.string(), fmt::join(mismatches, "; "));
  if (!settings.allows_mismatch) throw Error(Kind::usage, message + "; `allow_mismatch` uses it nevertheless");
  log.warning(message);
}

}  // namespace

std::vector<std::string> adapter_mismatches(const ModelSettings& settings, const BaseFiles& base_files,
                                            const TextSide& text, Log& log) {
  const std::optional<TrainedWith> trained = trained_with(settings.adapter);
  if (!trained) {
    warn_of_unknown(settings, log);
    return {};
  }
  const bool is_qlora = settings.method == Method::qlora && trained->method == "qlora";
  std::vector<std::string> mismatches = base_mismatch(*trained, settings.model, base_files, is_qlora);
  const std::string method = name_of(settings.method);
  if (!trained->method.empty() && trained->method != method && !is_stored_in_nf4(text.config))
    mismatches.push_back(fmt::format("it was trained with the base as of method {} and would be used with that of {}",
                                     trained->method, method));
  if (!trained->tokenizer.empty() && trained->tokenizer != text.tokenizer->sha256())
    mismatches.push_back(
        fmt::format("it was trained with another tokenizer than that of '{}'", text.tokenizer_folder.string()));
  if (!trained->chat_template.empty() && trained->chat_template != text.chat_template.sha256())
    mismatches.push_back(
        fmt::format("it was trained with another chat template than that of '{}'", text.tokenizer_folder.string()));
  return mismatches;
}

void check_adapter(const ModelSettings& settings, const BaseFiles& base_files, const TextSide& text, Log& log) {
  if (!settings.adapter.empty()) report(adapter_mismatches(settings, base_files, text, log), settings, log);
}

void check_merged_base(const ModelSettings& settings, const BaseFiles& base_files, Log& log) {
  if (settings.adapter.empty()) return;
  if (const auto trained = trained_with(settings.adapter))
    report(base_mismatch(*trained, settings.model, base_files, /*allows_nf4=*/true), settings, log);
  else
    warn_of_unknown(settings, log);
}

void resolve_method(ModelSettings& settings, Method otherwise, Log& log) {
  if (settings.method != Method::automatic) return;
  settings.method = otherwise;
  if (settings.adapter.empty()) return;
  const auto trained = trained_method(settings.adapter, otherwise, read_model_config(settings.model));
  if (!trained) return;
  settings.method = *trained == "qlora" ? Method::qlora : Method::lora;
  log.info(fmt::format("'{}' was trained on {}, which are used here, too (method {})", settings.adapter.string(),
                       *trained == "qlora" ? "NF4 weights" : "the weights as stored", *trained));
}

std::optional<std::string> trained_method(const fs::path& folder, Method used, const ModelConfig& config) {
  const std::optional<TrainedWith> trained = trained_with(folder);
  if (!trained || trained->method.empty() || is_stored_in_nf4(config)) return std::nullopt;
  const std::string method = trained->method == "full" ? "lora" : trained->method;  // lora reads weights as stored, too
  return method == name_of(used) ? std::nullopt : std::optional(method);
}

bool was_trained_on_nf4(const fs::path& folder) {
  const std::optional<TrainedWith> trained = trained_with(folder);
  return trained && trained->method == "qlora";
}

std::vector<std::string> model_mismatches(const ModelSettings& settings) {
  const std::optional<TrainedWith> trained = trained_with(settings.model);
  if (!trained || trained->method != "full" || settings.method != Method::qlora) return {};
  return {"it was trained unquantized (method full) and would be used in NF4 (qlora)"};
}

}  // namespace intelia
