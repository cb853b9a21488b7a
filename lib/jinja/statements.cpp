#include <algorithm>

#include "jinja/evaluator.hpp"

namespace intelia::jinja {

Evaluator::Flow Evaluator::execute(const Node& node, Scope& scope, Text& out) {
  charge_steps(1);
  line_ = node.line;
  switch (node.op) {
    case Op::block:
      return execute_block(node, scope, out);
    case Op::data:
      write(out, node.value.text());
      return Flow::normal;
    case Op::output:
      write_value(out, evaluate(*node.kids[0], scope));
      return Flow::normal;
    case Op::if_branch:
      return execute_if(node, scope, out);
    case Op::for_loop:
      run_loop(node, scope, evaluate(*node.kids[1], scope), 1, out);
      return Flow::normal;
    case Op::set:
      assign_target(*node.kids[0], scope, evaluate(*node.kids[1], scope));
      return Flow::normal;
    case Op::set_block:
      execute_set_block(node, scope);
      return Flow::normal;
    case Op::macro:
      scope.assign(node.symbol, new_macro(node, scope));
      return Flow::normal;
    case Op::call_block:
      execute_call_block(node, scope, out);
      return Flow::normal;
    case Op::filter_block:
      write_value(out, evaluate_filtered(*node.kids[1], scope, Value::string(capture(*node.kids[0], scope))));
      return Flow::normal;
    case Op::with:
      return execute_with(node, scope, out);
    case Op::generation:
      execute_generation(node, scope, out);
      return Flow::normal;
    case Op::break_loop:
      return Flow::break_loop;
    case Op::continue_loop:
      return Flow::continue_loop;
    default:
      throw RenderError("unexpected expression, expected a statement");
  }
}

Evaluator::Flow Evaluator::execute_block(const Node& node, Scope& scope, Text& out) {
  for (const NodePtr& kid : node.kids) {
    const Flow flow = execute(*kid, scope, out);
    if (flow != Flow::normal) return flow;
  }
  return Flow::normal;
}

Evaluator::Flow Evaluator::execute_if(const Node& node, Scope& scope, Text& out) {
  const Node* branch = is_true(evaluate(*node.kids[0], scope)) ? node.kids[1].get() : node.kids[2].get();
  if (branch == nullptr) return Flow::normal;
  const Deeper deeper(*this);
  return execute(*branch, scope, out);
}

Evaluator::Flow Evaluator::execute_with(const Node& node, Scope& scope, Text& out) {
  const Deeper deeper(*this);
  const InnerScope inner(*this, &scope);
  const std::size_t count = node.kids.size() - 1;
  std::vector<Value> values;
  for (std::size_t i = 1; i < count; i += 2) values.push_back(evaluate(*node.kids[i], scope));
  for (std::size_t i = 0; i < count; i += 2) assign_target(*node.kids[i], *inner, std::move(values[i / 2]));
  return execute(*node.kids.back(), *inner, out);
}

void Evaluator::execute_set_block(const Node& node, Scope& scope) {
  Value value = Value::string(capture(*node.kids[1], scope));
  if (node.kids[2]) value = evaluate_filtered(*node.kids[2], scope, std::move(value));
  assign_target(*node.kids[0], scope, std::move(value));
}

void Evaluator::execute_call_block(const Node& node, Scope& scope, Text& out) {
  const Value caller = new_macro(*node.kids[1], scope);
  write(out, *to_text(evaluate_call(*node.kids[0], scope, &caller)));
}

void Evaluator::execute_generation(const Node& node, Scope& scope, Text& out) {
  const std::size_t begin = root_output_->bytes.size();
  const Text body = capture(*node.kids[0], scope);
  output_->generation.emplace_back(begin, begin + body.bytes.size());
  write(out, body);
}

Value Evaluator::new_macro(const Node& node, Scope& scope) {
  ++num_macros_;
  charge_steps(kStepsOfObject);
  return Value::object(Type::macro, std::make_shared<Macro>(Macro{&node, &scope}));
}

Text Evaluator::capture(const Node& body, Scope& scope) {
  const Deeper deeper(*this);
  const InnerScope inner(*this, &scope);
  Text text;
  execute(body, *inner, text);
  return text;
}

Value Evaluator::evaluate_filtered(const Node& chain, Scope& scope, Value value) {
  const Value outer = std::exchange(filtered_, std::move(value));
  Value result = evaluate(chain, scope);
  filtered_ = outer;
  return result;
}

std::vector<Value> Evaluator::filtered_items(const Node& node, Scope& scope, std::vector<Value> items) {
  if (!node.kids[2]) return items;
  std::vector<Value> kept;
  for (Value& item : items) {
    const InnerScope inner(*this, &scope);
    assign_target(*node.kids[0], *inner, item);
    if (is_true(evaluate(*node.kids[2], *inner))) kept.push_back(std::move(item));
  }
  return kept;
}

void Evaluator::run_loop(const Node& node, Scope& scope, const Value& iterable, int loop_depth, Text& out) {
  const Deeper deeper(*this);
  const std::size_t num_macros = num_macros_;
  const auto loop = std::make_shared<Loop>();
  loop->items = filtered_items(node, scope, elements_of(iterable));
  const InnerScope inner(*this, &scope);
  if (loop->items.empty()) {
    if (node.kids[4]) execute(*node.kids[4], *inner, out);
    return;
  }
  loop->depth = loop_depth;
  loop->node = node.is_recursive ? &node : nullptr;
  loop->scope = &scope;
  const Value loop_value = Value::object(Type::loop, loop);
  Scope* iteration = &*inner;
  for (; loop->index < loop->items.size(); ++loop->index) {
    if (num_macros_ != num_macros) iteration = &new_scope(&scope);
    iteration->variables.clear();
    if (loop_symbol_ >= 0) iteration->variables.emplace_back(loop_symbol_, loop_value);
    assign_target(*node.kids[0], *iteration, loop->items[loop->index]);
    if (execute(*node.kids[3], *iteration, out) == Flow::break_loop) break;
  }
}

}  // namespace intelia::jinja
