#include "engine/device_check.hpp"

#include "engine/engine.hpp"
#include "record/json.hpp"

namespace intelia {

void check_device(Device device) {
  if (device != Device::cuda) return;
  const Json versions = load_engine().versions(/*look_for_gpu=*/true);
  if (versions.contains("cuda") && !versions["cuda"].is_null()) return;
  throw Error(Kind::usage, "`device` cuda: " + versions.value("gpu", "there is no GPU") + "; use `device` cpu");
}

}  // namespace intelia
