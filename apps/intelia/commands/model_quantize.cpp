// `intelia model quantize`: a model folder with its linear layers in NF4. Options and the summary; lib/export does the
// work.
#include "export/model_quantize.hpp"

#include <fmt/format.h>

#include "cli/command.hpp"
#include "options/export_options.hpp"
#include "options/model_options.hpp"

namespace intelia {
namespace {

namespace fs = std::filesystem;

struct Options {
  QuantizeSettings quantize;
  double max_file_gigabytes = static_cast<double>(QuantizeSettings{}.max_file_bytes) / 1e9;
};

void declare(OptionTable& table, Options& options) {
  QuantizeSettings& quantize = options.quantize;
  table.add("model", quantize.model, "Model folder in Hugging Face format, not quantized", "FOLDER").required();
  table.add("output", quantize.output, "Folder for the quantized model", "FOLDER").required();
  table.add("double-quant", quantize.uses_double_quantization, "Double quantization: quantize the scales to 8 bits");
  declare_max_file_size(table, options.max_file_gigabytes);
}

void check(const Options& options, const CommonOptions& common) {
  check_is_folder("model", options.quantize.model);
  file_bytes_of(options.max_file_gigabytes);
  check_inputs_stay(outputs_in(options.quantize.output), {options.quantize.model}, common);
}

std::string in_megabytes(std::uint64_t num_bytes) {
  return fmt::format("{:.1f} MB", static_cast<double>(num_bytes) / 1e6);
}

QuantizeSettings settings_of(const Options& options, const Context& context) {
  QuantizeSettings settings = options.quantize;
  settings.threads = context.common.threads;
  settings.max_file_bytes = file_bytes_of(options.max_file_gigabytes);
  return settings;
}

int run(const Options& options, Context& context) {
  check(options, context.common);
  const QuantizeSettings settings = settings_of(options, context);
  const QuantizationPlan plan = plan_quantization(settings, context.log());
  Json summary{{"parameters", num_parameters(plan.config)},
               {"quantized_weights", plan.num_quantized},
               {"double_quantization", settings.uses_double_quantization},
               {"dense_bytes", plan.dense_bytes},
               {"output", settings.output.string()}};
  if (context.common.dry_run) {
    summary["dry_run"] = true;
    summary["weight_bytes"] = plan.quantized_bytes;
    context.finish(summary,
                   fmt::format("{} weights in NF4: about {} instead of {}; nothing was written", plan.num_quantized,
                               in_megabytes(plan.quantized_bytes), in_megabytes(plan.dense_bytes)));
    return 0;
  }
  const QuantizedModel model = quantize_model(plan, settings, context.run_info(), context.sinks);
  const double seconds = model.manifest.at("measured").at("seconds");
  summary["weight_bytes"] = model.weight_bytes;
  summary["seconds"] = seconds;
  context.finish(summary, fmt::format("{} weights in NF4: {} instead of {}, in '{}' ({:.1f} s)", plan.num_quantized,
                                      in_megabytes(model.weight_bytes), in_megabytes(plan.dense_bytes),
                                      settings.output.string(), seconds));
  return 0;
}

}  // namespace

extern const Command model_quantize{
    "model quantize", "Quantize the linear layers of a model to NF4",
    "Quantizes the linear layers of every block to NF4 (4 bits per weight, with double quantization) in the "
    "serialization "
    "format of bitsandbytes; embeddings, output layer and norms are unchanged, and the tokenizer is copied. The folder "
    "loads in transformers; 'train sft', 'eval run' and other commands use its weights as they are, which are those "
    "that --method qlora makes from the dense folder.\n\n"
    "Example: intelia model quantize --model models/base --output models/base-nf4",
    bind<Options, declare, run>};

}  // namespace intelia
