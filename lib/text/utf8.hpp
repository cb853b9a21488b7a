// UTF-8 by code point, as far as tokenizers and templates need it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace intelia {

/** Whether `text` is well-formed UTF-8. */
bool is_valid_utf8(std::string_view text);

/** Number of code points. */
std::size_t count_code_points(std::string_view text);
/** Byte offset of code point `index`, or the end. */
std::size_t byte_offset(std::string_view text, std::size_t index);
/** Length in bytes of the character that begins at `position`. */
std::size_t character_bytes(std::string_view text, std::size_t position);
/** The code point at `position`; `length` gets its bytes. Malformed bytes count one by one. */
char32_t code_point_at(std::string_view text, std::size_t position, std::size_t& length);
void append_code_point(std::string& out, char32_t code_point);
/** Python's str.isspace for one code point. */
bool is_space(char32_t code_point);

/** Appends `bytes` with every malformed sequence replaced by U+FFFD, one for each maximal part, as Rust and Python do.
 */
void append_lossy_utf8(std::string& out, std::string_view bytes);

/** The longest beginning of `text` that has at most `max_bytes` bytes and ends between two characters. */
std::string_view truncated_utf8(std::string_view text, std::size_t max_bytes);

/** `text` itself when it is UTF-8, else its repair by append_lossy_utf8, which `repaired` then holds. */
std::string_view as_valid_utf8(std::string_view text, std::string& repaired);

}  // namespace intelia
