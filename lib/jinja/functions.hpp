// The interface to Jinja's filters and tests and to the attributes, items and methods of values. They access the
// running template only through Runtime.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "jinja/arguments.hpp"

namespace intelia::jinja {

bool is_filter(std::string_view name);
bool is_test(std::string_view name);
Value apply_filter(Runtime& runtime, const std::string& name, const Value& input, const CallArguments& arguments);
bool apply_test(Runtime& runtime, const std::string& name, const Value& input, const CallArguments& arguments);

/** object.name, methods first, then items, like the sandbox's getattr. */
Value get_attribute(Runtime& runtime, const Value& object, const std::string& name);
/** object[key]. */
Value get_item(Runtime& runtime, const Value& object, const Value& key);
Value get_slice(Runtime& runtime, const Value& object, const Value& start, const Value& stop, const Value& step);
/** The method `name` of a value, or nothing. */
std::optional<Value> method_of(const Value& object, const std::string& name);
/** The undefined value of a missing attribute or item, with Jinja2's message. */
Value missing(const Value& object, const Value& key);
/** iterate(), charged: each character of a text becomes a value. */
std::vector<Value> charged_items(Runtime& runtime, const Value& value);
/** The items of a dict as tuples. */
std::vector<Value> pairs_of(Runtime& runtime, const Value& dict);

bool is_text_method(std::string_view name);
Value call_text_method(Runtime& runtime, const Text& text, const std::string& name, const CallArguments& arguments);
/** Calls a method of str, list, tuple or dict. */
Value call_method(Runtime& runtime, const Value& self, const std::string& name, const CallArguments& arguments);

}  // namespace intelia::jinja
