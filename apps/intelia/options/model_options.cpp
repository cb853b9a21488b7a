#include "options/model_options.hpp"

#include <algorithm>
#include <cstdlib>

#include "record/manifest.hpp"

namespace intelia {

namespace fs = std::filesystem;

void declare_model_options(OptionTable& table, ModelSettings& settings) {
  table.add("model", settings.model, "Model folder in Hugging Face form", "FOLDER").required();
  table.add("adapter", settings.adapter, "PEFT adapter folder", "FOLDER");
  table.add("method", settings.method, "How the base is held: NF4, as it is, or (train) all of it trained",
            {{"qlora", Method::qlora}, {"lora", Method::lora}, {"full", Method::full}});
  table.add("precision", settings.precision, "Precision of the computation",
            {{"auto", Precision::automatic},
             {"fp32", Precision::fp32},
             {"bf16", Precision::bf16},
             {"fp16", Precision::fp16}});
  table.add("device", settings.device, "Where to compute; auto: a GPU when there is one",
            {{"auto", Device::automatic}, {"cpu", Device::cpu}, {"cuda", Device::cuda}});
}

void declare_trained_turns(OptionTable& table, TrainedTurns& turns) {
  table.add("trained-turns", turns, "Turns of the assistant that are trained, but for messages with \"weight\": 0",
            {{"all", TrainedTurns::all}, {"last", TrainedTurns::last}});
}

void declare_token_cache(OptionTable& table, TokenCacheOptions& options) {
  table
      .add("token-cache", options.is_used,
           "Keep the tokens of the data for the next run, or take those of an earlier one")
      .changeable();
  table
      .add("token-cache-size", options.max_gib,
           "GiB that kept tokens may fill, least recently used first out; 0: no limit")
      .changeable();
}

namespace {

/** Empty when the environment names none. */
fs::path cache_folder() {
  const auto value = [](const char* name) {
    const char* text = std::getenv(name);
    return fs::path(text == nullptr ? "" : text);
  };
  if (const fs::path own = value("INTELIA_CACHE_DIR"); !own.empty()) return own;
  if (const fs::path shared = value("XDG_CACHE_HOME"); !shared.empty()) return shared / "intelia";
  if (const fs::path home = value("HOME"); !home.empty()) return home / ".cache" / "intelia";
  return {};
}

}  // namespace

TokenCacheSettings token_cache_settings(const TokenCacheOptions& options, const Context& context) {
  if (options.max_gib < 0) throw Error(Kind::usage, "--token-cache-size must be 0 (no limit) or more");
  const fs::path folder = cache_folder();
  if (!options.is_used || context.common.dry_run || folder.empty()) return {};
  // The program's own bytes and not its version, so that a build with uncommitted changes takes nothing from another.
  return {folder / "tokens", static_cast<std::uint64_t>(options.max_gib * (1ULL << 30)),
          sha256_of_file("/proc/self/exe")};
}

void check_model_options(const ModelSettings& settings) {
  check_is_folder("model", settings.model);
  if (!settings.adapter.empty()) check_is_folder("adapter", settings.adapter);
}

void check_inputs_stay(const fs::path& output, const std::vector<std::string>& names,
                       const std::vector<fs::path>& folders, const std::vector<fs::path>& files) {
  for (const fs::path& folder : folders)
    if (!folder.empty() && is_same_file(folder, output))
      throw Error(Kind::usage, "--output is the folder of an input, '" + folder.string() + "'; name another");
  for (const fs::path& file : files)
    for (const std::string& name : names)
      if (!file.empty() && is_same_file(file, output / name))
        throw Error(Kind::usage, "the input '" + file.string() + "' would be replaced by the " + name +
                                     " of this run; copy it elsewhere or name another --output");
}

}  // namespace intelia
