// `intelia model init`: a new model folder with random weights, and a tokenizer that is copied or learned from text.
#include <fmt/format.h>

#include <algorithm>

#include "base/clock.hpp"
#include "base/file.hpp"
#include "cli/command.hpp"
#include "export/tokenizer_trainer.hpp"
#include "model/init.hpp"
#include "options/model_options.hpp"
#include "record/manifest.hpp"

namespace intelia {
namespace {

namespace fs = std::filesystem;

struct Options {
  InitSettings init;
  bool ties_embeddings = false;
  std::vector<fs::path> train_tokenizer;
  fs::path tokenizer;
  fs::path output;
};

void declare(OptionTable& table, Options& options) {
  InitSettings& init = options.init;
  table.add("output", options.output, "Folder for the model", "FOLDER").required();
  table.add("preset", init.preset, "Named size that the options below change", preset_names());
  table.add("hidden-size", init.hidden_size, "Width of the residual stream; 0: the preset's");
  table.add("intermediate-size", init.intermediate_size, "Width inside the feed-forward layers; 0: the preset's");
  table.add("layers", init.layers, "Transformer layers; 0: the preset's");
  table.add("heads", init.heads, "Attention heads a layer; 0: the preset's");
  table.add("kv-heads", init.kv_heads, "Heads of keys and values; 0: the preset's, or --heads when only that is given");
  table.add("vocab-size", init.vocab_size, "Rows of the embedding; 0: the tokenizer's, or the preset's");
  table.add("max-positions", init.max_positions, "Longest context in tokens; 0: the preset's");
  Option& ties = table.add("tie-embeddings", options.ties_embeddings, "Use the embedding also as the output layer");
  ties.set = [set = ties.set, &options](const std::string& text) {
    set(text);
    options.init.ties_embeddings = options.ties_embeddings;
  };
  table.add("train-tokenizer", options.train_tokenizer,
            "Learn a tokenizer from these files: text, Markdown, or JSON Lines of conversations");
  table.add("tokenizer", options.tokenizer, "Take the tokenizer and chat template of this model folder", "FOLDER");
  table.add("standard-deviation", init.standard_deviation, "Spread of the random weights");
  table.add("dtype", init.type, "Type of the weights; auto: float32 for tiny and small, else bfloat16",
            {{"auto", WeightType::automatic},
             {"float32", WeightType::float32},
             {"bfloat16", WeightType::bfloat16},
             {"float16", WeightType::float16}});
  table.add("seed", init.seed, "Seed of the random weights");
}

void check_files(const Options& options) {
  if (!options.train_tokenizer.empty() && !options.tokenizer.empty())
    throw Error(Kind::usage, "--train-tokenizer and --tokenizer exclude each other; give one of them");
  if (!options.tokenizer.empty()) check_is_folder("tokenizer", options.tokenizer);
  for (const fs::path& file : options.train_tokenizer)
    if (!fs::is_regular_file(file)) throw Error(Kind::usage, "--train-tokenizer '" + file.string() + "' is not a file");
  std::vector<std::string> written = tokenizer_file_names();
  written.insert(written.end(), {"config.json", "manifest.json", "model.safetensors.index.json"});
  check_inputs_stay(options.output, written, {options.tokenizer}, options.train_tokenizer);
}

/** The text side of the new folder: files to write, and what they ask of the model. */
struct TextFiles {
  std::vector<std::pair<std::string, std::string>> files;
  Json inputs = Json::array();
};

TextFiles copy_tokenizer(const fs::path& folder, InitSettings& init, ModelConfig& config) {
  check_tokenizer_files(folder);
  const std::unique_ptr<Tokenizer> tokenizer = Tokenizer::load(folder);
  const std::int64_t size = tokenizer->vocabulary_size();
  if (init.vocab_size == 0) init.vocab_size = size;
  if (init.vocab_size < size)
    throw Error(Kind::usage,
                fmt::format("--vocab-size {} is smaller than the tokenizer of '{}', which has {} ids; give "
                            "at least that, or leave the option out",
                            init.vocab_size, folder.string(), size));
  config = initial_config(init);
  config.bos_ids.clear();
  config.eos_ids.clear();
  if (tokenizer->bos_id()) config.bos_ids = {*tokenizer->bos_id()};
  if (tokenizer->eos_id()) config.eos_ids = {*tokenizer->eos_id()};
  TextFiles text;
  for (const std::string& name : tokenizer_file_names()) {
    if (name == "generation_config.json" || !fs::exists(folder / name)) continue;
    text.files.emplace_back(name, read_file(folder / name));
    text.inputs.push_back(describe_file(folder / name));
  }
  return text;
}

TextFiles learn_tokenizer(const Options& options, InitSettings& init, ModelConfig& config, Context& context) {
  const std::int64_t asked = config.vocab_size;
  TrainedTokenizer trained =
      train_tokenizer(options.train_tokenizer, asked, config.max_position_embeddings, context.sinks);
  if (trained.vocab_size < asked)
    context.log().warning(
        fmt::format("the vocabulary has {} pieces instead of {}: {} lines of text ({} bytes) give no more",
                    trained.vocab_size, asked, trained.num_lines, trained.num_bytes));
  init.vocab_size = trained.vocab_size;
  config = initial_config(init);
  config.bos_ids = {kTrainedBosId};
  config.eos_ids = {kTrainedEosId};
  TextFiles text{std::move(trained.files), Json::array()};
  for (const fs::path& file : options.train_tokenizer) text.inputs.push_back(describe_file(file));
  return text;
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

int run(const Options& options, Context& context) {
  check_files(options);
  InitSettings init = options.init;
  if (init.heads > 0 && init.kv_heads == 0) init.kv_heads = init.heads;
  ModelConfig config = initial_config(init);
  const double start_seconds = monotonic_seconds();

  TextFiles text;
  if (!options.tokenizer.empty()) text = copy_tokenizer(options.tokenizer, init, config);
  if (!options.train_tokenizer.empty()) text = learn_tokenizer(options, init, config, context);

  const std::vector<WeightFile> plan = plan_weight_files(config);
  std::uint64_t total_bytes = 0;
  Json planned = Json::array();
  for (const WeightFile& file : plan) {
    total_bytes += file.num_bytes;
    planned.push_back(Json{{"path", file.name}, {"bytes", file.num_bytes}});
  }
  Json summary{{"parameters", num_parameters(config)},
               {"weight_bytes", total_bytes},
               {"vocab_size", config.vocab_size},
               {"dtype", config.dtype},
               {"output", options.output.string()}};
  const std::string size =
      fmt::format("{} parameters, {} MB of {} in {} file{}", num_parameters(config),
                  (total_bytes + 500'000) / 1'000'000, config.dtype, plan.size(), plan.size() == 1 ? "" : "s");
  if (context.common.dry_run) {
    summary["dry_run"] = true;
    summary["weight_files"] = planned;
    context.finish(summary, size + "; nothing was written");
    return 0;
  }

  OutputFolder folder(options.output, context.command, context.common.force);
  const std::uint64_t free_bytes = free_disk_bytes(folder.path());
  // Some room besides the weights: headers, tokenizer, and what the file system itself needs.
  const std::uint64_t needed_bytes = total_bytes + (std::uint64_t{64} << 20);
  if (free_bytes < needed_bytes)
    throw Error(Kind::io,
                fmt::format("'{}' has {} MB free and the model needs {} MB; free some, or choose a smaller model "
                            "or --dtype bfloat16",
                            folder.path().string(), free_bytes / 1'000'000, needed_bytes / 1'000'000));
  if (text.files.empty())
    context.log().warning("the model has no tokenizer; give --train-tokenizer or --tokenizer to be able to train it");

  std::vector<AtomicFile> written =
      write_initial_weights(folder.path(), config, init, context.common.threads, context.sinks);
  const auto add = [&](const std::string& name, const std::string& content) {
    AtomicFile file(folder / name);
    file.write(content);
    file.close();
    written.push_back(std::move(file));
  };
  add("config.json", model_config_json(config).dump(2) + "\n");
  add("generation_config.json", generation_config_json(config).dump(2) + "\n");
  for (const auto& [name, content] : text.files) add(name, content);

  Json manifest = make_manifest(context.command, context.program.version, context.options);
  manifest["inputs"] = text.inputs;
  manifest["origins"] = origins_of(text.inputs);
  manifest["outputs"] = Json::array();
  for (const AtomicFile& file : written) manifest["outputs"].push_back(describe_output(file));
  manifest["counts"] = Json{{"parameters", num_parameters(config)}, {"vocab_size", config.vocab_size}};
  manifest["seed"] = init.seed;
  const double seconds = monotonic_seconds() - start_seconds;
  manifest["measured"] = Json{{"finished_at", utc_now()}, {"seconds", seconds}};
  add("manifest.json", manifest.dump(2) + "\n");

  // Everything is on the disk before the first file gets its name.
  remove_stale_model_files(folder.path(), written);
  for (AtomicFile& file : written) file.commit();

  summary["seconds"] = seconds;
  context.finish(summary, fmt::format("{}, in '{}' ({:.1f} s)", size, options.output.string(), seconds));
  return 0;
}

}  // namespace

extern const Command model_init{
    "model init", "A new model with random weights, and its tokenizer",
    "Writes a model folder in Hugging Face form: configuration, random weights (normal, norms 1, biases 0) and, if "
    "asked, "
    "a tokenizer with its chat template. The presets tiny (about 4 million parameters) and small (about 60 million) "
    "are "
    "for trying things and for tests; the others have the sizes of published models, with random weights instead of "
    "theirs. Equal options and seed give equal bytes, whatever --threads is.\n\n"
    "Example: intelia model init --preset tiny --train-tokenizer data/train.jsonl --output models/tiny",
    bind<Options, declare, run>};

}  // namespace intelia
