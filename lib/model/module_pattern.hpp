// Python regular expressions over module paths ("model.layers.0.self_attn.q_proj"), as PEFT's configuration uses them.
#pragma once

#include <string>
#include <string_view>

namespace intelia {

/** Throws Error{input} for syntax that Python's re, with which PEFT reads an adapter folder, does not have, or reads in
    another way than this program. */
void check_pattern(const std::string& pattern);

/** Whether `pattern` matches all of `path` (re.fullmatch). Error{input} for a pattern that is not understood or that
   takes too many steps: an adapter folder may be hostile. */
bool matches_whole(const std::string& pattern, std::string_view path);

}  // namespace intelia
