// Python regular expressions over module paths ("model.layers.0.self_attn.q_proj"), as PEFT's configuration uses them.
#pragma once

#include <string>
#include <string_view>

namespace intelia {

/** Whether `pattern` matches all of `path` (re.fullmatch). Error{input} for a pattern that is not understood or that
   takes too many steps: an adapter folder may be hostile. */
bool matches_whole(const std::string& pattern, std::string_view path);

}  // namespace intelia
