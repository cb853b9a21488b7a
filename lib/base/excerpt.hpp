// Shortens text of any origin for a message.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace intelia {

/** `text`, or its beginning and end with " … " between them where it has more than `max_bytes` bytes (at least 16).
 * Characters are not divided. */
std::string excerpt(std::string_view text, std::size_t max_bytes = 200);

}  // namespace intelia
