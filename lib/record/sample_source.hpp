// Random access to token samples: the interface through which training and evaluation read data.
#pragma once

#include <cstdint>
#include <string>

#include "record/message.hpp"

namespace intelia {

/** The size of one sample. */
struct SampleSize {
  std::int32_t tokens = 0;
  std::int32_t targets = 0;  // of the loss; the first token is none, as nothing precedes it
};

inline SampleSize size_of(const TokenSample& sample) {
  SampleSize size{static_cast<std::int32_t>(sample.ids.size()), 0};
  for (std::size_t i = 1; i < sample.is_target.size(); ++i) size.targets += sample.is_target[i] != 0;
  return size;
}

/** Token samples by index; the engine reads them in its own order in each epoch. */
class SampleSource {
 public:
  virtual ~SampleSource() = default;
  virtual std::int64_t size() const = 0;
  /** 0 <= index < size(). At most max_length tokens. */
  virtual TokenSample at(std::int64_t index) const = 0;
  /** size_of(at(index)), without reading the sample where the source can. */
  virtual SampleSize size_at(std::int64_t index) const { return size_of(at(index)); }
  /** at(index).is_desirable, likewise. */
  virtual bool is_desirable_at(std::int64_t index) const { return at(index).is_desirable; }
  /** SHA-256 of all samples, by which a resumed run checks that the data is unchanged. */
  virtual std::string content_sha256() const = 0;
};

}  // namespace intelia
