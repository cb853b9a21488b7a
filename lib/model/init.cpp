#include "model/init.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <functional>
#include <future>
#include <mutex>
#include <numbers>
#include <thread>

#include "base/hash.hpp"
#include "base/random.hpp"
#include "model/safetensors.hpp"
#include "record/json_fwd.hpp"

namespace intelia {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kElementsPerBlock = 1 << 18;
constexpr std::uint64_t kGoldenGamma = 0x9e3779b97f4a7c15ULL;  // the step of SplitMix64's counter

std::uint64_t num_elements(const std::vector<std::int64_t>& shape) {
  std::uint64_t product = 1;
  for (const std::int64_t size : shape) product *= static_cast<std::uint64_t>(size);
  return product;
}

TensorType type_of(const ModelConfig& config) {
  return config.dtype == "float32" ? TensorType::f32 : config.dtype == "float16" ? TensorType::f16 : TensorType::bf16;
}

std::string to_bytes(const std::vector<float>& values, TensorType type) {
  std::string bytes(values.size() * bytes_per_element(type), '\0');
  if (type == TensorType::f32) {
    std::copy_n(reinterpret_cast<const char*>(values.data()), bytes.size(), bytes.data());
  } else {
    const auto convert = type == TensorType::bf16 ? float_to_bf16 : float_to_f16;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const std::uint16_t bits = convert(values[i]);
      bytes[2 * i] = static_cast<char>(bits & 0xff);
      bytes[2 * i + 1] = static_cast<char>(bits >> 8);
    }
  }
  return bytes;
}

/** One block of a tensor, as stored. */
std::string block_bytes(const std::string& name, std::uint64_t first, std::uint64_t count, const ModelConfig& config,
                        const InitSettings& settings) {
  std::vector<float> values(count);
  if (name.ends_with("norm.weight"))
    std::fill(values.begin(), values.end(), 1.0F);
  else if (!name.ends_with(".bias"))
    fill_normal(settings.seed, name, first, settings.standard_deviation, values);
  return to_bytes(values, type_of(config));
}

Rope llama3_rope(double factor) {
  return {.type = RopeType::llama3, .theta = 500000, .factor = factor, .original_positions = 8192};
}

/** Sizes as published in each model's config.json. */
ModelConfig preset_config(Preset preset) {
  ModelConfig config;
  config.model_type = "llama";
  config.rms_norm_eps = 1e-5;
  config.bos_ids = {1};
  config.eos_ids = {2};
  config.dtype = "bfloat16";
  const auto shape = [&](std::int64_t hidden, std::int64_t intermediate, std::int64_t layers, std::int64_t heads,
                         std::int64_t kv_heads, std::int64_t vocabulary, std::int64_t positions) {
    config.hidden_size = hidden;
    config.intermediate_size = intermediate;
    config.num_hidden_layers = layers;
    config.num_attention_heads = heads;
    config.num_key_value_heads = kv_heads;
    config.vocab_size = vocabulary;
    config.max_position_embeddings = positions;
  };
  switch (preset) {
    case Preset::tiny:
      shape(256, 688, 4, 4, 2, 2048, 2048);
      config.dtype = "float32";
      break;
    case Preset::small:
      shape(512, 1536, 16, 8, 4, 8000, 2048);
      config.dtype = "float32";
      break;
    case Preset::llama_2_7b:
      shape(4096, 11008, 32, 32, 32, 32000, 4096);
      break;
    case Preset::codellama_7b:
      shape(4096, 11008, 32, 32, 32, 32016, 16384);
      config.rope.theta = 1e6;
      break;
    case Preset::mistral_7b:
      shape(4096, 14336, 32, 32, 8, 32000, 32768);
      config.model_type = "mistral";
      config.sliding_window = 4096;
      break;
    case Preset::llama_3_1_8b:
      shape(4096, 14336, 32, 32, 8, 128256, 131072);
      config.rope = llama3_rope(8);
      config.bos_ids = {128000};
      config.eos_ids = {128001, 128008, 128009};
      break;
    case Preset::llama_3_2_1b:
      shape(2048, 8192, 16, 32, 8, 128256, 131072);
      config.rope = llama3_rope(32);
      config.ties_embeddings = true;
      config.bos_ids = {128000};
      config.eos_ids = {128001, 128008, 128009};
      break;
  }
  return config;
}

/** Reports the progress of several shards as one. */
class Tally {
 public:
  Tally(const Sinks& sinks, std::uint64_t total_bytes) : sinks_(sinks), total_bytes_(total_bytes) {}
  void add(std::uint64_t num_bytes) {
    sinks_.stop.check("writing the weights");
    std::lock_guard lock(mutex_);
    done_bytes_ += num_bytes;
    sinks_.progress.update({.unit = "MB",
                            .done = static_cast<std::int64_t>(done_bytes_ / 1'000'000),
                            .total = static_cast<std::int64_t>(total_bytes_ / 1'000'000)});
  }

 private:
  const Sinks& sinks_;
  std::mutex mutex_;
  std::uint64_t done_bytes_ = 0;
  const std::uint64_t total_bytes_;
};

AtomicFile write_file_of(const fs::path& folder, const WeightFile& file, const ModelConfig& config,
                         const InitSettings& settings, std::size_t threads, Tally& tally) {
  // Blocks of all the file's tensors are computed ahead and written in order.
  struct Block {
    const TensorShape* tensor;
    std::uint64_t first, count;
  };
  std::vector<Block> blocks;
  for (const TensorShape& tensor : file.tensors) {
    const std::uint64_t size = num_elements(tensor.shape);
    for (std::uint64_t first = 0; first < size; first += kElementsPerBlock)
      blocks.push_back({&tensor, first, std::min(kElementsPerBlock, size - first)});
  }
  std::deque<std::future<std::string>> ahead;
  std::size_t num_started = 0;
  const auto next_block = [&] {
    while (num_started < blocks.size() && ahead.size() <= threads) {
      const Block block = blocks[num_started++];
      ahead.push_back(std::async(std::launch::async, [block, &config, &settings] {
        return block_bytes(block.tensor->name, block.first, block.count, config, settings);
      }));
    }
    std::string bytes = ahead.front().get();
    ahead.pop_front();
    return bytes;
  };
  std::vector<TensorToWrite> tensors;
  for (const TensorShape& tensor : file.tensors) {
    TensorToWrite to_write{.name = tensor.name, .type = type_of(config), .shape = tensor.shape};
    to_write.produce = [&, size = num_elements(tensor.shape)](const auto& write) {
      for (std::uint64_t first = 0; first < size; first += kElementsPerBlock) {
        const std::string bytes = next_block();
        write(bytes.data(), bytes.size());
        tally.add(bytes.size());
      }
    };
    tensors.push_back(std::move(to_write));
  }
  return write_safetensors(folder / file.name, tensors);
}

AtomicFile write_index(const fs::path& folder, const std::vector<WeightFile>& files) {
  std::uint64_t total_bytes = 0;
  std::vector<std::pair<std::string, std::string>> file_of;
  for (const WeightFile& file : files) {
    total_bytes += file.num_bytes;
    for (const TensorShape& tensor : file.tensors) file_of.emplace_back(tensor.name, file.name);
  }
  return write_weight_index(folder, file_of, total_bytes);
}

}  // namespace

const std::vector<std::pair<std::string, Preset>>& preset_names() {
  static const std::vector<std::pair<std::string, Preset>> names = {{"tiny", Preset::tiny},
                                                                    {"small", Preset::small},
                                                                    {"llama-2-7b", Preset::llama_2_7b},
                                                                    {"codellama-7b", Preset::codellama_7b},
                                                                    {"mistral-7b", Preset::mistral_7b},
                                                                    {"llama-3.1-8b", Preset::llama_3_1_8b},
                                                                    {"llama-3.2-1b", Preset::llama_3_2_1b}};
  return names;
}

ModelConfig initial_config(const InitSettings& settings) {
  ModelConfig config = preset_config(settings.preset);
  const auto take = [](const char* setting, std::int64_t asked, std::int64_t largest, std::int64_t& value) {
    if (asked < 0 || asked > largest)
      throw SettingError(Kind::usage, setting,
                         fmt::format("expected 1 to {}, or 0 for that of the preset, got {}", largest, asked));
    if (asked > 0) value = asked;
  };
  take("hidden-size", settings.hidden_size, kMaxWidth, config.hidden_size);
  take("intermediate-size", settings.intermediate_size, kMaxRows, config.intermediate_size);
  take("layers", settings.layers, kMaxLayers, config.num_hidden_layers);
  take("heads", settings.heads, kMaxHeads, config.num_attention_heads);
  take("kv-heads", settings.kv_heads, kMaxHeads, config.num_key_value_heads);
  take("vocab-size", settings.vocab_size, kMaxRows, config.vocab_size);
  take("max-positions", settings.max_positions, kMaxPositions, config.max_position_embeddings);
  config.ties_embeddings = settings.ties_embeddings.value_or(config.ties_embeddings);
  if (settings.type != WeightType::automatic)
    config.dtype = settings.type == WeightType::float32   ? "float32"
                   : settings.type == WeightType::float16 ? "float16"
                                                          : "bfloat16";
  if (config.hidden_size % (2 * config.num_attention_heads) != 0)
    throw SettingError(Kind::usage, "hidden-size",
                       fmt::format("{} is not divisible into {} heads of an even size", config.hidden_size,
                                   config.num_attention_heads));
  if (config.num_attention_heads % config.num_key_value_heads != 0)
    throw SettingError(Kind::usage, "heads",
                       fmt::format("{} is not a multiple of {} key-value heads", config.num_attention_heads,
                                   config.num_key_value_heads));
  if (!(settings.standard_deviation >= 0 && settings.standard_deviation <= 10))
    throw SettingError(Kind::usage, "standard-deviation",
                       fmt::format("expected a number from 0 to 10, got {}", settings.standard_deviation));
  config.head_dim = config.rope.size = config.hidden_size / config.num_attention_heads;
  if (config.head_dim > kMaxHeadDim)
    throw SettingError(
        Kind::usage, "heads",
        fmt::format("{} is too few: heads have at most {} elements", config.num_attention_heads, kMaxHeadDim));
  return config;
}

std::vector<WeightFile> plan_weight_files(const ModelConfig& config, std::uint64_t max_bytes) {
  std::vector<WeightFile> files(1);
  for (const TensorShape& tensor : model_tensors(config)) {
    const std::uint64_t num_bytes = num_elements(tensor.shape) * bytes_per_element(type_of(config));
    if (!files.back().tensors.empty() && files.back().num_bytes + num_bytes > max_bytes) files.emplace_back();
    files.back().tensors.push_back(tensor);
    files.back().num_bytes += num_bytes;
  }
  for (std::size_t i = 0; i < files.size(); ++i) files[i].name = weight_file_name(i, files.size());
  return files;
}

void fill_normal(std::uint64_t seed, const std::string& name, std::uint64_t first, double standard_deviation,
                 std::span<float> values) {
  // SplitMix64 is a function of a counter: element pair p takes draws 2p and 2p + 1, so a block can begin anywhere.
  Random random(stable_hash64(name, seed) + kGoldenGamma * first);
  for (std::size_t i = 0; i < values.size(); i += 2) {
    const double radius = standard_deviation * std::sqrt(-2.0 * std::log(1.0 - random.uniform()));
    const double angle = 2 * std::numbers::pi * random.uniform();
    values[i] = static_cast<float>(radius * std::cos(angle));
    if (i + 1 < values.size()) values[i + 1] = static_cast<float>(radius * std::sin(angle));
  }
}

std::vector<AtomicFile> write_initial_weights(const fs::path& folder, const ModelConfig& config,
                                              const InitSettings& settings, int threads, const Sinks& sinks,
                                              std::uint64_t max_file_bytes) {
  const std::vector<WeightFile> plan = plan_weight_files(config, max_file_bytes);
  std::uint64_t total_bytes = 0;
  for (const WeightFile& file : plan) total_bytes += file.num_bytes;
  const std::size_t num_threads =
      threads > 0 ? static_cast<std::size_t>(threads) : std::max(1U, std::thread::hardware_concurrency());
  // Files are written in parallel, because hashing and writing one file uses only one core.
  const std::size_t num_writers = std::clamp<std::size_t>(num_threads / 2, 1, plan.size());
  const std::size_t threads_per_writer = std::max<std::size_t>(1, num_threads / num_writers);
  Tally tally(sinks, total_bytes);
  std::vector<std::optional<AtomicFile>> written(plan.size());
  std::vector<std::future<void>> writers;
  for (std::size_t writer = 0; writer < num_writers; ++writer)
    writers.push_back(std::async(std::launch::async, [&, writer] {
      for (std::size_t i = writer; i < plan.size(); i += num_writers) {
        written[i] = write_file_of(folder, plan[i], config, settings, threads_per_writer, tally);
        written[i]->close();
      }
    }));
  // All threads are joined before the first error is rethrown, since they use local variables.
  for (auto& writer : writers) writer.wait();
  for (auto& writer : writers) writer.get();
  sinks.progress.finish();
  std::vector<AtomicFile> files;
  for (auto& file : written) files.push_back(std::move(*file));
  if (plan.size() > 1) files.push_back(write_index(folder, plan));
  return files;
}

}  // namespace intelia
