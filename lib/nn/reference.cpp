#include "nn/reference.hpp"

#include "nn/adapter.hpp"
#include "nn/weights.hpp"

namespace intelia::nn {

namespace {

void freeze(Tensor& tensor) {
  if (tensor.defined()) tensor = tensor.detach().clone();
}

/** Gives `model` its own, frozen copy of the adapter. */
void copy_adapter(Decoder& model) {
  for (Block& block : model.blocks)
    for (Linear* linear : block.linears()) {
      if (!linear->lora) continue;
      freeze(linear->lora->a);
      freeze(linear->lora->b);
      freeze(linear->lora->magnitude);
      linear->lora->norms = {};
    }
  for (Weight* weight : model.weights()) freeze(weight->trained);
}

void remove_adapter(Decoder& model) {
  for (Block& block : model.blocks)
    for (Linear* linear : block.linears()) {
      if (linear->lora && linear->lora->start_a.defined())
        throw Error(Kind::usage,
                    "a reference with an adapter of its own cannot be combined with an adapter that starts from the "
                    "base's weights (`lora_init` pissa or olora)");
      linear->lora.reset();
    }
  for (Weight* weight : model.weights()) weight->trained.reset();
  model.adapter.reset();
}

}  // namespace

Reference::Reference(const Decoder& policy, const TrainingSettings& training, const ReferenceSettings& settings)
    : policy_(policy) {
  if (!settings.adapter.empty()) {
    copy_ = policy;
    remove_adapter(*copy_);
    load_adapter(*copy_, settings.adapter, /*dropout=*/0);
    uses_adapter_ = true;
    is_start_ = false;
    return;
  }
  if (training.base.method == Method::full) {
    copy_ = policy;
    for (auto& [name, tensor] : named_weights(*copy_)) freeze(*tensor);
    if (policy.config.ties_embeddings) copy_->head.base = copy_->embedding.base;
    return;
  }
  const bool continues = !training.base.adapter.empty();
  if (settings.kind == ReferenceSettings::Kind::base || !continues) {
    is_start_ = !continues;
    return;
  }
  copy_ = policy;
  copy_adapter(*copy_);
  uses_adapter_ = true;
}

double start_tolerance(const TrainingSettings& training, const ReferenceSettings& settings, at::ScalarType type) {
  const bool has_residual = training.lora.init == LoraInit::pissa || training.lora.init == LoraInit::olora;
  if (!settings.is_precomputed && !has_residual) return 0;
  return type == at::kFloat ? 1e-4 : 0.05;
}

Tensor Reference::log_probs(const Answers& answers) const {
  const torch::autograd::AutoGradMode without_gradient(false);
  const Decoder& model = copy_ ? *copy_ : policy_;
  return answers.log_probs(model, {.uses_adapter = uses_adapter_}, Statistics::none).values;
}

}  // namespace intelia::nn
