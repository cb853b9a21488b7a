#include "export/model_init.hpp"

#include <fmt/format.h>

#include <memory>

#include "base/folder_member.hpp"
#include "base/path.hpp"
#include "export/model_files.hpp"
#include "export/tokenizer_trainer.hpp"
#include "inference/text_side.hpp"

namespace intelia {

namespace fs = std::filesystem;

namespace {

void copy_tokenizer(const fs::path& folder, TokenizerRules rules, ModelDraft& draft) {
  const std::unique_ptr<Tokenizer> tokenizer = load_tokenizer(folder, rules);
  const std::int64_t size = tokenizer->vocabulary_size();
  if (draft.init.vocab_size == 0) draft.init.vocab_size = size;
  if (draft.init.vocab_size < size)
    throw SettingError(
        Kind::usage, "vocab-size",
        fmt::format("{} is smaller than the tokenizer of '{}', which has {} ids; choose at least that, or "
                    "omit it to use that of the tokenizer",
                    draft.init.vocab_size, folder.string(), size));
  draft.config = initial_config(draft.init);
  draft.config.bos_ids.clear();
  draft.config.eos_ids.clear();
  if (tokenizer->bos_id()) draft.config.bos_ids = {*tokenizer->bos_id()};
  if (tokenizer->eos_id()) draft.config.eos_ids = {*tokenizer->eos_id()};
  for (const std::string& name : text_side_files(folder)) {
    if (name == "generation_config.json") continue;
    draft.text_files.emplace_back(name, read_member(folder, name));
    draft.inputs.push_back(describe_file(folder / name));
  }
}

void train_new_tokenizer(const std::vector<fs::path>& files, ModelDraft& draft, const Sinks& sinks) {
  const std::int64_t wanted = draft.config.vocab_size;
  TrainedTokenizer trained = train_tokenizer(files, wanted, draft.config.max_position_embeddings, sinks);
  if (trained.vocab_size < wanted)
    sinks.log.warning(
        fmt::format("the vocabulary has {} pieces instead of {}: {} lines of text ({} bytes) are not enough for more",
                    trained.vocab_size, wanted, trained.num_lines, trained.num_bytes));
  draft.init.vocab_size = trained.vocab_size;
  draft.config = initial_config(draft.init);
  draft.config.bos_ids = {kTrainedBosId};
  draft.config.eos_ids = {kTrainedEosId};
  draft.text_files = std::move(trained.files);
  for (const fs::path& file : files) draft.inputs.push_back(describe_file(file));
}

Json generation_config_json(const ModelConfig& config) {
  Json json{{"_from_model_config", true}};
  const auto put = [&](const char* key, const std::vector<std::int32_t>& ids) {
    if (ids.size() == 1) json[key] = ids[0];
    if (ids.size() > 1) json[key] = ids;
  };
  put("bos_token_id", config.bos_ids);
  put("eos_token_id", config.eos_ids);
  return json;
}

}  // namespace

ModelDraft draft_model(const ModelInitSettings& settings, const Sinks& sinks) {
  if (!settings.train_tokenizer.empty() && !settings.tokenizer.empty())
    throw Error(Kind::usage, "training and copying a tokenizer exclude each other; choose one of them");
  ModelDraft draft;
  draft.init = settings.init;
  if (draft.init.heads > 0 && draft.init.kv_heads == 0) draft.init.kv_heads = draft.init.heads;
  draft.config = initial_config(draft.init);
  if (!settings.tokenizer.empty()) copy_tokenizer(settings.tokenizer, settings.tokenizer_rules, draft);
  if (!settings.train_tokenizer.empty()) train_new_tokenizer(settings.train_tokenizer, draft, sinks);
  draft.weight_files = plan_weight_files(draft.config);
  for (const WeightFile& file : draft.weight_files) draft.weight_bytes += file.num_bytes;
  return draft;
}

Json write_model(const ModelDraft& draft, const ModelInitSettings& settings, const RunInfo& info, const Sinks& sinks) {
  Run run(info, settings.output);
  check_room_for_weights(run, draft.weight_bytes, "the model needs", "choose a smaller model or 16-bit weights");
  if (draft.text_files.empty())
    sinks.log.warning("the model has no tokenizer and cannot be trained without one; train or copy a tokenizer");
  for (const Json& input : draft.inputs) run.add_input(input);
  run.stage(write_initial_weights(run.folder(), draft.config, draft.init, settings.threads, sinks));
  run.stage_text("config.json", model_config_json(draft.config).dump(2) + "\n");
  run.stage_text("generation_config.json", generation_config_json(draft.config).dump(2) + "\n");
  for (const auto& [name, content] : draft.text_files) stage_text_file(run, name, content);
  run.manifest()["counts"] = {{"parameters", num_parameters(draft.config)}, {"vocab_size", draft.config.vocab_size}};
  run.manifest()["seed"] = draft.init.seed;
  remove_stale_model_files(run);
  Json manifest = run.close();
  run.commit();
  return manifest;
}

}  // namespace intelia
