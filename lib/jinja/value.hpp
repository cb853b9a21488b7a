// The values of the Jinja subset: Python's None, bool, int, float, str, list, tuple, dict, and template
// objects. Knows Python's str(), repr(), json.dumps, equality and order; knows nothing of template syntax. An int of
// more than 64 bits is kept as its digits: it can be printed and compared, and not computed with.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "jinja/template.hpp"
#include "record/json_fwd.hpp"
#include "text/utf8.hpp"

namespace intelia::jinja {

using TextPtr = std::shared_ptr<const Text>;

/** An error during rendering; the evaluator adds template and line. */
class RenderError : public std::runtime_error {
 public:
  explicit RenderError(const std::string& message, bool is_raised_by_template = false)
      : std::runtime_error(message), is_raised_by_template(is_raised_by_template) {}
  bool is_raised_by_template;
};

enum class Type {
  undefined,
  none,
  boolean,
  integer,
  real,
  string,
  list,
  tuple,
  group,
  generator,
  dict,
  name_space,
  macro,
  function,
  method,
  loop
};

class Value;

/** A summary of a list or dict, computed when it is created, so that it need not be traversed again.
 */
struct Contents {
  int depth = 1;             // of nesting
  std::int64_t weight = 1;   // steps of a full traversal
  bool has_content = false;  // whether some text in it comes from a message
  void add(const Value& part);
};
struct List : Contents {
  std::vector<Value> items;
};
struct Dict : Contents {
  std::vector<std::pair<Value, Value>> items;
};
struct Namespace;
struct Macro;
struct Method;
struct Loop;

class Value {
 public:
  Value() = default;  // undefined, without a message
  static Value undefined(std::string message);
  static Value none() { return Value(Type::none); }
  static Value boolean(bool value) {
    Value result(Type::boolean);
    result.integer_ = value;
    return result;
  }
  static Value integer(std::int64_t value) {
    Value result(Type::integer);
    result.integer_ = value;
    return result;
  }
  /** The integer with these digits (and a sign), of any size. */
  static Value integer(std::string digits);
  static Value real(double value) {
    Value result(Type::real);
    result.real_ = value;
    return result;
  }
  static Value function(int id) {
    Value result(Type::function);
    result.integer_ = id;
    return result;
  }
  static Value string(TextPtr text) {
    Value result(Type::string);
    result.pointer_ = std::const_pointer_cast<Text>(std::move(text));
    return result;
  }
  static Value string(Text text) { return string(std::make_shared<const Text>(std::move(text))); }
  static Value string(std::string_view text) { return string(Text{std::string(text), {}, false}); }
  static Value list(std::vector<Value> items, Type type = Type::list);
  /** Of equal keys the first determines the position and the last the value. */
  static Value dict(std::vector<std::pair<Value, Value>> items);
  /** The same for keys that are distinct strings. */
  static Value dict_of_unique(std::vector<std::pair<Value, Value>> items);
  template <class Data>
  static Value object(Type type, std::shared_ptr<Data> data) {
    Value result(type);
    result.pointer_ = std::move(data);
    return result;
  }

  Type type() const { return type_; }
  bool is(Type type) const { return type_ == type; }
  bool is_list_like() const { return is_tuple() || type_ == Type::list || type_ == Type::generator; }
  /** A tuple, or one of groupby's pairs, which are named tuples. */
  bool is_tuple() const { return type_ == Type::tuple || type_ == Type::group; }
  bool is_number() const { return type_ == Type::integer || type_ == Type::real || type_ == Type::boolean; }
  bool is_whole() const { return type_ == Type::integer || type_ == Type::boolean; }
  /** Whether it is an integer that does not fit in 64 bits. */
  bool is_large() const { return type_ == Type::integer && pointer_ != nullptr; }
  /** RenderError if it does not fit in 64 bits. */
  std::int64_t as_integer() const {
    if (is_large()) fail_too_large();
    return integer_;
  }
  /** RenderError for an integer beyond the range of a double. */
  double as_real() const { return type_ == Type::real ? real_ : is_large() ? large_as_real() : double(integer_); }
  /** The digits of an integer. */
  std::string digits() const {
    return is_large() ? *static_cast<const std::string*>(pointer_.get()) : std::to_string(integer_);
  }
  const Text& text() const { return *static_cast<const Text*>(pointer_.get()); }
  TextPtr text_pointer() const { return std::static_pointer_cast<const Text>(pointer_); }
  const std::string& bytes() const { return text().bytes; }
  const std::vector<Value>& items() const { return static_cast<const List*>(pointer_.get())->items; }
  /** Of a generator: moves its items out. */
  std::vector<Value> take_items() const { return std::move(static_cast<List*>(pointer_.get())->items); }
  const std::vector<std::pair<Value, Value>>& pairs() const { return static_cast<const Dict*>(pointer_.get())->items; }
  template <class Data>
  Data& data() const {
    return *static_cast<Data*>(pointer_.get());
  }
  const void* identity() const { return pointer_.get(); }
  /** The error message when an undefined value is used. */
  std::string undefined_message() const;
  /** 0 for scalars, 1 + the deepest element for containers. */
  int depth() const;
  /** Steps of a full traversal: 1 for scalars, more for text and for each element. */
  std::int64_t weight() const;
  /** Whether the value is or contains text that comes from a message. */
  bool has_content() const;

 private:
  explicit Value(Type type) : type_(type) {}
  [[noreturn]] void fail_too_large() const;
  double large_as_real() const;
  Type type_ = Type::undefined;
  union {
    std::int64_t integer_ = 0;
    double real_;
  };
  std::shared_ptr<void> pointer_;
};

struct Namespace {
  std::vector<std::pair<std::string, Value>> attributes;
};
struct Method {
  Value self;
  std::string name;
};

/** Maximum nesting of lists and dicts that a template may build. */
inline constexpr int kMaxValueDepth = 100;

void append(Text& out, const Text& piece);
/** Bytes [begin, end) of `text`, appended. */
void append(Text& out, const Text& text, std::size_t begin, std::size_t end);
void append(Text& out, std::string_view bytes);
/** Bytes [begin, end) with their sources. */
Text substring(const Text& text, std::size_t begin, std::size_t end);
/** `bytes` with the sources of `text` where the length is the same, else one range for the whole. */
Text with_bytes(const Text& text, std::string bytes);

bool is_true(const Value& value);
/** Python's type name: "str", "int", … */
std::string type_name(const Value& value);
/** Jinja's name of the value in messages: "'dict object'". */
std::string object_name(const Value& value);
/** Python's str(). */
TextPtr to_text(const Value& value);
/** Python's repr(), appended. */
void append_repr(Text& out, const Value& value);
/** repr() for a message: of a value that is large only a part, or its type. */
std::string short_repr(const Value& value);
std::string repr_of_string(std::string_view text);
std::string repr_of_float(double number);
bool equal(const Value& left, const Value& right);
/** Negative, zero, positive; RenderError where Python has no order. */
int compare(const Value& left, const Value& right, const char* operation);
bool contains(const Value& container, const Value& element);
const Value* find(const Value& dict, const Value& key);
const Value* find(const Value& dict, std::string_view key);
/** The elements of an iteration; a generator is consumed. RenderError when not iterable. */
std::vector<Value> iterate(const Value& value);
/** len(); RenderError when there is none. */
std::int64_t length_of(const Value& value);

struct JsonStyle {
  bool ensure_ascii = false;
  bool sort_keys = false;
  int indent = -1;          // -1: on one line
  std::string indent_text;  // used when indent is -2
  std::string item_separator = ", ";
  std::string key_separator = ": ";
};
/** Python's json.dumps. */
void append_json(Text& out, const Value& value, const JsonStyle& style, int level = 0);

/** Values of a JSON document of parse_exact_json; its strings get source `source` when `is_marked` (names of members
 * only when it is negative). */
Value from_json(const Json& json, bool is_marked, std::int32_t source);

}  // namespace intelia::jinja
