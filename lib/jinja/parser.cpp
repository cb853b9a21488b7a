// See parser.hpp. Follows Jinja2 3.1's documentation and, where that is silent, its behaviour.
#include "jinja/parser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <initializer_list>
#include <optional>
#include <unordered_map>

#include "jinja/lexer.hpp"

namespace intelia::jinja {

namespace {

constexpr int kMaxChained = 250;  // operators of one kind in sequence, which nest to the left

/** Whether the variable `name` occurs in the tree. */
bool mentions(const Node& node, std::string_view name) {
  if (node.op == Op::name && node.text == name) return true;
  const auto in = [&](const NodePtr& kid) { return kid && mentions(*kid, name); };
  if (std::any_of(node.kids.begin(), node.kids.end(), in)) return true;
  if (std::any_of(node.arguments.positional.begin(), node.arguments.positional.end(), in)) return true;
  if (in(node.arguments.star) || in(node.arguments.star_star)) return true;
  return std::any_of(node.arguments.named.begin(), node.arguments.named.end(),
                     [&](const auto& argument) { return in(argument.second); });
}

class Parser {
 public:
  Parser(std::vector<Token> tokens, const std::string& name) : tokens_(std::move(tokens)), name_(name) {}

  Parsed run() {
    Parsed parsed;
    parsed.root = parse_block({});
    parsed.symbols = std::move(symbols_);
    parsed.has_generation = has_generation_;
    return parsed;
  }

 private:
  /** Counts nesting during its lifetime. */
  class Nested {
   public:
    explicit Nested(Parser& parser) : parser_(parser) {
      if (++parser_.nesting_ > kMaxNesting) parser_.fail("blocks or expressions are nested too deeply");
    }
    ~Nested() { --parser_.nesting_; }

   private:
    Parser& parser_;
  };

  [[noreturn]] void fail(const std::string& what) const {
    throw Error(Kind::input, fmt::format("{}:{}: {}", name_, current().line, what));
  }

  void check_chain(int length) const {
    if (length > kMaxChained) fail("an expression is too long");
  }

  const Token& current() const { return tokens_[at_]; }
  const Token& next() const { return tokens_[std::min(at_ + 1, tokens_.size() - 1)]; }
  Token take() { return tokens_[at_ + 1 < tokens_.size() ? at_++ : at_]; }
  bool is_symbol(std::string_view text) const { return current().kind == Lexeme::symbol && current().text == text; }
  bool is_name(std::string_view text) const { return current().kind == Lexeme::name && current().text == text; }
  bool skip_symbol(std::string_view text) {
    if (!is_symbol(text)) return false;
    take();
    return true;
  }
  bool skip_name(std::string_view text) {
    if (!is_name(text)) return false;
    take();
    return true;
  }
  std::string describe(const Token& token) const {
    switch (token.kind) {
      case Lexeme::end:
        return "end of template";
      case Lexeme::block_end:
        return "end of statement block";
      case Lexeme::variable_end:
        return "end of print statement";
      case Lexeme::block_begin:
        return "begin of statement block";
      case Lexeme::variable_begin:
        return "begin of print statement";
      case Lexeme::data:
        return "template data";
      default:
        return "'" + token.text + "'";
    }
  }
  void expect_symbol(std::string_view text) {
    if (!skip_symbol(text)) fail(fmt::format("expected '{}', got {}", text, describe(current())));
  }
  std::string expect_name() {
    if (current().kind != Lexeme::name) fail("expected a name, got " + describe(current()));
    return take().text;
  }
  void expect_block_end() {
    if (current().kind != Lexeme::block_end) fail("expected end of statement block, got " + describe(current()));
    take();
  }

  int symbol_of(const std::string& name) {
    const auto [place, is_new] = symbol_places_.try_emplace(name, static_cast<int>(symbols_.size()));
    if (is_new) symbols_.push_back(name);
    return place->second;
  }

  NodePtr make(Op op) const {
    auto node = std::make_unique<Node>();
    node->op = op;
    node->line = current().line;
    return node;
  }
  template <class... Kids>
  NodePtr make(Op op, Kids... kids) const {
    NodePtr node = make(op);
    (node->kids.push_back(std::move(kids)), ...);
    return node;
  }
  NodePtr make_name(const std::string& name) {
    NodePtr node = make(Op::name);
    node->text = name;
    node->symbol = symbol_of(name);
    return node;
  }

  /** Statements up to one of the tags `ends`, whose name is stored in end_tag_ (the tag's name token is consumed). */
  NodePtr parse_block(const std::vector<std::string_view>& ends) {
    const Nested nested(*this);
    NodePtr block = make(Op::block);
    for (;;) {
      switch (current().kind) {
        case Lexeme::end:
          if (!ends.empty()) fail(fmt::format("unexpected end of template, expected '{}'", ends.back()));
          return block;
        case Lexeme::data: {
          NodePtr data = make(Op::data);
          data->value = Value::string(take().text);
          block->kids.push_back(std::move(data));
          break;
        }
        case Lexeme::variable_begin: {
          NodePtr output = make(Op::output);
          take();
          output->kids.push_back(parse_tuple(true));
          if (current().kind != Lexeme::variable_end)
            fail("expected end of print statement, got " + describe(current()));
          take();
          block->kids.push_back(std::move(output));
          break;
        }
        case Lexeme::block_begin: {
          take();
          if (current().kind != Lexeme::name) fail("expected a tag's name, got " + describe(current()));
          const std::string tag = current().text;
          if (std::find(ends.begin(), ends.end(), tag) != ends.end()) {
            end_tag_ = tag;
            take();
            return block;
          }
          block->kids.push_back(parse_statement());
          break;
        }
        default:
          fail("unexpected " + describe(current()));
      }
    }
  }

  NodePtr parse_statement() {
    const std::string tag = take().text;
    if (tag == "if") return parse_if();
    if (tag == "for") return parse_for();
    if (tag == "set") return parse_set();
    if (tag == "macro") return parse_macro();
    if (tag == "call") return parse_call_block();
    if (tag == "filter") return parse_filter_block();
    if (tag == "with") return parse_with();
    if (tag == "generation") {
      has_generation_ = true;
      expect_block_end();
      NodePtr node = make(Op::generation);
      node->kids.push_back(parse_block({"endgeneration"}));
      expect_block_end();
      return node;
    }
    if (tag == "break" || tag == "continue") {
      if (loops_ == 0) fail("'" + tag + "' outside loop");
      NodePtr node = make(tag == "break" ? Op::break_loop : Op::continue_loop);
      expect_block_end();
      return node;
    }
    if (tag == "block") {
      const std::string name = expect_name();
      while (skip_name("scoped") || skip_name("required")) {
      }
      expect_block_end();
      NodePtr body = parse_block({"endblock"});
      skip_name(name);
      expect_block_end();
      return body;
    }
    fail(fmt::format("the tag '{}' is not supported", tag));
  }

  NodePtr parse_if() {
    NodePtr node = make(Op::if_branch);
    node->kids.push_back(parse_tuple(false));
    expect_block_end();
    node->kids.push_back(parse_block({"elif", "else", "endif"}));
    if (end_tag_ == "elif") {
      const Nested nested(*this);
      node->kids.push_back(parse_if());
    } else if (end_tag_ == "else") {
      expect_block_end();
      node->kids.push_back(parse_block({"endif"}));
      expect_block_end();
    } else {
      node->kids.push_back(nullptr);
      expect_block_end();
    }
    return node;
  }

  NodePtr parse_for() {
    NodePtr node = make(Op::for_loop);
    node->kids.push_back(parse_target({"in"}, false));
    if (!skip_name("in")) fail("expected 'in', got " + describe(current()));
    node->kids.push_back(parse_tuple(false, {"recursive"}));
    node->kids.push_back(skip_name("if") ? parse_expression() : nullptr);
    node->is_recursive = skip_name("recursive");
    expect_block_end();
    ++loops_;
    node->kids.push_back(parse_block({"else", "endfor"}));
    --loops_;
    if (end_tag_ == "else") {
      expect_block_end();
      node->kids.push_back(parse_block({"endfor"}));
    } else {
      node->kids.push_back(nullptr);
    }
    expect_block_end();
    return node;
  }

  NodePtr parse_set() {
    NodePtr target = parse_target({}, true);
    if (skip_symbol("=")) {
      NodePtr node = make(Op::set);
      node->kids.push_back(std::move(target));
      node->kids.push_back(parse_tuple(true));
      expect_block_end();
      return node;
    }
    NodePtr node = make(Op::set_block);
    node->kids.push_back(std::move(target));
    NodePtr filters = is_symbol("|") ? parse_filters(make(Op::filtered)) : nullptr;
    expect_block_end();
    node->kids.push_back(parse_block({"endset"}));
    node->kids.push_back(std::move(filters));
    expect_block_end();
    return node;
  }

  /** Parameters in parentheses: names to `node`, their defaults (null where none) to `defaults`. */
  void parse_parameters(Node& node, std::vector<NodePtr>& defaults) {
    expect_symbol("(");
    while (!is_symbol(")")) {
      if (!node.names.empty()) expect_symbol(",");
      node.names.push_back(expect_name());
      node.symbols.push_back(symbol_of(node.names.back()));
      if (skip_symbol("=")) {
        defaults.push_back(parse_expression());
      } else {
        if (!defaults.empty() && defaults.back()) fail("a parameter without default follows one with a default");
        defaults.push_back(nullptr);
      }
    }
    expect_symbol(")");
  }

  NodePtr parse_macro() {
    NodePtr node = make(Op::macro);
    node->text = expect_name();
    node->symbol = symbol_of(node->text);
    symbol_of("caller");
    symbol_of("varargs");
    symbol_of("kwargs");
    std::vector<NodePtr> defaults;
    parse_parameters(*node, defaults);
    expect_block_end();
    const int loops = std::exchange(loops_, 0);
    NodePtr body = parse_block({"endmacro"});
    loops_ = loops;
    expect_block_end();
    node->kids = std::move(defaults);
    add_body(*node, std::move(body));
    return node;
  }

  static void add_body(Node& macro, NodePtr body) {
    macro.reads_varargs = mentions(*body, "varargs");
    macro.reads_kwargs = mentions(*body, "kwargs");
    macro.kids.push_back(std::move(body));
  }

  NodePtr parse_call_block() {
    NodePtr node = make(Op::call_block);
    symbol_of("caller");
    std::vector<NodePtr> defaults;
    if (is_symbol("(")) parse_parameters(*node, defaults);
    NodePtr call = parse_expression();
    if (call->op != Op::call) fail("a call block needs a call");
    expect_block_end();
    const int loops = std::exchange(loops_, 0);
    NodePtr body = parse_block({"endcall"});
    loops_ = loops;
    expect_block_end();
    // Its body is an anonymous macro, which the called macro sees as `caller`.
    NodePtr macro = make(Op::macro);
    macro->text = "caller";
    macro->symbol = symbol_of("caller");
    macro->names = std::move(node->names);
    macro->symbols = std::move(node->symbols);
    macro->kids = std::move(defaults);
    add_body(*macro, std::move(body));
    node->kids.push_back(std::move(call));
    node->kids.push_back(std::move(macro));
    return node;
  }

  NodePtr parse_filter_block() {
    NodePtr node = make(Op::filter_block);
    NodePtr chain = parse_filters(make(Op::filtered), true);
    expect_block_end();
    node->kids.push_back(parse_block({"endfilter"}));
    node->kids.push_back(std::move(chain));
    expect_block_end();
    return node;
  }

  NodePtr parse_with() {
    NodePtr node = make(Op::with);
    while (current().kind != Lexeme::block_end) {
      if (!node->kids.empty()) expect_symbol(",");
      node->kids.push_back(parse_target({}, false));
      expect_symbol("=");
      node->kids.push_back(parse_expression());
    }
    expect_block_end();
    node->kids.push_back(parse_block({"endwith"}));
    expect_block_end();
    return node;
  }

  /** A name, `namespace.attribute`, or a tuple of targets. */
  NodePtr parse_target(const std::vector<std::string_view>& ends, bool may_be_attribute) {
    const auto one = [&]() -> NodePtr {
      const Nested nested(*this);
      if (skip_symbol("(")) {
        NodePtr inner = parse_target(ends, may_be_attribute);
        expect_symbol(")");
        return inner;
      }
      const std::string name = expect_name();
      for (const char* reserved : {"true", "false", "none", "True", "False", "None"}) {
        if (name == reserved) fail("cannot assign to '" + name + "'");
      }
      NodePtr target = make_name(name);
      if (may_be_attribute && skip_symbol(".")) {
        NodePtr attribute = make(Op::attribute, std::move(target));
        attribute->text = expect_name();
        return attribute;
      }
      return target;
    };
    NodePtr first = one();
    if (!is_symbol(",")) return first;
    NodePtr tuple = make(Op::tuple, std::move(first));
    while (skip_symbol(",")) {
      const bool is_at_end = is_symbol("=") || is_symbol(")") || current().kind == Lexeme::block_end ||
                             std::any_of(ends.begin(), ends.end(), [&](std::string_view end) { return is_name(end); });
      if (is_at_end) break;
      tuple->kids.push_back(one());
    }
    return tuple;
  }

  /** An expression, or several with commas between them (a tuple). */
  NodePtr parse_tuple(bool with_condition, const std::vector<std::string_view>& ends = {},
                      bool in_parentheses = false) {
    const auto is_at_end = [&] {
      return current().kind == Lexeme::variable_end || current().kind == Lexeme::block_end || is_symbol(")") ||
             std::any_of(ends.begin(), ends.end(), [&](std::string_view end) { return is_name(end); });
    };
    std::vector<NodePtr> items;
    bool is_tuple = false;
    for (;;) {
      if (!items.empty()) {
        if (!skip_symbol(",")) break;
        is_tuple = true;
      }
      if (is_at_end()) break;
      items.push_back(with_condition ? parse_expression() : parse_or());
    }
    if (!is_tuple) {
      if (!items.empty()) return std::move(items.front());
      if (!in_parentheses) fail("expected an expression, got " + describe(current()));
    }
    NodePtr tuple = make(Op::tuple);
    tuple->kids = std::move(items);
    return tuple;
  }

  NodePtr parse_expression() {
    const Nested nested(*this);
    NodePtr value = parse_or();
    for (int chained = 0; skip_name("if");) {
      check_chain(++chained);
      NodePtr test = parse_or();
      NodePtr otherwise = skip_name("else") ? parse_expression() : nullptr;
      value = make(Op::condition, std::move(test), std::move(value), std::move(otherwise));
    }
    return value;
  }

  NodePtr parse_or() {
    NodePtr left = parse_and();
    for (int chained = 0; skip_name("or"); check_chain(++chained))
      left = make(Op::logical_or, std::move(left), parse_and());
    return left;
  }
  NodePtr parse_and() {
    NodePtr left = parse_not();
    for (int chained = 0; skip_name("and"); check_chain(++chained))
      left = make(Op::logical_and, std::move(left), parse_not());
    return left;
  }
  NodePtr parse_not() {
    if (skip_name("not")) {
      const Nested nested(*this);
      return make(Op::logical_not, parse_not());
    }
    return parse_compare();
  }

  NodePtr parse_compare() {
    NodePtr left = parse_sum();
    std::vector<std::string> operators;
    std::vector<NodePtr> operands;
    for (;;) {
      std::string found;
      for (const char* symbol : {"==", "!=", "<", "<=", ">", ">="}) {
        if (is_symbol(symbol)) found = symbol;
      }
      if (!found.empty()) {
        take();
      } else if (is_name("in")) {
        take();
        found = "in";
      } else if (is_name("not") && next().kind == Lexeme::name && next().text == "in") {
        take();
        take();
        found = "not in";
      } else {
        break;
      }
      operators.push_back(found);
      operands.push_back(parse_sum());
    }
    if (operators.empty()) return left;
    NodePtr node = make(Op::compare, std::move(left));
    node->names = std::move(operators);
    for (NodePtr& operand : operands) node->kids.push_back(std::move(operand));
    return node;
  }

  /** Operands joined by any of `operators`, left-associative. */
  NodePtr parse_chain(std::initializer_list<std::pair<std::string_view, Op>> operators,
                      NodePtr (Parser::*parse_operand)()) {
    NodePtr left = (this->*parse_operand)();
    for (int chained = 0;; check_chain(++chained)) {
      const auto found =
          std::find_if(operators.begin(), operators.end(), [&](const auto& entry) { return is_symbol(entry.first); });
      if (found == operators.end()) return left;
      take();
      left = make(found->second, std::move(left), (this->*parse_operand)());
    }
  }
  NodePtr parse_sum() { return parse_chain({{"+", Op::add}, {"-", Op::subtract}}, &Parser::parse_concatenation); }
  NodePtr parse_concatenation() {
    NodePtr first = parse_product();
    if (!is_symbol("~")) return first;
    NodePtr node = make(Op::concatenate, std::move(first));
    while (skip_symbol("~")) node->kids.push_back(parse_product());
    return node;
  }
  NodePtr parse_product() {
    return parse_chain({{"*", Op::multiply}, {"/", Op::divide}, {"//", Op::floor_divide}, {"%", Op::modulo}},
                       &Parser::parse_power);
  }
  NodePtr parse_power() { return parse_chain({{"**", Op::power}}, &Parser::parse_operand); }
  NodePtr parse_operand() { return parse_unary(true); }
  NodePtr parse_unary(bool with_filter) {
    const Nested nested(*this);
    NodePtr node;
    if (skip_symbol("-")) {
      node = make(Op::negate, parse_unary(false));
    } else if (skip_symbol("+")) {
      node = make(Op::plus, parse_unary(false));
    } else {
      node = parse_primary();
    }
    node = parse_postfix(std::move(node));
    return with_filter ? parse_filters_and_tests(std::move(node)) : std::move(node);
  }

  NodePtr make_constant(Value value) const {
    NodePtr node = make(Op::constant);
    node->value = std::move(value);
    return node;
  }

  NodePtr parse_primary() {
    const Token token = current();
    switch (token.kind) {
      case Lexeme::name: {
        take();
        if (token.text == "true" || token.text == "True") return make_constant(Value::boolean(true));
        if (token.text == "false" || token.text == "False") return make_constant(Value::boolean(false));
        if (token.text == "none" || token.text == "None") return make_constant(Value::none());
        return make_name(token.text);
      }
      case Lexeme::string: {
        std::string text;
        while (current().kind == Lexeme::string) text += take().text;
        return make_constant(Value::string(text));
      }
      case Lexeme::integer: {
        take();
        return make_constant(Value::integer(integer_of(token.text)));
      }
      case Lexeme::real: {
        take();
        double number = 0;
        std::from_chars(token.text.data(), token.text.data() + token.text.size(), number);
        return make_constant(Value::real(number));
      }
      case Lexeme::symbol:
        if (token.text == "(") {
          take();
          NodePtr node = parse_tuple(true, {}, true);
          expect_symbol(")");
          return node;
        }
        if (token.text == "[") return parse_list();
        if (token.text == "{") return parse_dict();
        break;
      default:
        break;
    }
    fail("unexpected " + describe(token));
  }

  std::int64_t integer_of(const std::string& digits) const {
    std::int64_t number = 0;
    if (std::from_chars(digits.data(), digits.data() + digits.size(), number).ec != std::errc()) {
      fail("the number " + digits + " does not fit in 64 bits");
    }
    return number;
  }

  /** Items parsed by `parse_one`, separated by commas, up to the symbol `close`; a trailing comma is allowed. */
  template <class ParseOne>
  void parse_items(std::string_view close, const ParseOne& parse_one) {
    for (bool is_first = true; !is_symbol(close); is_first = false) {
      if (!is_first) expect_symbol(",");
      if (is_symbol(close)) break;
      parse_one();
    }
    expect_symbol(close);
  }

  NodePtr parse_list() {
    take();
    NodePtr node = make(Op::list);
    parse_items("]", [&] { node->kids.push_back(parse_expression()); });
    return node;
  }
  NodePtr parse_dict() {
    take();
    NodePtr node = make(Op::dict);
    parse_items("}", [&] {
      node->kids.push_back(parse_expression());
      expect_symbol(":");
      node->kids.push_back(parse_expression());
    });
    return node;
  }

  NodePtr parse_postfix(NodePtr node) {
    for (int chained = 0;; ++chained) {
      check_chain(chained);
      if (skip_symbol(".")) {
        if (current().kind == Lexeme::integer) {
          node = make(Op::item, std::move(node), make_constant(Value::integer(integer_of(take().text))));
        } else {
          NodePtr attribute = make(Op::attribute, std::move(node));
          attribute->text = expect_name();
          node = std::move(attribute);
        }
      } else if (skip_symbol("[")) {
        std::vector<NodePtr> subscripts;
        parse_items("]", [&] { subscripts.push_back(parse_subscript()); });
        NodePtr subscript;
        if (subscripts.size() == 1) {
          subscript = std::move(subscripts.front());
        } else {
          subscript = make(Op::tuple);
          subscript->kids = std::move(subscripts);
        }
        node = make(Op::item, std::move(node), std::move(subscript));
      } else if (is_symbol("(")) {
        node = parse_call(std::move(node));
      } else {
        return node;
      }
    }
  }

  NodePtr parse_call(NodePtr callee) {
    NodePtr call = make(Op::call, std::move(callee));
    parse_arguments(call->arguments);
    return call;
  }

  NodePtr parse_subscript() {
    NodePtr parts[3];
    bool is_slice = false;
    if (!is_symbol(":")) {
      parts[0] = parse_expression();
      if (!is_symbol(":")) return std::move(parts[0]);
    }
    for (int i = 1; i < 3 && skip_symbol(":"); ++i) {
      is_slice = true;
      if (!is_symbol(":") && !is_symbol("]") && !is_symbol(",")) parts[i] = parse_expression();
    }
    if (!is_slice) fail("expected a subscript, got " + describe(current()));
    return make(Op::slice, std::move(parts[0]), std::move(parts[1]), std::move(parts[2]));
  }

  void parse_arguments(Arguments& arguments) {
    expect_symbol("(");
    parse_items(")", [&] { parse_argument(arguments); });
  }

  void parse_argument(Arguments& arguments) {
    if (skip_symbol("**")) {
      arguments.star_star = parse_expression();
    } else if (skip_symbol("*")) {
      arguments.star = parse_expression();
    } else if (current().kind == Lexeme::name && next().kind == Lexeme::symbol && next().text == "=") {
      std::string name = take().text;
      take();
      arguments.named.emplace_back(std::move(name), parse_expression());
    } else {
      if (!arguments.named.empty()) fail("a positional argument follows a named one");
      arguments.positional.push_back(parse_expression());
    }
  }

  NodePtr parse_filters_and_tests(NodePtr node) {
    for (int chained = 0;; ++chained) {
      check_chain(chained);
      if (is_symbol("|")) {
        node = parse_filters(std::move(node));
      } else if (is_name("is")) {
        node = parse_test(std::move(node));
      } else if (is_symbol("(")) {
        node = parse_call(std::move(node));
      } else {
        return node;
      }
    }
  }

  NodePtr parse_filters(NodePtr node, bool is_first_without_bar = false) {
    for (int chained = 0; is_first_without_bar || is_symbol("|"); ++chained) {
      check_chain(chained);
      if (!is_first_without_bar) take();
      is_first_without_bar = false;
      NodePtr filter = make(Op::filter, std::move(node));
      filter->text = dotted_name();
      if (is_symbol("(")) parse_arguments(filter->arguments);
      node = std::move(filter);
    }
    return node;
  }

  std::string dotted_name() {
    std::string name = expect_name();
    while (skip_symbol(".")) name += "." + expect_name();
    return name;
  }

  NodePtr parse_test(NodePtr node) {
    take();
    const bool is_negated = skip_name("not");
    NodePtr test = make(Op::test, std::move(node));
    test->text = dotted_name();
    if (is_symbol("(")) {
      parse_arguments(test->arguments);
    } else {
      const Lexeme kind = current().kind;
      const bool begins_argument = kind == Lexeme::string || kind == Lexeme::integer || kind == Lexeme::real ||
                                   is_symbol("[") || is_symbol("{") ||
                                   (kind == Lexeme::name && !is_name("else") && !is_name("or") && !is_name("and"));
      if (begins_argument) {
        if (is_name("is")) fail("tests cannot be chained with 'is'");
        test->arguments.positional.push_back(parse_postfix(parse_primary()));
      }
    }
    if (!is_negated) return test;
    return make(Op::logical_not, std::move(test));
  }

  std::vector<Token> tokens_;
  const std::string& name_;
  std::size_t at_ = 0;
  int nesting_ = 0;
  int loops_ = 0;
  bool has_generation_ = false;
  std::string end_tag_;
  std::vector<std::string> symbols_;
  std::unordered_map<std::string, int> symbol_places_;
};

}  // namespace

Parsed parse(std::string_view source, const std::string& name) { return Parser(tokenize(source, name), name).run(); }

}  // namespace intelia::jinja
