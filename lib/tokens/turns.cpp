// See turns.hpp.
#include "tokens/turns.hpp"

#include <algorithm>

namespace intelia {

Encoding encode_rendered(const Tokenizer& tokenizer, const Rendered& rendered) {
  return tokenizer.encode_with_ranges(rendered.text, {true, false}, rendered.content_ranges());
}

ContentBounds::ContentBounds(const Rendered& rendered, std::size_t num_messages)
    : ends(num_messages, 0), next_begins(num_messages, rendered.text.size()) {
  for (const ContentRange& range : rendered.content) {
    if (range.message < 0) continue;
    const auto message = static_cast<std::size_t>(range.message);
    ends[message] = std::max(ends[message], range.bytes.end);
    if (message > 0) next_begins[message - 1] = std::min(next_begins[message - 1], range.bytes.begin);
  }
  for (std::size_t i = num_messages; i-- > 1;) next_begins[i - 1] = std::min(next_begins[i - 1], next_begins[i]);
}

std::optional<std::size_t> end_of_turn(const Tokenizer& tokenizer, const Encoding& encoding,
                                       const ContentBounds& bounds, std::size_t index, std::size_t turn_begin) {
  const std::size_t content_end = std::max(turn_begin, bounds.ends[index]);
  const auto first = std::partition_point(encoding.ranges.begin(), encoding.ranges.end(),
                                          [&](const ByteRange& range) { return range.begin < content_end; });
  for (auto i = static_cast<std::size_t>(first - encoding.ranges.begin()); i < encoding.ids.size(); ++i) {
    if (encoding.ranges[i].begin >= bounds.next_begins[index]) return std::nullopt;
    if (tokenizer.is_special(encoding.ids[i])) return i;
  }
  return std::nullopt;
}

}  // namespace intelia
