// States of checkpoints that no run can have.
#include "nn/training_state.hpp"

#include <doctest/doctest.h>

#include "base/error.hpp"

using namespace intelia;
using namespace intelia::nn;

TEST_CASE("a state is read back as it was; numbers that no run can have are an error") {
  TrainingState state;
  state.step = 7;
  state.position = {2, 5};
  state.best_step = 6;
  state.best_eval_loss = 0.1;
  const Json json = to_json(state, 7, 3, Json::object());
  CHECK(to_json(state_from_json(json), 7, 3, Json::object()) == json);
  CHECK(count(json, "metrics_lines") == 3);
  for (const auto& [name, value] : std::vector<std::pair<const char*, Json>>{{"epoch", -1},
                                                                             {"row", 1e300},
                                                                             {"row", -1},
                                                                             {"step", 1.5},
                                                                             {"step", "7"},
                                                                             {"best_step", 8},
                                                                             {"loss_scale", "inf"},
                                                                             {"loss_scale", "0x0p+0"},
                                                                             {"seen_tokens", nullptr},
                                                                             {"good_steps", 18446744073709551615ULL}}) {
    Json altered = json;
    altered[name] = value;
    CAPTURE(name);
    CAPTURE(value.dump());
    CHECK_THROWS_AS(state_from_json(altered), Error);
  }
}
