// Runs an optimizer over given gradients, so that pytest can compare parameters and states with those of the reference
// implementations after every step. Standard input:
// {"kind","weight_decay","momentum","loraplus_ratio","rates":[…],"in":FILE,"out":FILE}. The file `in` contains the
// parameters by name and the gradients of each step as "STEP-NAME"; `out` gets parameters and states as "STEP-NAME".
// {"do":"loss_scale","finite":[…]} answers with the scales of fp16 after each step;
// {"do":"order","lengths":[…],"batch_size","gradient_accumulation","seed","epochs"} with the samples of each epoch by
// length group.
#include <iostream>
#include <iterator>

#include "base/error.hpp"
#include "model/safetensors.hpp"
#include "nn/adapter.hpp"
#include "nn/loss_scale.hpp"
#include "nn/optimizer.hpp"
#include "nn/order.hpp"
#include "nn/weights.hpp"
#include "record/json.hpp"

namespace {

using namespace intelia;

OptimizerKind kind_of(const std::string& name) {
  if (name == "adamw") return OptimizerKind::adamw;
  if (name == "adamw-8bit") return OptimizerKind::adamw_8bit;
  if (name == "adafactor") return OptimizerKind::adafactor;
  if (name == "sgd") return OptimizerKind::sgd;
  throw Error(Kind::usage, "no optimizer '" + name + "'");
}

/** Names of gradients begin with the number of their step. */
bool is_gradient(const std::string& name) { return name[0] >= '0' && name[0] <= '9'; }

Json scales(const Json& request) {
  nn::LossScale scale;
  Json list = Json::array();
  for (const bool is_finite : request.at("finite")) {
    scale.update(is_finite);
    list.push_back(scale.value);
  }
  return {{"scales", list}};
}

Json orders(const Json& request) {
  SftSettings settings;
  settings.batch_size = request.at("batch_size");
  settings.gradient_accumulation = request.at("gradient_accumulation");
  settings.seed = request.at("seed");
  settings.groups_by_length = request.at("group_by_length");
  nn::DataOrder order(request.at("lengths").get<std::vector<std::int64_t>>(), settings);
  nn::DataPosition position;
  Json epochs = Json::array();
  for (int epoch = 0; epoch < request.at("epochs").get<int>(); ++epoch) {
    Json& drawn = epochs.emplace_back(Json::array());
    while (static_cast<std::int64_t>(drawn.size()) < order.num_rows())
      for (const auto& micro_batch : order.next_step(position))
        for (const std::int64_t sample : micro_batch) drawn.push_back(sample);
  }
  return {{"epochs", epochs}};
}

Json run_optimizer(const Json& request) {
  const SafetensorsFile file(request.at("in").get<std::string>());
  nn::NamedTensors parameters;
  for (const auto& [name, view] : file.tensors())
    if (!is_gradient(name)) parameters.emplace_back(name, nn::to_tensor(view, name).set_requires_grad(true));
  const auto optimizer = nn::make_optimizer({.kind = kind_of(request.at("kind")),
                                             .weight_decay = request.value("weight_decay", 0.0),
                                             .momentum = request.value("momentum", 0.0),
                                             .loraplus_ratio = request.value("loraplus_ratio", 0.0)},
                                            parameters);
  nn::NamedTensors results;
  const auto rates = request.at("rates").get<std::vector<double>>();
  for (std::size_t i = 0; i < rates.size(); ++i) {
    const std::string prefix = std::to_string(i) + "-";
    for (auto& [name, parameter] : parameters)
      parameter.mutable_grad() = nn::to_tensor(file.tensors().at(prefix + name), name);
    optimizer->step(rates[i]);
    for (const auto& list : {optimizer->parameters(), optimizer->states()})
      for (const auto& [name, tensor] : list) results.emplace_back(prefix + name, tensor.detach().clone());
  }
  nn::write_tensors(request.at("out").get<std::string>(), results).commit();
  return Json::object();
}

}  // namespace

int main() {
  try {
    const std::string text{std::istreambuf_iterator<char>(std::cin), {}};
    const Json request = parse_json(text, "request");
    const std::string work = request.value("do", "");
    at::set_num_threads(1);
    std::cout << (work == "loss_scale" ? scales(request)
                  : work == "order"    ? orders(request)
                                       : run_optimizer(request))
                     .dump()
              << '\n';
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "error: " << error.what() << '\n';
    return 1;
  }
}
