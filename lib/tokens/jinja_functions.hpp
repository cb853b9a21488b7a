// Jinja's filters and tests and Python's methods of str, list and dict, as functions on values. They reach the running
// template only through Runtime: its budget, and calling a filter, a test or an attribute by name.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tokens/jinja_value.hpp"

namespace intelia::jinja {

struct CallArguments {
  std::vector<Value> positional;
  std::vector<std::pair<std::string, Value>> named;

  /** Argument number `place`, or the one called `name`, or null. */
  const Value* find(std::size_t place, std::string_view name) const {
    if (place < positional.size()) return &positional[place];
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
  /** Throws when the budget of steps or of bytes is used up. */
  virtual void charge_steps(std::int64_t steps) = 0;
  virtual void charge_bytes(std::size_t num_bytes) = 0;
};

bool is_filter(std::string_view name);
bool is_test(std::string_view name);
Value apply_filter(Runtime& runtime, const std::string& name, const Value& input, const CallArguments& arguments);
bool apply_test(Runtime& runtime, const std::string& name, const Value& input, const CallArguments& arguments);

/** object.name, methods first, then items: as the sandbox's getattr. */
Value get_attribute(const Value& object, const std::string& name);
/** object[key]. */
Value get_item(const Value& object, const Value& key);
Value get_slice(const Value& object, const Value& start, const Value& stop, const Value& step);
/** Calls a method of str, list, tuple or dict. */
Value call_method(Runtime& runtime, const Value& self, const std::string& name, const CallArguments& arguments);

/** left % right for strings, and the filter format. */
Value format_percent(Runtime& runtime, const Text& format, const std::vector<Value>& values);
std::string escape_markup(std::string_view text);

}  // namespace intelia::jinja
