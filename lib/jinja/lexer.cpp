// See lexer.hpp. Follows Jinja2 3.1's documentation and, where that is silent, its behaviour.
#include "jinja/lexer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/error.hpp"
#include "text/utf8.hpp"

namespace intelia::jinja {

namespace {

constexpr std::size_t kMaxNameBytes = 1000;

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

  /** Text before a tag that begins at `tag`, stripped as its sign and lstrip_blocks demand. */
  void push_data(std::size_t begin, std::size_t tag, bool is_variable) {
    std::string text = source_.substr(begin, tag - begin);
    const char sign = tag + 2 < source_.size() ? source_[tag + 2] : '\0';
    if (sign == '-') {
      strip_right(text);
    } else if (sign != '+' && !is_variable) {
      const std::size_t newline = text.rfind('\n');
      const std::size_t line_begin = newline == std::string::npos ? 0 : newline + 1;
      if ((line_begin > 0 || is_line_start_) && line_begin < text.size() &&
          skip_spaces_in(text, line_begin) == text.size()) {
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

  /** Where the text continues after a block or comment end `mark` ("%}" or "#}") at `at`, or npos when it is not there.
   */
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
      if (end == std::string::npos) fail("missing end of comment '#}'");
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
      if (end == std::string::npos) fail("missing end of raw block 'endraw'");
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
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
           byte == '_' || static_cast<unsigned char>(byte) >= 0x80;
  }
  static bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }

  void lex_code(bool is_variable) {
    std::string open;  // brackets not yet closed
    for (;;) {
      advance_to(skip_spaces(position_));
      if (position_ >= source_.size()) fail(is_variable ? "expected '}}'" : "expected '%}'");
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
      if (end - position_ > kMaxNameBytes) fail(fmt::format("a name has more than {} bytes", kMaxNameBytes));
      return push(Lexeme::name, source_.substr(position_, end - position_), end);
    }
    if (first == '\'' || first == '"') return lex_string(first);
    static constexpr std::array<std::string_view, 26> kSymbols = {"//", "**", "==", "!=", ">=", "<=", "+", "-", "/",
                                                                  "*",  "%",  "~",  "[",  "]",  "(",  ")", "{", "}",
                                                                  ">",  "<",  "=",  ".",  ":",  "|",  ",", ";"};
    for (const std::string_view symbol : kSymbols) {
      if (!starts_with(position_, symbol)) continue;
      if (symbol == "(" || symbol == "[" || symbol == "{") {
        open += symbol;
        if (open.size() > kMaxNesting) fail("brackets are nested too deeply");
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
      while (at < source_.size() &&
             (is_digit(source_[at]) || (source_[at] == '_' && at + 1 < source_.size() && is_digit(source_[at + 1]))))
        ++at;
      return at;
    };
    if (source_[position_] == '0' && position_ + 1 < source_.size()) {
      const char kind = static_cast<char>(source_[position_ + 1] | 0x20);
      const int base = kind == 'x' ? 16 : kind == 'o' ? 8 : kind == 'b' ? 2 : 10;
      if (base != 10) {
        std::int64_t number = 0;
        const auto parsed =
            std::from_chars(source_.data() + position_ + 2, source_.data() + source_.size(), number, base);
        if (parsed.ec != std::errc()) fail("malformed number");
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
      if (at + digits > source_.size() ||
          std::from_chars(begin, begin + digits, code_point, 16).ptr != begin + digits) {
        fail("malformed escape in a string");
      }
      at += digits;
      append_code_point(text, code_point);
    };
    for (;;) {
      if (at >= source_.size()) fail("unterminated string");
      const char byte = source_[at++];
      if (byte == quote) break;
      if (byte != '\\') {
        text += byte;
        continue;
      }
      if (at >= source_.size()) fail("unterminated string");
      const char escaped = source_[at++];
      switch (escaped) {
        case '\n':
          break;
        case 'n':
          text += '\n';
          break;
        case 't':
          text += '\t';
          break;
        case 'r':
          text += '\r';
          break;
        case 'a':
          text += '\a';
          break;
        case 'b':
          text += '\b';
          break;
        case 'f':
          text += '\f';
          break;
        case 'v':
          text += '\v';
          break;
        case '\\':
        case '\'':
        case '"':
          text += escaped;
          break;
        case 'x':
          hexadecimal(2);
          break;
        case 'u':
          hexadecimal(4);
          break;
        case 'U':
          hexadecimal(8);
          break;
        case 'N':
          fail("escapes of the form \\N{name} are not supported");
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

}  // namespace

std::vector<Token> tokenize(std::string_view source, const std::string& name) { return Lexer(source, name).run(); }

}  // namespace intelia::jinja
