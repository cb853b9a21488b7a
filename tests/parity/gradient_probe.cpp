// The loss of samples and its gradient with respect to every trained weight, so that pytest can compare each with the
// reference implementations. Standard input:
// {"model","method","precision"?,"adapter"?,"samples":[{"ids","is_target","weights"?}],"out":FILE}; `out` gets the
// gradients by name.
#include <iostream>
#include <iterator>

#include "base/error.hpp"
#include "nn/adapter.hpp"
#include "nn/operations/linear_cross_entropy.hpp"
#include "nn/scoring.hpp"
#include "nn/weights.hpp"
#include "record/json.hpp"

namespace {

using namespace intelia;

Json answer(const Json& request) {
  SilentSinks silent;
  ModelSettings settings;
  settings.model = request.at("model").get<std::string>();
  const std::string method = request.at("method"), adapter = request.value("adapter", "");
  settings.method = method == "full" ? Method::full : method == "lora" ? Method::lora : Method::qlora;
  settings.precision = request.value("precision", "fp32") == std::string("bf16") ? Precision::bf16 : Precision::fp32;
  settings.device = Device::cpu;
  nn::Decoder model = nn::load_model(settings, silent.sinks());
  std::vector<std::pair<std::string, nn::Tensor>> parameters;
  if (settings.method == Method::full) {
    for (const auto& [name, tensor] : nn::named_weights(model)) parameters.emplace_back(name, *tensor);
  } else {
    nn::load_adapter(model, adapter, 0);
    parameters = nn::adapter_tensors(model);
  }
  std::vector<TokenSample> samples;
  for (const Json& row : request.at("samples"))
    samples.push_back({row.at("ids").get<std::vector<std::int32_t>>(),
                       row.at("is_target").get<std::vector<std::uint8_t>>(),
                       row.value("weights", std::vector<float>())});
  const nn::Supervised supervised = nn::supervise(model, samples);
  const nn::Pass pass{.is_training = true};
  const nn::Tensor hidden = model.hidden(supervised.batch, pass, supervised.rows);
  const nn::Tensor loss = nn::linear_cross_entropy(hidden, model.head.of(pass), supervised.labels,
                                                   model.config.logit_softcap, supervised.weights);
  loss.backward();
  std::vector<std::pair<std::string, nn::Tensor>> gradients;
  for (const auto& [name, parameter] : parameters)
    gradients.emplace_back(name, parameter.grad().defined() ? parameter.grad() : at::zeros_like(parameter));
  nn::write_tensors(request.at("out").get<std::string>(), gradients).commit();
  return {{"loss", loss.item<double>()}};
}

}  // namespace

int main() {
  try {
    const std::string text{std::istreambuf_iterator<char>(std::cin), {}};
    std::cout << answer(parse_json(text, "request")).dump() << '\n';
    return 0;
  } catch (const Error& error) {
    std::cerr << "error: " << error.what() << '\n';
    return 1;
  }
}
