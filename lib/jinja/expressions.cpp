#include <fmt/format.h>

#include <algorithm>

#include "jinja/evaluator.hpp"
#include "jinja/format.hpp"
#include "jinja/number.hpp"
#include "jinja/text.hpp"

namespace intelia::jinja {

Value Evaluator::evaluate(const Node& node, Scope& scope) {
  charge_steps(1);
  if (node.op == Op::constant) return node.value;
  if (node.op == Op::name) return evaluate_name(node, scope);
  const Deeper deeper(*this);
  switch (node.op) {
    case Op::attribute:
      return evaluate_attribute(node, scope);
    case Op::item:
      return evaluate_item(node, scope);
    case Op::call:
      return evaluate_call(node, scope, nullptr);
    case Op::filter: {
      const Value input = evaluate(*node.kids[0], scope);
      return apply_filter(*this, node.text, input, evaluate_arguments(node.arguments, scope));
    }
    case Op::filtered:
      return filtered_;
    case Op::test: {
      const Value input = evaluate(*node.kids[0], scope);
      return Value::boolean(apply_test(*this, node.text, input, evaluate_arguments(node.arguments, scope)));
    }
    case Op::condition:
      return evaluate_condition(node, scope);
    case Op::concatenate:
      return evaluate_concatenation(node, scope);
    case Op::list:
    case Op::tuple:
      return evaluate_list(node, scope);
    case Op::dict:
      return evaluate_dict(node, scope);
    default:
      return evaluate_operator(node, scope);
  }
}

Value Evaluator::evaluate_operator(const Node& node, Scope& scope) {
  switch (node.op) {
    case Op::logical_not:
      return Value::boolean(!is_true(evaluate(*node.kids[0], scope)));
    case Op::logical_and: {
      Value left = evaluate(*node.kids[0], scope);
      return is_true(left) ? evaluate(*node.kids[1], scope) : left;
    }
    case Op::logical_or: {
      Value left = evaluate(*node.kids[0], scope);
      return is_true(left) ? left : evaluate(*node.kids[1], scope);
    }
    case Op::compare:
      return evaluate_compare(node, scope);
    case Op::negate:
    case Op::plus:
      return evaluate_sign(node, scope);
    default:
      return evaluate_arithmetic(node, scope);
  }
}

Value Evaluator::evaluate_name(const Node& node, const Scope& scope) {
  std::size_t num_read = 0;
  const Value* value = scope.find(node.symbol, num_read);
  charge_steps(static_cast<std::int64_t>(num_read / 32));
  if (value != nullptr) return *value;
  const bool lacks_date = node.text == "strftime_now";
  return Value::undefined(repr_of_string(node.text) + " is undefined" +
                          (lacks_date ? ": the template uses the current date, and no date is set" : ""));
}

Value Evaluator::evaluate_attribute(const Node& node, Scope& scope) {
  const Value object = evaluate(*node.kids[0], scope);
  if (object.is(Type::loop)) return loop_attribute(object.data<Loop>(), node.text);
  return get_attribute(*this, object, node.text);
}

Value Evaluator::evaluate_item(const Node& node, Scope& scope) {
  const Value object = evaluate(*node.kids[0], scope);
  if (node.kids[1]->op == Op::slice) return evaluate_slice(object, *node.kids[1], scope);
  const Value key = evaluate(*node.kids[1], scope);
  charge_walk(*this, key);
  if (trace_) trace_->watch_item(object, key);
  return get_item(*this, object, key);
}

Value Evaluator::evaluate_slice(const Value& object, const Node& slice, Scope& scope) {
  const auto part = [&](std::size_t i) { return slice.kids[i] ? evaluate(*slice.kids[i], scope) : Value::none(); };
  const Value start = part(0), stop = part(1), step = part(2);
  if (trace_ && object.is(Type::string)) trace_->watch_use(object);
  return get_slice(*this, object, start, stop, step);
}

Value Evaluator::evaluate_condition(const Node& node, Scope& scope) {
  if (is_true(evaluate(*node.kids[0], scope))) return evaluate(*node.kids[1], scope);
  if (node.kids[2]) return evaluate(*node.kids[2], scope);
  return Value::undefined("the inline if-expression evaluated to false and no else section was defined.");
}

Value Evaluator::evaluate_concatenation(const Node& node, Scope& scope) {
  Text out;
  for (const NodePtr& kid : node.kids) write_value(out, evaluate(*kid, scope));
  return Value::string(std::move(out));
}

Value Evaluator::evaluate_list(const Node& node, Scope& scope) {
  charge_steps(kStepsOfObject);
  std::vector<Value> items;
  items.reserve(node.kids.size());
  for (const NodePtr& kid : node.kids) items.push_back(evaluate(*kid, scope));
  return Value::list(std::move(items), node.op == Op::list ? Type::list : Type::tuple);
}

Value Evaluator::evaluate_dict(const Node& node, Scope& scope) {
  charge_steps(kStepsOfObject);
  std::vector<std::pair<Value, Value>> items;
  for (std::size_t i = 0; i + 1 < node.kids.size(); i += 2) {
    Value key = evaluate(*node.kids[i], scope);
    if (trace_) trace_->watch_use(key);
    charge_search(*this, key, items.size());
    items.emplace_back(std::move(key), evaluate(*node.kids[i + 1], scope));
  }
  return Value::dict(std::move(items));
}

Value Evaluator::evaluate_sign(const Node& node, Scope& scope) {
  const Value value = evaluate(*node.kids[0], scope);
  if (value.is(Type::undefined)) throw RenderError(value.undefined_message());
  if (!value.is_number())
    throw RenderError(
        fmt::format("bad operand type for unary {}: '{}'", node.op == Op::negate ? '-' : '+', type_name(value)));
  if (node.op == Op::negate) return negated(value);
  return value.is(Type::boolean) ? Value::integer(value.as_integer()) : value;
}

Value Evaluator::evaluate_compare(const Node& node, Scope& scope) {
  Value left = evaluate(*node.kids[0], scope);
  for (std::size_t i = 0; i < node.names.size(); ++i) {
    Value right = evaluate(*node.kids[i + 1], scope);
    const std::string& symbol = node.names[i];
    if (right.is(Type::dict) && symbol.ends_with("in"))
      charge_search(*this, left, right.pairs().size());
    else
      charge_walk(*this, right);
    if (trace_) trace_->watch_comparison(symbol, left, right);
    bool holds = false;
    if (symbol == "==")
      holds = equal(left, right);
    else if (symbol == "!=")
      holds = !equal(left, right);
    else if (symbol == "in")
      holds = contains(right, left);
    else if (symbol == "not in")
      holds = !contains(right, left);
    else if (symbol == "<")
      holds = compare(left, right, "<") < 0;
    else if (symbol == "<=")
      holds = compare(left, right, "<=") <= 0;
    else if (symbol == ">")
      holds = compare(left, right, ">") > 0;
    else
      holds = compare(left, right, ">=") >= 0;
    if (!holds) return Value::boolean(false);
    left = std::move(right);
  }
  return Value::boolean(true);
}

namespace {

const char* arithmetic_symbol(Op op) {
  switch (op) {
    case Op::add:
      return "+";
    case Op::subtract:
      return "-";
    case Op::multiply:
      return "*";
    case Op::divide:
      return "/";
    case Op::floor_divide:
      return "//";
    case Op::modulo:
      return "%";
    default:
      return "** or pow()";
  }
}

}  // namespace

Value Evaluator::evaluate_arithmetic(const Node& node, Scope& scope) {
  const Value left = evaluate(*node.kids[0], scope);
  const Value right = evaluate(*node.kids[1], scope);
  for (const Value* value : {&left, &right}) {
    if (value->is(Type::undefined)) throw RenderError(value->undefined_message());
  }
  if (left.is_number() && right.is_number()) return calculate(node.op, left, right);
  if (node.op == Op::add) {
    if (std::optional<Value> sum = concatenated(left, right)) return std::move(*sum);
  }
  if (node.op == Op::multiply) {
    const bool is_left_count = left.is_whole();
    const Value& repeated = is_left_count ? right : left;
    const Value& count = is_left_count ? left : right;
    if (count.is_whole() && repeated.is(Type::string)) {
      return repeated_text(repeated.text(), count.as_integer());
    }
    if (count.is_whole() && (repeated.is(Type::list) || repeated.is(Type::tuple))) {
      return repeated_list(repeated, count.as_integer());
    }
  }
  if (node.op == Op::modulo && left.is(Type::string)) {
    charge_walk(*this, right);
    for (const Value* value : {&left, &right}) {
      if (trace_) trace_->watch_use(*value);
    }
    return format_percent(*this, left.text(), right.is_tuple() ? right.items() : std::vector<Value>{right});
  }
  throw RenderError(fmt::format("unsupported operand type(s) for {}: '{}' and '{}'", arithmetic_symbol(node.op),
                                type_name(left), type_name(right)));
}

std::optional<Value> Evaluator::concatenated(const Value& left, const Value& right) {
  if (left.is(Type::string) && right.is(Type::string)) return joined(left.text(), right.text());
  if (left.type() == right.type() && (left.is(Type::list) || left.is(Type::tuple))) {
    charge_steps(static_cast<std::int64_t>(left.items().size() + right.items().size()));
    std::vector<Value> items = left.items();
    items.insert(items.end(), right.items().begin(), right.items().end());
    return Value::list(std::move(items), left.type());
  }
  if (left.is(Type::string))
    throw RenderError(fmt::format("can only concatenate str (not \"{}\") to str", type_name(right)));
  if (left.is(Type::list))
    throw RenderError(fmt::format("can only concatenate list (not \"{}\") to list", type_name(right)));
  return std::nullopt;
}

Value Evaluator::repeated_text(const Text& text, std::int64_t count) {
  Text out;
  if (text.bytes.empty() || count <= 0) return Value::string(std::move(out));
  charge_repetition(*this, count, text.bytes.size() + text.sources.size() * sizeof(SourceRange));
  out.bytes.reserve(text.bytes.size() * static_cast<std::size_t>(count));
  for (std::int64_t i = 0; i < count; ++i) append(out, text);
  return Value::string(std::move(out));
}

Value Evaluator::repeated_list(const Value& list, std::int64_t count) {
  std::vector<Value> items;
  if (!list.items().empty() && count > 0) {
    std::int64_t total = 0;
    if (__builtin_mul_overflow(count, static_cast<std::int64_t>(list.items().size()), &total)) total = INT64_MAX;
    charge_steps(total);
    items.reserve(list.items().size() * static_cast<std::size_t>(count));
    for (std::int64_t i = 0; i < count; ++i) items.insert(items.end(), list.items().begin(), list.items().end());
  }
  return Value::list(std::move(items), list.type());
}

Value Evaluator::joined(const Text& left, const Text& right) {
  Text out;
  const bool is_safe = left.is_safe || right.is_safe;
  for (const Text* piece : {&left, &right}) write(out, is_safe ? escaped(*this, *piece) : *piece);
  out.is_safe = is_safe;
  return Value::string(std::move(out));
}

}  // namespace intelia::jinja
