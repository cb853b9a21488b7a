// A range of bytes of a text.
#pragma once

#include <cstddef>

namespace intelia {

/** Bytes [begin, end) of a text. */
struct ByteRange {
  std::size_t begin = 0;
  std::size_t end = 0;
  bool operator==(const ByteRange&) const = default;
};

}  // namespace intelia
