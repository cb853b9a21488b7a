// Assigns conversations to training, validation or test as a function of their id alone, so that the assignment never
// changes, whatever else is extracted, in any order, on any machine.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace intelia {

/**
 * The seed of the hash: the ASCII bytes of "intelia1", first byte lowest. It must never change: that would move
 * conversations from validation or test to training. It makes this split independent of others that use XXH64.
 */
inline constexpr std::uint64_t kSplitSeed = 0x3161'696c'6574'6e69ULL;

/**
 * The position of `conversation_id` in [0, 1): the top 53 bits of XXH64(its UTF-8 bytes, kSplitSeed), times 2^-53.
 */
double split_position(std::string_view conversation_id);

enum class SplitPart { train, validation, test };

/** The fractions of training and test; validation is the rest between them. */
struct Split {
  double train = 0.9, test = 0;
  bool has_test() const { return test > 0; }
};

/** The split with these fractions of training, validation and test, which add up to 1; of training alone, validation is
    the rest. Throws SettingError{usage} for the setting "split". */
Split split_of(const std::vector<double>& fractions);

/** Training has the lowest positions and test the highest, so that a conversation that was held out stays held out when
    a third part is added. */
SplitPart part_of(std::string_view conversation_id, const Split& split);

}  // namespace intelia
