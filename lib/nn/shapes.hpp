// The letters of shape comments in this module, and the check at public entries.
//
//   N tokens of a micro-batch, all sequences one after the other, without padding
//   T tokens of one sequence      B sequences        D hidden        H heads      K key/value heads
//   E head size                   F feed-forward     V vocabulary    R rank       S supervised tokens (targets)
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "nn/torch.hpp"

namespace intelia::nn {

using at::Tensor;
using NamedTensors = std::vector<std::pair<std::string, Tensor>>;

/** Throws Error{internal} "[what] expected [2, 128], got [2, 127]". */
inline void check_shape(const Tensor& tensor, at::IntArrayRef shape, const char* what) {
  if (tensor.sizes() == shape) return;
  const auto words = [](at::IntArrayRef sizes) {
    std::string text = "[";
    for (std::size_t i = 0; i < sizes.size(); ++i) text += (i ? ", " : "") + std::to_string(sizes[i]);
    return text + "]";
  };
  throw Error(Kind::internal,
              std::string("[") + what + "] expected " + words(shape) + ", got " + words(tensor.sizes()));
}

}  // namespace intelia::nn
