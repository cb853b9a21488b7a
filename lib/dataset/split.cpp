#include "dataset/split.hpp"

#include "base/hash.hpp"

namespace intelia {

double split_position(std::string_view conversation_id) {
  return static_cast<double>(stable_hash64(conversation_id, kSplitSeed) >> 11) * 0x1.0p-53;
}

}  // namespace intelia
