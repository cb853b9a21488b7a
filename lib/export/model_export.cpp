#include "export/model_export.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/folder_member.hpp"
#include "base/path.hpp"
#include "export/gguf_adapter.hpp"
#include "export/gguf_tokenizer.hpp"
#include "export/model_files.hpp"
#include "export/modelfile.hpp"
#include "export/weight_encoder.hpp"
#include "inference/text_side.hpp"
#include "model/init.hpp"

namespace intelia {

namespace fs = std::filesystem;

namespace {

ExportType type_of(TensorType type) {
  return type == TensorType::f32 ? ExportType::f32 : type == TensorType::f16 ? ExportType::f16 : ExportType::bf16;
}

TensorType tensor_type(ExportType type) {
  return type == ExportType::f32 ? TensorType::f32 : type == ExportType::f16 ? TensorType::f16 : TensorType::bf16;
}

GgufType row_type(TensorType type) {
  return type == TensorType::f32 ? GgufType::f32 : type == TensorType::f16 ? GgufType::f16 : GgufType::bf16;
}

const char* dtype_name(TensorType type) {
  return type == TensorType::f32 ? "float32" : type == TensorType::f16 ? "float16" : "bfloat16";
}

std::int64_t num_elements(const std::vector<std::int64_t>& shape) {
  std::int64_t num = 1;
  for (const std::int64_t size : shape) num *= size;
  return num;
}

// ── GGUF ────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** "my-model-7b" as "My Model 7b", as llama.cpp's converter names a model after its folder. */
std::string title_of(const fs::path& folder) {
  std::string name = absolute_path(folder).filename().string(), title, word;
  const auto add_word = [&] {
    if (word.empty()) return;
    const bool is_lower =
        std::none_of(word.begin(), word.end(), [](unsigned char c) { return std::isupper(c) != 0; }) &&
        std::any_of(word.begin(), word.end(), [](unsigned char c) { return std::islower(c) != 0; });
    const bool is_version =
        std::isdigit(static_cast<unsigned char>(word[0])) != 0 ||
        (word[0] == 'v' && word.size() > 1 && word.find_first_not_of("0123456789.", 1) == std::string::npos);
    if (is_lower && !is_version) {
      bool is_start = true;
      for (char& c : word) {
        const bool is_letter = std::isalpha(static_cast<unsigned char>(c)) != 0;
        if (is_letter && is_start) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
        is_start = !is_letter;
      }
    }
    title += (title.empty() ? "" : " ") + word;
    word.clear();
  };
  for (const char c : name) {
    if (c == '-' || c == ' ')
      add_word();
    else
      word += c;
  }
  add_word();
  return title.empty() ? "model" : title;
}

/** `title`, or one with a space in "phi3", as "phi-3" becomes, where llama.cpp would be misled: by that name it applies
    the rules of Phi-3's tokens, and does not load a vocabulary that lacks one of them. */
std::string name_for_llama_cpp(std::string title, const ModelConfig& config, const fs::path& tokenizer_folder) {
  const auto find = [&] {
    std::string lower = title;
    std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
    return lower.find("phi3");
  };
  if (find() == std::string::npos) return title;
  if (gguf_architecture(config) == std::string_view("phi3")) {
    const auto tokenizer = load_tokenizer(tokenizer_folder);
    constexpr const char* kTokens[] = {"</s>", "<unk>", "<s>", "<|endoftext|>"};
    if (std::all_of(std::begin(kTokens), std::end(kTokens), [&](const char* token) { return tokenizer->id_of(token); }))
      return title;
  }
  for (std::size_t at = find(); at != std::string::npos; at = find()) title.insert(at + 3, " ");
  return title;
}

/** "1.2B", "60M": at least two digits. */
std::string size_label(double parameters) {
  const auto [scale, suffix] = parameters > 1e12  ? std::pair{1e-12, "T"}
                               : parameters > 1e9 ? std::pair{1e-9, "B"}
                               : parameters > 1e6 ? std::pair{1e-6, "M"}
                                                  : std::pair{1e-3, "K"};
  const double scaled = parameters * scale;
  const std::string digits = fmt::format("{:.0f}", scaled);
  const int missing = digits == "0" ? 2 : digits.size() == 1 ? 1 : 0;
  return fmt::format("{:.{}f}{}", scaled, missing, suffix);
}

/** The sampling that generation_config.json recommends. */
void add_sampling_keys(GgufKeys& keys, const fs::path& model) {
  const fs::path path = model / "generation_config.json";
  if (!is_file(path)) return;
  const Json config = parse_json(read_member(model, "generation_config.json"), path.string());
  if (!config.is_object()) return;
  const auto is_number = [&](const char* key) { return config.contains(key) && config[key].is_number(); };
  if (is_number("top_k")) keys.add_i32("general.sampling.top_k", config["top_k"].get<std::int64_t>());
  constexpr std::pair<const char*, const char*> kNumbers[] = {
      {"top_p", "top_p"}, {"min_p", "min_p"}, {"temperature", "temp"}, {"repetition_penalty", "penalty_repeat"}};
  for (const auto& [key, name] : kNumbers)
    if (is_number(key)) keys.add_f32(fmt::format("general.sampling.{}", name), config[key].get<double>());
}

GgufKeys model_keys(const ExportPlan& plan, const std::vector<GgufTensorSource>& tensors, const ModelConfig& config,
                    Log& log) {
  GgufKeys keys;
  keys.add_text("general.architecture", gguf_architecture(config));
  keys.add_text("general.type", "model");
  add_sampling_keys(keys, plan.merged.model);
  keys.add_text("general.name",
                name_for_llama_cpp(title_of(plan.merged.adapter.empty() ? plan.merged.model : plan.merged.adapter),
                                   config, plan.merged.text_folder));
  double parameters = 0;
  for (const GgufTensorSource& tensor : tensors) parameters += static_cast<double>(num_elements(tensor.source.shape));
  keys.add_text("general.size_label", size_label(parameters));
  add_model_keys(keys, config, plan.type);
  add_tokenizer_keys(keys, {plan.merged.text_folder, plan.merged.model, config.vocab_size}, log);
  return keys;
}

AtomicFile write_gguf_model(const ExportPlan& plan, const ExportSettings& settings, const fs::path& path,
                            const Sinks& sinks) {
  WeightRows rows = plan.merged.rows();
  const std::vector<GgufTensorSource> sources = gguf_tensors(rows.config(), plan.type);
  std::vector<GgufTensor> tensors;
  std::int64_t done = 0;
  for (const GgufTensorSource& source : sources) {
    GgufTensor tensor{source.name, source.type, source.source.shape};
    tensor.produce = [&, source = &source](const WriteBytes& write) {
      sinks.stop.check("the export");
      sinks.progress.update({"tensor", ++done, static_cast<std::int64_t>(sources.size()), "writing"});
      const RowForm form{source->type, source->rotary_heads, source->added};
      if (source->source.name.empty())
        write_values(source->values.data(), 1, static_cast<std::int64_t>(source->values.size()), source->name, form,
                     write);
      else
        write_rows(rows, source->source, form, settings.threads, sinks.stop, write);
    };
    tensors.push_back(std::move(tensor));
  }
  AtomicFile file = write_gguf(path, plan.keys, tensors);
  sinks.progress.finish();
  return file;
}

// ── Hugging Face ────────────────────────────────────────────────────────────────────────────────────────────────────

TensorType written_type(const WeightRows& rows, const TensorShape& tensor, ExportType type) {
  return type == ExportType::automatic ? rows.stored_type(tensor) : tensor_type(type);
}

void check(const ExportSettings& settings) {
  if (settings.adapter_only && settings.adapter.empty())
    throw Error(Kind::usage, "an export of the adapter alone needs an adapter");
  if (settings.format == ExportFormat::gguf) {
    const bool is_quantized = settings.type == ExportType::q4_0 || settings.type == ExportType::q4_k_m;
    if (settings.adapter_only && is_quantized)
      throw SettingError(Kind::usage, "type", "an adapter is exported as f32, f16, bf16 or q8_0");
    return;
  }
  if (settings.adapter_only)
    throw Error(Kind::usage, "an adapter alone is exported to GGUF; it is a PEFT folder already");
  if (settings.type == ExportType::q8_0 || settings.type == ExportType::q4_0 || settings.type == ExportType::q4_k_m)
    throw SettingError(Kind::usage, "type",
                       fmt::format("a Hugging Face folder has no type {}; choose auto, f32, f16 or bf16, or the format "
                                   "gguf",
                                   export_type_name(settings.type)));
}

}  // namespace

std::uint64_t model_folder_bytes(const MergedModel& merged, ExportType type) {
  const WeightRows rows = merged.rows();
  std::uint64_t total = 0;
  for (const TensorShape& tensor : rows.tensors())
    total +=
        static_cast<std::uint64_t>(num_elements(tensor.shape)) * bytes_per_element(written_type(rows, tensor, type));
  return total;
}

std::uint64_t stage_model_folder(const MergedModel& merged, ExportType type, std::uint64_t max_file_bytes, int threads,
                                 Run& run, const Sinks& sinks) {
  WeightRows rows = merged.rows();
  const TensorType main = type == ExportType::automatic ? merged.main_type() : tensor_type(type);
  ModelConfig planned = rows.config();
  planned.dtype = dtype_name(main);
  const std::vector<WeightFile> files = plan_weight_files(planned, max_file_bytes);
  std::vector<std::pair<std::string, std::string>> file_of;
  std::uint64_t total = 0;
  std::int64_t done = 0;
  for (const WeightFile& file : files) {
    std::vector<TensorToWrite> tensors;
    for (const TensorShape& tensor : file.tensors) {
      const TensorType written = written_type(rows, tensor, type);
      file_of.emplace_back(tensor.name, file.name);
      total += static_cast<std::uint64_t>(num_elements(tensor.shape)) * bytes_per_element(written);
      tensors.push_back(
          {tensor.name, written, tensor.shape, [&, written, tensor = &tensor](const auto& write) {
             sinks.stop.check("writing the model");
             sinks.progress.update({"tensor", ++done, static_cast<std::int64_t>(rows.tensors().size()), "writing"});
             write_rows(rows, *tensor, {row_type(written)}, threads, sinks.stop, write);
           }});
    }
    // The order of the safetensors library, in which every tensor is aligned to its element size.
    std::stable_sort(tensors.begin(), tensors.end(), [](const TensorToWrite& a, const TensorToWrite& b) {
      return bytes_per_element(a.type) > bytes_per_element(b.type);
    });
    run.stage(write_safetensors(run / file.name, tensors)).close();
  }
  if (files.size() > 1) run.stage(write_weight_index(run.folder(), file_of, total));
  sinks.progress.finish();
  Json document = *rows.config().document;
  document[document.contains("dtype") ? "dtype" : "torch_dtype"] = dtype_name(main);
  run.stage_text("config.json", document.dump(2) + "\n");
  return total;
}

ExportPlan plan_export(const ExportSettings& settings, Log& log) {
  check(settings);
  ExportPlan plan{open_merged_model(settings.model, settings.adapter, settings.onto, log)};
  plan.type = settings.type;
  const WeightRows rows = plan.merged.rows();
  if (settings.format == ExportFormat::hf) {
    plan.weight_bytes = model_folder_bytes(plan.merged, plan.type);
    return plan;
  }
  if (settings.adapter_only) {
    if (plan.type == ExportType::automatic) plan.type = ExportType::f32;
    plan.file = fmt::format("adapter-{}.gguf", export_type_name(plan.type));
    plan.weight_bytes = gguf_adapter_bytes(plan.merged, plan.type);
    return plan;
  }
  if (plan.type == ExportType::automatic) plan.type = type_of(plan.merged.main_type());
  check_gguf_model(rows.config(), log);
  plan.file = fmt::format("model-{}.gguf", export_type_name(plan.type));
  const std::vector<GgufTensorSource> sources = gguf_tensors(rows.config(), plan.type);
  for (const GgufTensorSource& source : sources)
    plan.weight_bytes += GgufTensor{source.name, source.type, source.source.shape}.num_bytes();
  plan.keys = model_keys(plan, sources, rows.config(), log);
  return plan;
}

ExportedModel export_model(const ExportPlan& plan, const ExportSettings& settings, const RunInfo& info,
                           const Sinks& sinks) {
  Run run(info, settings.output);
  check_room_for_weights(run, plan.weight_bytes, "the exported model needs");
  InputHashes inputs(plan.merged);
  inputs.check_base(settings.allows_mismatch, sinks.log);
  ExportedModel exported;
  if (settings.format == ExportFormat::hf) {
    exported.weight_bytes =
        stage_model_folder(plan.merged, plan.type, settings.max_file_bytes, settings.threads, run, sinks);
    stage_text_side(plan.merged, run, sinks);
    remove_stale_model_files(run);
  } else if (settings.adapter_only) {
    exported.weight_bytes = run.stage(write_gguf_adapter(plan.merged, plan.type, run / plan.file, sinks)).num_bytes();
  } else {
    // Before the weights, which take long.
    const std::string text = modelfile(plan.file, plan.merged.text_folder, plan.merged.model, sinks.log);
    exported.weight_bytes = run.stage(write_gguf_model(plan, settings, run / plan.file, sinks)).num_bytes();
    run.stage_text("Modelfile", text);
  }
  inputs.add_to(run);
  for (const std::string& name : folder_members(run.folder()))
    if (name.ends_with(".gguf") && !run.is_staged(name)) run.remove_at_commit(run / name);
  run.manifest()["export"] = {{"format", settings.format == ExportFormat::gguf ? "gguf" : "hf"},
                              {"type", export_type_name(plan.type)}};
  run.manifest()["counts"] = {{"parameters", num_parameters(plan.merged.folder.config)}};
  exported.manifest = run.close();
  run.commit();
  return exported;
}

}  // namespace intelia
