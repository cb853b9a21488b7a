// Assigns conversations to training or validation as a function of their id alone, so that the assignment never
// changes, whatever else is extracted, in any order, on any machine.
#pragma once

#include <cstdint>
#include <string_view>

namespace intelia {

/**
 * The seed of the hash: the ASCII bytes of "intelia1", first byte lowest. It must never change: that would move
 * conversations from validation to training. It makes this split independent of others that use XXH64.
 */
inline constexpr std::uint64_t kSplitSeed = 0x3161'696c'6574'6e69ULL;

/**
 * The position of `conversation_id` in [0, 1): the top 53 bits of XXH64(its UTF-8 bytes, kSplitSeed), times 2^-53.
 */
double split_position(std::string_view conversation_id);

/** Whether the conversation belongs to training when `train_fraction` (0 to 1) of all do. */
inline bool is_in_training(std::string_view conversation_id, double train_fraction) {
  return split_position(conversation_id) < train_fraction;
}

}  // namespace intelia
