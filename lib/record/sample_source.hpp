// Token samples by number: the shape in which training and evaluation draw data, whoever keeps it.
#pragma once

#include <cstdint>
#include <string>

#include "record/message.hpp"

namespace intelia {

/** What one sample weighs. */
struct SampleSize {
  std::int32_t tokens = 0;
  std::int32_t targets = 0;  // that count in the loss: the first token has none before it to be said from
};

inline SampleSize size_of(const TokenSample& sample) {
  SampleSize size{static_cast<std::int32_t>(sample.ids.size()), 0};
  for (std::size_t i = 1; i < sample.is_target.size(); ++i) size.targets += sample.is_target[i] != 0;
  return size;
}

/** Token samples by number; the engine draws them in its own order, again each epoch. */
class SampleSource {
 public:
  virtual ~SampleSource() = default;
  virtual std::int64_t size() const = 0;
  /** 0 <= index < size(). At most max_length tokens. */
  virtual TokenSample at(std::int64_t index) const = 0;
  /** size_of(at(index)); a source that knows it need not read the sample. */
  virtual SampleSize size_at(std::int64_t index) const { return size_of(at(index)); }
  /** SHA-256 over all samples: a resumed run checks that it is the same data. */
  virtual std::string content_sha256() const = 0;
};

}  // namespace intelia
