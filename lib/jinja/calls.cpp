#include <fmt/format.h>

#include <algorithm>

#include "jinja/date.hpp"
#include "jinja/evaluator.hpp"

namespace intelia::jinja {

namespace {

constexpr std::int64_t kMaxRange = 100'000;  // of Jinja2's sandbox

}  // namespace

CallArguments Evaluator::evaluate_arguments(const Arguments& arguments, Scope& scope) {
  CallArguments values;
  values.positional.reserve(arguments.positional.size());
  for (const NodePtr& argument : arguments.positional) values.positional.push_back(evaluate(*argument, scope));
  if (arguments.star) {
    for (Value& item : elements_of(evaluate(*arguments.star, scope))) values.positional.push_back(std::move(item));
  }
  for (const auto& [name, argument] : arguments.named) values.named.emplace_back(name, evaluate(*argument, scope));
  if (arguments.star_star) {
    const Value more = evaluate(*arguments.star_star, scope);
    if (!more.is(Type::dict)) throw RenderError("argument after ** must be a mapping, not " + type_name(more));
    for (const auto& [key, value] : more.pairs()) {
      const TextPtr name = to_text(key);
      charge_copy(*this, *name);
      charge_steps(kStepsOfObject);
      values.named.emplace_back(name->bytes, value);
    }
  }
  return values;
}

Value Evaluator::evaluate_call(const Node& node, Scope& scope, const Value* caller) {
  const Node& callee_node = *node.kids[0];
  Value callee;
  if (callee_node.op == Op::attribute) {
    const Value object = evaluate(*callee_node.kids[0], scope);
    if (object.is(Type::loop))
      return call_loop_method(object.data<Loop>(), callee_node.text, evaluate_arguments(node.arguments, scope));
    callee = get_attribute(*this, object, callee_node.text);
  } else {
    callee = evaluate(callee_node, scope);
  }
  return call_value(callee, evaluate_arguments(node.arguments, scope), caller);
}

Value Evaluator::call_value(const Value& callee, const CallArguments& arguments, const Value* caller) {
  switch (callee.type()) {
    case Type::undefined:
      throw RenderError(callee.undefined_message());
    case Type::method: {
      const Method& method = callee.data<Method>();
      return call_method(*this, method.self, method.name, arguments);
    }
    case Type::macro:
      return call_macro(callee.data<Macro>(), arguments, caller);
    case Type::function:
      return call_function(static_cast<int>(callee.as_integer()), arguments);
    case Type::loop:
      return recurse(callee.data<Loop>(), arguments);
    default:
      throw RenderError("'" + type_name(callee) + "' object is not callable");
  }
}

Value Evaluator::call_macro(const Macro& macro, const CallArguments& arguments, const Value* caller) {
  const Deeper deeper(*this);
  const Node& node = *macro.node;
  const InnerScope inner(*this, macro.scope);
  ExtraArguments rest = bind_parameters(node, *inner, arguments);
  std::vector<std::pair<std::string, Value>> named;
  for (auto& argument : rest.named) {
    if (argument.first == "caller")
      (*inner).assign(caller_symbol_, argument.second);
    else
      named.push_back(std::move(argument));
  }
  rest.named = std::move(named);
  if (caller != nullptr) (*inner).assign(caller_symbol_, *caller);
  bind_rest(node, *inner, std::move(rest));
  Text text;
  execute(*node.kids.back(), *inner, text);
  return Value::string(std::move(text));
}

ExtraArguments Evaluator::bind_parameters(const Node& macro, Scope& scope, const CallArguments& arguments) {
  charge_steps(static_cast<std::int64_t>(macro.names.size() * (1 + arguments.named.size()) / 8));
  ExtraArguments rest{{}, arguments.named};
  for (std::size_t i = 0; i < macro.names.size(); ++i) {
    const std::string& name = macro.names[i];
    const auto named = std::find_if(rest.named.begin(), rest.named.end(),
                                    [&](const auto& argument) { return argument.first == name; });
    if (i < arguments.positional.size()) {
      if (named != rest.named.end())
        throw RenderError(fmt::format("macro '{}' got multiple values for argument '{}'", macro.text, name));
      scope.assign(macro.symbols[i], arguments.positional[i]);
    } else if (named != rest.named.end()) {
      scope.assign(macro.symbols[i], named->second);
      rest.named.erase(named);
    } else if (macro.kids[i]) {
      scope.assign(macro.symbols[i], evaluate(*macro.kids[i], scope));
    } else {
      scope.assign(macro.symbols[i], Value::undefined("parameter " + repr_of_string(name) + " was not provided"));
    }
  }
  for (std::size_t i = macro.names.size(); i < arguments.positional.size(); ++i)
    rest.positional.push_back(arguments.positional[i]);
  return rest;
}

void Evaluator::bind_rest(const Node& macro, Scope& scope, ExtraArguments rest) {
  if (!rest.positional.empty() && !macro.reads_varargs) {
    throw RenderError(
        fmt::format("macro {} takes not more than {} argument(s)", repr_of_string(macro.text), macro.names.size()));
  }
  if (!rest.named.empty() && !macro.reads_kwargs) {
    throw RenderError(fmt::format("macro {} takes no keyword argument {}", repr_of_string(macro.text),
                                  repr_of_string(rest.named.front().first)));
  }
  if (varargs_symbol_ >= 0) scope.assign(varargs_symbol_, Value::list(std::move(rest.positional), Type::tuple));
  if (kwargs_symbol_ >= 0) {
    std::vector<std::pair<Value, Value>> items;
    for (auto& [name, value] : rest.named) {
      Value key = Value::string(name);
      charge_search(*this, key, items.size());
      items.emplace_back(std::move(key), std::move(value));
    }
    scope.assign(kwargs_symbol_, Value::dict(std::move(items)));
  }
}

Value Evaluator::call_function(int function, const CallArguments& arguments) {
  switch (function) {
    case kRaiseException: {
      for (const Value& argument : arguments.positional) charge_walk(*this, argument);
      const Value* message = arguments.find(0, "message");
      throw RenderError(message == nullptr ? "the template raised an exception" : to_text(*message)->bytes, true);
    }
    case kNamespace:
      return make_namespace(arguments);
    case kDict:
      return make_dict(arguments);
    case kRange:
      return make_range(arguments);
    case kStrftimeNow:
      return format_now(arguments);
    default:
      throw RenderError("an unknown function was called");
  }
}

Value Evaluator::make_namespace(const CallArguments& arguments) {
  auto name_space = std::make_shared<Namespace>();
  namespaces_.push_back(name_space);
  charge_steps(kStepsOfObject);
  for (const Value& positional : arguments.positional) {
    if (!positional.is(Type::dict)) throw RenderError("namespace() takes a mapping");
    for (const auto& [key, value] : positional.pairs()) {
      const TextPtr name = to_text(key);
      charge_copy(*this, *name);
      set_attribute(*name_space, name->bytes, value);
    }
  }
  for (const auto& [name, value] : arguments.named) set_attribute(*name_space, name, value);
  return Value::object(Type::name_space, std::move(name_space));
}

Value Evaluator::make_dict(const CallArguments& arguments) {
  std::vector<std::pair<Value, Value>> items;
  const Value* source = arguments.positional.empty() ? nullptr : &arguments.positional[0];
  const auto add = [&](Value key, Value value) {
    charge_search(*this, key, items.size());
    items.emplace_back(std::move(key), std::move(value));
  };
  if (source != nullptr && source->is(Type::dict)) {
    for (const auto& [key, value] : source->pairs()) add(key, value);
  } else if (source != nullptr) {
    for (const Value& pair : elements_of(*source)) {
      std::vector<Value> both = elements_of(pair);
      if (both.size() != 2) throw RenderError("dict() needs pairs of key and value");
      if (trace_) trace_->watch_use(both[0]);
      add(std::move(both[0]), std::move(both[1]));
    }
  }
  for (const auto& [name, value] : arguments.named) add(Value::string(name), value);
  return Value::dict(std::move(items));
}

Value Evaluator::make_range(const CallArguments& arguments) {
  std::int64_t bounds[3] = {0, 0, 1};
  const std::size_t count = arguments.positional.size();
  if (count < 1 || count > 3) throw RenderError(fmt::format("range expected 1 to 3 arguments, got {}", count));
  for (std::size_t i = 0; i < count; ++i) {
    const Value& value = arguments.positional[i];
    if (value.is(Type::undefined)) throw RenderError(value.undefined_message());
    if (!value.is_whole()) throw RenderError("'" + type_name(value) + "' object cannot be interpreted as an integer");
    bounds[count == 1 ? 1 : i] = value.as_integer();
  }
  const auto [start, stop, step] = bounds;
  if (step == 0) throw RenderError("range() arg 3 must not be zero");
  std::vector<Value> items;
  for (std::int64_t i = start; step > 0 ? i < stop : i > stop;) {
    if (static_cast<std::int64_t>(items.size()) >= kMaxRange) {
      throw RenderError(fmt::format("Range too big. The sandbox blocks ranges larger than MAX_RANGE ({}).", kMaxRange));
    }
    items.push_back(Value::integer(i));
    if (__builtin_add_overflow(i, step, &i)) break;
  }
  charge_steps(static_cast<std::int64_t>(items.size()));
  return Value::list(std::move(items));
}

Value Evaluator::format_now(const CallArguments& arguments) {
  const Value* format = arguments.find(0, "format");
  if (format == nullptr || !format->is(Type::string)) throw RenderError("strftime_now() needs a format");
  if (trace_) trace_->watch_use(*format);
  constexpr std::size_t kMaxGrowth = 16;  // a code of two bytes becomes a date and time
  charge_repetition(*this, kMaxGrowth, format->bytes().size());
  return Value::string(format_date(format->bytes(), *now_));
}

Value Evaluator::recurse(const Loop& loop, const CallArguments& arguments) {
  if (loop.node == nullptr) throw RenderError("The loop must have the 'recursive' marker to be called recursively.");
  if (arguments.positional.empty()) throw RenderError("loop() needs an iterable");
  Text text;
  run_loop(*loop.node, *loop.scope, arguments.positional[0], loop.depth + 1, text);
  return Value::string(std::move(text));
}

Value Evaluator::loop_attribute(const Loop& loop, const std::string& name) {
  const auto index = static_cast<std::int64_t>(loop.index);
  const auto length = static_cast<std::int64_t>(loop.items.size());
  if (name == "index") return Value::integer(index + 1);
  if (name == "index0") return Value::integer(index);
  if (name == "revindex") return Value::integer(length - index);
  if (name == "revindex0") return Value::integer(length - index - 1);
  if (name == "first") return Value::boolean(index == 0);
  if (name == "last") return Value::boolean(index + 1 == length);
  if (name == "length") return Value::integer(length);
  if (name == "depth") return Value::integer(loop.depth);
  if (name == "depth0") return Value::integer(loop.depth - 1);
  if (name == "previtem")
    return index == 0 ? Value::undefined("there is no previous item") : loop.items[loop.index - 1];
  if (name == "nextitem")
    return index + 1 == length ? Value::undefined("there is no next item") : loop.items[loop.index + 1];
  return Value::undefined("'jinja2.runtime.LoopContext object' has no attribute " + repr_of_string(name));
}

Value Evaluator::call_loop_method(Loop& loop, const std::string& name, const CallArguments& arguments) {
  if (name == "cycle") {
    if (arguments.positional.empty()) throw RenderError("no items for cycling given");
    return arguments.positional[loop.index % arguments.positional.size()];
  }
  if (name == "changed") {
    for (const Value& argument : arguments.positional) {
      charge_walk(*this, argument);
      if (trace_) trace_->watch_use(argument);
    }
    const Value key = Value::list(arguments.positional, Type::tuple);
    const bool is_changed = !loop.has_changed_key || !equal(loop.changed_key, key);
    loop.has_changed_key = true;
    loop.changed_key = key;
    return Value::boolean(is_changed);
  }
  throw RenderError("loop." + name + " cannot be called");
}

}  // namespace intelia::jinja
