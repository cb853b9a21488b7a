#include "export/model_push.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "base/error.hpp"
#include "base/folder_member.hpp"
#include "base/path.hpp"
#include "export/hub_process.hpp"
#include "export/model_card.hpp"
#include "export/model_files.hpp"
#include "inference/text_side.hpp"
#include "record/json_text.hpp"

namespace intelia {

namespace fs = std::filesystem;

namespace {

bool is_weight_file(const std::string& name) {
  return (name.starts_with("model") && (name.ends_with(".safetensors") || name.ends_with(".safetensors.index.json"))) ||
         name == "adapter_model.safetensors" || name.ends_with(".gguf");
}

bool is_published(const std::string& name) {
  const auto& texts = tokenizer_file_names();
  return is_weight_file(name) || name == "config.json" || name == "adapter_config.json" || name == "Modelfile" ||
         is_license_file(name) || std::find(texts.begin(), texts.end(), name) != texts.end();
}

/** A new file for the messages of the client, outside the folder that is published. */
fs::path log_path() {
  std::error_code failure;
  fs::path folder = fs::temp_directory_path(failure);
  if (failure) folder = "/tmp";
  return folder / fmt::format("intelia-push-{}.log", ::getpid());
}

/** Configuration files and the key under which they may name a folder of the machine that wrote them. */
constexpr std::pair<const char*, const char*> kPaths[] = {{"adapter_config.json", "base_model_name_or_path"},
                                                          {"config.json", "_name_or_path"},
                                                          {"tokenizer_config.json", "name_or_path"}};

/** Gives an adapter `base`, the name of its base on the hub, and removes folders of this machine from other files. */
void name_base(PushPlan& plan, const fs::path& folder, const std::string& base) {
  for (const auto& [name, key] : kPaths) {
    if (!is_file(folder / name)) continue;
    Json config = parse_json(read_member(folder, name), (folder / name).string());
    if (!config.is_object() || !config.contains(key) || !config[key].is_string()) continue;
    const std::string named = config[key].get<std::string>();
    const bool is_adapter = std::string_view(name) == "adapter_config.json";
    if (is_adapter && base.empty())
      throw SettingError(
          Kind::usage, "base",
          fmt::format("the adapter names '{}' as its base, which is no name on the hub; give the name", named),
          SettingError::Role::remedy);
    const bool is_path = fs::path(named).is_absolute() || named.starts_with('.') || is_folder(named);
    if (is_adapter ? named == base : !is_path) continue;
    if (is_adapter)
      config[key] = base;
    else
      config.erase(key);
    plan.texts[name] = config.dump(2) + "\n";
  }
}

}  // namespace

std::uint64_t PushPlan::num_bytes() const {
  std::uint64_t total = 0;
  for (const PushFile& file : files) total += file.num_bytes;
  return total;
}

PushPlan plan_push(const PushSettings& settings, Log& log) {
  check_input(settings.folder, InputType::folder);
  PushPlan plan;
  const auto add = [&](const std::string& name) {
    const fs::path path = member_of_folder(settings.folder, name);
    plan.files.push_back({name, file_bytes(path)});
  };
  bool has_weights = false;
  for (const std::string& name : folder_members(settings.folder)) {
    if (is_published(name)) {
      add(name);
      has_weights = has_weights || is_weight_file(name);
    } else if (name != "README.md" && name != "additional_chat_templates" && !name.starts_with('.')) {
      plan.left_out.push_back(name);
    }
  }
  for (const std::string& name : named_template_files(settings.folder)) add(name);
  if (!has_weights)
    throw Error(Kind::input,
                fmt::format("'{}' has neither safetensors weights nor a GGUF file", settings.folder.string()));
  if (!settings.base_model.empty() && !is_hub_base_name(settings.base_model))
    throw SettingError(Kind::usage, "base",
                       fmt::format("expected a name on the hub, ORGANIZATION/NAME, got '{}'", settings.base_model));
  const std::string base = hub_base_of(settings.folder, settings.base_model);
  name_base(plan, settings.folder, base);
  plan.texts["README.md"] = model_card(settings.folder, {settings.name, settings.license, base}, log);
  plan.files.insert(plan.files.begin(), {"README.md", 0});
  for (PushFile& file : plan.files)
    if (const auto text = plan.texts.find(file.name); text != plan.texts.end()) file.num_bytes = text->second.size();
  return plan;
}

PushedModel push_model(const PushPlan& plan, const PushSettings& settings, const Sinks& sinks) {
  std::vector<std::string> arguments{settings.name, settings.revision, settings.is_private ? "private" : "public",
                                     settings.message.empty() ? "Upload with intelia" : settings.message,
                                     absolute_path(settings.folder).string()};
  for (const PushFile& file : plan.files) arguments.push_back(file.name);
  const fs::path log = log_path();
  std::int64_t total = 0;
  const std::vector<Json> reports =
      run_hub_program(hub_push_client(), arguments, json_text(Json(plan.texts)), settings.folder, log, settings.name,
                      sinks.stop, [&](const std::vector<Json>& so_far) {
                        for (const Json& report : so_far) total = report.value("total", total);
                        sinks.progress.update({"MB", 0, total / 1'000'000, total > 0 ? "sending" : "connecting"});
                      });
  sinks.progress.finish();
  for (const Json& report : reports)
    if (report.contains("commit")) {
      remove_file(log);
      return {report["commit"].get<std::string>(), report.value("url", "")};
    }
  fail_without_result(log);
}

}  // namespace intelia
