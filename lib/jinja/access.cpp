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
    return Value::undefined(fmt::format("{} has no attribute {}", repr_of_string(object_name(object)), repr(key)));
  }
  return Value::undefined(fmt::format("{} has no element {}", object_name(object), repr(key)));
}

Value get_attribute(const Value& object, const std::string& name) {
  if (object.is(Type::undefined)) throw RenderError(object.undefined_message());
  if (const auto method = method_of(object, name)) return *method;
  const Value key = Value::string(name);
  if (const auto item = item_of(object, key)) return *item;
  if (name.starts_with("__")) return unsafe(object, name);
  return missing(object, key);
}

Value get_item(const Value& object, const Value& key) {
  if (object.is(Type::undefined)) throw RenderError(object.undefined_message());
  if (const auto item = item_of(object, key)) return *item;
  if (key.is(Type::string)) {
    if (const auto method = method_of(object, key.bytes())) return *method;
  }
  return missing(object, key);
}

Value get_slice(const Value& object, const Value& start, const Value& stop, const Value& step) {
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
  const std::int64_t size = length_of(object);
  const std::int64_t stride = bound(step, 1);
  if (stride == 0) throw RenderError("slice step cannot be zero");
  const auto clamp = [&](std::int64_t index) {
    if (index < 0) index += size;
    return stride > 0 ? std::clamp<std::int64_t>(index, 0, size) : std::clamp<std::int64_t>(index, -1, size - 1);
  };
  const std::int64_t first = start.is(Type::none) ? (stride > 0 ? 0 : size - 1) : clamp(bound(start, 0));
  const std::int64_t last = stop.is(Type::none) ? (stride > 0 ? size : -1) : clamp(bound(stop, 0));
  if (object.is(Type::string)) {
    const Text& text = object.text();
    if (stride == 1) {
      const size_t begin = byte_offset(text.bytes, static_cast<size_t>(first));
      const size_t end = first < last ? begin + byte_offset(std::string_view(text.bytes).substr(begin),
                                                            static_cast<size_t>(last - first))
                                      : begin;
      return Value::string(substring(text, begin, end));
    }
    const std::vector<Value> characters = iterate(object);
    Text out;
    for (std::int64_t i = first; stride > 0 ? i < last : i > last; i += stride)
      append(out, characters[static_cast<size_t>(i)].text());
    return Value::string(std::move(out));
  }
  std::vector<Value> items;
  for (std::int64_t i = first; stride > 0 ? i < last : i > last; i += stride)
    items.push_back(object.items()[static_cast<size_t>(i)]);
  return Value::list(std::move(items), object.type());
}

void charge_elements(Runtime& runtime, const Value& value) {
  constexpr std::int64_t kStepsOfCharacter = 4;
  if (value.is(Type::string))
    runtime.charge_steps(kStepsOfCharacter * static_cast<std::int64_t>(value.bytes().size()));
  else if (value.is_list_like())
    runtime.charge_steps(static_cast<std::int64_t>(value.items().size()));
  else if (value.is(Type::dict))
    runtime.charge_steps(static_cast<std::int64_t>(value.pairs().size()));
}

std::vector<Value> pairs_of(const Value& dict) {
  std::vector<Value> items;
  for (const auto& [key, value] : dict.pairs()) items.push_back(Value::list({key, value}, Type::tuple));
  return items;
}

Value call_method(Runtime& runtime, const Value& self, const std::string& name, const CallArguments& arguments) {
  runtime.charge_steps(1);
  for (const Value& argument : arguments.positional) charge_walk(runtime, argument);
  if (Trace* trace = runtime.trace()) trace->watch_method(name, self, arguments);
  if (self.is(Type::string)) return call_text_method(runtime, self.text(), name, arguments);
  if (self.is(Type::dict)) {
    runtime.charge_steps(static_cast<std::int64_t>(self.pairs().size()));
    if (name == "get") {
      if (const Value* found = find(self, required(arguments, 0, "key", "get"))) return *found;
      const Value* fallback = arguments.find(1, "default");
      return fallback != nullptr ? *fallback : Value::none();
    }
    if (name == "items") return Value::list(pairs_of(self));
    if (name == "keys") return Value::list(iterate(self));
    if (name == "values") {
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
      if (found == self.items().end()) throw RenderError(repr(wanted) + " is not in list");
      return Value::integer(found - self.items().begin());
    }
  }
  throw RenderError(fmt::format("the method {}.{} is not supported", type_name(self), name));
}

}  // namespace intelia::jinja
