// Runs a parsed template. Scopes follow Jinja2: loops, macros and capturing blocks have their own, `if` has none.
// Steps, bytes of text and nesting are counted against the budget. The members are defined in evaluator.cpp (scopes,
// budget), statements.cpp, expressions.cpp and calls.cpp. Private to lib/jinja.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "jinja/functions.hpp"
#include "jinja/parser.hpp"
#include "jinja/trace.hpp"

namespace intelia::jinja {

/** Variables of one scope by symbol; few, so a list. */
struct Scope {
  Scope* parent = nullptr;
  std::vector<std::pair<int, Value>> variables;

  /** Sets the variable in this scope. */
  void assign(int symbol, Value value);
  /** The variable in this scope or the nearest one around it, or null; `num_read` gets the scopes and variables that
   * were read. */
  const Value* find(int symbol, std::size_t& num_read) const;
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

/** Arguments of a macro call that match no parameter. */
struct ExtraArguments {
  std::vector<Value> positional;
  std::vector<std::pair<std::string, Value>> named;
};

/** Runs one template once. */
class Evaluator final : public Runtime {
 public:
  Evaluator(const Parsed& parsed, const Input& input, const Budget& budget);
  ~Evaluator() override;

  /** Throws RenderError. */
  Output run();
  /** The line of the statement that runs. */
  int line() const { return line_; }

  Trace* trace() override { return trace_.get(); }
  void charge_steps(std::int64_t steps) override;
  void charge_bytes(std::size_t num_bytes) override;

 private:
  enum class Flow { normal, break_loop, continue_loop };
  enum Function : int { kRaiseException, kNamespace, kRange, kStrftimeNow, kDict };

  /** One level of nesting during its lifetime. */
  class Deeper {
   public:
    explicit Deeper(Evaluator& evaluator);
    ~Deeper() { --evaluator_.depth_; }

   private:
    Evaluator& evaluator_;
  };

  /** A new scope, removed at the end unless a macro created since may refer to it. */
  class InnerScope {
   public:
    InnerScope(Evaluator& evaluator, Scope* parent)
        : evaluator_(evaluator),
          num_scopes_(evaluator.scopes_.size()),
          num_macros_(evaluator.num_macros_),
          scope_(&evaluator.new_scope(parent)) {}
    ~InnerScope() {
      if (evaluator_.num_macros_ != num_macros_) return;
      while (evaluator_.scopes_.size() > num_scopes_) evaluator_.scopes_.pop_back();
    }
    InnerScope(const InnerScope&) = delete;
    InnerScope& operator=(const InnerScope&) = delete;
    Scope& operator*() const { return *scope_; }

   private:
    Evaluator& evaluator_;
    std::size_t num_scopes_, num_macros_;
    Scope* scope_;
  };

  // evaluator.cpp: variables and budget
  void define_globals(const Input& input);
  /** Strings of message i except its role get source i; in a traced rendering contents get their derivation. */
  Value messages_value(const Json& list);
  Scope& new_scope(Scope* parent);
  int symbol_of(std::string_view name) const;
  void assign_target(const Node& target, Scope& scope, Value value);
  void unpack(const Node& targets, Scope& scope, const Value& value);
  void set_attribute(Namespace& name_space, const std::string& name, Value value);
  /** charged_items(), traced: it reads the characters of a text. */
  std::vector<Value> elements_of(const Value& value);
  /** Appends to `out`, charging the bytes. */
  void write(Text& out, const Text& piece);
  /** Appends str() of `value`, charging what the conversion costs. */
  void write_value(Text& out, const Value& value);

  // statements.cpp
  Flow execute(const Node& node, Scope& scope, Text& out);
  Flow execute_block(const Node& node, Scope& scope, Text& out);
  Flow execute_if(const Node& node, Scope& scope, Text& out);
  Flow execute_with(const Node& node, Scope& scope, Text& out);
  void execute_set_block(const Node& node, Scope& scope);
  void execute_call_block(const Node& node, Scope& scope, Text& out);
  void execute_generation(const Node& node, Scope& scope, Text& out);
  void run_loop(const Node& node, Scope& scope, const Value& iterable, int loop_depth, Text& out);
  /** The items for which the loop's `if` holds. */
  std::vector<Value> filtered_items(const Node& node, Scope& scope, std::vector<Value> items);
  Value new_macro(const Node& node, Scope& scope);
  /** The text of `body`, run in a new scope. */
  Text capture(const Node& body, Scope& scope);
  /** The filter chain of a set or filter block, applied to `value`. */
  Value evaluate_filtered(const Node& chain, Scope& scope, Value value);

  // expressions.cpp
  Value evaluate(const Node& node, Scope& scope);
  Value evaluate_name(const Node& node, const Scope& scope);
  Value evaluate_operator(const Node& node, Scope& scope);
  Value evaluate_attribute(const Node& node, Scope& scope);
  Value evaluate_item(const Node& node, Scope& scope);
  Value evaluate_slice(const Value& object, const Node& slice, Scope& scope);
  Value evaluate_condition(const Node& node, Scope& scope);
  Value evaluate_concatenation(const Node& node, Scope& scope);
  Value evaluate_list(const Node& node, Scope& scope);
  Value evaluate_dict(const Node& node, Scope& scope);
  Value evaluate_sign(const Node& node, Scope& scope);
  Value evaluate_compare(const Node& node, Scope& scope);
  Value evaluate_arithmetic(const Node& node, Scope& scope);
  /** left + right of two texts, lists or tuples; nothing for other types. */
  std::optional<Value> concatenated(const Value& left, const Value& right);
  Value repeated_text(const Text& text, std::int64_t count);
  Value repeated_list(const Value& list, std::int64_t count);
  Value joined(const Text& left, const Text& right);

  // calls.cpp
  CallArguments evaluate_arguments(const Arguments& arguments, Scope& scope);
  /** `caller`: of a call block, or null. */
  Value evaluate_call(const Node& node, Scope& scope, const Value* caller);
  Value call_value(const Value& callee, const CallArguments& arguments, const Value* caller);
  Value call_macro(const Macro& macro, const CallArguments& arguments, const Value* caller);
  /** Binds the parameters of a macro; returns the other arguments. */
  ExtraArguments bind_parameters(const Node& macro, Scope& scope, const CallArguments& arguments);
  /** Binds varargs and kwargs of a macro that mentions them; in others, extra arguments are an error. */
  void bind_rest(const Node& macro, Scope& scope, ExtraArguments rest);
  Value call_function(int function, const CallArguments& arguments);
  Value make_namespace(const CallArguments& arguments);
  Value make_dict(const CallArguments& arguments);
  Value make_range(const CallArguments& arguments);
  Value format_now(const CallArguments& arguments);
  /** Calls the loop itself, which must be recursive. */
  Value recurse(const Loop& loop, const CallArguments& arguments);
  static Value loop_attribute(const Loop& loop, const std::string& name);
  Value call_loop_method(Loop& loop, const std::string& name, const CallArguments& arguments);

  const Parsed& parsed_;
  const Budget budget_;
  std::optional<DateTime> now_;
  std::shared_ptr<Trace> trace_;
  std::deque<Scope> scopes_;  // addresses stay
  Scope* root_ = nullptr;
  const int loop_symbol_, caller_symbol_, varargs_symbol_, kwargs_symbol_;
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

}  // namespace intelia::jinja
