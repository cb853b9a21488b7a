// Attributes, items and slices of values, and the methods of list, tuple and dict that Jinja2's immutable sandbox
// allows: none that modify their object, none private.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "jinja/functions.hpp"
#include "jinja/trace.hpp"

namespace intelia::jinja {

using std::size_t;

namespace {

using Names = std::set<std::string, std::less<>>;

bool has_method(const Value& value, std::string_view name) {
  static const Names kList = {"index",  "count", "copy",   "append",  "clear", "extend",
                              "insert", "pop",   "remove", "reverse", "sort"};
  static const Names kTuple = {"index", "count"};
  static const Names kDict = {"get", "items",   "keys",       "values", "copy",    "clear",
                              "pop", "popitem", "setdefault", "update", "fromkeys"};
  switch (value.type()) {
    case Type::string:
      return is_text_method(name);
    case Type::list:
      return kList.contains(name);
    case Type::tuple:
    case Type::group:
      return kTuple.contains(name);
    case Type::dict:
      return kDict.contains(name);
    default:
      return false;
  }
}

bool changes_its_object(Type type, std::string_view name) {
  static const Names kChanging = {"append",  "clear", "extend",  "insert",     "pop",   "remove",
                                  "reverse", "sort",  "popitem", "setdefault", "update"};
  return (type == Type::list || type == Type::dict) && kChanging.contains(name);
}

Value unsafe(const Value& object, std::string_view name) {
  return Value::undefined(fmt::format("access to attribute '{}' of '{}' object is unsafe.", name, type_name(object)));
}

std::optional<size_t> place_in(std::int64_t index, size_t size) {
  if (index < 0) index += static_cast<std::int64_t>(size);
  if (index < 0 || index >= static_cast<std::int64_t>(size)) return std::nullopt;
  return static_cast<size_t>(index);
}

std::optional<Value> group_attribute(const Value& group, std::string_view name) {
  if (name == "grouper") return group.items()[0];
  if (name == "list") return group.items()[1];
  return std::nullopt;
}

std::optional<Value> item_of(const Value& object, const Value& key) {
  switch (object.type()) {
    case Type::dict:
      if (const Value* found = find(object, key)) return *found;
      return std::nullopt;
    case Type::list:
    case Type::tuple:
    case Type::group:
      if (object.is(Type::group) && key.is(Type::string)) return group_attribute(object, key.bytes());
      if (!key.is_whole()) return std::nullopt;
      if (const auto place = place_in(key.as_integer(), object.items().size())) return object.items()[*place];
      return std::nullopt;
    case Type::string: {
      if (!key.is_whole()) return std::nullopt;
      const std::string& bytes = object.bytes();
      const auto place = place_in(key.as_integer(), count_code_points(bytes));
      if (!place) return std::nullopt;
      const size_t begin = byte_offset(bytes, *place);
      return Value::string(substring(object.text(), begin, begin + character_bytes(bytes, begin)));
    }
    case Type::name_space: {
      if (!key.is(Type::string)) return std::nullopt;
      for (const auto& [name, value] : object.data<Namespace>().attributes) {
        if (name == key.bytes()) return value;
      }
      return std::nullopt;
    }
    default:
      return std::nullopt;
  }
}

}  // namespace

std::optional<Value> method_of(const Value& object, const std::string& name) {
  if (!has_method(object, name)) return std::nullopt;
  if (changes_its_object(object.type(), name)) return unsafe(object, name);
  return Value::object(Type::method, std::make_shared<Method>(Method{object, name}));
}

Value missing(const Value& object, const Value& key) {
  if (key.is(Type::string)) {
    return Value::undefined(
        fmt::format("{} has no attribute {}", repr_of_string(object_name(object)), short_repr(key)));
  }
  return Value::undefined(fmt::format("{} has no element {}", object_name(object), short_repr(key)));
}

namespace {

/** Charges what it costs to find an item of `object`. */
void charge_lookup(Runtime& runtime, const Value& object, const Value& key) {
  if (object.is(Type::string))
    charge_text(runtime, object.bytes());
  else if (object.is(Type::dict))
    charge_search(runtime, key, object.pairs().size());
  else if (object.is(Type::name_space))
    charge_search(runtime, key, object.data<Namespace>().attributes.size());
}

}  // namespace

Value get_attribute(Runtime& runtime, const Value& object, const std::string& name) {
  if (object.is(Type::undefined)) throw RenderError(object.undefined_message());
  if (const auto method = method_of(object, name)) return *method;
  const Value key = Value::string(name);
  charge_lookup(runtime, object, key);
  if (const auto item = item_of(object, key)) return *item;
  if (name.starts_with("__")) return unsafe(object, name);
  return missing(object, key);
}

Value get_item(Runtime& runtime, const Value& object, const Value& key) {
  if (object.is(Type::undefined)) throw RenderError(object.undefined_message());
  charge_lookup(runtime, object, key);
  if (const auto item = item_of(object, key)) return *item;
  if (key.is(Type::string)) {
    if (const auto method = method_of(object, key.bytes())) return *method;
  }
  return missing(object, key);
}

namespace {

/** Characters first, first + stride, … of `text`, `count` of them, all of which exist. */
Text sliced_text(Runtime& runtime, const Text& text, size_t first, std::int64_t stride, size_t count) {
  constexpr size_t kMaxBytesOfCharacter = 4;
  Text out;
  if (count == 0) return out;
  const auto jump = static_cast<size_t>(stride < 0 ? -stride : stride);
  size_t at = byte_offset(text.bytes, first);
  if (stride == 1) {
    const size_t end = at + byte_offset(std::string_view(text.bytes).substr(at), count);
    charge_copy(runtime, text, end - at);
    return substring(text, at, end);
  }
  charge_characters(runtime, text.bytes);
  charge_copy(runtime, text, std::min(text.bytes.size(), count * kMaxBytesOfCharacter));
  const auto step_over = [&] {
    if (stride > 0) {
      at += character_bytes(text.bytes, at);
    } else {
      do --at;
      while (at > 0 && (static_cast<unsigned char>(text.bytes[at]) & 0xC0) == 0x80);
    }
  };
  for (size_t i = 0; i < count; ++i) {
    for (size_t over = 0; i > 0 && over < jump; ++over) step_over();
    append(out, text, at, at + character_bytes(text.bytes, at));
  }
  return out;
}

}  // namespace

Value get_slice(Runtime& runtime, const Value& object, const Value& start, const Value& stop, const Value& step) {
  if (object.is(Type::undefined)) throw RenderError(object.undefined_message());
  if (!object.is(Type::string) && !object.is(Type::list) && !object.is_tuple()) {
    return Value::undefined(fmt::format("{} cannot be sliced", object_name(object)));
  }
  const auto bound = [](const Value& value, std::int64_t fallback) {
    if (value.is(Type::none)) return fallback;
    if (value.is(Type::undefined)) throw RenderError(value.undefined_message());
    if (!value.is_whole()) throw RenderError("slice indices must be integers or None or have an __index__ method");
    return value.as_integer();
  };
  if (object.is(Type::string)) charge_text(runtime, object.bytes());
  const std::int64_t size = length_of(object);
  const std::int64_t stride = bound(step, 1);
  if (stride == 0) throw RenderError("slice step cannot be zero");
  const auto clamp = [&](std::int64_t index) {
    if (index < 0) index += size;
    return stride > 0 ? std::clamp<std::int64_t>(index, 0, size) : std::clamp<std::int64_t>(index, -1, size - 1);
  };
  const std::int64_t first = start.is(Type::none) ? (stride > 0 ? 0 : size - 1) : clamp(bound(start, 0));
  const std::int64_t last = stop.is(Type::none) ? (stride > 0 ? size : -1) : clamp(bound(stop, 0));
  const std::uint64_t distance = stride > 0 ? (first < last ? static_cast<std::uint64_t>(last - first) : 0)
                                            : (first > last ? static_cast<std::uint64_t>(first - last) : 0);
  const std::uint64_t magnitude =
      stride > 0 ? static_cast<std::uint64_t>(stride) : 0 - static_cast<std::uint64_t>(stride);
  const auto count = static_cast<size_t>(distance == 0 ? 0 : (distance - 1) / magnitude + 1);
  if (object.is(Type::string))
    return Value::string(sliced_text(runtime, object.text(), static_cast<size_t>(first), stride, count));
  runtime.charge_steps(static_cast<std::int64_t>(count));
  std::vector<Value> items;
  items.reserve(count);
  for (size_t i = 0; i < count; ++i)
    items.push_back(object.items()[static_cast<size_t>(first) + i * static_cast<size_t>(stride)]);
  return Value::list(std::move(items), object.type());
}

std::vector<Value> charged_items(Runtime& runtime, const Value& value) {
  if (value.is(Type::string))
    runtime.charge_steps(kStepsOfObject * static_cast<std::int64_t>(value.bytes().size()));
  else if (value.is_list_like())
    runtime.charge_steps(static_cast<std::int64_t>(value.items().size()));
  else if (value.is(Type::dict))
    runtime.charge_steps(static_cast<std::int64_t>(value.pairs().size()));
  return iterate(value);
}

std::vector<Value> pairs_of(Runtime& runtime, const Value& dict) {
  runtime.charge_steps(kStepsOfObject * static_cast<std::int64_t>(dict.pairs().size()));
  std::vector<Value> items;
  for (const auto& [key, value] : dict.pairs()) items.push_back(Value::list({key, value}, Type::tuple));
  return items;
}

Value call_method(Runtime& runtime, const Value& self, const std::string& name, const CallArguments& arguments) {
  runtime.charge_steps(kStepsOfObject);
  for (const Value& argument : arguments.positional) charge_walk(runtime, argument);
  for (const auto& argument : arguments.named) charge_walk(runtime, argument.second);
  if (Trace* trace = runtime.trace()) trace->watch_method(name, self, arguments);
  if (self.is(Type::string)) return call_text_method(runtime, self.text(), name, arguments);
  if (self.is(Type::dict)) {
    if (name == "get") {
      const Value& key = required(arguments, 0, "key", "get");
      charge_search(runtime, key, self.pairs().size());
      if (const Value* found = find(self, key)) return *found;
      const Value* fallback = arguments.find(1, "default");
      return fallback != nullptr ? *fallback : Value::none();
    }
    if (name == "items") return Value::list(pairs_of(runtime, self));
    if (name == "keys") return Value::list(charged_items(runtime, self));
    if (name == "values") {
      runtime.charge_steps(static_cast<std::int64_t>(self.pairs().size()));
      std::vector<Value> values;
      for (const auto& item : self.pairs()) values.push_back(item.second);
      return Value::list(std::move(values));
    }
    if (name == "copy") return self;
  }
  if (self.is(Type::list) || self.is_tuple()) {
    if (name == "copy") return self;
    charge_walk(runtime, self);
    const Value& wanted = required(arguments, 0, "value", name);
    if (name == "count") {
      return Value::integer(std::count_if(self.items().begin(), self.items().end(),
                                          [&](const Value& item) { return equal(item, wanted); }));
    }
    if (name == "index") {
      const auto found = std::find_if(self.items().begin(), self.items().end(),
                                      [&](const Value& item) { return equal(item, wanted); });
      if (found == self.items().end()) throw RenderError(short_repr(wanted) + " is not in list");
      return Value::integer(found - self.items().begin());
    }
  }
  throw RenderError(fmt::format("the method {}.{} is not supported", type_name(self), name));
}

}  // namespace intelia::jinja
