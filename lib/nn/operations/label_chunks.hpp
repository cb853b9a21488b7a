// How the logits of many rows are computed a few rows at a time.
#pragma once

#include <algorithm>

#include "nn/shapes.hpp"

namespace intelia::nn {

/** Rows whose logits are held at once: about 64 MiB of them in fp32. head [V, D]. */
inline std::int64_t rows_per_chunk(const Tensor& head) {
  return std::max<std::int64_t>(16, (std::int64_t{64} << 20) / (4 * head.size(0)));
}

/** Rows [begin, begin + rows) and their labels; the last rows may be padding, which has none. */
struct LabelChunk {
  std::int64_t begin, rows, labelled;
  LabelChunk(std::int64_t first, std::int64_t num_rows, std::int64_t step, std::int64_t num_labels)
      : begin(first),
        rows(std::min(step, num_rows - first)),
        labelled(std::clamp<std::int64_t>(num_labels - first, 0, rows)) {}
  /** The chunk's part of a tensor over labels. */
  Tensor of(const Tensor& labels) const { return labels.narrow(0, std::min(begin, labels.size(0)), labelled); }
};

}  // namespace intelia::nn
