// Splits the source of a template into tokens, with whitespace stripped as in transformers' Jinja2 settings
// (trim_blocks, lstrip_blocks). Knows Jinja2's lexical rules, not its grammar.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace intelia::jinja {

/** Maximum nesting of brackets, expressions and blocks in a source. */
inline constexpr int kMaxNesting = 150;

enum class Lexeme {
  data,
  block_begin,
  block_end,
  variable_begin,
  variable_end,
  name,
  string,
  integer,
  real,
  symbol,
  end
};

struct Token {
  Lexeme kind;
  std::string text;
  int line;
};

/** Ends with a token of kind end. Throws Error{input} "NAME:LINE: what is wrong". */
std::vector<Token> tokenize(std::string_view source, const std::string& name);

}  // namespace intelia::jinja
