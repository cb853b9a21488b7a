#include "export/model_push.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "base/error.hpp"
#include "base/folder_member.hpp"
#include "base/path.hpp"
#include "export/hub_process.hpp"
#include "export/model_card.hpp"
#include "inference/text_side.hpp"

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
         std::find(texts.begin(), texts.end(), name) != texts.end();
}

/** A new file for the messages of the client, outside the folder that is published. */
fs::path log_path() {
  std::error_code failure;
  fs::path folder = fs::temp_directory_path(failure);
  if (failure) folder = "/tmp";
  return folder / fmt::format("intelia-push-{}.log", ::getpid());
}

}  // namespace

PushPlan plan_push(const PushSettings& settings, Log& log) {
  check_input(settings.folder, InputType::folder);
  PushPlan plan;
  const auto add = [&](const std::string& name) {
    const fs::path path = member_of_folder(settings.folder, name);
    plan.files.push_back({name, file_bytes(path)});
    plan.num_bytes += plan.files.back().num_bytes;
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
  plan.card = model_card(settings.folder, {settings.name, settings.license, settings.base_model}, log);
  plan.num_bytes += plan.card.size();
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
      run_hub_program(hub_push_client(), arguments, plan.card, settings.folder, log, settings.name, sinks.stop,
                      [&](const std::vector<Json>& so_far) {
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
