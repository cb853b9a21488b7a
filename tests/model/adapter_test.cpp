// adapter_config.json as PEFT 0.21.2 writes it (the document below is its own), ours, and what is refused.
#include "model/adapter.hpp"

#include <cmath>
#include <fstream>

#include "temporary_folder.hpp"

using namespace intelia;

namespace {

AdapterConfig read_text(const std::string& text) {
  TemporaryFolder folder;
  std::ofstream(folder.path / "adapter_config.json") << text;
  return read_adapter_config(folder.path);
}

Json peft_config() {
  return Json::parse(
      R"({"alora_invocation_tokens": null, "alpha_pattern": {}, "arrow_config": null, "auto_mapping": null,
"base_model_name_or_path": "some/base", "bias": "none", "corda_config": null, "ensure_weight_tying": false,
"eva_config": null, "exclude_modules": null, "fan_in_fan_out": false, "inference_mode": true,
"init_lora_weights": true, "kasa_config": null, "layer_replication": null, "layers_pattern": null,
"layers_to_transform": null, "loftq_config": {}, "lora_alpha": 24, "lora_bias": false, "lora_dropout": 0.05,
"lora_ga_config": null, "megatron_config": null, "megatron_core": "megatron.core", "modules_to_save": null,
"monteclora_config": null, "peft_type": "LORA", "peft_version": "0.21.2", "qalora_group_size": 16, "r": 8,
"rank_pattern": {}, "revision": null, "target_modules": ["v_proj", "down_proj", "q_proj"], "target_parameters":
null, "task_type": "CAUSAL_LM", "trainable_token_indices": null, "use_bdlora": null, "use_dora": false,
"use_qalora": false, "use_rslora": false, "velora_config": null})");
}

std::string why(const std::string& key, const std::string& value) {
  Json document = peft_config();
  document[key] = Json::parse(value);
  return refusal([&] { read_text(document.dump()); });
}

}  // namespace

TEST_CASE("what PEFT writes is read") {
  const AdapterConfig config = read_text(peft_config().dump());
  CHECK(config.base_model == "some/base");
  CHECK(config.r == 8);
  CHECK(config.lora_alpha == 24);
  CHECK(config.lora_dropout == 0.05);
  CHECK_FALSE(config.uses_rslora);
  CHECK(config.targets == std::vector<std::string>{"down_proj", "q_proj", "v_proj"});
}

TEST_CASE("scaling") {
  AdapterConfig config;
  config.r = 16;
  config.lora_alpha = 32;
  CHECK(lora_scaling(config) == 2);
  config.uses_rslora = true;
  CHECK(lora_scaling(config) == 8);
}

TEST_CASE("features that would give another model are refused by their key") {
  const std::pair<const char*, const char*> cases[] = {{"use_dora", "true"},
                                                       {"bias", "\"all\""},
                                                       {"rank_pattern", R"({"q_proj":4})"},
                                                       {"alpha_pattern", R"({"q_proj":4})"},
                                                       {"modules_to_save", R"(["lm_head"])"},
                                                       {"layers_to_transform", "[1]"},
                                                       {"layers_pattern", "\"layers\""},
                                                       {"target_parameters", R"(["x"])"},
                                                       {"trainable_token_indices", "[1]"},
                                                       {"layer_replication", "[[0,1]]"},
                                                       {"fan_in_fan_out", "true"},
                                                       {"lora_bias", "true"},
                                                       {"exclude_modules", R"(["q_proj"])"},
                                                       {"use_qalora", "true"},
                                                       {"init_lora_weights", "\"pissa\""},
                                                       {"peft_type", "\"LOHA\""},
                                                       {"target_modules", "\"all-linear\""},
                                                       {"target_modules", R"(["q_proj","lm_head"])"},
                                                       {"target_modules", "[]"},
                                                       {"r", "0"},
                                                       {"r", "-1"},
                                                       {"r", "2.0"},
                                                       {"r", "18446744073709551615"},
                                                       {"r", "\"8\""},
                                                       {"lora_alpha", "\"8\""},
                                                       {"lora_alpha", "1e300"},
                                                       {"lora_dropout", "1"},
                                                       {"lora_dropout", "-0.1"},
                                                       {"use_rslora", "1"},
                                                       {"base_model_name_or_path", "3"}};
  for (const auto& [key, value] : cases) {
    CAPTURE(key);
    CAPTURE(value);
    CHECK(contains(why(key, value), std::string("adapter_config.json: ") + key + " is "));
  }
  CHECK(why("init_lora_weights", "\"gaussian\"") == "");
  CHECK(why("rank_pattern", "{}") == "");
  CHECK(why("a_key_of_the_future", "3") == "");
}

TEST_CASE("files that are not there or not objects") {
  CHECK(contains(refusal([] { read_adapter_config("/nowhere"); }), "/nowhere/adapter_config.json: no such file"));
  CHECK(contains(refusal([] { read_text("[]"); }), "not a JSON object"));
}

TEST_CASE("what is written: sorted keys, sorted targets, and it reads back the same") {
  AdapterConfig config;
  config.base_model = "base";
  config.r = 4;
  config.lora_alpha = 6.5;
  config.lora_dropout = 0.1;
  config.uses_rslora = true;
  config.targets = {"v_proj", "q_proj"};
  const Json document = adapter_config_json(config);
  std::string previous;
  for (const auto& [key, value] : document.items()) {
    CHECK(previous < key);
    previous = key;
  }
  CHECK(document["target_modules"] == Json({"q_proj", "v_proj"}));
  const AdapterConfig again = read_text(document.dump());
  CHECK(again.r == 4);
  CHECK(again.lora_alpha == 6.5);
  CHECK(again.uses_rslora);
  CHECK(again.targets == std::vector<std::string>{"q_proj", "v_proj"});
  config.lora_alpha = 32;
  CHECK(adapter_config_json(config)["lora_alpha"].dump() == "32");
}
