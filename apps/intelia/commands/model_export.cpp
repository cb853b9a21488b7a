// `intelia model export`: a model as a GGUF file or a Hugging Face folder. Options and the summary; lib/export does the
// work.
#include "export/model_export.hpp"

#include <fmt/format.h>

#include "cli/command.hpp"
#include "options/export_options.hpp"
#include "options/model_options.hpp"

namespace intelia {
namespace {

struct Options {
  ExportSettings settings;
  double max_file_gigabytes = static_cast<double>(ExportSettings{}.max_file_bytes) / 1e9;
};

void declare(OptionTable& table, Options& options) {
  ExportSettings& settings = options.settings;
  table.add("model", settings.model, "Model folder in Hugging Face format", "FOLDER").required();
  table.add("adapter", settings.adapter, "PEFT adapter folder, merged into the model", "FOLDER");
  declare_allow_mismatch(table, settings.allows_mismatch);
  declare_onto(table, settings.onto);
  table.add("adapter-only", settings.adapter_only,
            "GGUF: export the adapter alone, for llama.cpp to apply to the model");
  table.add("format", settings.format, "Format of the export",
            {{"gguf", ExportFormat::gguf}, {"hf", ExportFormat::hf}});
  table.add("type", settings.type, "Data type of the weights; auto: as they are stored. hf has auto, f32, f16 and bf16",
            {{"auto", ExportType::automatic},
             {"f32", ExportType::f32},
             {"f16", ExportType::f16},
             {"bf16", ExportType::bf16},
             {"q8_0", ExportType::q8_0},
             {"q4_0", ExportType::q4_0},
             {"q4_k_m", ExportType::q4_k_m}});
  table.add("output", settings.output, "Folder for the exported model", "FOLDER").required();
  table.add("max-file-gigabytes", options.max_file_gigabytes,
            "hf: maximum size of a file of weights; larger models are sharded");
}

ExportSettings settings_of(const Options& options, const Context& context) {
  ExportSettings settings = options.settings;
  check_is_folder("model", settings.model);
  if (!settings.adapter.empty()) check_is_folder("adapter", settings.adapter);
  if (settings.adapter_only && settings.adapter.empty())
    throw Error(Kind::usage, "--adapter-only needs --adapter FOLDER");
  settings.max_file_bytes = file_bytes_of(options.max_file_gigabytes);
  settings.threads = context.common.threads;
  check_inputs_stay(outputs_in(settings.output), {settings.model, settings.adapter}, context.common);
  return settings;
}

int run(const Options& options, Context& context) {
  const ExportSettings settings = settings_of(options, context);
  const ExportPlan plan = plan_export(settings, context.log());
  Json summary{{"format", settings.format == ExportFormat::gguf ? "gguf" : "hf"},
               {"type", export_type_name(plan.type)},
               {"parameters", num_parameters(plan.merged.folder.config)},
               {"output", settings.output.string()}};
  if (!plan.file.empty()) summary["file"] = plan.file;
  std::string merged;
  if (!settings.adapter.empty() && !settings.adapter_only) {
    summary["merged_onto"] = plan.merged.base_in_words;
    merged = ", the adapter merged onto " + plan.merged.base_in_words;
  }
  const std::string type = plan.type == ExportType::automatic ? std::string("as stored") : export_type_name(plan.type);
  const std::string what = plan.file.empty() ? "the model" : plan.file;
  if (context.common.dry_run) {
    summary["dry_run"] = true;
    summary["weight_bytes"] = plan.weight_bytes;
    context.finish(summary, fmt::format("{}: about {:.1f} MB ({}){}; nothing was written", what,
                                        static_cast<double>(plan.weight_bytes) / 1e6, type, merged));
    return 0;
  }
  const ExportedModel model = export_model(plan, settings, context.run_info(), context.sinks);
  const double seconds = model.manifest.at("measured").at("seconds");
  summary["weight_bytes"] = model.weight_bytes;
  summary["seconds"] = seconds;
  context.finish(summary, fmt::format("{}: {:.1f} MB ({}){}, in '{}' ({:.1f} s)", what,
                                      static_cast<double>(model.weight_bytes) / 1e6, type, merged,
                                      settings.output.string(), seconds));
  return 0;
}

}  // namespace

extern const Command model_export{
    "model export", "Export a model to GGUF or to a Hugging Face folder",
    "Writes a model for llama.cpp and Ollama (a GGUF file with tokenizer and chat template, and a Modelfile), or as a "
    "Hugging Face folder with dense weights; with --adapter the adapter is merged into it. GGUF files have the keys "
    "and "
    "tensors of llama.cpp's own converter; what llama.cpp cannot represent is an error.\n\n"
    "Example: intelia model export --model models/base --adapter runs/sft --type q4_k_m --output models/assistant-gguf",
    bind<Options, declare, run>};

}  // namespace intelia
