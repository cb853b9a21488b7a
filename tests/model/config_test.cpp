// config.json of published models and of transformers 4 and 5, and invalid ones.
#include "model/config.hpp"

#include <sys/stat.h>

#include <fstream>

#include "record/json.hpp"
#include "temporary_folder.hpp"

using namespace intelia;
namespace fs = std::filesystem;

namespace {

ModelConfig read_text(const std::string& text) {
  TemporaryFolder folder;
  std::ofstream(folder.path / "config.json") << text;
  return read_model_config(folder.path);
}

Json small_config() {
  return Json::parse(R"({"model_type":"llama","hidden_size":64,"intermediate_size":176,"num_hidden_layers":2,
    "num_attention_heads":8,"num_key_value_heads":4,"vocab_size":1000,"tie_word_embeddings":true})");
}

/** The small config with `key` set to the JSON text `value`. */
std::string with(const std::string& key, const std::string& value) {
  Json document = small_config();
  document[key] = Json::parse(value);
  return document.dump();
}

std::string why(const std::string& text) {
  return refusal([&] { read_text(text); });
}

// config.json of Llama-3.2-1B as published (transformers 4.45).
const char* kLlama32 = R"({"architectures":["LlamaForCausalLM"],"attention_bias":false,"attention_dropout":0.0,
  "bos_token_id":128000,"eos_token_id":[128001,128008,128009],"head_dim":64,"hidden_act":"silu","hidden_size":2048,
  "initializer_range":0.02,"intermediate_size":8192,"max_position_embeddings":131072,"mlp_bias":false,
  "model_type":"llama","num_attention_heads":32,"num_hidden_layers":16,"num_key_value_heads":8,"pretraining_tp":1,
  "rms_norm_eps":1e-05,"rope_scaling":{"factor":32.0,"high_freq_factor":4.0,"low_freq_factor":1.0,
  "original_max_position_embeddings":8192,"rope_type":"llama3"},"rope_theta":500000.0,"tie_word_embeddings":true,
  "torch_dtype":"bfloat16","transformers_version":"4.45.0.dev0","use_cache":true,"vocab_size":128256})";

// config.json of Mistral-7B-v0.1.
const char* kMistral = R"({"architectures":["MistralForCausalLM"],"bos_token_id":1,"eos_token_id":2,
  "hidden_act":"silu","hidden_size":4096,"initializer_range":0.02,"intermediate_size":14336,
  "max_position_embeddings":32768,"model_type":"mistral","num_attention_heads":32,"num_hidden_layers":32,
  "num_key_value_heads":8,"rms_norm_eps":1e-05,"rope_theta":10000.0,"sliding_window":4096,
  "tie_word_embeddings":false,"torch_dtype":"bfloat16","transformers_version":"4.34.0.dev0","use_cache":true,
  "vocab_size":32000})";

}  // namespace

TEST_CASE("Llama 3.2 1B, with its published number of parameters") {
  const ModelConfig config = read_text(kLlama32);
  CHECK(config.model_type == "llama");
  CHECK(config.head_dim == 64);
  CHECK(config.num_key_value_heads == 8);
  CHECK(config.rope.theta == 500000);
  CHECK(config.rope.type == RopeType::llama3);
  CHECK(config.rope.factor == 32);
  CHECK(config.rope.original_positions == 8192);
  CHECK(config.ties_embeddings);
  CHECK(config.dtype == "bfloat16");
  CHECK(config.rms_norm_eps == 1e-5);
  CHECK(config.bos_ids == std::vector<std::int32_t>{128000});
  CHECK(config.eos_ids == std::vector<std::int32_t>{128001, 128008, 128009});
  CHECK(config.sliding_window == 0);
  CHECK(num_parameters(config) == 1'235'814'400);
}

TEST_CASE("Mistral 7B, with its published number of parameters") {
  const ModelConfig config = read_text(kMistral);
  CHECK(config.sliding_window == 4096);
  CHECK(config.head_dim == 128);
  CHECK(config.rope.type == RopeType::standard);
  CHECK(config.eos_ids == std::vector<std::int32_t>{2});
  CHECK(num_parameters(config) == 7'241'732'096);
}

TEST_CASE("the format of transformers 5: dtype and rope_parameters") {
  Json document = small_config();
  document["dtype"] = "float16";
  document["rope_parameters"] = {{"rope_theta", 50000.0}, {"rope_type", "linear"}, {"factor", 2.5}};
  const ModelConfig config = read_text(document.dump());
  CHECK(config.dtype == "float16");
  CHECK(config.rope.theta == 50000);
  CHECK(config.rope.type == RopeType::linear);
  CHECK(config.rope.factor == 2.5);
}

TEST_CASE("the oldest format of rope_scaling has the key type, and default means none") {
  CHECK(read_text(with("rope_scaling", R"({"type":"linear","factor":4})")).rope.factor == 4);
  const ModelConfig config = read_text(with("rope_parameters", R"({"rope_type":"default","rope_theta":7})"));
  CHECK(config.rope.type == RopeType::standard);
  CHECK(config.rope.theta == 7);
}

TEST_CASE("dynamic rope extends the context beyond max_position_embeddings") {
  const ModelConfig config =
      read_text(with("rope_scaling", R"({"type":"dynamic","factor":2.5,"original_max_position_embeddings":7})"));
  CHECK(config.rope.type == RopeType::dynamic);
  CHECK(config.rope.original_positions == 2048);
  CHECK(context_length(config) == 5120);
  CHECK(rope_scaling_json(config.rope) == parse_json(R"({"factor":2.5,"rope_type":"dynamic"})", "expected"));
  CHECK(context_length(read_text(with("rope_scaling", R"({"type":"dynamic","factor":1e9})"))) > 0);
  CHECK(context_length(read_text(with("rope_scaling", R"({"type":"linear","factor":4})"))) == 2048);
}

TEST_CASE("missing keys have the defaults of transformers") {
  const ModelConfig config = read_text(small_config().dump());
  CHECK(config.head_dim == 8);
  CHECK(config.max_position_embeddings == 2048);
  CHECK(config.rms_norm_eps == 1e-6);
  CHECK(config.rope.theta == 10000);
  CHECK(config.dtype == "float32");
  CHECK_FALSE(config.has_qkv_bias);
  CHECK(config.bos_ids == std::vector<std::int32_t>{1});
  CHECK(config.eos_ids == std::vector<std::int32_t>{2});
  CHECK(read_text(with("eos_token_id", "null")).eos_ids.empty());
  CHECK(read_text(with("num_key_value_heads", "null")).num_key_value_heads == 8);
  CHECK(read_text(with("model_type", "\"mistral\"")).sliding_window == 4096);
  CHECK(read_text(with("head_dim", "32")).head_dim == 32);
  Json mistral = small_config();
  mistral["model_type"] = "mistral";
  mistral["num_attention_heads"] = 16;
  mistral.erase("num_key_value_heads");
  CHECK(read_text(mistral.dump()).num_key_value_heads == 8);
  CHECK(read_text(mistral.dump()).max_position_embeddings == 131072);
}

TEST_CASE("unsupported features are errors that name the key") {
  CHECK(contains(why(with("model_type", "\"mamba\"")),
                 "model_type 'mamba' is not supported; supported: llama, mistral, qwen2"));
  CHECK(contains(why(with("hidden_act", "\"gelu\"")), "hidden_act 'gelu' is not supported"));
  CHECK(contains(why(with("rope_parameters", R"({"rope_type":"proportional"})")),
                 "rope_parameters.rope_type 'proportional'"));
  CHECK(
      contains(why(with("rope_scaling", R"({"type":"proportional","factor":4})")), "rope_scaling.type 'proportional'"));
  CHECK(contains(why(with("partial_rotary_factor", "0.5")), "partial_rotary_factor"));
  CHECK(contains(why(with("attention_dropout", "0.1")), "attention_dropout is 0.1"));
  CHECK(contains(why(with("quantization_config", R"({"quant_method":"gptq"})")),
                 "quantization_config.quant_method is \"gptq\""));
  CHECK(contains(why(with("torch_dtype", "\"float8_e4m3fn\"")), "torch_dtype 'float8_e4m3fn'"));
}

TEST_CASE("numbers out of range or of another type are errors that name the key") {
  for (const char* key : {"hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads", "vocab_size",
                          "num_key_value_heads", "head_dim", "max_position_embeddings"}) {
    for (const char* value :
         {"0", "-1", "9223372036854775807", "18446744073709551615", "1e30", "2.5", "\"64\"", "true", "[64]", "{}"}) {
      CAPTURE(key);
      CAPTURE(value);
      // Many positions are allowed; the largest value here is still an error.
      CHECK(contains(why(with(key, value)), std::string("config.json: ") + key + " is "));
    }
  }
  for (const char* key : {"rms_norm_eps", "rope_theta"}) {
    for (const char* value : {"0", "-1", "1e300", "\"1\"", "false"}) CHECK(contains(why(with(key, value)), key));
  }
  for (const char* value : {"-1", "4294967296", "1.5", "\"</s>\"", "[1,-2]", "[[1]]"}) {
    CHECK(contains(why(with("eos_token_id", value)), "eos_token_id is "));
  }
  CHECK(contains(why(with("tie_word_embeddings", "1")), "tie_word_embeddings is 1"));
  CHECK(contains(why(with("num_key_value_heads", "3")), "does not divide num_attention_heads"));
  CHECK(contains(why(with("num_attention_heads", "12")), "does not divide"));
  CHECK(contains(why(with("head_dim", "7")), "even"));
  CHECK(contains(why(with("rope_scaling", "3")), "rope_scaling is 3"));
  CHECK(contains(why(with("rope_scaling", R"({"rope_type":"linear"})")), "rope_scaling.factor is missing"));
  CHECK(contains(why(with("rope_scaling", R"({"rope_type":"llama3","factor":8,"low_freq_factor":4,"high_freq_factor":4,
    "original_max_position_embeddings":8192})")),
                 "rope_scaling.high_freq_factor"));
}

TEST_CASE("missing keys, files and objects") {
  for (const char* key :
       {"model_type", "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads", "vocab_size"}) {
    Json document = small_config();
    document.erase(key);
    CHECK(contains(why(document.dump()), std::string(key) + " is missing"));
  }
  CHECK(contains(why("[]"), "not a JSON object"));
  CHECK(contains(why("{"), "config.json"));
  CHECK(contains(refusal([] { read_model_config("/nowhere"); }), "/nowhere/config.json: no such file"));
  TemporaryFolder folder;
  ::mkfifo((folder.path / "config.json").c_str(), 0600);
  CHECK(contains(refusal([&] { read_model_config(folder.path); }), "not a regular file"));
}

TEST_CASE("the largest accepted sizes do not overflow the parameter count") {
  Json document = small_config();
  document["hidden_size"] = 1 << 20;
  document["intermediate_size"] = 1 << 24;
  document["num_hidden_layers"] = 1 << 10;
  document["num_attention_heads"] = 1 << 12;
  document["num_key_value_heads"] = 1 << 12;
  document["head_dim"] = 1 << 12;
  document["vocab_size"] = 1 << 24;
  CHECK(num_parameters(read_text(document.dump())) > 0);
}

TEST_CASE("tensor names are those of the state dict") {
  ModelConfig config = read_text(small_config().dump());
  std::vector<TensorShape> tensors = model_tensors(config);
  CHECK(tensors.size() == 2 * 9 + 2);
  CHECK(tensors[0].name == "model.embed_tokens.weight");
  CHECK(tensors[2].name == "model.layers.0.self_attn.k_proj.weight");
  CHECK(tensors[2].shape == std::vector<std::int64_t>{32, 64});
  CHECK(tensors.back().name == "model.norm.weight");
  config.ties_embeddings = false;
  config.has_qkv_bias = config.has_output_bias = true;
  tensors = model_tensors(config);
  CHECK(tensors.size() == 2 * 13 + 3);
  CHECK(tensors.back().name == "lm_head.weight");
  CHECK(layer_linears(config)[6].path == "mlp.down_proj");
  CHECK(layer_linears(config)[6].in_features == 176);
}

TEST_CASE("the number of parameters equals that of transformers 5.23 for small configs") {
  // sum(p.numel() for p in LlamaForCausalLM(config).parameters()): with every bias; with its own head_dim; tied.
  Json document = Json::parse(R"({"model_type":"llama","hidden_size":64,"intermediate_size":96,"num_hidden_layers":2,
    "num_attention_heads":4,"num_key_value_heads":2,"vocab_size":100,"attention_bias":true,"mlp_bias":true})");
  CHECK(num_parameters(read_text(document.dump())) == 75456);
  document["model_type"] = "mistral";
  document["head_dim"] = 32;
  CHECK(num_parameters(read_text(document.dump())) == 99136);
  document["model_type"] = "llama";
  for (const char* key : {"head_dim", "num_key_value_heads", "attention_bias", "mlp_bias"}) document.erase(key);
  document["tie_word_embeddings"] = true;
  CHECK(num_parameters(read_text(document.dump())) == 76352);
}

TEST_CASE("a written config round-trips") {
  for (const char* text : {kLlama32, kMistral}) {
    const ModelConfig config = read_text(text);
    const Json document = model_config_json(config);
    const ModelConfig again = read_text(document.dump());
    CHECK(model_config_json(again) == document);
    CHECK(again.rope.type == config.rope.type);
    CHECK(again.sliding_window == config.sliding_window);
    CHECK(again.eos_ids == config.eos_ids);
    CHECK(num_parameters(again) == num_parameters(config));
  }
}
