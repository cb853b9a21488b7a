#include "export/merged_model.hpp"

#include <fmt/format.h>

#include "base/folder_member.hpp"
#include "base/path.hpp"
#include "export/model_files.hpp"
#include "inference/provenance.hpp"
#include "inference/text_side.hpp"
#include "record/manifest.hpp"
#include "record/trained_records.hpp"

namespace intelia {

namespace fs = std::filesystem;

namespace {

MergeBase base_of(const MergedModel& merged, Onto onto) {
  const bool is_stored_nf4 = merged.folder.config.quantization.has_value();
  if (onto == Onto::stored && is_stored_nf4)
    throw SettingError(Kind::usage, "onto",
                       fmt::format("'{}' stores its linear layers in NF4 and has no 16-bit weights; give the folder "
                                   "that it was quantized from, or merge onto its dequantized values",
                                   merged.model.string()));
  if (is_stored_nf4 || onto == Onto::stored) return MergeBase::stored;
  return onto == Onto::nf4 || merged.is_trained_on_nf4 ? MergeBase::nf4 : MergeBase::stored;
}

std::string in_words(const MergedModel& merged) {
  if (merged.folder.config.quantization) return "the dequantized NF4 base (the folder stores NF4)";
  if (merged.base == MergeBase::nf4) return "the dequantized NF4 base (quantized from the folder's weights)";
  return fmt::format("the {} base", merged.folder.config.dtype);
}

fs::path text_folder_of(const fs::path& model, const fs::path& adapter) {
  if (!adapter.empty())
    for (const char* name : {"tokenizer.json", "tekken.json", "tokenizer.model"})
      if (path_type(adapter / name) != PathType::missing) return adapter;
  return model;
}

}  // namespace

TensorType MergedModel::main_type() const {
  const WeightRows all = rows();
  for (const TensorShape& tensor : all.tensors())
    if (is_quantizable(tensor.name)) return all.stored_type(tensor);
  return TensorType::bf16;
}

MergedModel open_merged_model(const fs::path& model, const fs::path& adapter, Onto onto, Log& log) {
  check_input(model, InputType::folder);
  check_tokenizer_files(model);
  MergedModel merged{model, adapter, open_model_folder(model), nullptr};
  report_model_folder(merged.folder, "not written", log);
  merged.text_folder = text_folder_of(model, adapter);
  if (adapter.empty()) return merged;
  check_input(adapter, InputType::folder);
  check_tokenizer_files(adapter);
  merged.adapter_weights = std::make_unique<AdapterWeights>(adapter, merged.folder.config);
  for (const std::string& key : merged.adapter_weights->config().unknown_keys)
    log.warning((adapter / "adapter_config.json").string() + ": unknown key " + key + " is ignored");
  for (const UnmatchedName& unmatched : unmatched_names(merged.adapter_weights->config(), merged.folder.config))
    log.warning(fmt::format("{}: {}: '{}' matches no layer of the model and is ignored",
                            (adapter / "adapter_config.json").string(), unmatched.key, unmatched.name));
  merged.is_trained_on_nf4 = was_trained_on_nf4(adapter);
  merged.base = base_of(merged, onto);
  merged.base_in_words = in_words(merged);
  return merged;
}

InputHashes::InputHashes(const MergedModel& merged)
    : merged_(merged),
      base_files_(std::async(std::launch::async, [&] { return describe_folder(merged.model); })),
      adapter_files_(std::async(std::launch::async, [&] {
        return merged.adapter.empty() ? Json::array() : describe_folder(merged.adapter);
      })) {}

void InputHashes::check_base(bool allows_mismatch, Log& log) {
  ModelSettings settings{.model = merged_.model, .adapter = merged_.adapter};
  settings.allows_mismatch = allows_mismatch;
  check_merged_base(
      settings, [this] { return base_files_.get(); }, log);
}

void InputHashes::add_to(Run& run) {
  for (const auto& files : {base_files_, adapter_files_})
    for (const Json& file : files.get()) run.add_input(file);
  if (merged_.adapter_weights == nullptr) return;
  run.manifest()["merge"] = {{"base", merged_.base_in_words},
                             {"adapted_layers", merged_.adapter_weights->loras().size()},
                             {"replaced_tensors", merged_.adapter_weights->num_replacements()}};
}

void stage_text_side(const MergedModel& merged, Run& run, const Sinks& sinks) {
  for (const std::string& name : text_side_files(merged.text_folder))
    stage_text_file(run, name, read_member(merged.text_folder, name));
  // What the adapter's folder does not have comes from the model: generation_config.json, and all templates or none.
  constexpr const char* kGeneration = "generation_config.json";
  if (is_file(merged.model / kGeneration) && !run.is_staged(kGeneration))
    run.stage_text(kGeneration, read_member(merged.model, kGeneration));
  if (!has_chat_template(merged.text_folder)) stage_chat_templates(run, merged.model);
  stage_licenses(run, merged.model, sinks.log);
  std::string index = trained_records_head();
  bool has_some = false, is_complete = true;
  for (const fs::path& folder : {merged.model, merged.adapter}) {
    if (folder.empty()) continue;
    const auto earlier = find_trained_records(folder);
    if (!earlier) {
      is_complete = is_complete && !was_trained(folder);
      continue;
    }
    has_some = true;
    is_complete =
        read_trained_records(*earlier, sinks.stop,
                             [&](TrainedUse use, const RecordKey& key) { append_trained_record(index, use, key); }) &&
        is_complete;
  }
  if (!has_some && is_complete) return;
  if (!is_complete) index += incomplete_records_line();
  run.stage_text(kTrainedRecordsFile, index);
}

}  // namespace intelia
