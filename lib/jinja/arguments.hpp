// Arguments of filters, tests, methods and functions, and their interface to the running template. Knows Python's
// conversions of single arguments and their error messages; knows no function.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "jinja/value.hpp"

namespace intelia::jinja {

struct CallArguments {
  std::vector<Value> positional;
  std::vector<std::pair<std::string, Value>> named;

  /** Argument number `position`, or the one called `name`, or null. */
  const Value* find(std::size_t position, std::string_view name) const {
    if (position < positional.size()) return &positional[position];
    for (const auto& argument : named) {
      if (argument.first == name) return &argument.second;
    }
    return nullptr;
  }
};

/** What functions need of the evaluator. */
class Runtime {
 public:
  virtual ~Runtime() = default;
  /** Throws when the limit of steps or of bytes is exceeded. */
  virtual void charge_steps(std::int64_t steps) = 0;
  virtual void charge_bytes(std::size_t num_bytes) = 0;
  /** The trace of this rendering, or null. */
  virtual Trace* trace() = 0;
};

/** Steps of a new string, list or other object, besides its bytes and elements: a step is about 40 bytes of memory. */
inline constexpr std::int64_t kStepsOfObject = 4;

/** Charges the cost of searching or comparing all of `text` once. */
inline void charge_text(Runtime& runtime, std::string_view text) {
  runtime.charge_steps(static_cast<std::int64_t>(text.size() / 64));
}

/** Charges the cost of looking at each character of `text`. */
inline void charge_characters(Runtime& runtime, std::string_view text) {
  runtime.charge_steps(static_cast<std::int64_t>(text.size() / 8));
}

/** Charges the memory of a copy of `text` of which `num_bytes` are kept. */
inline void charge_copy(Runtime& runtime, const Text& text, std::size_t num_bytes) {
  runtime.charge_bytes(num_bytes + std::min(num_bytes, text.sources.size()) * sizeof(SourceRange));
}
inline void charge_copy(Runtime& runtime, const Text& text) { charge_copy(runtime, text, text.bytes.size()); }

/** Charges `count` pieces of `size` bytes before they are created. */
void charge_repetition(Runtime& runtime, std::int64_t count, std::size_t size);

/** Charges what reading all of a value costs: printing it, comparing it, sorting it. */
void charge_walk(Runtime& runtime, const Value& value);

/** Charges what it costs to look for `key` among `count` values. */
void charge_search(Runtime& runtime, const Value& key, std::size_t count);

/** str() of an argument; `fallback` when it is absent or none. */
std::string string_argument(const CallArguments& arguments, std::size_t position, std::string_view name,
                            std::string_view fallback);
bool flag_argument(const CallArguments& arguments, std::size_t position, std::string_view name, bool fallback);
/** RenderError when it is not an integer. */
std::int64_t integer_argument(const CallArguments& arguments, std::size_t position, std::string_view name,
                              std::int64_t fallback);
/** RenderError naming `function` when it is absent. */
const Value& required(const CallArguments& arguments, std::size_t position, std::string_view name,
                      std::string_view function);
/** The same for a string. */
const std::string& required_text(const CallArguments& arguments, std::size_t position, std::string_view function);

}  // namespace intelia::jinja
