// Shortens text of any origin for a message.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace intelia {

/** `text`, or its beginning and end with " … " between them where it has more than `max_bytes` bytes (at least 16).
 * Characters are not divided. */
std::string excerpt(std::string_view text, std::size_t max_bytes = 200);

/** The part of `text` around byte `position`, with "…" where it is cut; at most `max_bytes` of `text`. */
std::string excerpt_around(std::string_view text, std::size_t position, std::size_t max_bytes = 200);

}  // namespace intelia
