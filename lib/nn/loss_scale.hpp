// The dynamic loss scale of fp16 training, adjusted as torch.amp.GradScaler does: it keeps small gradients above fp16's
// underflow, and a step whose gradients overflow is skipped. Numbers only; the trainer applies it.
#pragma once

#include <cmath>
#include <cstdint>

namespace intelia::nn {

struct LossScale {
  double value = 65536;
  std::int64_t good_steps = 0;  // since the scale last changed

  static constexpr std::int64_t kGrowthInterval = 2000;

  /** After a step: halved when its gradients were not finite, doubled after 2,000 finite ones (while fp32 can represent
   * it). */
  void update(bool is_finite) {
    if (!is_finite) {
      value /= 2;
      good_steps = 0;
    } else if (++good_steps == kGrowthInterval) {
      if (std::isfinite(static_cast<float>(value * 2))) value *= 2;
      good_steps = 0;
    }
  }
};

}  // namespace intelia::nn
