#include "export/model_quantize.hpp"

#include "base/file.hpp"
#include "base/folder_member.hpp"
#include "base/path.hpp"
#include "engine/engine.hpp"
#include "export/model_files.hpp"
#include "inference/text_side.hpp"
#include "model/quantized.hpp"
#include "record/json_text.hpp"
#include "record/trained_records.hpp"

namespace intelia {

QuantizationPlan plan_quantization(const QuantizeSettings& settings, Log& log) {
  check_tokenizer_files(settings.model);
  QuantizationPlan plan;
  check_quantizable(read_model_config(settings.model), settings.model);
  const ModelFolder folder = open_model_folder(settings.model);
  report_model_folder(folder, "not written", log);
  plan.config = folder.config;
  plan.not_written = folder.unused;
  const ModelWeights& weights = folder.weights;
  plan.quantized_bytes = quantized_bytes(weights, plan.config, settings.uses_double_quantization);
  for (const TensorShape& tensor : model_tensors(plan.config)) {
    plan.dense_bytes += weights.at(tensor.name, tensor.shape).size_bytes;
    plan.num_quantized += is_quantizable(tensor.name);
  }
  return plan;
}

QuantizedModel quantize_model(const QuantizationPlan& plan, const QuantizeSettings& settings, const RunInfo& info,
                              const Sinks& sinks) {
  Run run(info, settings.output);
  check_room_for_weights(run, plan.quantized_bytes, "the quantized model needs");
  run.add_input_folder(settings.model);
  QuantizedModel model;
  for (AtomicFile& file : load_engine().quantize(settings, sinks)) {
    if (file.path().extension() == ".safetensors") model.weight_bytes += file.num_bytes();
    run.stage(std::move(file));
  }
  Json document = *plan.config.document;
  document["quantization_config"] = quantization_config_json(settings.uses_double_quantization, plan.config.dtype);
  run.stage_text("config.json", json_text(document, 2) + "\n");
  for (const std::string& name : text_side_files(settings.model))
    stage_text_file(run, name, read_member(settings.model, name));
  stage_licenses(run, settings.model, sinks.log);
  if (const auto index = find_trained_records(settings.model)) run.stage_text(kTrainedRecordsFile, read_file(*index));
  run.manifest()["counts"] = {{"parameters", num_parameters(plan.config)}, {"quantized_weights", plan.num_quantized}};
  for (const TensorGroup& group : plan.not_written)
    run.manifest()["counts"]["tensors_not_written"][group.pattern] = group.count;
  remove_stale_model_files(run);
  model.manifest = run.close();
  run.commit();
  return model;
}

}  // namespace intelia
