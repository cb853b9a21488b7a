// Base64 with padding, as RFC 4648 section 4 defines it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace intelia {

/** The decoded bytes of base64 text with padding, or nothing when it is malformed. */
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace intelia
