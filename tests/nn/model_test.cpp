// Loading, adapters, scoring and generation with small models. tests/parity compares the numbers with transformers and
// PEFT.
#include <doctest/doctest.h>

#include <cmath>
#include <fstream>

#include "engine/sampling.hpp"
#include "model_folder.hpp"
#include "nn/adapter.hpp"
#include "nn/generate.hpp"
#include "nn/scoring.hpp"
#include "nn/weights.hpp"

using namespace intelia;

namespace {

ModelSettings settings_of(const std::filesystem::path& model, Method method = Method::qlora) {
  ModelSettings settings;
  settings.model = model;
  settings.method = method;
  settings.precision = Precision::fp32;
  settings.device = Device::cpu;
  settings.threads = 1;
  return settings;
}

nn::Decoder load(const std::filesystem::path& model, Method method = Method::qlora) {
  SilentSinks silent;
  return nn::load_model(settings_of(model, method), silent.sinks());
}

/** The error when `model` is loaded. */
std::string loading_error(const std::filesystem::path& model) {
  try {
    load(model);
  } catch (const Error& error) {
    CHECK(error.kind() == Kind::input);
    return error.what();
  }
  return "nothing was thrown";
}

}  // namespace

TEST_CASE("an invalid model folder is an error that names the cause") {
  const TemporaryFolder folder;
  const auto model = make_model(folder / "model");
  const std::string weights = read_file(model / "model.safetensors");

  std::filesystem::remove(model / "model.safetensors");
  CHECK(contains(loading_error(model), (folder / "model").string()));

  write_file(model / "model.safetensors", weights.substr(0, weights.size() - 100));
  CHECK(contains(loading_error(model), "model.safetensors"));

  std::string renamed = weights;
  renamed.replace(renamed.find("layers.1.mlp.up_proj"), 20, "layers.1.mlp.xx_proj");
  write_file(model / "model.safetensors", renamed);
  CHECK(contains(loading_error(model), "model.layers.1.mlp.up_proj.weight"));

  write_file(model / "model.safetensors", weights);
  Json config = parse_json(read_file(model / "config.json"), "config.json");
  config["intermediate_size"] = 60;
  write_file(model / "config.json", config.dump());
  CHECK(contains(loading_error(model), "_proj.weight"));
}

TEST_CASE("an adapter that does not fit is an error that names the tensor") {
  const TemporaryFolder folder;
  const auto model = make_model(folder / "model");
  nn::Decoder llama = load(model);
  nn::add_adapter(llama, LoraSettings{.r = 4}, 1);
  std::filesystem::create_directory(folder / "adapter");
  nn::write_adapter(llama, folder / "adapter", "base");

  nn::Decoder second = load(model);
  nn::load_adapter(second, folder / "adapter");
  for (std::size_t i = 0; i < nn::adapter_tensors(llama).size(); ++i)
    CHECK(at::equal(nn::adapter_tensors(llama)[i].second, nn::adapter_tensors(second)[i].second));

  Json config = parse_json(read_file(folder / "adapter" / "adapter_config.json"), "adapter_config.json");
  config["r"] = 8;
  write_file(folder / "adapter" / "adapter_config.json", config.dump());
  try {
    nn::load_adapter(second, folder / "adapter");
    FAIL("an adapter of another rank was taken");
  } catch (const Error& error) {
    CHECK(contains(error.what(), "lora_A.weight"));
  }
  CHECK_THROWS_AS(nn::add_adapter(second, LoraSettings{.targets = {"qq_proj"}}, 1), Error);
  for (const char* pattern : {"q_proj", "=8", "q_proj=", "q_proj=0", "q_proj=2.5", "q_proj=8x", "q_proj=70000"})
    CHECK_THROWS_WITH_AS(nn::add_adapter(second, LoraSettings{.rank_pattern = {pattern}}, 1),
                         doctest::Contains("`rank_pattern`: "), Error);
}

TEST_CASE("modules_to_save: modules that cannot be trained are errors") {
  const TemporaryFolder folder;
  const auto path = make_model(folder / "model");
  for (const char* name : {"q_proj", "mlp", "embed_token", ""}) {
    CAPTURE(name);
    nn::Decoder model = load(path);
    try {
      nn::add_adapter(model, LoraSettings{.r = 8, .modules_to_save = {"norm", name}}, 1);
      CHECK(false);
    } catch (const Error& error) {
      CHECK(error.kind() == Kind::usage);
      CHECK(contains(error.what(), "'" + std::string(name) + "' cannot be trained beside an adapter"));
    }
  }
}

TEST_CASE("a target or a pattern of the settings that matches no adapted layer is refused") {
  const TemporaryFolder folder;
  const auto path = make_model(folder / "model");
  const auto why = [&](const LoraSettings& settings) {
    nn::Decoder model = load(path);
    return refusal([&] { nn::add_adapter(model, settings, 1); }, Kind::usage);
  };
  CHECK(contains(why({.targets = {"q_proj", "dwn_proj"}}), "there is no linear layer 'dwn_proj' to adapt"));
  CHECK(contains(why({.targets = {"down_proj"}, .rank_pattern = {"dwn_proj=8"}}),
                 "`rank_pattern`: 'dwn_proj' matches none of the adapted layers (down_proj)"));
  CHECK(contains(why({.targets = {"q_proj"}, .alpha_pattern = {"q_proj=2", "down_proj=8"}}),
                 "`alpha_pattern`: 'down_proj' matches none of the adapted layers (q_proj)"));
}

TEST_CASE("an adapter with tied embedding and head has one tensor, and a file with different ones is an error") {
  const TemporaryFolder folder;
  const auto path = make_model(folder / "model", /*ties_embeddings=*/true);
  const auto adapter = folder / "adapter";
  std::filesystem::create_directories(adapter);
  nn::Decoder model = load(path);
  nn::add_adapter(model, LoraSettings{.r = 8, .modules_to_save = {"lm_head"}, .ensures_weight_tying = true}, 1);
  nn::write_adapter(model, adapter, "base");
  nn::Decoder again = load(path);
  nn::load_adapter(again, adapter);
  CHECK(again.head.trained.is_same(again.embedding.trained));

  auto tensors = nn::adapter_tensors(again);
  tensors.emplace_back("base_model.model.lm_head.weight", again.head.trained + 1);
  nn::write_tensors(adapter / "adapter_model.safetensors", tensors).commit();
  nn::Decoder other = load(path);
  try {
    nn::load_adapter(other, adapter);
    CHECK(false);
  } catch (const Error& error) {
    CHECK(error.kind() == Kind::input);
    CHECK(contains(error.what(), "its lm_head differs from its embed_tokens"));
  }
}

TEST_CASE("a new adapter changes nothing, and its A has the variance of PEFT's") {
  const TemporaryFolder folder;
  nn::Decoder model = load(make_model(folder / "model"));
  nn::add_adapter(model, LoraSettings{.r = 8}, 1);
  const RandomSamples samples(4, 5);
  std::vector<TokenSample> list;
  for (int i = 0; i < 4; ++i) list.push_back(samples.at(i));
  const auto with = nn::score_samples(model, list, true), without = nn::score_samples(model, list, false);
  for (std::size_t i = 0; i < list.size(); ++i) CHECK(with[i].loss_sum == without[i].loss_sum);
  // U(±1/√in): its variance is 1/(3·in).
  CHECK(model.blocks[0].q.lora->a.var().item<double>() == doctest::Approx(1 / (3 * 32.0)).epsilon(0.2));
  CHECK(model.blocks[0].q.lora->a.abs().max().item<double>() <= 1 / std::sqrt(32.0));
}

TEST_CASE("scores do not depend on the batch") {
  const TemporaryFolder folder;
  const nn::Decoder model = load(make_model(folder / "model"));
  const RandomSamples samples(6, 3);
  std::vector<TokenSample> list;
  for (int i = 0; i < 6; ++i) list.push_back(samples.at(i));
  std::fill(list[2].is_target.begin(), list[2].is_target.end(), 0);
  const auto together = nn::score_samples(model, list, false);
  for (std::size_t i = 0; i < list.size(); ++i) {
    const auto alone = nn::score_samples(model, {&list[i], 1}, false);
    CHECK(alone[0].loss_sum == doctest::Approx(together[i].loss_sum).epsilon(1e-5));
    CHECK(alone[0].num_targets == together[i].num_targets);
  }
  CHECK(together[2].num_targets == 0);
}

TEST_CASE("bf16, whose batches are padded, scores like fp32 up to rounding") {
  const TemporaryFolder folder;
  const nn::Decoder model = load(make_model(folder / "model"));
  ModelSettings settings = settings_of(folder / "model");
  settings.precision = Precision::bf16;
  SilentSinks silent;
  const nn::Decoder half = nn::load_model(settings, silent.sinks());
  const RandomSamples samples(6, 3);
  std::vector<TokenSample> list;
  for (int i = 0; i < 6; ++i) list.push_back(samples.at(i));
  const auto whole = nn::score_samples(model, list, false), rounded = nn::score_samples(half, list, false);
  REQUIRE(rounded.size() == whole.size());
  for (std::size_t i = 0; i < list.size(); ++i) {
    CHECK(rounded[i].num_targets == whole[i].num_targets);
    CHECK(rounded[i].loss_sum == doctest::Approx(whole[i].loss_sum).epsilon(0.02));  // bf16 keeps 8 bits
  }
}

TEST_CASE("a token outside the vocabulary is an error that names it") {
  const TemporaryFolder folder;
  const nn::Decoder model = load(make_model(folder / "model"));
  const std::vector<TokenSample> samples{{{1, 96}, {0, 1}}};
  try {
    nn::score_samples(model, samples, false);
    FAIL("taken");
  } catch (const Error& error) {
    CHECK(contains(error.what(), "96"));
  }
}

TEST_CASE("NF4 weights kept quantized or dequantized compute the same bits") {
  const TemporaryFolder folder;
  nn::Decoder model = load(make_model(folder / "model"));
  const nn::Decoder dense = load(folder / "model", Method::lora);
  const std::vector<TokenSample> samples{RandomSamples(1, 9).at(0)};
  const double dequantized = nn::score_samples(model, samples, false)[0].loss_sum;
  for (std::size_t layer = 0; layer < 2; ++layer) {
    const auto linears = model.blocks[layer].linears();
    nn::Block source = dense.blocks[layer];
    for (std::size_t i = 0; i < linears.size(); ++i) {
      linears[i]->nf4 = nn::quantize_nf4(source.linears()[i]->weight);
      linears[i]->weight = nn::Tensor();
    }
  }
  CHECK(nn::score_samples(model, samples, false)[0].loss_sum == dequantized);
}

TEST_CASE("generation: a prompt's answer does not depend on the others, and stops where it should") {
  const TemporaryFolder folder;
  const nn::Decoder model = load(make_model(folder / "model"));
  const StopFlag stop;
  const std::vector<GenerationRequest> prompts{{{1, 2, 3, 4, 5, 6, 7}}, {{8}}, {{9, 10, 11}}};
  SamplingSettings greedy;
  greedy.max_new_tokens = 12;
  const auto together = nn::generate(model, prompts, greedy, false, stop);
  for (std::size_t i = 0; i < prompts.size(); ++i) {
    CHECK(nn::generate(model, {&prompts[i], 1}, greedy, false, stop)[0].ids == together[i].ids);
    CHECK(together[i].ids.size() == 12);
    CHECK(together[i].is_truncated);
  }
  // A stop id that only one of them generates ends only that one.
  greedy.stop_ids = {together[0].ids[3]};
  const auto stopped = nn::generate(model, prompts, greedy, false, stop);
  CHECK(stopped[0].ids.size() <= 3);
  CHECK(!stopped[0].is_truncated);
  // The context length is the other limit.
  greedy.stop_ids = {};
  greedy.max_new_tokens = 1000;
  const auto cut = nn::generate(model, {&prompts[0], 1}, greedy, false, stop);
  CHECK(cut[0].ids.size() == 64 - 7 + 1);
  const std::vector<GenerationRequest> too_long{{std::vector<std::int32_t>(65, 1)}};
  CHECK_THROWS_AS(nn::generate(model, too_long, greedy, false, stop), Error);
  // Sampling repeats with its seed.
  SamplingSettings sampled{.max_new_tokens = 12, .temperature = 1, .seed = 5};
  const auto first = nn::generate(model, prompts, sampled, false, stop);
  CHECK(nn::generate(model, prompts, sampled, false, stop)[1].ids == first[1].ids);
  sampled.seed = 6;
  CHECK(nn::generate(model, prompts, sampled, false, stop)[0].ids != first[0].ids);
}

TEST_CASE("a sampled answer depends on its prompt, the seed and its sample number, not on the batch around it") {
  const TemporaryFolder folder;
  const nn::Decoder model = load(make_model(folder / "model"));
  const StopFlag stop;
  const SamplingSettings sampled{.max_new_tokens = 12, .temperature = 1, .seed = 5};
  std::vector<GenerationRequest> requests;
  for (std::int32_t i = 0; i < 7; ++i) requests.push_back({{i, 2, 3, i + 4}, 0});
  requests.push_back({requests[3].prompt, 0});
  requests.push_back({requests[3].prompt, 1});
  const auto together = nn::generate(model, requests, sampled, false, stop);
  for (const std::size_t batch_size : {1, 2, 3}) {
    CAPTURE(batch_size);
    for (std::size_t begin = 0; begin < requests.size(); begin += batch_size) {
      const std::span<const GenerationRequest> batch(&requests[begin], std::min(batch_size, requests.size() - begin));
      const auto answers = nn::generate(model, batch, sampled, false, stop);
      for (std::size_t i = 0; i < batch.size(); ++i) CHECK(answers[i].ids == together[begin + i].ids);
    }
  }
  CHECK(together[7].ids == together[3].ids);
  CHECK(together[8].ids != together[3].ids);
  CHECK(together[4].ids != together[3].ids);
  std::reverse(requests.begin(), requests.end());
  CHECK(nn::generate(model, requests, sampled, false, stop)[8].ids == together[0].ids);
}

TEST_CASE("choose_token: rounding of nearly equal logits rarely changes a draw") {
  Random random(3);
  std::vector<float> logits, rounded;
  for (int id = 0; id < 1000; ++id) {
    logits.push_back(static_cast<float>(1e-3 * random.uniform()));
    rounded.push_back(logits.back() + static_cast<float>(1e-6 * (random.uniform() - 0.5)));
  }
  for (const SamplingSettings& sampling :
       {SamplingSettings{.temperature = 1}, SamplingSettings{.temperature = 1, .top_p = 0.9}}) {
    int num_changed = 0;
    for (std::uint64_t draw = 0; draw < 2000; ++draw)
      num_changed += choose_token(logits, sampling, draw << 20) != choose_token(rounded, sampling, draw << 20);
    CHECK(num_changed <= 10);
  }
}

TEST_CASE("choose_token: temperature, top-k and top-p by their probabilities") {
  const std::vector<float> logits{std::log(0.1f), std::log(0.4f), std::log(0.3f), std::log(0.2f)};
  const auto share = [&](SamplingSettings sampling, std::int32_t id) {
    Random random(1);
    int count = 0;
    for (int i = 0; i < 20000; ++i) count += choose_token(logits, sampling, random.next()) == id;
    return count / 20000.0;
  };
  CHECK(choose_token(logits, {.temperature = 0}, 99) == 1);
  const double tolerance = 5 * std::sqrt(0.25 / 20000);
  CHECK(std::fabs(share({.temperature = 1}, 1) - 0.4) < tolerance);
  CHECK(std::fabs(share({.temperature = 1}, 0) - 0.1) < tolerance);
  CHECK(std::fabs(share({.temperature = 0.5}, 1) - 0.16 / 0.30) < tolerance);  // p² renormalised
  CHECK(std::fabs(share({.temperature = 1, .top_k = 2}, 1) - 4.0 / 7) < tolerance);
  CHECK(share({.temperature = 1, .top_k = 2}, 3) == 0);
  CHECK(std::fabs(share({.temperature = 1, .top_p = 0.6}, 2) - 3.0 / 7) < tolerance);  // 0.4 + 0.3 include 0.6
  CHECK(share({.temperature = 1, .top_p = 0.6}, 3) == 0);
  CHECK(share({.temperature = 1, .top_p = 0.01}, 1) == 1);
}
