// See jinja_parse.hpp. The rules are those of Jinja2 3.1's documentation; where that is silent, of its behaviour.
#include "tokens/jinja_parse.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <unordered_map>

namespace intelia::jinja {

namespace {

constexpr int kMaxNesting = 150;  // of expressions and blocks in a source
constexpr int kMaxChained = 250;  // operators of one kind in a row, which nest to the left

enum class Lexeme { data, block_begin, block_end, variable_begin, variable_end, name, string, integer, real, symbol, end };

struct Token {
  Lexeme kind;
  std::string text;
  int line;
};

class Lexer {
 public:
  Lexer(std::string_view source, const std::string& name) : name_(name) {
    source_.reserve(source.size());
    for (std::size_t i = 0; i < source.size(); ++i) {
      if (source[i] == '\r') {
        source_ += '\n';
        if (i + 1 < source.size() && source[i + 1] == '\n') ++i;
      } else {
        source_ += source[i];
      }
    }
    if (!source_.empty() && source_.back() == '\n') source_.pop_back();
  }

  std::vector<Token> run() {
    while (position_ < source_.size()) lex_data();
    tokens_.push_back({Lexeme::end, "", line_});
    return std::move(tokens_);
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw Error(Kind::input, fmt::format("{}:{}: {}", name_, line_, what));
  }

  void advance_to(std::size_t position) {
    line_ += static_cast<int>(std::count(source_.begin() + static_cast<std::ptrdiff_t>(position_),
                                         source_.begin() + static_cast<std::ptrdiff_t>(position), '\n'));
    if (position > position_) is_line_start_ = source_[position - 1] == '\n';
    position_ = position;
  }

  bool starts_with(std::size_t at, std::string_view text) const { return source_.compare(at, text.size(), text) == 0; }

  std::size_t skip_spaces(std::size_t at) const {
    while (at < source_.size()) {
      std::size_t length = 1;
      if (!is_space(code_point_at(source_, at, length))) break;
      at += length;
    }
    return at;
  }

  /** Text before a tag that begins at `tag`, cut as its sign and lstrip_blocks say. */
  void push_data(std::size_t begin, std::size_t tag, bool is_variable) {
    std::string text = source_.substr(begin, tag - begin);
    const char sign = tag + 2 < source_.size() ? source_[tag + 2] : '\0';
    if (sign == '-') {
      strip_right(text);
    } else if (sign != '+' && !is_variable) {
      const std::size_t newline = text.rfind('\n');
      const std::size_t line_begin = newline == std::string::npos ? 0 : newline + 1;
      if ((line_begin > 0 || is_line_start_) && line_begin < text.size() && skip_spaces_in(text, line_begin) == text.size()) {
        text.resize(line_begin);
      }
    }
    if (!text.empty()) tokens_.push_back({Lexeme::data, std::move(text), line_});
  }

  static std::size_t skip_spaces_in(std::string_view text, std::size_t at) {
    while (at < text.size()) {
      std::size_t length = 1;
      if (!is_space(code_point_at(text, at, length))) break;
      at += length;
    }
    return at;
  }

  static void strip_right(std::string& text) {
    std::size_t end = text.size();
    while (end > 0) {
      std::size_t begin = end - 1;
      while (begin > 0 && (static_cast<unsigned char>(text[begin]) & 0xC0) == 0x80) --begin;
      std::size_t length = 1;
      if (!is_space(code_point_at(text, begin, length))) break;
      end = begin;
    }
    text.resize(end);
  }

  std::size_t after_sign(std::size_t tag) const {
    const std::size_t at = tag + 2;
    return at < source_.size() && (source_[at] == '-' || source_[at] == '+') ? at + 1 : at;
  }

  /** Where the text goes on after a block or comment end `mark` ("%}" or "#}") at `at`, or npos when it is not there. */
  std::size_t block_end(std::size_t at, std::string_view mark) const {
    if (starts_with(at, "-") && starts_with(at + 1, mark)) return skip_spaces(at + 1 + mark.size());
    if (starts_with(at, "+") && starts_with(at + 1, mark)) return at + 1 + mark.size();
    if (!starts_with(at, mark)) return std::string::npos;
    at += mark.size();
    return at < source_.size() && source_[at] == '\n' ? at + 1 : at;
  }

  void lex_data() {
    std::size_t tag = position_;
    for (;; ++tag) {
      tag = source_.find('{', tag);
      if (tag == std::string::npos || tag + 1 >= source_.size()) {
        tokens_.push_back({Lexeme::data, source_.substr(position_), line_});
        advance_to(source_.size());
        return;
      }
      const char next = source_[tag + 1];
      if (next == '{' || next == '%' || next == '#') break;
    }
    const char opening = source_[tag + 1];
    push_data(position_, tag, opening == '{');
    if (opening == '#') {
      advance_to(tag);
      const std::size_t end = source_.find("#}", after_sign(tag));
      if (end == std::string::npos) fail("the comment that begins here has no end '#}'");
      const char sign = end > after_sign(tag) ? source_[end - 1] : '\0';
      advance_to(block_end(sign == '-' || sign == '+' ? end - 1 : end, "#}"));
      return;
    }
    if (opening == '%' && lex_raw(tag)) return;
    advance_to(after_sign(tag));
    tokens_.push_back({opening == '{' ? Lexeme::variable_begin : Lexeme::block_begin, "", line_});
    lex_code(opening == '{');
  }

  bool lex_raw(std::size_t tag) {
    std::size_t at = skip_spaces(after_sign(tag));
    if (!starts_with(at, "raw")) return false;
    at = skip_spaces(at + 3);
    std::size_t body = 0;
    if (starts_with(at, "-%}")) {
      body = skip_spaces(at + 3);
    } else if (starts_with(at, "%}")) {
      body = at + 2;
    } else {
      return false;
    }
    advance_to(body);
    for (std::size_t end = body;; ++end) {
      end = source_.find("{%", end);
      if (end == std::string::npos) fail("the raw block that begins here has no 'endraw'");
      const std::size_t word = skip_spaces(after_sign(end));
      if (!starts_with(word, "endraw")) continue;
      const std::size_t after = block_end(skip_spaces(word + 6), "%}");
      if (after == std::string::npos) continue;
      push_data(body, end, false);
      advance_to(after);
      return true;
    }
  }

  static bool is_name_byte(char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') || byte == '_' ||
           static_cast<unsigned char>(byte) >= 0x80;
  }
  static bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }

  void lex_code(bool is_variable) {
    std::string open;  // brackets not yet closed
    for (;;) {
      advance_to(skip_spaces(position_));
      if (position_ >= source_.size()) fail(is_variable ? "'}}' was expected" : "'%}' was expected");
      if (open.empty()) {
        if (is_variable) {
          const bool is_stripped = starts_with(position_, "-}}");
          if (is_stripped || starts_with(position_, "}}")) {
            tokens_.push_back({Lexeme::variable_end, "", line_});
            advance_to(is_stripped ? skip_spaces(position_ + 3) : position_ + 2);
            return;
          }
        } else if (const std::size_t after = block_end(position_, "%}"); after != std::string::npos) {
          tokens_.push_back({Lexeme::block_end, "", line_});
          advance_to(after);
          return;
        }
      }
      lex_one(open);
    }
  }

  void push(Lexeme kind, std::string text, std::size_t end) {
    tokens_.push_back({kind, std::move(text), line_});
    advance_to(end);
  }

  void lex_one(std::string& open) {
    const char first = source_[position_];
    if (is_digit(first)) return lex_number();
    if (is_name_byte(first)) {
      std::size_t end = position_;
      while (end < source_.size() && is_name_byte(source_[end])) ++end;
      return push(Lexeme::name, source_.substr(position_, end - position_), end);
    }
    if (first == '\'' || first == '"') return lex_string(first);
    static constexpr std::array<std::string_view, 26> kSymbols = {"//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*",
                                                                   "%",  "~",  "[",  "]",  "(",  ")",  "{", "}", ">", "<",
                                                                   "=",  ".",  ":",  "|",  ",",  ";"};
    for (const std::string_view symbol : kSymbols) {
      if (!starts_with(position_, symbol)) continue;
      if (symbol == "(" || symbol == "[" || symbol == "{") {
        open += symbol;
        if (open.size() > kMaxNesting) fail("brackets are nested too deep");
      }
      if (symbol == ")" || symbol == "]" || symbol == "}") {
        const char wanted = symbol == ")" ? '(' : symbol == "]" ? '[' : '{';
        if (open.empty() || open.back() != wanted) fail(fmt::format("unexpected '{}'", symbol));
        open.pop_back();
      }
      return push(Lexeme::symbol, std::string(symbol), position_ + symbol.size());
    }
    fail(fmt::format("unexpected character '{}'", source_.substr(position_, character_bytes(source_, position_))));
  }

  void lex_number() {
    std::size_t end = position_;
    const bool follows_dot = position_ > 0 && source_[position_ - 1] == '.';
    const auto skip_digits = [&](std::size_t at) {
      while (at < source_.size() && (is_digit(source_[at]) || (source_[at] == '_' && at + 1 < source_.size() && is_digit(source_[at + 1])))) ++at;
      return at;
    };
    if (source_[position_] == '0' && position_ + 1 < source_.size()) {
      const char kind = static_cast<char>(source_[position_ + 1] | 0x20);
      const int base = kind == 'x' ? 16 : kind == 'o' ? 8 : kind == 'b' ? 2 : 10;
      if (base != 10) {
        std::int64_t number = 0;
        const auto parsed = std::from_chars(source_.data() + position_ + 2, source_.data() + source_.size(), number, base);
        if (parsed.ec != std::errc()) fail("a number is malformed");
        return push(Lexeme::integer, std::to_string(number), static_cast<std::size_t>(parsed.ptr - source_.data()));
      }
    }
    end = skip_digits(end);
    bool is_real = false;
    if (!follows_dot) {
      if (end + 1 < source_.size() && source_[end] == '.' && is_digit(source_[end + 1])) {
        end = skip_digits(end + 1);
        is_real = true;
      }
      if (end < source_.size() && (source_[end] == 'e' || source_[end] == 'E')) {
        std::size_t at = end + 1;
        if (at < source_.size() && (source_[at] == '+' || source_[at] == '-')) ++at;
        if (at < source_.size() && is_digit(source_[at])) {
          end = skip_digits(at);
          is_real = true;
        }
      }
    }
    std::string digits = source_.substr(position_, end - position_);
    digits.erase(std::remove(digits.begin(), digits.end(), '_'), digits.end());
    push(is_real ? Lexeme::real : Lexeme::integer, std::move(digits), end);
  }

  void lex_string(char quote) {
    std::string text;
    std::size_t at = position_ + 1;
    const auto hexadecimal = [&](std::size_t digits) {
      std::uint32_t code_point = 0;
      const char* begin = source_.data() + at;
      if (at + digits > source_.size() || std::from_chars(begin, begin + digits, code_point, 16).ptr != begin + digits) {
        fail("an escape in a string is malformed");
      }
      at += digits;
      append_code_point(text, code_point);
    };
    for (;;) {
      if (at >= source_.size()) fail("a string has no end");
      const char byte = source_[at++];
      if (byte == quote) break;
      if (byte != '\\') {
        text += byte;
        continue;
      }
      if (at >= source_.size()) fail("a string has no end");
      const char escaped = source_[at++];
      switch (escaped) {
        case '\n': break;
        case 'n': text += '\n'; break;
        case 't': text += '\t'; break;
        case 'r': text += '\r'; break;
        case 'a': text += '\a'; break;
        case 'b': text += '\b'; break;
        case 'f': text += '\f'; break;
        case 'v': text += '\v'; break;
        case '\\':
        case '\'':
        case '"': text += escaped; break;
        case 'x': hexadecimal(2); break;
        case 'u': hexadecimal(4); break;
        case 'U': hexadecimal(8); break;
        case 'N': fail("escapes of the form \\N{name} are not supported");
        default:
          if (escaped >= '0' && escaped <= '7') {
            char32_t code_point = static_cast<char32_t>(escaped - '0');
            for (int i = 0; i < 2 && at < source_.size() && source_[at] >= '0' && source_[at] <= '7'; ++i) {
              code_point = code_point * 8 + static_cast<char32_t>(source_[at++] - '0');
            }
            append_code_point(text, code_point);
          } else {
            text += '\\';
            text += escaped;
          }
      }
    }
    push(Lexeme::string, std::move(text), at);
  }

  const std::string& name_;
  std::string source_;
  std::size_t position_ = 0;
  int line_ = 1;
  bool is_line_start_ = true;
  std::vector<Token> tokens_;
};

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
  /** Counts nesting while it lives. */
  class Nested {
   public:
    explicit Nested(Parser& parser) : parser_(parser) {
      if (++parser_.nesting_ > kMaxNesting) parser_.fail("blocks or expressions are nested too deep");
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
      case Lexeme::end: return "end of template";
      case Lexeme::block_end: return "end of statement block";
      case Lexeme::variable_end: return "end of print statement";
      case Lexeme::block_begin: return "begin of statement block";
      case Lexeme::variable_begin: return "begin of print statement";
      case Lexeme::data: return "template data";
      default: return "'" + token.text + "'";
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

  /** Statements up to one of the tags `ends`, whose name is left in end_tag_ (the tag's name token is taken). */
  NodePtr parse_block(const std::vector<std::string_view>& ends) {
    const Nested nested(*this);
    NodePtr block = make(Op::block);
    for (;;) {
      switch (current().kind) {
        case Lexeme::end:
          if (!ends.empty()) fail(fmt::format("the template ends where '{}' was expected", ends.back()));
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
          if (current().kind != Lexeme::variable_end) fail("expected end of print statement, got " + describe(current()));
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
        default: fail("unexpected " + describe(current()));
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
    node->kids.push_back(std::move(body));
    return node;
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
    // Its body is a macro without name, which the called macro sees as `caller`.
    NodePtr macro = make(Op::macro);
    macro->text = "caller";
    macro->symbol = symbol_of("caller");
    macro->names = std::move(node->names);
    macro->symbols = std::move(node->symbols);
    macro->kids = std::move(defaults);
    macro->kids.push_back(std::move(body));
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
  NodePtr parse_tuple(bool with_condition, const std::vector<std::string_view>& ends = {}, bool in_parentheses = false) {
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
    for (int chained = 0; skip_name("or"); check_chain(++chained)) left = make(Op::logical_or, std::move(left), parse_and());
    return left;
  }
  NodePtr parse_and() {
    NodePtr left = parse_not();
    for (int chained = 0; skip_name("and"); check_chain(++chained)) left = make(Op::logical_and, std::move(left), parse_not());
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

  NodePtr parse_sum() {
    NodePtr left = parse_concatenation();
    for (int chained = 0;; check_chain(++chained)) {
      if (skip_symbol("+")) {
        left = make(Op::add, std::move(left), parse_concatenation());
      } else if (skip_symbol("-")) {
        left = make(Op::subtract, std::move(left), parse_concatenation());
      } else {
        return left;
      }
    }
  }
  NodePtr parse_concatenation() {
    NodePtr first = parse_product();
    if (!is_symbol("~")) return first;
    NodePtr node = make(Op::concatenate, std::move(first));
    while (skip_symbol("~")) node->kids.push_back(parse_product());
    return node;
  }
  NodePtr parse_product() {
    NodePtr left = parse_power();
    for (int chained = 0;; check_chain(++chained)) {
      if (skip_symbol("*")) {
        left = make(Op::multiply, std::move(left), parse_power());
      } else if (skip_symbol("/")) {
        left = make(Op::divide, std::move(left), parse_power());
      } else if (skip_symbol("//")) {
        left = make(Op::floor_divide, std::move(left), parse_power());
      } else if (skip_symbol("%")) {
        left = make(Op::modulo, std::move(left), parse_power());
      } else {
        return left;
      }
    }
  }
  NodePtr parse_power() {
    NodePtr left = parse_unary(true);
    for (int chained = 0; skip_symbol("**"); check_chain(++chained)) left = make(Op::power, std::move(left), parse_unary(true));
    return left;
  }
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
      default: break;
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

  NodePtr parse_list() {
    take();
    NodePtr node = make(Op::list);
    while (!is_symbol("]")) {
      if (!node->kids.empty()) expect_symbol(",");
      if (is_symbol("]")) break;
      node->kids.push_back(parse_expression());
    }
    expect_symbol("]");
    return node;
  }
  NodePtr parse_dict() {
    take();
    NodePtr node = make(Op::dict);
    while (!is_symbol("}")) {
      if (!node->kids.empty()) expect_symbol(",");
      if (is_symbol("}")) break;
      node->kids.push_back(parse_expression());
      expect_symbol(":");
      node->kids.push_back(parse_expression());
    }
    expect_symbol("}");
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
        while (!is_symbol("]")) {
          if (!subscripts.empty()) expect_symbol(",");
          subscripts.push_back(parse_subscript());
        }
        expect_symbol("]");
        NodePtr subscript;
        if (subscripts.size() == 1) {
          subscript = std::move(subscripts.front());
        } else {
          subscript = make(Op::tuple);
          subscript->kids = std::move(subscripts);
        }
        node = make(Op::item, std::move(node), std::move(subscript));
      } else if (is_symbol("(")) {
        NodePtr call = make(Op::call, std::move(node));
        parse_arguments(call->arguments);
        node = std::move(call);
      } else {
        return node;
      }
    }
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
    bool is_first = true;
    while (!is_symbol(")")) {
      if (!is_first) {
        expect_symbol(",");
        if (is_symbol(")")) break;
      }
      is_first = false;
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
    expect_symbol(")");
  }

  NodePtr parse_filters_and_tests(NodePtr node) {
    for (int chained = 0;; ++chained) {
      check_chain(chained);
      if (is_symbol("|")) {
        node = parse_filters(std::move(node));
      } else if (is_name("is")) {
        node = parse_test(std::move(node));
      } else if (is_symbol("(")) {
        NodePtr call = make(Op::call, std::move(node));
        parse_arguments(call->arguments);
        node = std::move(call);
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

Parsed parse(std::string_view source, const std::string& name) {
  return Parser(Lexer(source, name).run(), name).run();
}

}  // namespace intelia::jinja
