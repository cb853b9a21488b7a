// Presets have the published sizes; random weights are normal and depend on seed and name alone.
#include "model/init.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/hash.hpp"
#include "model/safetensors.hpp"
#include "temporary_folder.hpp"

using namespace intelia;

namespace {

InitSettings micro() {
  InitSettings settings;
  settings.hidden_size = 32;
  settings.intermediate_size = 48;
  settings.layers = 2;
  settings.heads = 4;
  settings.kv_heads = 2;
  settings.vocab_size = 300;
  return settings;
}

void write(const std::filesystem::path& folder, const InitSettings& settings, int threads,
           std::uint64_t max_file_bytes = 4'000'000'000) {
  SilentSinks silent;
  for (AtomicFile& file :
       write_initial_weights(folder, initial_config(settings), settings, threads, silent.sinks(), max_file_bytes))
    file.commit();
}

std::string usage_error(const InitSettings& settings) {
  try {
    initial_config(settings);
  } catch (const Error& error) {
    CHECK(error.kind() == Kind::usage);
    return error.what();
  }
  return "";
}

std::int64_t parameters_of(Preset preset) {
  InitSettings settings;
  settings.preset = preset;
  return num_parameters(initial_config(settings));
}

}  // namespace

TEST_CASE("presets have the published numbers of parameters") {
  CHECK(parameters_of(Preset::llama_2_7b) == 6'738'415'616);
  CHECK(parameters_of(Preset::codellama_7b) == 6'738'546'688);
  CHECK(parameters_of(Preset::mistral_7b) == 7'241'732'096);
  CHECK(parameters_of(Preset::llama_3_1_8b) == 8'030'261'248);
  CHECK(parameters_of(Preset::llama_3_2_1b) == 1'235'814'400);
  CHECK(parameters_of(Preset::tiny) == doctest::Approx(4e6).epsilon(0.05));
  CHECK(parameters_of(Preset::small) == doctest::Approx(60e6).epsilon(0.05));
}

TEST_CASE("impossible sizes are errors that name the option") {
  InitSettings settings = micro();
  settings.heads = 3;
  CHECK(contains(usage_error(settings), "hidden-size: 32 is not divisible into 3 heads"));
  settings = micro();
  settings.kv_heads = 3;
  CHECK(contains(usage_error(settings), "heads: 4 is not a multiple of 3 key-value heads"));
  settings = micro();
  settings.layers = -1;
  CHECK(contains(usage_error(settings), "layers: "));
  settings = micro();
  settings.standard_deviation = std::nan("");
  CHECK(contains(usage_error(settings), "standard-deviation: "));
}

TEST_CASE("weights are normal: mean, variance, fourth moment and the fraction within one standard deviation") {
  std::vector<float> values(1'000'001);
  fill_normal(42, "a", 0, 0.02, values);
  const auto n = static_cast<double>(values.size());
  double sum = 0, squares = 0, fourths = 0;
  std::size_t within = 0;
  for (const float value : values) {
    const double z = value / 0.02;
    sum += z;
    squares += z * z;
    fourths += z * z * z * z;
    within += std::abs(z) < 1;
  }
  // Five standard errors: of the mean 1, of z² sqrt(2), of z⁴ sqrt(96), of a frequency sqrt(p(1-p)), each over sqrt(n).
  CHECK(std::abs(sum / n) < 5 / std::sqrt(n));
  CHECK(std::abs(squares / n - 1) < 5 * std::sqrt(2 / n));
  CHECK(std::abs(fourths / n - 3) < 5 * std::sqrt(96 / n));
  CHECK(std::abs(static_cast<double>(within) / n - 0.682689) < 5 * std::sqrt(0.2166 / n));
}

TEST_CASE("an element depends on seed, tensor name and index only") {
  std::vector<float> whole(1000), part(100), other(1000);
  fill_normal(42, "a", 0, 1, whole);
  fill_normal(42, "a", 500, 1, part);
  CHECK(std::equal(part.begin(), part.end(), whole.begin() + 500));
  for (const auto& [seed, name] : {std::pair(43, "a"), std::pair(42, "b")}) {
    fill_normal(static_cast<std::uint64_t>(seed), name, 0, 1, other);
    double correlation = 0;
    for (std::size_t i = 0; i < other.size(); ++i) correlation += static_cast<double>(other[i]) * whole[i];
    CHECK(std::abs(correlation / 1000) < 5 / std::sqrt(1000.0));
  }
}

TEST_CASE("all tensors exist, norms are 1, bytes do not depend on threads, and values do not depend on shards") {
  TemporaryFolder one, three, shards;
  write(one.path, micro(), 1);
  write(three.path, micro(), 3);
  CHECK(sha256_of_file(one.path / "model.safetensors") == sha256_of_file(three.path / "model.safetensors"));
  write(shards.path, micro(), 3, 40'000);
  CHECK(std::filesystem::exists(shards.path / "model-00002-of-00004.safetensors"));
  const ModelWeights whole(one.path), split(shards.path);
  const ModelConfig config = initial_config(micro());
  CHECK(whole.tensors().size() == model_tensors(config).size());
  for (const TensorShape& tensor : model_tensors(config)) {
    const TensorView& a = whole.at(tensor.name, tensor.shape);
    const TensorView& b = split.at(tensor.name, tensor.shape);
    REQUIRE(a.size_bytes == b.size_bytes);
    CHECK(std::memcmp(a.data, b.data, a.size_bytes) == 0);
    const std::vector<float> values = to_float32(a, tensor.name);
    const bool all_ones = std::all_of(values.begin(), values.end(), [](float value) { return value == 1; });
    CHECK_MESSAGE(all_ones == tensor.name.ends_with("norm.weight"), tensor.name);
  }
}

TEST_CASE("half precision is the same model, rounded") {
  TemporaryFolder full, half;
  InitSettings settings = micro();
  write(full.path, settings, 1);
  settings.type = WeightType::bfloat16;
  write(half.path, settings, 1);
  const ModelWeights a(full.path), b(half.path);
  const std::string name = "model.layers.1.mlp.down_proj.weight";
  const auto exact = to_float32(*a.find(name), name), rounded = to_float32(*b.find(name), name);
  CHECK(b.find(name)->type == TensorType::bf16);
  for (std::size_t i = 0; i < exact.size(); ++i) CHECK(std::abs(rounded[i] - exact[i]) <= std::abs(exact[i]) / 256);
}

TEST_CASE("an interrupted run leaves no file") {
  TemporaryFolder folder;
  SilentSinks silent;
  silent.stop().set(2);
  CHECK_THROWS_AS(write_initial_weights(folder.path, initial_config(micro()), micro(), 2, silent.sinks()), Interrupted);
  CHECK(std::filesystem::is_empty(folder.path));
}
