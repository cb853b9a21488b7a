// Jinja's tests (`value is NAME`), one function each.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "jinja/functions.hpp"
#include "jinja/trace.hpp"
#include "text/python_characters.hpp"

namespace intelia::jinja {

namespace {

using Test = bool (*)(Runtime&, const Value&, const CallArguments&);

const Value& other(const CallArguments& arguments) { return required(arguments, 0, "other", "test"); }

std::int64_t whole(const Value& value) {
  if (value.is(Type::undefined)) throw RenderError(value.undefined_message());
  if (!value.is_whole()) throw RenderError("not all arguments converted during string formatting");
  return value.as_integer();
}

/** Charges what reading str(value) by character costs. */
void charge_text_of(Runtime& runtime, const Value& value) {
  charge_walk(runtime, value);
  if (value.is(Type::string)) charge_characters(runtime, value.bytes());
}

bool is_callable(const Value& value) {
  return value.is(Type::macro) || value.is(Type::function) || value.is(Type::method) || value.is(Type::undefined) ||
         value.is(Type::loop);
}

const std::map<std::string, Test, std::less<>>& tests() {
  static const std::map<std::string, Test, std::less<>> kTests = [] {
    std::map<std::string, Test, std::less<>> table;
    table["defined"] = [](Runtime&, const Value& value, const CallArguments&) { return !value.is(Type::undefined); };
    table["undefined"] = [](Runtime&, const Value& value, const CallArguments&) { return value.is(Type::undefined); };
    table["none"] = [](Runtime&, const Value& value, const CallArguments&) { return value.is(Type::none); };
    table["true"] = [](Runtime&, const Value& value, const CallArguments&) {
      return value.is(Type::boolean) && value.as_integer() != 0;
    };
    table["false"] = [](Runtime&, const Value& value, const CallArguments&) {
      return value.is(Type::boolean) && value.as_integer() == 0;
    };
    table["boolean"] = [](Runtime&, const Value& value, const CallArguments&) { return value.is(Type::boolean); };
    table["integer"] = [](Runtime&, const Value& value, const CallArguments&) { return value.is(Type::integer); };
    table["float"] = [](Runtime&, const Value& value, const CallArguments&) { return value.is(Type::real); };
    table["number"] = [](Runtime&, const Value& value, const CallArguments&) { return value.is_number(); };
    table["string"] = [](Runtime&, const Value& value, const CallArguments&) { return value.is(Type::string); };
    table["mapping"] = [](Runtime&, const Value& value, const CallArguments&) { return value.is(Type::dict); };
    table["iterable"] = [](Runtime&, const Value& value, const CallArguments&) {
      return value.is(Type::string) || value.is_list_like() || value.is(Type::dict) || value.is(Type::undefined) ||
             value.is(Type::loop);
    };
    table["sequence"] = [](Runtime&, const Value& value, const CallArguments&) {
      return value.is(Type::string) || value.is(Type::list) || value.is_tuple() || value.is(Type::dict) ||
             value.is(Type::undefined);
    };
    table["callable"] = [](Runtime&, const Value& value, const CallArguments&) { return is_callable(value); };
    table["escaped"] = [](Runtime&, const Value& value, const CallArguments&) {
      return value.is(Type::string) && value.text().is_safe;
    };
    table["odd"] = [](Runtime&, const Value& value, const CallArguments&) { return whole(value) % 2 != 0; };
    table["even"] = [](Runtime&, const Value& value, const CallArguments&) { return whole(value) % 2 == 0; };
    table["divisibleby"] = [](Runtime&, const Value& value, const CallArguments& arguments) {
      const std::int64_t divisor = whole(required(arguments, 0, "num", "divisibleby"));
      if (divisor == 0) throw RenderError("integer modulo by zero");
      return divisor == -1 || whole(value) % divisor == 0;
    };
    table["lower"] = [](Runtime& runtime, const Value& value, const CallArguments&) {
      charge_text_of(runtime, value);
      return python::is_lower(to_text(value)->bytes);
    };
    table["upper"] = [](Runtime& runtime, const Value& value, const CallArguments&) {
      charge_text_of(runtime, value);
      return python::is_upper(to_text(value)->bytes);
    };
    table["sameas"] = [](Runtime&, const Value& value, const CallArguments& arguments) {
      const Value& o = other(arguments);
      if (value.type() != o.type() || value.is(Type::undefined)) return false;
      return value.identity() != nullptr && !value.is(Type::string) ? value.identity() == o.identity()
                                                                    : equal(value, o);
    };
    table["in"] = [](Runtime&, const Value& value, const CallArguments& arguments) {
      const Value& container = required(arguments, 0, "seq", "in");
      return contains(container, value);
    };
    table["filter"] = [](Runtime&, const Value& value, const CallArguments&) {
      return value.is(Type::string) && is_filter(value.bytes());
    };
    table["test"] = [](Runtime&, const Value& value, const CallArguments&) {
      return value.is(Type::string) && is_test(value.bytes());
    };
    const Test is_equal = [](Runtime&, const Value& value, const CallArguments& arguments) {
      return equal(value, other(arguments));
    };
    const Test is_unequal = [](Runtime&, const Value& value, const CallArguments& arguments) {
      return !equal(value, other(arguments));
    };
    const Test is_less = [](Runtime&, const Value& value, const CallArguments& arguments) {
      return compare(value, other(arguments), "<") < 0;
    };
    const Test is_at_most = [](Runtime&, const Value& value, const CallArguments& arguments) {
      return compare(value, other(arguments), "<=") <= 0;
    };
    const Test is_more = [](Runtime&, const Value& value, const CallArguments& arguments) {
      return compare(value, other(arguments), ">") > 0;
    };
    const Test is_at_least = [](Runtime&, const Value& value, const CallArguments& arguments) {
      return compare(value, other(arguments), ">=") >= 0;
    };
    for (const char* name : {"eq", "equalto", "=="}) table[name] = is_equal;
    for (const char* name : {"ne", "!="}) table[name] = is_unequal;
    for (const char* name : {"lt", "lessthan", "<"}) table[name] = is_less;
    for (const char* name : {"le", "<="}) table[name] = is_at_most;
    for (const char* name : {"gt", "greaterthan", ">"}) table[name] = is_more;
    for (const char* name : {"ge", ">="}) table[name] = is_at_least;
    return table;
  }();
  return kTests;
}

}  // namespace

bool is_test(std::string_view name) { return tests().contains(name); }

bool apply_test(Runtime& runtime, const std::string& name, const Value& input, const CallArguments& arguments) {
  const auto found = tests().find(name);
  if (found == tests().end()) throw RenderError("No test named '" + name + "'.");
  runtime.charge_steps(1);
  for (const Value& argument : arguments.positional) {
    charge_walk(runtime, argument);
    charge_walk(runtime, input);
  }
  if (Trace* trace = runtime.trace()) trace->watch_test(name, input, arguments);
  return found->second(runtime, input, arguments);
}

}  // namespace intelia::jinja
