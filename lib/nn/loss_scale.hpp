// The dynamic scale of the loss in fp16, as torch.amp.GradScaler moves it: gradients too small for fp16 are lifted, and
// an update whose gradients overflow is left out. Numbers only; who applies it is the trainer.
#pragma once

#include <cmath>
#include <cstdint>

namespace intelia::nn {

struct LossScale {
  double value = 65536;
  std::int64_t good_updates = 0;  // since the scale last changed

  static constexpr std::int64_t kGrowthInterval = 2000;

  /** After an update: halved when its gradients were not finite, doubled after 2,000 that were (while fp32 can hold
   * it). */
  void update(bool is_finite) {
    if (!is_finite) {
      value /= 2;
      good_updates = 0;
    } else if (++good_updates == kGrowthInterval) {
      if (std::isfinite(static_cast<float>(value * 2))) value *= 2;
      good_updates = 0;
    }
  }
};

}  // namespace intelia::nn
