// Parses the source of a template into a tree. Knows Jinja2's lexical rules (with transformers' whitespace control) and
// grammar; knows nothing of values at run time.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "jinja/value.hpp"

namespace intelia::jinja {

struct Node;
using NodePtr = std::unique_ptr<Node>;

enum class Op {
  // expressions
  constant,   // value
  name,       // text, symbol
  attribute,  // kids[0].text
  item,       // kids[0][kids[1]]
  slice,      // kids: start, stop, step; any may be null
  call,       // kids[0](arguments)
  filter,     // kids[0] | text(arguments)
  test,       // kids[0] is text(arguments)
  negate,
  plus,
  logical_not,
  add,
  subtract,
  multiply,
  divide,
  floor_divide,
  modulo,
  power,
  concatenate,  // of all kids
  compare,      // kids[0] names[0] kids[1] names[1] kids[2] …
  logical_and,
  logical_or,
  condition,  // kids: test, then, else (null: undefined)
  list,
  tuple,
  dict,  // kids: key, value, key, value …
  // statements
  block,         // kids
  data,          // value
  output,        // kids[0]
  for_loop,      // kids: target, iterable, test (null), body, else (null); is_recursive
  if_branch,     // kids: test, then, else (null)
  set,           // kids: target, expression
  set_block,     // kids: target, body, filters around `filtered` (null)
  macro,         // text, symbol, names (parameters), kids: defaults (null where none) then body
  call_block,    // names (parameters), kids: call, body, defaults…
  filter_block,  // kids: body, filter chain over `filtered`
  with,          // kids: targets and values in turn, then body
  generation,    // kids[0]
  break_loop,
  continue_loop,
  filtered,  // in filter chains of set and filter blocks: the text of the block
};

struct Arguments {
  std::vector<NodePtr> positional;
  std::vector<std::pair<std::string, NodePtr>> named;
  NodePtr star, star_star;
};

struct Node {
  Op op = Op::block;
  int line = 0;
  int symbol = -1;
  bool is_recursive = false;                         // of for_loop
  bool reads_varargs = false, reads_kwargs = false;  // of macro
  Value value;
  std::string text;
  std::vector<std::string> names;
  std::vector<int> symbols;  // of names
  std::vector<NodePtr> kids;
  Arguments arguments;
};

struct Parsed {
  NodePtr root;
  std::vector<std::string>
      symbols;  // every name that the template mentions; variables are identified by their index here
  bool has_generation = false;
};

/** Throws Error{input} "NAME:LINE: what is wrong". */
Parsed parse(std::string_view source, const std::string& name);

}  // namespace intelia::jinja
