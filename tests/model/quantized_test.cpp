// The configuration of stored NF4: the text of a quant_state, skipped modules, and unsupported methods. Inconsistent
// folders are tested in tests/faults/test_faults_safetensors.py, equality with bitsandbytes and transformers in
// tests/parity/test_quantized.py.
#include "model/quantized.hpp"

#include "record/json.hpp"
#include "temporary_folder.hpp"

using namespace intelia;

namespace {

QuantizationConfig read_text(const std::string& changes) {
  Json document = Json::parse(R"({"quant_method":"bitsandbytes","load_in_4bit":true,"bnb_4bit_quant_type":"nf4"})");
  document.update(Json::parse(changes));
  return read_quantization_config(document, "config.json");
}

}  // namespace

TEST_CASE("a quant_state is written as Python writes it") {
  CHECK(quant_state_text("bfloat16", {96, 64}, std::nullopt) ==
        R"({"quant_type": "nf4", "blocksize": 64, "dtype": "bfloat16", "shape": [96, 64]})");
  // repr(float(numpy.float32(x))) of Python 3.11.
  const std::pair<float, const char*> numbers[] = {{0.05f, "0.05000000074505806"},
                                                   {1e-5f, "9.999999747378752e-06"},
                                                   {1e-4f, "9.999999747378752e-05"},
                                                   {0.001f, "0.0010000000474974513"},
                                                   {0.0f, "0.0"},
                                                   {3.0f, "3.0"},
                                                   {1e15f, "999999986991104.0"},
                                                   {1e17f, "9.999999843067494e+16"}};
  for (const auto& [number, text] : numbers) {
    CHECK(
        quant_state_text("float32", {8, 8}, number) ==
        std::string(
            R"({"quant_type": "nf4", "blocksize": 64, "dtype": "float32", "shape": [8, 8], "nested_blocksize": 256, )") +
            R"("nested_dtype": "float32", "nested_offset": )" + text + "}");
  }
}

TEST_CASE("skip_modules match a path from its start to the end of a word, or its end") {
  CHECK(keeps_dense(read_text("{}"), "lm_head"));
  CHECK_FALSE(keeps_dense(read_text("{}"), "model.layers.0.mlp.up_proj"));
  const QuantizationConfig none = read_text(R"({"llm_int8_skip_modules":[]})");
  CHECK_FALSE(keeps_dense(none, "lm_head"));
  const QuantizationConfig config = read_text(R"({"llm_int8_skip_modules":["model.layers.1","up_proj","mlp.gate"]})");
  CHECK(keeps_dense(config, "model.layers.1.mlp.down_proj"));
  CHECK_FALSE(keeps_dense(config, "model.layers.11.mlp.down_proj"));
  CHECK(keeps_dense(config, "model.layers.11.mlp.up_proj"));
  CHECK_FALSE(keeps_dense(config, "model.layers.11.mlp.gate_proj"));
  CHECK_FALSE(keeps_dense(config, "lm_head"));
}

TEST_CASE("quantization_config round-trips, and other methods are errors that name the key") {
  const Json written = quantization_config_json(true, "bfloat16");
  CHECK(read_quantization_config(written, "config.json").uses_double_quantization);
  CHECK_FALSE(
      read_quantization_config(quantization_config_json(false, "float32"), "config.json").uses_double_quantization);
  CHECK(contains(refusal([] { read_text(R"({"bnb_4bit_quant_type":"fp4"})"); }),
                 "config.json: quantization_config.bnb_4bit_quant_type"));
  CHECK(contains(refusal([] { read_text(R"({"load_in_8bit":true})"); }), "load_in_8bit is true"));
  CHECK(contains(refusal([] { read_quantization_config(Json("nf4"), "config.json"); }), "expected an object"));
}
