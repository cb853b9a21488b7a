// adapter_config.json as PEFT 0.21.2 writes it (the document below is from PEFT), as intelia writes it, and unsupported
// ones.
#include "model/adapter.hpp"

#include <cmath>
#include <fstream>

#include "mutations.hpp"
#include "record/json.hpp"
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

TEST_CASE("adapter_config.json as written by PEFT is read") {
  const AdapterConfig config = read_text(peft_config().dump());
  CHECK(config.base_model == "some/base");
  CHECK(config.r == 8);
  CHECK(config.lora_alpha == 24);
  CHECK(config.lora_dropout == 0.05);
  CHECK_FALSE(config.uses_rslora);
  CHECK(config.targets.names == std::vector<std::string>{"down_proj", "q_proj", "v_proj"});
  CHECK(config.unknown_keys.empty());
}

TEST_CASE("keys that PEFT does not have are ignored, and the first few are reported") {
  Json document = peft_config();
  document["quantum_config"] = 1;
  CHECK(read_text(document.dump()).unknown_keys == std::vector<std::string>{"\"quantum_config\""});
  for (int i = 0; i < 1000; ++i) document["k" + std::to_string(i)] = i;
  CHECK(read_text(document.dump()).unknown_keys.size() == 8);
}

TEST_CASE("scaling") {
  AdapterConfig config;
  config.r = 16;
  config.lora_alpha = 32;
  const std::string path = "model.layers.1.mlp.up_proj";
  CHECK(lora_scaling(config, path) == 2);
  config.uses_rslora = true;
  CHECK(lora_scaling(config, path) == 8);
  config.rank_pattern = {{"layers.0.*", 2}, {"up_proj", 64}};
  config.alpha_pattern = {{"mlp\\.up_proj", 16}};
  CHECK(lora_rank(config, path) == 64);
  CHECK(lora_scaling(config, path) == 2);
  CHECK(lora_rank(config, "model.layers.0.mlp.up_proj") == 2);
  CHECK(lora_rank(config, "model.layers.1.mlp.xup_proj") == 16);
}

TEST_CASE("target modules") {
  AdapterConfig config;
  config.targets.names = {"q_proj", "mlp.up_proj"};
  const auto path = [](int layer, const char* module) {
    return "model.layers." + std::to_string(layer) + "." + module;
  };
  CHECK(is_target(config, path(0, "self_attn.q_proj")));
  CHECK(is_target(config, path(0, "mlp.up_proj")));
  CHECK_FALSE(is_target(config, path(0, "mlp.gate_proj")));
  CHECK_FALSE(is_target(config, path(0, "mlp.gate_up_proj")));
  config.layers = {1, 3};
  CHECK_FALSE(is_target(config, path(0, "self_attn.q_proj")));
  CHECK(is_target(config, path(3, "self_attn.q_proj")));
  config.layers_pattern = {"blocks"};
  CHECK_FALSE(is_target(config, path(3, "self_attn.q_proj")));
  config.layers_pattern = {"layers"};
  config.excluded.names = {"q_proj"};
  CHECK_FALSE(is_target(config, path(3, "self_attn.q_proj")));
  CHECK(is_target(config, path(3, "mlp.up_proj")));
  config.targets = {.pattern = R"(.*\.(0|2)\..*(q|v)_proj)"};
  config.excluded = {};
  config.layers = {};
  CHECK(is_target(config, path(2, "self_attn.v_proj")));
  CHECK_FALSE(is_target(config, path(1, "self_attn.v_proj")));
}

TEST_CASE("features that would change the model are errors that name the key") {
  const std::pair<const char*, const char*> cases[] = {{"use_dora", "1"},
                                                       {"bias", "\"all\""},
                                                       {"rank_pattern", "3"},
                                                       {"alpha_pattern", R"(["q_proj"])"},
                                                       {"modules_to_save", R"([""])"},
                                                       {"ensure_weight_tying", "1"},
                                                       {"layers_to_transform", "[-1]"},
                                                       {"layers_pattern", "[3]"},
                                                       {"target_parameters", R"(["x"])"},
                                                       {"trainable_token_indices", "[1]"},
                                                       {"layer_replication", "[[0,1]]"},
                                                       {"fan_in_fan_out", "true"},
                                                       {"lora_bias", "true"},
                                                       {"exclude_modules", R"([1])"},
                                                       {"use_qalora", "true"},
                                                       {"init_lora_weights", "\"pissa_niter_4\""},
                                                       {"init_lora_weights", "\"loftq\""},
                                                       {"peft_type", "\"LOHA\""},
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
  CHECK(contains(why("rank_pattern", R"({"q_proj":0})"), "rank_pattern has 0 for 'q_proj'"));
  CHECK(contains(why("alpha_pattern", R"({"q_proj":1e300})"), "alpha_pattern has"));
  CHECK(contains(why("rank_pattern", R"({"(q":1})"), "the pattern '(q' is not supported"));
  CHECK(contains(why("target_modules", "\"*\""), "the pattern '*' is not supported"));
  CHECK(why("init_lora_weights", "\"gaussian\"") == "");
  CHECK(why("init_lora_weights", "\"pissa\"") == "");
  CHECK(why("rank_pattern", "{}") == "");
  CHECK(why("a_key_of_the_future", "3") == "");
}

TEST_CASE("missing files, and files that are not JSON objects") {
  CHECK(contains(refusal([] { read_adapter_config("/nowhere"); }), "/nowhere/adapter_config.json: no such file"));
  CHECK(contains(refusal([] { read_text("[]"); }), "not a JSON object"));
}

TEST_CASE("written files have sorted keys and targets, and round-trip") {
  AdapterConfig config;
  config.base_model = "base";
  config.r = 4;
  config.lora_alpha = 6.5;
  config.lora_dropout = 0.1;
  config.uses_rslora = true;
  config.targets.names = {"v_proj", "q_proj"};
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
  CHECK(again.targets.names == std::vector<std::string>{"q_proj", "v_proj"});
  config.lora_alpha = 32;
  CHECK(adapter_config_json(config)["lora_alpha"].dump() == "32");
}

TEST_CASE("a mutated adapter_config.json is refused with an Error, or read as valid settings that can be written") {
  const TemporaryFolder folder;
  Mutations mutations(
      {peft_config().dump(), R"({"peft_type": "LORA", "r": 4, "lora_alpha": 8, "target_modules": "all-linear"})",
       R"({"peft_type": "LORA", "r": 2, "target_modules": ".*_proj", "rank_pattern": {"q_proj": 8},
 "alpha_pattern": {"^model.layers.0": 3.5}, "modules_to_save": ["lm_head"], "layers_to_transform": [0, 1], "use_dora": true})"},
      Mutations::json_tokens({"-1", "[]", "{}", "\"r\": 0,", "\"r\": 2147483648,", "\"target_modules\": \"(a*)*b\",",
                              "\"rank_pattern\": {\"q\": 1e30},", "\"lora_dropout\": 2,"}));
  int num_read = 0;
  for (int i = 0; i < Mutations::count(); ++i) {
    const std::string text = mutations.next();
    CAPTURE(text);
    Mutations::write(folder / "adapter_config.json", text);
    try {
      const AdapterConfig config = read_adapter_config(folder.path);
      ++num_read;
      REQUIRE(config.r >= 1);
      REQUIRE(std::isfinite(config.lora_alpha));
      REQUIRE((config.lora_dropout >= 0 && config.lora_dropout < 1));
      REQUIRE(adapter_config_json(config).is_object());
    } catch (const Error& error) {
      REQUIRE(error.kind() == Kind::input);
    }
  }
  CHECK(num_read > 20);
}
