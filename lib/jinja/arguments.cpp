// See arguments.hpp.
#include "jinja/arguments.hpp"

#include <fmt/format.h>

namespace intelia::jinja {

std::string string_argument(const CallArguments& arguments, std::size_t position, std::string_view name,
                            std::string_view fallback) {
  const Value* value = arguments.find(position, name);
  if (value == nullptr || value->is(Type::none)) return std::string(fallback);
  return to_text(*value)->bytes;
}

bool flag_argument(const CallArguments& arguments, std::size_t position, std::string_view name, bool fallback) {
  const Value* value = arguments.find(position, name);
  return value == nullptr ? fallback : is_true(*value);
}

std::int64_t integer_argument(const CallArguments& arguments, std::size_t position, std::string_view name,
                              std::int64_t fallback) {
  const Value* value = arguments.find(position, name);
  if (value == nullptr || value->is(Type::none)) return fallback;
  if (!value->is_whole()) throw RenderError("'" + type_name(*value) + "' object cannot be interpreted as an integer");
  return value->as_integer();
}

const Value& required(const CallArguments& arguments, std::size_t position, std::string_view name,
                      std::string_view function) {
  const Value* value = arguments.find(position, name);
  if (value == nullptr) throw RenderError(fmt::format("{}() missing required argument '{}'", function, name));
  return *value;
}

const std::string& required_text(const CallArguments& arguments, std::size_t position, std::string_view function) {
  const Value& value = required(arguments, position, "", function);
  if (!value.is(Type::string)) {
    throw RenderError(fmt::format("{} arg must be str, not {}", function, type_name(value)));
  }
  return value.bytes();
}

}  // namespace intelia::jinja
