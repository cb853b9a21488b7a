// `intelia model push`: a model, adapter or GGUF folder to a hub. Options and the summary; lib/export does the work.
#include "export/model_push.hpp"

#include <fmt/format.h>

#include "base/counted.hpp"
#include "base/held_folder.hpp"
#include "cli/command.hpp"
#include "export/model_pull.hpp"
#include "options/model_options.hpp"

namespace intelia {
namespace {

struct Options {
  PushSettings push;
};

void declare(OptionTable& table, Options& options) {
  PushSettings& push = options.push;
  table.add("name", push.name, "Model on the hub, ORGANIZATION/NAME", "NAME").positional().required();
  table.add("model", push.folder, "Folder of the model, adapter or GGUF file", "FOLDER").required();
  table.add("revision", push.revision, "Branch, created if it does not exist; default: the default branch", "REVISION");
  table.add("private", push.is_private, "If the model is created: make it private");
  table.add("license", push.license, "License in the model card, such as apache-2.0", "LICENSE");
  table.add("base", push.base_model,
            "Name of the base model on the hub, for the card and adapter_config.json; default: as the manifests or the "
            "adapter say",
            "NAME");
  table.add("message", push.message, "Commit message");
}

Json to_json(const PushPlan& plan) {
  Json list = Json::array();
  for (const PushFile& file : plan.files) list.push_back({{"path", file.name}, {"bytes", file.num_bytes}});
  return list;
}

void list_files(const PushPlan& plan, Log& log) {
  for (const PushFile& file : plan.files)
    log.info(fmt::format("{:>16}  {}{}", file.num_bytes, file.name,
                         file.name == "README.md"         ? " (model card)"
                         : plan.texts.contains(file.name) ? " (names the base on the hub)"
                                                          : ""));
  for (const std::string& name : plan.left_out) log.info(fmt::format("{:>16}  {}", "not sent", name));
}

int run(const Options& options, Context& context) {
  const PushSettings& settings = options.push;
  if (!is_hub_name(settings.name))
    throw Error(Kind::usage, "'" + settings.name + "' is not the name of a model: expected ORGANIZATION/NAME");
  check_is_folder("model", settings.folder);
  const HeldFolder held(settings.folder, /*may_be_link=*/true);  // what is planned is what is sent
  const PushPlan plan = plan_push(settings, context.log());
  Json summary{
      {"model", settings.name}, {"files", to_json(plan)}, {"bytes", plan.num_bytes()}, {"left_out", plan.left_out}};
  const double megabytes = static_cast<double>(plan.num_bytes()) / 1e6;
  if (context.common.dry_run) {
    summary["dry_run"] = true;
    summary["card"] = plan.texts.at("README.md");
    if (!context.common.json) list_files(plan, context.log());
    context.finish(summary, fmt::format("{}, {:.1f} MB, would be sent to {}", counted(plan.files.size(), "file"),
                                        megabytes, settings.name));
    return 0;
  }
  const PushedModel pushed = push_model(plan, settings, context.sinks);
  summary["commit"] = pushed.commit;
  summary["url"] = pushed.url;
  context.finish(summary, fmt::format("{}, {:.1f} MB, sent to {} as commit {}", counted(plan.files.size(), "file"),
                                      megabytes, settings.name, pushed.commit));
  return 0;
}

}  // namespace

extern const Command model_push{
    "model push", "Publish a model on the Hugging Face Hub",
    "Sends weights, configuration, tokenizer and chat template of a model, an adapter or a GGUF file through the "
    "Python "
    "package huggingface_hub, with the Python of INTELIA_PYTHON, and a model card written from the manifests: base, "
    "data "
    "with counts and hashes, settings, results, license. Manifests themselves are not sent. HF_TOKEN gives the right "
    "to "
    "write, HF_ENDPOINT names another hub; --dry-run lists what would be sent.\n\n"
    "Example: intelia model push farm/assistant --model models/assistant --license apache-2.0",
    bind<Options, declare, run>};

}  // namespace intelia
