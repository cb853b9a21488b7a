#include "jinja/evaluator.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace intelia::jinja {

void Scope::assign(int symbol, Value value) {
  for (auto& variable : variables) {
    if (variable.first == symbol) {
      variable.second = std::move(value);
      return;
    }
  }
  variables.emplace_back(symbol, std::move(value));
}

const Value* Scope::find(int symbol, std::size_t& num_read) const {
  for (const Scope* scope = this; scope != nullptr; scope = scope->parent) {
    ++num_read;
    for (const auto& variable : scope->variables) {
      ++num_read;
      if (variable.first == symbol) return &variable.second;
    }
  }
  return nullptr;
}

Evaluator::Evaluator(const Parsed& parsed, const Input& input, const Budget& budget)
    : parsed_(parsed),
      budget_(budget),
      now_(input.now),
      loop_symbol_(symbol_of("loop")),
      caller_symbol_(symbol_of("caller")),
      varargs_symbol_(symbol_of("varargs")),
      kwargs_symbol_(symbol_of("kwargs")) {
  if (input.is_traced) trace_ = std::make_shared<Trace>();
  define_globals(input);
}

Evaluator::~Evaluator() {
  // Macros and namespaces may refer to each other in cycles; clearing them all breaks those.
  for (const auto& name_space : namespaces_) name_space->attributes.clear();
  for (Scope& scope : scopes_) scope.variables.clear();
}

void Evaluator::define_globals(const Input& input) {
  Scope& globals = new_scope(nullptr);
  const auto define = [&](const std::string& name, Value value) {
    if (const int symbol = symbol_of(name); symbol >= 0) globals.assign(symbol, std::move(value));
  };
  define("raise_exception", Value::function(kRaiseException));
  define("namespace", Value::function(kNamespace));
  define("range", Value::function(kRange));
  define("dict", Value::function(kDict));
  if (now_) define("strftime_now", Value::function(kStrftimeNow));
  for (const Variable& variable : input.variables) define(variable.name, from_json(variable.value, false, 0));
  if (input.messages) define("messages", messages_value(*input.messages));
  if (input.tools) define("tools", from_json(*input.tools, true, -1));
  if (input.documents) define("documents", from_json(*input.documents, true, -1));
  root_ = &new_scope(&globals);
}

Output Evaluator::run() {
  Output output;
  root_output_ = &output.text;
  output_ = &output;
  execute(*parsed_.root, *root_, output.text);
  output.trace = trace_;
  return output;
}

void Evaluator::charge_steps(std::int64_t steps) {
  steps_ += std::min(steps, INT64_MAX / 4);
  if (steps_ > budget_.max_steps)
    throw RenderError(fmt::format("the template takes more than {} steps", budget_.max_steps));
}

void Evaluator::charge_bytes(std::size_t num_bytes) {
  num_bytes_ += static_cast<std::int64_t>(std::min<std::size_t>(num_bytes, 1ULL << 60));
  if (num_bytes_ > budget_.max_bytes)
    throw RenderError(fmt::format("the template creates more than {} bytes of text", budget_.max_bytes));
}

Evaluator::Deeper::Deeper(Evaluator& evaluator) : evaluator_(evaluator) {
  if (++evaluator_.depth_ <= evaluator_.budget_.max_depth) return;
  --evaluator_.depth_;
  throw RenderError(fmt::format("the template nests more than {} deep", evaluator_.budget_.max_depth));
}

Value Evaluator::messages_value(const Json& list) {
  std::vector<Value> messages;
  std::int32_t source = 0;
  for (const Json& message : list) {
    std::vector<std::pair<Value, Value>> items;
    for (const auto& [key, value] : message.items()) {
      items.emplace_back(Value::string(key), from_json(value, key != "role", source));
      if (!trace_ || key != "content" || !value.is_string() || value.get_ref<const std::string&>().empty()) continue;
      Text content = items.back().second.text();
      content.sources[0].derivation = trace_->add_content(source);
      items.back().second = Value::string(std::move(content));
    }
    messages.push_back(Value::dict(std::move(items)));
    ++source;
  }
  return Value::list(std::move(messages));
}

std::vector<Value> Evaluator::elements_of(const Value& value) {
  if (trace_ && value.is(Type::string)) trace_->watch_use(value);
  return charged_items(*this, value);
}

Scope& Evaluator::new_scope(Scope* parent) {
  if (scopes_.size() > 1'000'000) throw RenderError("the template opens too many scopes");
  scopes_.emplace_back();
  scopes_.back().parent = parent;
  return scopes_.back();
}

int Evaluator::symbol_of(std::string_view name) const {
  const auto found = std::find(parsed_.symbols.begin(), parsed_.symbols.end(), name);
  return found == parsed_.symbols.end() ? -1 : static_cast<int>(found - parsed_.symbols.begin());
}

void Evaluator::assign_target(const Node& target, Scope& scope, Value value) {
  switch (target.op) {
    case Op::name:
      charge_steps(static_cast<std::int64_t>(scope.variables.size() / 32));
      scope.assign(target.symbol, std::move(value));
      break;
    case Op::attribute: {
      const Value object = evaluate(*target.kids[0], scope);
      if (!object.is(Type::name_space)) throw RenderError("cannot assign attribute on non-namespace object");
      set_attribute(object.data<Namespace>(), target.text, std::move(value));
      break;
    }
    default:
      unpack(target, scope, value);
  }
}

void Evaluator::unpack(const Node& targets, Scope& scope, const Value& value) {
  std::vector<Value> items = elements_of(value);
  const std::size_t expected = targets.kids.size();
  if (items.size() < expected)
    throw RenderError(fmt::format("not enough values to unpack (expected {}, got {})", expected, items.size()));
  if (items.size() > expected) throw RenderError(fmt::format("too many values to unpack (expected {})", expected));
  for (std::size_t i = 0; i < items.size(); ++i) assign_target(*targets.kids[i], scope, std::move(items[i]));
}

void Evaluator::set_attribute(Namespace& name_space, const std::string& name, Value value) {
  if (name.starts_with("_")) {
    throw RenderError(
        fmt::format("Chat templates cannot store underscore-prefixed attributes on a namespace, but got {}. "
                    "Please rename the attribute.",
                    repr_of_string(name)));
  }
  charge_steps(1 + static_cast<std::int64_t>(name_space.attributes.size() / 8));
  for (auto& attribute : name_space.attributes) {
    if (attribute.first == name) {
      attribute.second = std::move(value);
      return;
    }
  }
  name_space.attributes.emplace_back(name, std::move(value));
}

void Evaluator::write(Text& out, const Text& piece) {
  charge_copy(*this, piece);
  append(out, piece);
  if (&out == root_output_ && static_cast<std::int64_t>(out.bytes.size()) > budget_.max_output_bytes) {
    throw RenderError(fmt::format("the template writes more than {} bytes", budget_.max_output_bytes));
  }
}

void Evaluator::write_value(Text& out, const Value& value) {
  if (!value.is(Type::string)) charge_walk(*this, value);
  write(out, *to_text(value));
}

}  // namespace intelia::jinja
