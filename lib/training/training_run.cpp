#include "training/training_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <future>

#include "base/counted.hpp"
#include "base/file.hpp"
#include "base/folder_member.hpp"
#include "base/hash.hpp"
#include "base/path.hpp"
#include "engine/engine.hpp"
#include "record/json_text.hpp"

namespace intelia {

namespace fs = std::filesystem;

Json run_identity(const RunOptions& options, const ModelSettings& model, const TextSide& text,
                  const TokenizedDataset* validation) {
  Json identity = Json::object();
  identity["options"] = options.fixed;
  identity["threads"] = model.threads;
  std::future<Json> model_files = std::async(std::launch::async, [&] { return describe_folder(model.model); });
  load_engine();  // in the meantime
  identity["model"] = model_files.get();
  identity["adapter"] = model.adapter.empty() ? Json() : describe_folder(model.adapter);
  identity["tokenizer"] = text.tokenizer->sha256();
  identity["chat_template"] = text.chat_template.sha256();
  identity["validation"] = validation == nullptr ? Json() : Json(validation->content_sha256());
  return identity;
}

void add_training_inputs(Run& run, const TrainingInputs& inputs, const TrainingData& data, const Json& identity) {
  for (std::size_t i = 0; i < inputs.train.size(); ++i)
    run.add_input(inputs.train[i].path, data.train.datasets()[i].num_read());
  if (data.validation) run.add_input(inputs.validation, data.validation->num_read());
  for (const char* part : {"model", "adapter", "reference_adapter"})
    if (identity.contains(part))
      for (const Json& file : identity[part]) run.add_input(file);
}

TrackedRun tracked_run(const RunInfo& info, const RunOptions& options, const fs::path& output, bool resumes,
                       const Json& identity, const TrainingMix& train) {
  const fs::path folder = absolute_path(output);
  // What may differ between a run and one that resumes it: the number of threads, and where the files are.
  Json kept = identity;
  kept.erase("threads");
  for (const char* part : {"model", "adapter", "reference_adapter"})
    if (kept.contains(part))
      for (Json& file : kept[part]) file["path"] = fs::path(file["path"].get<std::string>()).filename().string();
  const Json whole = {{"run", kept}, {"data", train.content_sha256()}};
  return {.name = (folder.has_filename() ? folder : folder.parent_path()).filename().string(),
          .command = info.command,
          .version = info.version,
          .settings = options.all,
          .identity = sha256_of(json_text(whole)),
          .output = output,
          .resumes = resumes};
}

void remove_earlier_result(Run& run, bool starts_over) {
  run.remove_manifest();
  if (!starts_over) return;
  for (const std::string& name : folder_members(run.folder())) {
    const bool is_weights = name.ends_with(".safetensors") || name.ends_with(".safetensors.index.json");
    if ((is_weights || name == "adapter_config.json" || name == "README.md") && is_file(run / name))
      remove_file(run / name);
  }
}

void copy_text_side(const TextSide& text, Method method, const Run& run) {
  // The folder may have an earlier result that was trained with other files.
  for (const std::string& name : text_side_files(run.folder()))
    if (name != "generation_config.json" || method == Method::full) remove_file(run / name);
  for (const std::string& name : text_side_files(text.tokenizer_folder)) {
    if (name == "generation_config.json" && method != Method::full) continue;
    make_folder((run / name).parent_path());
    write_file(run / name, read_member(text.tokenizer_folder, name));
  }
}

std::string model_card(const RunInfo& info, const std::string& base, const std::string& objective,
                       const TrainingData& data, const TrainingSummary& summary) {
  const std::string name = json_text(Json(base));  // quoted and escaped, which YAML reads, too
  std::string card = fmt::format(
      "---\nbase_model: {}\nlibrary_name: peft\npipeline_tag: text-generation\ntags:\n- {}\n- {}\n- intelia\n- lora\n"
      "- transformers\n---\n\n",
      name, json_text(Json("base_model:adapter:" + base)), objective);
  card += fmt::format("# Adapter for {}\n\nA LoRA adapter, trained with `intelia {}` {} on {} ({}): {}.\n", base,
                      info.command, info.version, counted(data.train.size(), "record"),
                      counted(data.train.num_targets(), "trained token"), counted(summary.steps, "optimizer step"));
  if (data.validation)
    card += fmt::format("The checkpoint of step {} has the lowest loss on {}: {:.4f}.\n", summary.best_step,
                        counted(data.validation->size(), "held-out record"), summary.best_eval_loss);
  card +=
      "\n```python\nfrom peft import AutoPeftModelForCausalLM\nfrom transformers import AutoTokenizer\n\n"
      "model = AutoPeftModelForCausalLM.from_pretrained(\"FOLDER\")\n"
      "tokenizer = AutoTokenizer.from_pretrained(\"FOLDER\")\n```\n\n"
      "`manifest.json` has all options, the hashes of the inputs and the results.\n";
  return card;
}

void record_training(Run& run, const TextSide& text, const TrainingData& data, const Rejects& rejects,
                     const TrainingSettings& settings, const TrainingSummary& summary) {
  for (Json& file : describe_folder(run.folder())) {
    const std::string name = fs::path(file["path"].get<std::string>()).filename().string();
    if (run.is_staged(name)) continue;
    file["path"] = name;
    run.add_output(std::move(file));
  }
  Json& manifest = run.manifest();
  manifest["tokenizer_sha256"] = text.tokenizer->sha256();
  manifest["chat_template_sha256"] = text.chat_template.sha256();
  manifest["counts"] = {{"records", data.train.size()},
                        {"tokens", data.train.num_tokens()},
                        {"trained_tokens", data.train.num_targets()},
                        {"truncated", data.train.num_truncated()},
                        {"rejected", rejects.by_reason()}};
  manifest["result"] = {
      {"steps", summary.steps},
      {"batch_size", settings.batch_size},
      {"gradient_accumulation", settings.gradient_accumulation},
      {"first_loss", summary.first_loss},
      {"final_loss", summary.final_loss},
      {"best_step", summary.best_step},
      {"stopped_early", summary.is_stopped_early},
      {"reason_to_stop", summary.is_stopped_early ? Json(summary.reason_to_stop) : Json(nullptr)},
      {"best_eval_loss", std::isfinite(summary.best_eval_loss) ? Json(summary.best_eval_loss) : Json(nullptr)},
      {"trainable_parameters", summary.trainable_parameters},
      {"trained_tokens", summary.trained_tokens},
      {"seen_tokens", summary.seen_tokens}};
  manifest["seeds"] = {{"seed", settings.seed}};
  run.measured() = {{"training_seconds", summary.seconds},
                    {"tokens_per_second", summary.tokens_per_second},
                    {"peak_bytes", summary.peak_bytes},
                    {"allocator_peak_bytes", summary.allocator_peak_bytes}};
}

std::vector<std::string> settings_lines(const RunOptions& options, std::int64_t sequences_per_step,
                                        const std::string& data) {
  std::vector<std::string> lines{"settings, where not the default:"};
  const auto add = [&](const std::string& name, const std::string& value) {
    lines.push_back(fmt::format("  {:<30}{}", name, value));
  };
  for (const auto& [name, value] : options.changed.items())
    add(name, value.is_string() ? value.get<std::string>() : json_text(value));
  add("sequences per optimizer step", std::to_string(sequences_per_step));
  add("data", data);
  return lines;
}

}  // namespace intelia
