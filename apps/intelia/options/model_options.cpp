#include "options/model_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "export/model_pull.hpp"
#include "record/manifest.hpp"

namespace intelia {

namespace fs = std::filesystem;

void declare_model_options(OptionTable& table, ModelSettings& settings, Method otherwise, bool trains) {
  std::string methods =
      fmt::format("Base weights: qlora = 4-bit NF4, lora = as stored, auto = as the adapter was trained, else {}",
                  otherwise == Method::qlora ? "qlora" : "lora");
  std::vector<std::pair<std::string, Method>> names{
      {"auto", Method::automatic}, {"qlora", Method::qlora}, {"lora", Method::lora}};
  if (trains) {
    methods += "; full = all trained";
    names.emplace_back("full", Method::full);
  }
  table.add("model", settings.model, "Model folder in Hugging Face format", "FOLDER")
      .required()
      .changeable();  // its hash may not
  table.add("adapter", settings.adapter, "PEFT adapter folder", "FOLDER").changeable();
  declare_allow_mismatch(table, settings.allows_mismatch);
  table.add("method", settings.method, methods, names);
  declare_placement(table, settings);
}

void declare_allow_mismatch(OptionTable& table, bool& allows_mismatch) {
  table
      .add("allow-mismatch", allows_mismatch,
           "Use an adapter with another base, method, tokenizer or chat template than it was trained with")
      .changeable();
}

void declare_placement(OptionTable& table, ModelSettings& settings) {
  table.add("precision", settings.precision, "Compute precision",
            {{"auto", Precision::automatic},
             {"fp32", Precision::fp32},
             {"bf16", Precision::bf16},
             {"fp16", Precision::fp16}});
  table.add("device", settings.device, "Device; auto: a GPU when one is available",
            {{"auto", Device::automatic}, {"cpu", Device::cpu}, {"cuda", Device::cuda}});
}

void check_is_folder(const std::string& option, const fs::path& path) {
  const std::string name = path.string(), problem = input_problem(path, InputType::folder);
  if (problem == "does not exist" && is_hub_name(name))
    throw Error(Kind::usage,
                fmt::format("--{} '{}' does not exist; if it is a model on the Hugging Face Hub, download it "
                            "with 'intelia model pull {} --output FOLDER'",
                            option, name, name));
  check_input_option(option, path, InputType::folder);
}

void declare_trained_turns(OptionTable& table, TrainedTurns& turns) {
  table.add("trained-turns", turns, "Assistant turns to train on; messages with \"weight\": 0 are excluded",
            {{"all", TrainedTurns::all}, {"last", TrainedTurns::last}});
}

void declare_tokenizer_rules(OptionTable& table, TokenizerRules& rules) {
  table.add(
      "tokenizer-rules", rules,
      "Rules for tokenizer.json: transformers = those of AutoTokenizer (tokenizer_class and tokenizer_config.json "
      "may replace rules of the file), file = those of the file alone",
      {{"transformers", TokenizerRules::transformers}, {"file", TokenizerRules::file}});
}

void declare_date(OptionTable& table, std::string& date) {
  table.add("date", date, "Date for chat templates that use the current date, YYYY-MM-DD", "DATE");
}

void declare_token_cache(OptionTable& table, TokenCacheOptions& options) {
  table.add("token-cache", options.is_used, "Cache tokenized data between runs").changeable();
  table
      .add("token-cache-size", options.max_gib,
           "Maximum size of the token cache in GiB, the least recently used files are removed first (0 = unlimited)")
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
  if (options.max_gib < 0) throw Error(Kind::usage, "--token-cache-size must be 0 (unlimited) or more");
  const fs::path folder = cache_folder();
  if (!options.is_used || context.common.dry_run || folder.empty()) return {};
  // The hash of the program and not its version, so that a build with uncommitted changes shares no tokens.
  return {folder / "tokens", static_cast<std::uint64_t>(options.max_gib * (1ULL << 30)),
          sha256_of_file("/proc/self/exe")};
}

void check_model_options(const ModelSettings& settings) {
  check_is_folder("model", settings.model);
  if (!settings.adapter.empty()) check_is_folder("adapter", settings.adapter);
}

void warn_without_date(const fs::path& model, const fs::path& adapter, TokenizerRules rules, const std::string& date,
                       Log& log) {
  if (!date.empty()) return;
  check_tokenizer_files(model);
  if (!adapter.empty()) check_tokenizer_files(adapter);
  if (load_chat_template(model, rules, adapter).reads_date())
    log.warning("the chat template uses the current date, and results must not depend on the day; set one with --date");
}

}  // namespace intelia
