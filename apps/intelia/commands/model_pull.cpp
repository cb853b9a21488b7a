// `intelia model pull`: a model folder from a hub. Options and the summary; lib/export does the work.
#include "export/model_pull.hpp"

#include <fmt/format.h>

#include "cli/command.hpp"

namespace intelia {
namespace {

struct Options {
  PullSettings pull;
};

void declare(OptionTable& table, Options& options) {
  table.add("name", options.pull.name, "Model on the hub, ORGANIZATION/NAME", "NAME").positional().required();
  table.add("revision", options.pull.revision, "Branch, tag or commit; default: the default branch", "REVISION");
  table.add("output", options.pull.output, "Folder for the model", "FOLDER").required();
}

int run(const Options& options, Context& context) {
  const PullSettings& settings = options.pull;
  if (!is_hub_name(settings.name))
    throw Error(Kind::usage, "'" + settings.name + "' is not the name of a model: expected ORGANIZATION/NAME");
  if (context.common.dry_run) {
    context.finish({{"dry_run", true}, {"model", settings.name}},
                   settings.name + " would be downloaded to '" + settings.output.string() + "'");
    return 0;
  }
  const PulledModel model = pull_model(settings, context.run_info(), context.sinks);
  const double seconds = model.manifest.at("measured").at("seconds");
  context.finish({{"model", settings.name},
                  {"commit", model.commit},
                  {"bytes", model.num_bytes},
                  {"output", settings.output.string()},
                  {"seconds", seconds}},
                 fmt::format("{} at commit {}: {:.1f} MB in '{}' ({:.1f} s)", settings.name, model.commit,
                             static_cast<double>(model.num_bytes) / 1e6, settings.output.string(), seconds));
  return 0;
}

}  // namespace

extern const Command model_pull{
    "model pull", "Download a model from the Hugging Face Hub",
    "Downloads configuration, safetensors weights, tokenizer and chat template through the Python package "
    "huggingface_hub, with the Python of INTELIA_PYTHON. The commit is recorded in the manifest. An interrupted "
    "download "
    "is resumed by the same command. HF_TOKEN gives access to private models, HF_ENDPOINT names another hub.\n\n"
    "Example: intelia model pull Qwen/Qwen2.5-0.5B --output models/qwen2.5-0.5b",
    bind<Options, declare, run>};

}  // namespace intelia
