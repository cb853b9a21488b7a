// Runs a parsed template. Scopes follow Jinja2: loops, macros and capturing blocks have their own, `if` has none.
// Every node costs a step, every text its bytes, every nesting its depth: a template cannot outgrow its budget.
#include "jinja/template.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>

#include "jinja/date.hpp"
#include "jinja/format.hpp"
#include "jinja/functions.hpp"
#include "jinja/number.hpp"
#include "jinja/parser.hpp"
#include "jinja/trace.hpp"
#include "jinja/value.hpp"

namespace intelia::jinja {

/** Variables of one scope, by symbol; few, so a list. */
struct Scope {
  Scope* parent = nullptr;
  std::vector<std::pair<int, Value>> variables;
};

struct Macro {
  const Node* node = nullptr;
  Scope* scope = nullptr;  // where it was defined; the evaluator keeps it alive
};

struct Loop {
  std::vector<Value> items;
  std::size_t index = 0;
  int depth = 1;
  const Node* node = nullptr;  // of a recursive loop
  Scope* scope = nullptr;
  Value changed_key;
  bool has_changed_key = false;
};

namespace {

enum Function : int { kRaiseException, kNamespace, kRange, kStrftimeNow, kDict };

constexpr std::int64_t kMaxRange = 100'000;  // of Jinja2's sandbox

enum class Flow { normal, break_loop, continue_loop };

class Evaluator final : public Runtime {
 public:
  Evaluator(const Parsed& parsed, const Input& input, const Budget& budget)
      : parsed_(parsed), budget_(budget), now_(input.now) {
    Scope& globals = new_scope(nullptr);
    const auto define = [&](const std::string& name, Value value) {
      const auto symbol = std::find(parsed_.symbols.begin(), parsed_.symbols.end(), name);
      if (symbol != parsed_.symbols.end())
        assign(globals, static_cast<int>(symbol - parsed_.symbols.begin()), std::move(value));
    };
    define("raise_exception", Value::function(kRaiseException));
    define("namespace", Value::function(kNamespace));
    define("range", Value::function(kRange));
    define("dict", Value::function(kDict));
    if (now_) define("strftime_now", Value::function(kStrftimeNow));
    for (const Variable& variable : input.variables) define(variable.name, from_json(variable.value, false, 0));
    if (input.is_traced) trace_ = std::make_shared<Trace>();
    if (input.messages) define("messages", messages_value(*input.messages));
    if (input.tools) define("tools", from_json(*input.tools, true, -1));
    if (input.documents) define("documents", from_json(*input.documents, true, -1));
    root_ = &new_scope(&globals);
  }

  ~Evaluator() override {
    // Macros and namespaces may point at each other in circles; emptying them all breaks those.
    for (const auto& name_space : namespaces_) name_space->attributes.clear();
    for (Scope& scope : scopes_) scope.variables.clear();
  }

  Output run() {
    Output output;
    root_output_ = &output.text;
    output_ = &output;
    execute(*parsed_.root, *root_, output.text);
    output.trace = trace_;
    return output;
  }

  int line() const { return line_; }
  Trace* trace() override { return trace_.get(); }

  void charge_steps(std::int64_t steps) override {
    steps_ += std::min(steps, INT64_MAX / 4);
    if (steps_ > budget_.max_steps)
      throw RenderError(fmt::format("the template needs more than {} steps", budget_.max_steps));
  }
  void charge_bytes(std::size_t num_bytes) override {
    num_bytes_ += static_cast<std::int64_t>(std::min<std::size_t>(num_bytes, 1ULL << 60));
    if (num_bytes_ > budget_.max_bytes) {
      throw RenderError(fmt::format("the template makes more than {} bytes of text", budget_.max_bytes));
    }
  }

 private:
  /** Strings of message i but its role get origin i; in a traced rendering contents get their recipe. */
  Value messages_value(const Json& list) {
    std::vector<Value> messages;
    std::int32_t source = 0;
    for (const Json& message : list) {
      std::vector<std::pair<Value, Value>> items;
      for (const auto& [key, value] : message.items()) {
        items.emplace_back(Value::string(key), from_json(value, key != "role", source));
        if (!trace_ || key != "content" || !value.is_string() || value.get_ref<const std::string&>().empty()) continue;
        Text content = items.back().second.text();
        content.origins[0].recipe = trace_->add_content(source);
        items.back().second = Value::string(std::move(content));
      }
      messages.push_back(Value::dict(std::move(items)));
      ++source;
    }
    return Value::list(std::move(messages));
  }

  /** iterate(), which looks into the characters of a text. */
  std::vector<Value> elements_of(const Value& value) {
    if (trace_ && value.is(Type::string)) trace_->watch_use(value);
    charge_elements(*this, value);
    return iterate(value);
  }

  class Deeper {
   public:
    explicit Deeper(Evaluator& evaluator) : evaluator_(evaluator) {
      if (++evaluator_.depth_ > evaluator_.budget_.max_depth) {
        --evaluator_.depth_;
        throw RenderError(fmt::format("the template nests more than {} deep", evaluator_.budget_.max_depth));
      }
    }
    ~Deeper() { --evaluator_.depth_; }

   private:
    Evaluator& evaluator_;
  };

  Scope& new_scope(Scope* parent) {
    if (scopes_.size() > 1'000'000) throw RenderError("the template opens too many scopes");
    scopes_.emplace_back();
    scopes_.back().parent = parent;
    return scopes_.back();
  }
  /** Gives back the newest scopes down to `count`, unless a macro made since may refer to them. */
  void drop_scopes(std::size_t count, std::size_t macros_before) {
    if (num_macros_ != macros_before) return;
    while (scopes_.size() > count) scopes_.pop_back();
  }

  static void assign(Scope& scope, int symbol, Value value) {
    for (auto& variable : scope.variables) {
      if (variable.first == symbol) {
        variable.second = std::move(value);
        return;
      }
    }
    scope.variables.emplace_back(symbol, std::move(value));
  }

  static const Value* lookup(const Scope* scope, int symbol) {
    for (; scope != nullptr; scope = scope->parent) {
      for (const auto& variable : scope->variables) {
        if (variable.first == symbol) return &variable.second;
      }
    }
    return nullptr;
  }

  int symbol_of(std::string_view name) const {
    const auto found = std::find(parsed_.symbols.begin(), parsed_.symbols.end(), name);
    return found == parsed_.symbols.end() ? -1 : static_cast<int>(found - parsed_.symbols.begin());
  }

  void assign_target(const Node& target, Scope& scope, Value value) {
    switch (target.op) {
      case Op::name:
        assign(scope, target.symbol, std::move(value));
        break;
      case Op::attribute: {
        const Value object = evaluate(*target.kids[0], scope);
        if (!object.is(Type::name_space)) throw RenderError("cannot assign attribute on non-namespace object");
        set_attribute(object.data<Namespace>(), target.text, std::move(value));
        break;
      }
      default: {
        std::vector<Value> items = elements_of(value);
        if (items.size() < target.kids.size()) {
          throw RenderError(
              fmt::format("not enough values to unpack (expected {}, got {})", target.kids.size(), items.size()));
        }
        if (items.size() > target.kids.size()) {
          throw RenderError(fmt::format("too many values to unpack (expected {})", target.kids.size()));
        }
        for (std::size_t i = 0; i < items.size(); ++i) assign_target(*target.kids[i], scope, std::move(items[i]));
      }
    }
  }

  static void set_attribute(Namespace& name_space, const std::string& name, Value value) {
    if (name.starts_with("_")) {
      throw RenderError(
          fmt::format("Chat templates cannot store underscore-prefixed attributes on a namespace, but got {}. "
                      "Please rename the attribute.",
                      repr_of_string(name)));
    }
    for (auto& attribute : name_space.attributes) {
      if (attribute.first == name) {
        attribute.second = std::move(value);
        return;
      }
    }
    name_space.attributes.emplace_back(name, std::move(value));
  }

  // ── statements ──────────────────────────────────────────────────────────────────────────────────────────────────

  void write(Text& out, const Text& piece) {
    charge_bytes(piece.bytes.size());
    append(out, piece);
    if (&out == root_output_ && static_cast<std::int64_t>(out.bytes.size()) > budget_.max_output_bytes) {
      throw RenderError(fmt::format("the template writes more than {} bytes", budget_.max_output_bytes));
    }
  }

  Flow execute(const Node& node, Scope& scope, Text& out) {
    charge_steps(1);
    line_ = node.line;
    switch (node.op) {
      case Op::block:
        for (const NodePtr& kid : node.kids) {
          const Flow flow = execute(*kid, scope, out);
          if (flow != Flow::normal) return flow;
        }
        return Flow::normal;
      case Op::data:
        write(out, node.value.text());
        return Flow::normal;
      case Op::output: {
        const Value value = evaluate(*node.kids[0], scope);
        charge_walk(*this, value);
        write(out, *to_text(value));
        return Flow::normal;
      }
      case Op::if_branch: {
        const Node* branch = is_true(evaluate(*node.kids[0], scope)) ? node.kids[1].get() : node.kids[2].get();
        if (branch == nullptr) return Flow::normal;
        const Deeper deeper(*this);
        return execute(*branch, scope, out);
      }
      case Op::for_loop:
        execute_for(node, scope, out);
        return Flow::normal;
      case Op::set:
        assign_target(*node.kids[0], scope, evaluate(*node.kids[1], scope));
        return Flow::normal;
      case Op::set_block: {
        Text body = capture(*node.kids[1], scope);
        Value value = Value::string(std::move(body));
        if (node.kids[2]) value = evaluate_filtered(*node.kids[2], scope, std::move(value));
        assign_target(*node.kids[0], scope, std::move(value));
        return Flow::normal;
      }
      case Op::macro:
        ++num_macros_;
        assign(scope, node.symbol, Value::object(Type::macro, std::make_shared<Macro>(Macro{&node, &scope})));
        return Flow::normal;
      case Op::call_block: {
        ++num_macros_;
        const Value caller = Value::object(Type::macro, std::make_shared<Macro>(Macro{node.kids[1].get(), &scope}));
        const TextPtr text = to_text(evaluate_call(*node.kids[0], scope, &caller));
        write(out, *text);
        return Flow::normal;
      }
      case Op::filter_block: {
        Value value = evaluate_filtered(*node.kids[1], scope, Value::string(capture(*node.kids[0], scope)));
        charge_walk(*this, value);
        write(out, *to_text(value));
        return Flow::normal;
      }
      case Op::with: {
        const Deeper deeper(*this);
        const std::size_t scopes = scopes_.size();
        const std::size_t macros = num_macros_;
        Scope& inner = new_scope(&scope);
        const std::size_t count = node.kids.size() - 1;
        std::vector<Value> values;
        for (std::size_t i = 1; i < count; i += 2) values.push_back(evaluate(*node.kids[i], scope));
        for (std::size_t i = 0; i < count; i += 2) assign_target(*node.kids[i], inner, std::move(values[i / 2]));
        const Flow flow = execute(*node.kids.back(), inner, out);
        drop_scopes(scopes, macros);
        return flow;
      }
      case Op::generation: {
        const std::size_t begin = root_output_->bytes.size();
        const Text body = capture(*node.kids[0], scope);
        output_->generation.emplace_back(begin, begin + body.bytes.size());
        write(out, body);
        return Flow::normal;
      }
      case Op::break_loop:
        return Flow::break_loop;
      case Op::continue_loop:
        return Flow::continue_loop;
      default:
        throw RenderError("an expression stands where a statement was expected");
    }
  }

  /** The text of `body`, run in a scope of its own. */
  Text capture(const Node& body, Scope& scope) {
    const Deeper deeper(*this);
    const std::size_t scopes = scopes_.size();
    const std::size_t macros = num_macros_;
    Text text;
    execute(body, new_scope(&scope), text);
    drop_scopes(scopes, macros);
    return text;
  }

  Value evaluate_filtered(const Node& chain, Scope& scope, Value value) {
    const Value outer = std::exchange(filtered_, std::move(value));
    Value result = evaluate(chain, scope);
    filtered_ = outer;
    return result;
  }

  void execute_for(const Node& node, Scope& scope, Text& out) {
    const Value iterable = evaluate(*node.kids[1], scope);
    run_loop(node, scope, iterable, 1, out);
  }

  void run_loop(const Node& node, Scope& scope, const Value& iterable, int loop_depth, Text& out) {
    const Deeper deeper(*this);
    const std::size_t scopes = scopes_.size();
    const std::size_t macros = num_macros_;
    std::vector<Value> items = elements_of(iterable);
    if (node.kids[2]) {
      std::vector<Value> kept;
      for (Value& item : items) {
        Scope& inner = new_scope(&scope);
        assign_target(*node.kids[0], inner, item);
        if (is_true(evaluate(*node.kids[2], inner))) kept.push_back(std::move(item));
        drop_scopes(scopes, macros);
      }
      items = std::move(kept);
    }
    if (items.empty()) {
      if (node.kids[4]) execute(*node.kids[4], new_scope(&scope), out);
      drop_scopes(scopes, macros);
      return;
    }
    const auto loop = std::make_shared<Loop>();
    loop->items = std::move(items);
    loop->depth = loop_depth;
    loop->node = node.is_recursive ? &node : nullptr;
    loop->scope = &scope;
    const Value loop_value = Value::object(Type::loop, loop);
    const int loop_symbol = symbol_of("loop");
    Scope& inner = new_scope(&scope);
    Scope* iteration = &inner;
    for (; loop->index < loop->items.size(); ++loop->index) {
      if (num_macros_ != macros) iteration = &new_scope(&scope);
      iteration->variables.clear();
      if (loop_symbol >= 0) iteration->variables.emplace_back(loop_symbol, loop_value);
      assign_target(*node.kids[0], *iteration, loop->items[loop->index]);
      if (execute(*node.kids[3], *iteration, out) == Flow::break_loop) break;
    }
    drop_scopes(scopes, macros);
  }

  // ── expressions ─────────────────────────────────────────────────────────────────────────────────────────────────

  Value evaluate(const Node& node, Scope& scope) {
    charge_steps(1);
    if (node.op == Op::constant) return node.value;
    if (node.op == Op::name) {
      if (const Value* value = lookup(&scope, node.symbol)) return *value;
      const bool lacks_date = node.text == "strftime_now";
      return Value::undefined(repr_of_string(node.text) + " is undefined" +
                              (lacks_date ? ": the template reads the date, so one must be given (--date)" : ""));
    }
    const Deeper deeper(*this);
    switch (node.op) {
      case Op::attribute: {
        const Value object = evaluate(*node.kids[0], scope);
        if (object.is(Type::loop)) return loop_attribute(object.data<Loop>(), node.text);
        return get_attribute(object, node.text);
      }
      case Op::item: {
        const Value object = evaluate(*node.kids[0], scope);
        const Node& key = *node.kids[1];
        if (key.op == Op::slice) {
          const auto part = [&](std::size_t i) { return key.kids[i] ? evaluate(*key.kids[i], scope) : Value::none(); };
          const Value start = part(0), stop = part(1), step = part(2);
          if (trace_ && object.is(Type::string)) trace_->watch_use(object);
          Value result = get_slice(object, start, stop, step);
          if (result.is(Type::string))
            charge_bytes(result.bytes().size());
          else if (result.is_list_like())
            charge_steps(static_cast<std::int64_t>(result.items().size()));
          return result;
        }
        if (object.is(Type::string)) charge_steps(static_cast<std::int64_t>(object.bytes().size() / 64));
        const Value place = evaluate(key, scope);
        charge_walk(*this, place);
        if (trace_) trace_->watch_item(object, place);
        return get_item(object, place);
      }
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
      case Op::condition:
        if (is_true(evaluate(*node.kids[0], scope))) return evaluate(*node.kids[1], scope);
        if (node.kids[2]) return evaluate(*node.kids[2], scope);
        return Value::undefined("the inline if-expression evaluated to false and no else section was defined.");
      case Op::compare:
        return evaluate_compare(node, scope);
      case Op::concatenate: {
        Text out;
        for (const NodePtr& kid : node.kids) {
          const Value value = evaluate(*kid, scope);
          charge_walk(*this, value);
          write(out, *to_text(value));
        }
        return Value::string(std::move(out));
      }
      case Op::list:
      case Op::tuple: {
        std::vector<Value> items;
        items.reserve(node.kids.size());
        for (const NodePtr& kid : node.kids) items.push_back(evaluate(*kid, scope));
        return Value::list(std::move(items), node.op == Op::list ? Type::list : Type::tuple);
      }
      case Op::dict: {
        std::vector<std::pair<Value, Value>> items;
        for (std::size_t i = 0; i + 1 < node.kids.size(); i += 2) {
          Value key = evaluate(*node.kids[i], scope);
          if (trace_) trace_->watch_use(key);
          for (std::size_t earlier = 0; earlier < i; ++earlier) charge_walk(*this, key);
          items.emplace_back(std::move(key), evaluate(*node.kids[i + 1], scope));
        }
        return Value::dict(std::move(items));
      }
      case Op::negate:
      case Op::plus: {
        const Value value = evaluate(*node.kids[0], scope);
        if (value.is(Type::undefined)) throw RenderError(value.undefined_message());
        if (!value.is_number()) {
          throw RenderError(
              fmt::format("bad operand type for unary {}: '{}'", node.op == Op::negate ? '-' : '+', type_name(value)));
        }
        if (node.op == Op::negate) return negated(value);
        return value.is_whole() ? Value::integer(value.as_integer()) : value;
      }
      default:
        return evaluate_arithmetic(node, scope);
    }
  }

  Value evaluate_compare(const Node& node, Scope& scope) {
    Value left = evaluate(*node.kids[0], scope);
    for (std::size_t i = 0; i < node.names.size(); ++i) {
      Value right = evaluate(*node.kids[i + 1], scope);
      const std::string& symbol = node.names[i];
      charge_walk(*this, right);
      if (right.is(Type::string)) charge_steps(static_cast<std::int64_t>(right.bytes().size() / 64));
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

  static const char* symbol_of(Op op) {
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

  Value evaluate_arithmetic(const Node& node, Scope& scope) {
    const Value left = evaluate(*node.kids[0], scope);
    const Value right = evaluate(*node.kids[1], scope);
    for (const Value* value : {&left, &right}) {
      if (value->is(Type::undefined)) throw RenderError(value->undefined_message());
    }
    if (left.is_number() && right.is_number()) return calculate(node.op, left, right);
    if (node.op == Op::add) {
      if (left.is(Type::string) && right.is(Type::string)) return joined(left.text(), right.text());
      if (left.type() == right.type() && (left.is(Type::list) || left.is(Type::tuple))) {
        charge_steps(static_cast<std::int64_t>(left.items().size() + right.items().size()));
        std::vector<Value> items = left.items();
        items.insert(items.end(), right.items().begin(), right.items().end());
        return Value::list(std::move(items), left.type());
      }
      if (left.is(Type::string)) {
        throw RenderError(fmt::format("can only concatenate str (not \"{}\") to str", type_name(right)));
      }
      if (left.is(Type::list)) {
        throw RenderError(fmt::format("can only concatenate list (not \"{}\") to list", type_name(right)));
      }
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
    throw RenderError(fmt::format("unsupported operand type(s) for {}: '{}' and '{}'", symbol_of(node.op),
                                  type_name(left), type_name(right)));
  }

  /** Charged before anything is made. */
  void charge_repetition(std::int64_t count, std::size_t size, bool is_text) {
    std::int64_t total = 0;
    if (__builtin_mul_overflow(count, static_cast<std::int64_t>(size), &total)) total = INT64_MAX / 2;
    if (is_text)
      charge_bytes(static_cast<std::size_t>(total));
    else
      charge_steps(total);
  }

  Value repeated_text(const Text& text, std::int64_t count) {
    Text out;
    if (text.bytes.empty() || count <= 0) return Value::string(std::move(out));
    charge_repetition(count, text.bytes.size(), true);
    out.bytes.reserve(text.bytes.size() * static_cast<std::size_t>(count));
    for (std::int64_t i = 0; i < count; ++i) append(out, text);
    return Value::string(std::move(out));
  }

  Value repeated_list(const Value& list, std::int64_t count) {
    std::vector<Value> items;
    if (!list.items().empty() && count > 0) {
      charge_repetition(count, list.items().size(), false);
      items.reserve(list.items().size() * static_cast<std::size_t>(count));
      for (std::int64_t i = 0; i < count; ++i) items.insert(items.end(), list.items().begin(), list.items().end());
    }
    return Value::list(std::move(items), list.type());
  }

  Value joined(const Text& left, const Text& right) {
    Text out;
    const bool is_safe = left.is_safe || right.is_safe;
    const auto add = [&](const Text& piece) {
      write(out, is_safe && !piece.is_safe ? with_bytes(piece, escape_markup(piece.bytes)) : piece);
    };
    add(left);
    add(right);
    out.is_safe = is_safe;
    return Value::string(std::move(out));
  }

  CallArguments evaluate_arguments(const Arguments& arguments, Scope& scope) {
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
      for (const auto& [key, value] : more.pairs()) values.named.emplace_back(to_text(key)->bytes, value);
    }
    return values;
  }

  Value evaluate_call(const Node& node, Scope& scope, const Value* caller) {
    const Node& callee_node = *node.kids[0];
    Value callee;
    if (callee_node.op == Op::attribute) {
      const Value object = evaluate(*callee_node.kids[0], scope);
      if (object.is(Type::loop)) return call_loop(object, callee_node.text, evaluate_arguments(node.arguments, scope));
      callee = get_attribute(object, callee_node.text);
    } else {
      callee = evaluate(callee_node, scope);
    }
    const CallArguments arguments = evaluate_arguments(node.arguments, scope);
    if (callee.is(Type::function) && callee.as_integer() == kRaiseException) {
      for (const Value& argument : arguments.positional) charge_walk(*this, argument);
    }
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
      case Type::loop: {
        Loop& loop = callee.data<Loop>();
        if (loop.node == nullptr)
          throw RenderError("The loop must have the 'recursive' marker to be called recursively.");
        if (arguments.positional.empty()) throw RenderError("loop() needs an iterable");
        Text text;
        run_loop(*loop.node, *loop.scope, arguments.positional[0], loop.depth + 1, text);
        return Value::string(std::move(text));
      }
      default:
        throw RenderError("'" + type_name(callee) + "' object is not callable");
    }
  }

  Value call_macro(const Macro& macro, const CallArguments& arguments, const Value* caller) {
    const Deeper deeper(*this);
    const Node& node = *macro.node;
    const std::size_t scopes = scopes_.size();
    const std::size_t macros = num_macros_;
    Scope& scope = new_scope(macro.scope);
    std::vector<std::pair<std::string, Value>> rest = arguments.named;
    for (std::size_t i = 0; i < node.names.size(); ++i) {
      const auto named =
          std::find_if(rest.begin(), rest.end(), [&](const auto& argument) { return argument.first == node.names[i]; });
      if (i < arguments.positional.size()) {
        if (named != rest.end()) {
          throw RenderError(fmt::format("macro '{}' got multiple values for argument '{}'", node.text, node.names[i]));
        }
        assign(scope, node.symbols[i], arguments.positional[i]);
      } else if (named != rest.end()) {
        assign(scope, node.symbols[i], named->second);
        rest.erase(named);
      } else if (node.kids[i]) {
        assign(scope, node.symbols[i], evaluate(*node.kids[i], scope));
      } else {
        assign(scope, node.symbols[i],
               Value::undefined("parameter " + repr_of_string(node.names[i]) + " was not provided"));
      }
    }
    std::vector<Value> more;
    for (std::size_t i = node.names.size(); i < arguments.positional.size(); ++i)
      more.push_back(arguments.positional[i]);
    std::vector<std::pair<Value, Value>> named;
    for (auto& argument : rest) {
      if (argument.first == "caller")
        assign(scope, symbol_of("caller"), argument.second);
      else
        named.emplace_back(Value::string(argument.first), argument.second);
    }
    if (caller != nullptr) assign(scope, symbol_of("caller"), *caller);
    bind_rest(node, scope, std::move(more), std::move(named));
    Text text;
    execute(*node.kids.back(), scope, text);
    drop_scopes(scopes, macros);
    return Value::string(std::move(text));
  }

  /** varargs and kwargs of a macro that mentions them; arguments without a place are an error in any other. */
  void bind_rest(const Node& macro, Scope& scope, std::vector<Value> more, std::vector<std::pair<Value, Value>> named) {
    if (!more.empty() && !mentions(*macro.kids.back(), "varargs")) {
      throw RenderError(
          fmt::format("macro {} takes not more than {} argument(s)", repr_of_string(macro.text), macro.names.size()));
    }
    if (!named.empty() && !mentions(*macro.kids.back(), "kwargs")) {
      throw RenderError(
          fmt::format("macro {} takes no keyword argument {}", repr_of_string(macro.text), repr(named.front().first)));
    }
    if (const int symbol = symbol_of("varargs"); symbol >= 0)
      assign(scope, symbol, Value::list(std::move(more), Type::tuple));
    if (const int symbol = symbol_of("kwargs"); symbol >= 0) assign(scope, symbol, Value::dict(std::move(named)));
  }

  static bool mentions(const Node& node, std::string_view name) {
    if (node.op == Op::name && node.text == name) return true;
    const auto in = [&](const NodePtr& kid) { return kid && mentions(*kid, name); };
    if (std::any_of(node.kids.begin(), node.kids.end(), in)) return true;
    if (std::any_of(node.arguments.positional.begin(), node.arguments.positional.end(), in)) return true;
    if (in(node.arguments.star) || in(node.arguments.star_star)) return true;
    return std::any_of(node.arguments.named.begin(), node.arguments.named.end(),
                       [&](const auto& argument) { return in(argument.second); });
  }

  Value call_function(int function, const CallArguments& arguments) {
    switch (function) {
      case kRaiseException: {
        const Value* message = arguments.find(0, "message");
        throw RenderError(message == nullptr ? "the template raised an exception" : to_text(*message)->bytes, true);
      }
      case kNamespace: {
        auto name_space = std::make_shared<Namespace>();
        namespaces_.push_back(name_space);
        charge_steps(1);
        for (const Value& positional : arguments.positional) {
          if (!positional.is(Type::dict)) throw RenderError("namespace() takes a mapping");
          for (const auto& [key, value] : positional.pairs()) set_attribute(*name_space, to_text(key)->bytes, value);
        }
        for (const auto& [name, value] : arguments.named) set_attribute(*name_space, name, value);
        return Value::object(Type::name_space, std::move(name_space));
      }
      case kDict: {
        std::vector<std::pair<Value, Value>> items;
        if (!arguments.positional.empty()) {
          const Value& source = arguments.positional[0];
          if (source.is(Type::dict)) {
            items = source.pairs();
          } else {
            for (const Value& pair : elements_of(source)) {
              std::vector<Value> both = elements_of(pair);
              if (both.size() != 2) throw RenderError("dict() needs pairs of key and value");
              if (trace_) trace_->watch_use(both[0]);
              for (std::size_t earlier = 0; earlier < items.size() && both[0].is_tuple(); ++earlier)
                charge_walk(*this, both[0]);
              items.emplace_back(std::move(both[0]), std::move(both[1]));
            }
          }
        }
        for (const auto& [name, value] : arguments.named) items.emplace_back(Value::string(name), value);
        charge_steps(static_cast<std::int64_t>(items.size() * items.size() / 8));
        return Value::dict(std::move(items));
      }
      case kRange:
        return range(arguments);
      case kStrftimeNow: {
        const Value* format = arguments.find(0, "format");
        if (format == nullptr || !format->is(Type::string)) throw RenderError("strftime_now() needs a format");
        if (trace_) trace_->watch_use(*format);
        return Value::string(format_date(format->bytes(), *now_));
      }
      default:
        throw RenderError("an unknown function was called");
    }
  }

  Value range(const CallArguments& arguments) {
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
        throw RenderError(
            fmt::format("Range too big. The sandbox blocks ranges larger than MAX_RANGE ({}).", kMaxRange));
      }
      items.push_back(Value::integer(i));
      if (__builtin_add_overflow(i, step, &i)) break;
    }
    charge_steps(static_cast<std::int64_t>(items.size()));
    return Value::list(std::move(items));
  }

  static Value loop_attribute(const Loop& loop, const std::string& name) {
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

  Value call_loop(const Value& value, const std::string& name, const CallArguments& arguments) {
    Loop& loop = value.data<Loop>();
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

  const Parsed& parsed_;
  const Budget budget_;
  std::optional<DateTime> now_;
  std::shared_ptr<Trace> trace_;
  std::deque<Scope> scopes_;  // addresses stay
  Scope* root_ = nullptr;
  std::vector<std::shared_ptr<Namespace>> namespaces_;
  std::size_t num_macros_ = 0;
  Value filtered_;
  Text* root_output_ = nullptr;
  Output* output_ = nullptr;
  std::int64_t steps_ = 0;
  std::int64_t num_bytes_ = 0;
  int depth_ = 0;
  int line_ = 0;
};

}  // namespace

Budget Budget::for_input(std::size_t num_messages, std::size_t num_bytes) {
  Budget budget;
  budget.max_steps += static_cast<std::int64_t>(2000 * num_messages + num_bytes);
  budget.max_bytes += static_cast<std::int64_t>(32 * num_bytes);
  return budget;
}

struct Template::State {
  std::string name;
  Parsed parsed;
};

Template::Template(std::string_view source, const std::string& name)
    : state_(std::make_unique<State>(State{name, parse(source, name)})) {}
Template::~Template() = default;

bool Template::has_generation() const { return state_->parsed.has_generation; }

bool Template::mentions(std::string_view name) const {
  const std::vector<std::string>& symbols = state_->parsed.symbols;
  return std::find(symbols.begin(), symbols.end(), name) != symbols.end();
}

Output Template::render(const Input& input, const Budget& budget) const {
  try {
    Evaluator evaluator(state_->parsed, input, budget);
    try {
      return evaluator.run();
    } catch (const RenderError& error) {
      if (error.is_raised_by_template) throw Error(Kind::input, error.what());
      throw Error(Kind::input, fmt::format("{}:{}: {}", state_->name, evaluator.line(), error.what()));
    }
  } catch (const RenderError& error) {
    throw Error(Kind::input, fmt::format("{}: {}", state_->name, error.what()));
  }
}

}  // namespace intelia::jinja
