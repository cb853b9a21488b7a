// `intelia model init`: a new model folder with random weights, and a tokenizer that is copied or trained on text.
// Options and the summary; lib/export does the work.
#include "export/model_init.hpp"

#include <fmt/format.h>

#include "base/counted.hpp"
#include "cli/command.hpp"
#include "inference/text_side.hpp"
#include "options/model_options.hpp"
#include "options/path_options.hpp"

namespace intelia {
namespace {

namespace fs = std::filesystem;

struct Options {
  ModelInitSettings model;
  bool ties_embeddings = false;
};

void declare(OptionTable& table, Options& options) {
  InitSettings& init = options.model.init;
  table.add("output", options.model.output, "Folder for the model", "FOLDER").required();
  table.add("preset", init.preset, "Model size, which the options below modify", preset_names());
  table.add("hidden-size", init.hidden_size, "Hidden size; 0: as in the preset");
  table.add("intermediate-size", init.intermediate_size, "Size of the feed-forward layers; 0: as in the preset");
  table.add("layers", init.layers, "Number of transformer layers; 0: as in the preset");
  table.add("heads", init.heads, "Number of attention heads; 0: as in the preset");
  table.add("kv-heads", init.kv_heads, "Number of key-value heads; 0: as in the preset, or --heads if that is given");
  table.add("vocab-size", init.vocab_size, "Vocabulary size; 0: that of the tokenizer, or of the preset");
  table.add("max-positions", init.max_positions, "Maximum context length in tokens; 0: as in the preset");
  Option& ties = table.add("tie-embeddings", options.ties_embeddings, "Tie the output layer to the input embedding");
  ties.set = [set = ties.set, &options](const std::string& text) {
    set(text);
    options.model.init.ties_embeddings = options.ties_embeddings;
  };
  table.add("train-tokenizer", options.model.train_tokenizer,
            "Train a tokenizer on these files: text, Markdown, or conversations in JSON Lines");
  table.add("tokenizer", options.model.tokenizer, "Copy the tokenizer and chat template of this model folder",
            "FOLDER");
  declare_tokenizer_rules(table, options.model.tokenizer_rules);
  table.add("standard-deviation", init.standard_deviation, "Standard deviation of the random weights");
  table.add("dtype", init.type, "Data type of the weights; auto: float32 for tiny and small, else bfloat16",
            {{"auto", WeightType::automatic},
             {"float32", WeightType::float32},
             {"bfloat16", WeightType::bfloat16},
             {"float16", WeightType::float16}});
  table.add("seed", init.seed, "Seed of the random weights");
}

void check_files(const ModelInitSettings& settings, const CommonOptions& common) {
  if (!settings.train_tokenizer.empty() && !settings.tokenizer.empty())
    throw Error(Kind::usage, "--train-tokenizer and --tokenizer exclude each other; give one of them");
  if (!settings.tokenizer.empty()) check_input_option("tokenizer", settings.tokenizer, InputType::folder);
  for (const fs::path& file : settings.train_tokenizer) check_input_option("train-tokenizer", file, InputType::file);
  std::vector<std::string> written = tokenizer_file_names();
  written.insert(written.end(), {"config.json", "model.safetensors.index.json"});
  std::vector<fs::path> inputs = settings.train_tokenizer;
  inputs.push_back(settings.tokenizer);
  check_inputs_stay(outputs_in(settings.output, written), std::move(inputs), common);
}

Json to_json(const std::vector<WeightFile>& files) {
  Json list = Json::array();
  for (const WeightFile& file : files) list.push_back(Json{{"path", file.name}, {"bytes", file.num_bytes}});
  return list;
}

int run(const Options& options, Context& context) {
  check_files(options.model, context.common);
  ModelInitSettings settings = options.model;
  settings.threads = context.common.threads;
  const ModelDraft draft = draft_model(settings, context.sinks);
  const ModelConfig& config = draft.config;
  Json summary{{"parameters", num_parameters(config)},
               {"weight_bytes", draft.weight_bytes},
               {"vocab_size", config.vocab_size},
               {"dtype", config.dtype},
               {"output", settings.output.string()}};
  const std::size_t num_files = draft.weight_files.size();
  const std::string size =
      fmt::format("{} parameters, {} MB of {} in {}", num_parameters(config),
                  (draft.weight_bytes + 500'000) / 1'000'000, config.dtype, counted(num_files, "file"));
  if (context.common.dry_run) {
    summary["dry_run"] = true;
    summary["weight_files"] = to_json(draft.weight_files);
    context.finish(summary, size + "; nothing was written");
    return 0;
  }
  const Json manifest = write_model(draft, settings, context.run_info(), context.sinks);
  const double seconds = manifest.at("measured").at("seconds");
  summary["seconds"] = seconds;
  context.finish(summary, fmt::format("{}, in '{}' ({:.1f} s)", size, settings.output.string(), seconds));
  return 0;
}

}  // namespace

extern const Command model_init{
    "model init", "Create a model with random weights, and its tokenizer",
    "Writes a model folder in Hugging Face format: configuration, random weights (normal distribution; norms 1, biases "
    "0) and optionally a tokenizer with its chat template. The presets tiny (about 4 million parameters) and small "
    "(about 60 million) are for experiments and tests; the others have the sizes of published models, with random "
    "weights. The same options and seed give the same bytes, for any number of threads.\n\n"
    "Example: intelia model init --preset tiny --train-tokenizer data/train.jsonl --output models/tiny",
    bind<Options, declare, run>};

}  // namespace intelia
