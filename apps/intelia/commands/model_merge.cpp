// `intelia model merge`: an adapter merged into its base. Options and the summary; lib/export does the work.
#include "export/model_merge.hpp"

#include <fmt/format.h>

#include "cli/command.hpp"
#include "options/export_options.hpp"
#include "options/model_options.hpp"

namespace intelia {
namespace {

struct Options {
  MergeSettings settings;
  double max_file_gigabytes = static_cast<double>(MergeSettings{}.max_file_bytes) / 1e9;
};

void declare(OptionTable& table, Options& options) {
  MergeSettings& settings = options.settings;
  table.add("model", settings.model, "Model folder of the base, in Hugging Face format", "FOLDER").required();
  table.add("adapter", settings.adapter, "PEFT adapter folder", "FOLDER").required();
  table.add("output", settings.output, "Folder for the merged model", "FOLDER").required();
  declare_allow_mismatch(table, settings.allows_mismatch);
  declare_onto(table, settings.onto);
  table.add("type", settings.type, "Data type of the weights; auto: as the base stores them",
            {{"auto", ExportType::automatic},
             {"f32", ExportType::f32},
             {"f16", ExportType::f16},
             {"bf16", ExportType::bf16}});
  declare_max_file_size(table, options.max_file_gigabytes);
  table.add("data", settings.divergence.data,
            "Records on which the merged model is compared with base and adapter; default: random tokens", "FILE");
  table.add("rows", settings.divergence.num_rows, "Maximum number of rows for that comparison; 0: none");
  table.add("max-length", settings.divergence.max_tokens, "Maximum number of tokens of such a row");
  table.add("device", settings.device, "Device of the comparison",
            {{"auto", Device::automatic}, {"cpu", Device::cpu}, {"cuda", Device::cuda}});
}

MergeSettings settings_of(const Options& options, const Context& context) {
  MergeSettings settings = options.settings;
  check_is_folder("model", settings.model);
  check_is_folder("adapter", settings.adapter);
  if (!settings.divergence.data.empty()) check_input_option("data", settings.divergence.data, InputType::file);
  if (settings.divergence.num_rows < 0 || settings.divergence.num_rows > 4096)
    throw Error(Kind::usage, "--rows must be between 0 and 4096");
  if (settings.divergence.max_tokens < 1 || settings.divergence.max_tokens > 4096)
    throw Error(Kind::usage, "--max-length must be between 1 and 4096");
  settings.max_file_bytes = file_bytes_of(options.max_file_gigabytes);
  settings.threads = context.common.threads;
  check_inputs_stay(outputs_in(settings.output), {settings.model, settings.adapter}, context.common);
  return settings;
}

int run(const Options& options, Context& context) {
  const MergeSettings settings = settings_of(options, context);
  const MergePlan plan = plan_merge(settings, context.sinks);
  Json summary{{"merged_onto", plan.merged.base_in_words},
               {"adapted_layers", plan.merged.adapter_weights->loras().size()},
               {"parameters", num_parameters(plan.merged.folder.config)},
               {"output", settings.output.string()}};
  if (context.common.dry_run) {
    summary["dry_run"] = true;
    summary["weight_bytes"] = plan.weight_bytes;
    context.finish(summary, fmt::format("the adapter would be merged onto {}: about {:.1f} MB; nothing was written",
                                        plan.merged.base_in_words, static_cast<double>(plan.weight_bytes) / 1e6));
    return 0;
  }
  const MergeResult result = merge_model(plan, settings, context.run_info(), context.sinks);
  const double seconds = result.manifest.at("measured").at("seconds");
  summary["weight_bytes"] = result.weight_bytes;
  summary["seconds"] = seconds;
  std::string measured;
  if (result.divergence) {
    summary["divergence"] = result.manifest.at("merge").at("divergence");
    measured = fmt::format("; on {}: KL {:.2g} per token, largest logit difference {:.2g}", plan.rows.in_words,
                           result.divergence->kl_per_token, result.divergence->max_logit_difference);
  }
  context.finish(summary, fmt::format("the adapter is merged onto {}: {:.1f} MB in '{}' ({:.1f} s){}",
                                      plan.merged.base_in_words, static_cast<double>(result.weight_bytes) / 1e6,
                                      settings.output.string(), seconds, measured));
  return 0;
}

}  // namespace

extern const Command model_merge{
    "model merge", "Merge an adapter into the weights of its base model",
    "Writes a Hugging Face folder whose weights are those of the base with the adapter added: LoRA with any scaling, "
    "DoRA, and fully trained modules. The merged model is compared with base and adapter: the difference of their "
    "predictions is printed and recorded in the manifest.\n\n"
    "Example: intelia model merge --model models/base --adapter runs/sft --output models/assistant",
    bind<Options, declare, run>};

}  // namespace intelia
