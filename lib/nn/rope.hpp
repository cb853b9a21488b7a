// The angles of rotary position embeddings, for all types of lib/model/rope.
#pragma once

#include <vector>

#include "model/rope.hpp"
#include "nn/shapes.hpp"

namespace intelia::nn {

/** Cosine and sine of each token's angles, times the attention factor: [N, rope.size] each. */
struct Rotation {
  Tensor cos, sin;
};

class RotaryPositions {
 public:
  RotaryPositions() = default;
  RotaryPositions(const Rope& rope, const at::Device& device);

  /** positions [N] (int64); spans [N]: the length of each token's sequence, for longrope and dynamic. */
  Rotation at(const Tensor& positions, const Tensor& spans, at::ScalarType dtype) const;

  const Rope& rope() const { return rope_; }

 private:
  /** [N, size / 2] of rope type dynamic. */
  Tensor dynamic_frequencies(const Tensor& spans) const;

  Rope rope_;
  Tensor exponents_;         // [size / 2] fp32: 0 to below 1
  Tensor frequencies_;       // [size / 2] fp32
  Tensor long_frequencies_;  // longrope: for sequences longer than original_positions
};

/** The same on the CPU in fp32, with the same bits for a token whatever the other tokens of a call are: libtorch's sine
   of a number depends on its place in the tensor. */
class RotaryTable {
 public:
  Rotation at(const RotaryPositions& rotary, const std::vector<std::int64_t>& positions,
              const std::vector<std::int64_t>& spans);

 private:
  struct Rows {
    Tensor cos, sin;  // [a multiple of kPart, size]
  };
  void extend(const RotaryPositions& rotary, Rows& rows, std::int64_t span, std::int64_t num_positions) const;

  Rows usual_, long_;  // by position; long_: of longrope's long sequences
};

}  // namespace intelia::nn
