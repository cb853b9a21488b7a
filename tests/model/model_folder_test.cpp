// Which tensors of a folder the model takes, and what is said of the others. tests/parity/test_folders.py compares
// generated folders with transformers.
#include "model/model_folder.hpp"

#include <functional>

#include "model/init.hpp"
#include "record/json.hpp"
#include "temporary_folder.hpp"

using namespace intelia;

namespace {

struct Tensor {
  std::string name;
  std::vector<float> values;
  std::vector<std::int64_t> shape;
};

/** The tensors of a small random model, changed by `change`, in a folder with `ties` in its config.json. */
class Folder {
 public:
  explicit Folder(bool ties, const std::function<void(std::vector<Tensor>&)>& change = {}) {
    InitSettings settings;
    settings.hidden_size = 8;
    settings.intermediate_size = 8;
    settings.layers = 1;
    settings.heads = 2;
    settings.kv_heads = 1;
    settings.vocab_size = 5;
    settings.ties_embeddings = ties;
    const ModelConfig config = initial_config(settings);
    write_file(folder_ / "config.json", model_config_json(config).dump());
    std::vector<Tensor> tensors;
    for (const TensorShape& tensor : model_tensors(config)) add(tensors, tensor.name, tensor.shape);
    if (change) change(tensors);
    std::vector<TensorToWrite> written;
    for (const Tensor& tensor : tensors)
      written.push_back({tensor.name, TensorType::f32, tensor.shape, [&](const auto& write) {
                           write(tensor.values.data(), tensor.values.size() * sizeof(float));
                         }});
    write_safetensors(folder_ / "model.safetensors", written).commit();
  }
  static void add(std::vector<Tensor>& tensors, const std::string& name, const std::vector<std::int64_t>& shape) {
    std::int64_t num = 1;
    for (const std::int64_t size : shape) num *= size;
    Tensor& tensor = tensors.emplace_back(Tensor{name, {}, shape});
    for (std::int64_t i = 0; i < num; ++i) tensor.values.push_back(static_cast<float>(i % 7));
  }
  const std::filesystem::path& path() const { return folder_.path; }

 private:
  TemporaryFolder folder_;
};

void remove_tensor(std::vector<Tensor>& tensors, const std::string& name) {
  std::erase_if(tensors, [&](const Tensor& tensor) { return tensor.name == name; });
}

}  // namespace

TEST_CASE("embeddings are tied as the weights have it") {
  const ModelFolder plain = open_model_folder(Folder(true).path());
  CHECK(plain.config.ties_embeddings);
  CHECK(plain.warnings.empty());
  CHECK(plain.unused.empty());

  const ModelFolder equal = open_model_folder(Folder(true, [](auto& tensors) {
                                                Folder::add(tensors, "lm_head.weight", {5, 8});
                                              }).path());
  CHECK(equal.config.ties_embeddings);
  CHECK(equal.warnings.empty());
  CHECK(equal.unused.empty());

  const Folder different(true, [](auto& tensors) {
    Folder::add(tensors, "lm_head.weight", {5, 8});
    tensors.back().values[3] += 1;
  });
  const ModelFolder untied = open_model_folder(different.path());
  CHECK_FALSE(untied.config.ties_embeddings);
  CHECK(untied.config.document->at("tie_word_embeddings") == false);
  CHECK(num_parameters(untied.config) == num_parameters(plain.config) + 40);
  REQUIRE(untied.warnings.size() == 1);
  CHECK(contains(untied.warnings[0], "they are not tied, as in transformers"));

  const Folder head_only(true, [](auto& tensors) {
    Folder::add(tensors, "lm_head.weight", {5, 8});
    remove_tensor(tensors, "model.embed_tokens.weight");
  });
  CHECK(open_model_folder(head_only.path()).weights.find("model.embed_tokens.weight") != nullptr);

  const Folder other_shape(true, [](auto& tensors) { Folder::add(tensors, "lm_head.weight", {6, 8}); });
  CHECK(contains(refusal([&] { open_model_folder(other_shape.path()); }), "'lm_head.weight' has the shape [6, 8]"));
}

TEST_CASE("tensors that no part of the model takes are named with their number, missing ones are an error") {
  const Folder folder(false, [](auto& tensors) {
    for (const char* name : {"model.layers.0.self_attn.q_proj.bias", "model.layers.1.mlp.up_proj.weight",
                             "model.layers.12.mlp.up_proj.weight", "model.layers.0.self_attn.rotary_emb.inv_freq"})
      Folder::add(tensors, name, {3});
  });
  const ModelFolder opened = open_model_folder(folder.path());
  CHECK(to_text(opened.unused) == "model.layers.*.self_attn.q_proj.bias (1), model.layers.*.mlp.up_proj.weight (2)");
  CHECK(to_text(opened.recomputed) == "model.layers.*.self_attn.rotary_emb.inv_freq (1)");

  const Folder missing(false, [](auto& tensors) { remove_tensor(tensors, "model.norm.weight"); });
  CHECK(contains(refusal([&] { open_model_folder(missing.path()); }), "no tensor 'model.norm.weight'"));
}

TEST_CASE("the prefix of a model saved without its output layer is added") {
  const Folder folder(true, [](auto& tensors) {
    for (Tensor& tensor : tensors) tensor.name.erase(0, std::string("model.").size());
  });
  const ModelFolder opened = open_model_folder(folder.path());
  CHECK(opened.unused.empty());
  CHECK(opened.weights.find("model.layers.0.mlp.up_proj.weight") != nullptr);
}
