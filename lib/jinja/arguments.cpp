// See arguments.hpp.
#include "jinja/arguments.hpp"

#include <fmt/format.h>

namespace intelia::jinja {

namespace {

/** Steps of reading all of `value`. */
std::int64_t steps_of_walk(const Value& value) {
  return value.is(Type::string) ? static_cast<std::int64_t>(value.bytes().size() / 64) : value.weight();
}

}  // namespace

void charge_repetition(Runtime& runtime, std::int64_t count, std::size_t size) {
  std::size_t total = 0;
  if (__builtin_mul_overflow(static_cast<std::size_t>(count), size, &total)) total = SIZE_MAX;
  runtime.charge_bytes(total);
}

void charge_walk(Runtime& runtime, const Value& value) { runtime.charge_steps(steps_of_walk(value)); }

void charge_search(Runtime& runtime, const Value& key, std::size_t count) {
  std::int64_t steps = 0;
  if (__builtin_mul_overflow(1 + steps_of_walk(key), static_cast<std::int64_t>(count), &steps)) steps = INT64_MAX;
  runtime.charge_steps(steps / 8);
}

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
