// States of checkpoints that no run can have.
#include "nn/training_state.hpp"

#include <doctest/doctest.h>

#include "base/error.hpp"

using namespace intelia;
using namespace intelia::nn;

TEST_CASE("a state is read back as it was; numbers that no run can have are an error") {
  TrainingState state;
  state.step = state.optimizer_steps = 7;
  state.num_steps = 9;
  state.first_loss = state.final_loss = 1.5;
  state.position = {2, 5};
  state.best_step = 6;
  state.best_eval_loss = 0.1;
  const MetricsLines metrics{3, "0123456789abcdef"};
  const Json json = to_json(state, metrics, Json::object());
  CHECK(to_json(state_from_json(json), metrics, Json::object()) == json);
  CHECK(metrics_from_json(json).count == 3);
  CHECK(metrics_from_json(json).checksum == metrics.checksum);
  for (const auto& [name, value] : std::vector<std::pair<const char*, Json>>{{"epoch", -1},
                                                                             {"row", 1e300},
                                                                             {"row", -1},
                                                                             {"step", 1.5},
                                                                             {"step", "7"},
                                                                             {"best_step", 8},
                                                                             {"num_steps", -1},
                                                                             {"num_steps", 6},
                                                                             {"optimizer_steps", 8},
                                                                             {"logged_loss_sum", "nan"},
                                                                             {"first_loss", "inf"},
                                                                             {"final_loss", "nan"},
                                                                             {"best_eval_loss", "nan"},
                                                                             {"idle_evaluations", 8},
                                                                             {"trained_tokens", 1},
                                                                             {"grad_norm", "nan"},
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
