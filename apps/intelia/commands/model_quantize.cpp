// `intelia model quantize`: a model folder written anew with its linear layers in NF4. The engine makes the weights;
// this file what stands beside them.
#include <fmt/format.h>

#include <algorithm>

#include "base/clock.hpp"
#include "base/file.hpp"
#include "cli/command.hpp"
#include "engine/engine.hpp"
#include "model/safetensors.hpp"
#include "options/model_options.hpp"
#include "record/manifest.hpp"

namespace intelia {
namespace {

namespace fs = std::filesystem;

struct Options {
  QuantizeSettings quantize;
  double max_file_gigabytes = static_cast<double>(QuantizeSettings{}.max_file_bytes) / 1e9;
};

void declare(OptionTable& table, Options& options) {
  QuantizeSettings& quantize = options.quantize;
  table.add("model", quantize.model, "Model folder in Hugging Face form, not quantized", "FOLDER").required();
  table.add("output", quantize.output, "Folder for the quantized model", "FOLDER").required();
  table.add("double-quant", quantize.uses_double_quantization, "Quantize the scales again, to 8 bits");
  table.add("max-file-gigabytes", options.max_file_gigabytes,
            "Largest file of weights; more of them are written instead");
}

void check(const Options& options) {
  check_is_folder("model", options.quantize.model);
  if (!(options.max_file_gigabytes > 0 && options.max_file_gigabytes <= 1e6))
    throw Error(Kind::usage, "--max-file-gigabytes must be above 0, at most 1e6");
  check_inputs_stay(options.quantize.output, {}, {options.quantize.model}, {});
}

std::string in_megabytes(std::uint64_t num_bytes) {
  return fmt::format("{:.1f} MB", static_cast<double>(num_bytes) / 1e6);
}

int run(const Options& options, Context& context) {
  check(options);
  const double start_seconds = monotonic_seconds();
  QuantizeSettings settings = options.quantize;
  settings.threads = context.common.threads;
  settings.max_file_bytes = static_cast<std::uint64_t>(options.max_file_gigabytes * 1e9);
  const fs::path& model = settings.model;
  check_tokenizer_files(model);
  const ModelConfig config = read_model_config(model);
  std::uint64_t dense_bytes = 0, needed_bytes = 0;
  std::int64_t num_quantized = 0;
  {
    const ModelWeights weights(model);
    check_quantizable(weights, config, model);
    needed_bytes = quantized_bytes(weights, config, settings.uses_double_quantization);
    for (const TensorShape& tensor : model_tensors(config)) {
      dense_bytes += weights.at(tensor.name, tensor.shape).size_bytes;
      num_quantized += is_quantizable(tensor.name);
    }
  }
  Json summary{{"parameters", num_parameters(config)},
               {"quantized_weights", num_quantized},
               {"double_quantization", settings.uses_double_quantization},
               {"dense_bytes", dense_bytes},
               {"output", settings.output.string()}};
  if (context.common.dry_run) {
    summary["dry_run"] = true;
    summary["weight_bytes"] = needed_bytes;
    context.finish(summary, fmt::format("{} weights in NF4: about {} instead of {}; nothing was written", num_quantized,
                                        in_megabytes(needed_bytes), in_megabytes(dense_bytes)));
    return 0;
  }

  OutputFolder folder(settings.output, context.command, context.common.force);
  // Some room besides the weights: headers, tokenizer, and what the file system itself needs.
  needed_bytes += std::uint64_t{64} << 20;
  if (const std::uint64_t free_bytes = free_disk_bytes(folder.path()); free_bytes < needed_bytes)
    throw Error(Kind::io, fmt::format("'{}' has {} free and the quantized model needs {}; free some",
                                      folder.path().string(), in_megabytes(free_bytes), in_megabytes(needed_bytes)));

  const Json inputs = describe_folder(model);
  std::vector<AtomicFile> written = load_engine().quantize(settings, context.sinks);
  std::uint64_t weight_bytes = 0;
  for (const AtomicFile& file : written)
    if (file.path().extension() == ".safetensors") weight_bytes += file.num_bytes();
  const auto add = [&](const std::string& name, const std::string& content) {
    AtomicFile file(folder / name);
    file.write(content);
    file.close();
    written.push_back(std::move(file));
  };
  Json document = *config.document;
  document["quantization_config"] = quantization_config_json(settings.uses_double_quantization, config.dtype);
  add("config.json", document.dump(2) + "\n");
  for (const std::string& name : tokenizer_file_names())
    if (fs::exists(model / name)) add(name, read_file(model / name));

  Json manifest = make_manifest(context.command, context.program.version, context.options);
  manifest["inputs"] = inputs;
  manifest["origins"] = origins_of(inputs);
  manifest["outputs"] = Json::array();
  for (const AtomicFile& file : written) manifest["outputs"].push_back(describe_output(file));
  manifest["counts"] = {{"parameters", num_parameters(config)}, {"quantized_weights", num_quantized}};
  const double seconds = monotonic_seconds() - start_seconds;
  manifest["measured"] = {{"finished_at", utc_now()}, {"seconds", seconds}};
  add("manifest.json", manifest.dump(2) + "\n");

  // Everything is on the disk before the first file gets its name.
  remove_stale_model_files(folder.path(), written);
  for (AtomicFile& file : written) file.commit();

  summary["weight_bytes"] = weight_bytes;
  summary["seconds"] = seconds;
  context.finish(summary,
                 fmt::format("{} weights in NF4: {} instead of {}, in '{}' ({:.1f} s)", num_quantized,
                             in_megabytes(weight_bytes), in_megabytes(dense_bytes), settings.output.string(), seconds));
  return 0;
}

}  // namespace

extern const Command model_quantize{
    "model quantize", "A model folder with its linear layers in NF4",
    "Rounds the linear layers of every block to NF4 (4 bits a weight, with double quantization) and writes them as "
    "bitsandbytes serializes them; embeddings, output layer and norms stay as they are, the tokenizer is copied. "
    "transformers loads the folder as it is; 'train sft', 'eval run' and others take its weights without rounding them "
    "again. The values are those that --method qlora makes of the dense folder.\n\n"
    "Example: intelia model quantize --model models/base --output models/base-nf4",
    bind<Options, declare, run>};

}  // namespace intelia
