// A bounded subset of Jinja2 3.1 as transformers sets it up for chat templates (trim_blocks, lstrip_blocks, loop
// controls, {% generation %}, an immutable sandbox): no include, import, extends or filesystem. A template comes from
// an untrusted folder, so a render has a budget. Text remembers which message each of its bytes came from. Source of
// the language's rules: https://jinja.palletsprojects.com/en/stable/templates/
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "record/json.hpp"

namespace intelia::jinja {

/** Bytes [begin, end) of a text came from input number `source`. */
struct SourceRange {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::int32_t source = 0;
  std::int32_t derivation = -1;  // of the rendering's trace: what the bytes are exactly, where that is known
};

/** UTF-8 with the sources of its bytes, sorted and not overlapping; bytes of the template itself have none. */
struct Text {
  std::string bytes;
  std::vector<SourceRange> sources;
  bool is_safe = false;  // markup in Jinja's sense: `+` escapes what is joined to it
};

/** What one render may use. A value in a list or dict counts as a step when it is made, so steps bound memory too. */
struct Budget {
  std::int64_t max_steps = 1'000'000;        // nodes evaluated and elements touched
  int max_depth = 300;                       // of nested calls, blocks and values
  std::int64_t max_bytes = 24 << 20;         // of all text made on the way
  std::int64_t max_output_bytes = 16 << 20;  // of the result

  /** More for a larger input: what a template must do with `num_bytes` in `num_messages` is not its fault. */
  static Budget for_input(std::size_t num_messages, std::size_t num_bytes);
};

/** A calendar date and time for strftime_now. */
struct DateTime {
  int year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0;
};

/** A name and what it stands for, trusted like the template itself. */
struct Variable {
  std::string name;
  Json value;
};

struct Input {
  std::vector<Variable> variables;
  /** The list `messages`: strings of message i except its "role" have source i. */
  std::optional<Json> messages;
  /** The lists `tools` and `documents`: their strings have source -1. */
  std::optional<Json> tools, documents;
  /** Whether to record what becomes of the contents of messages that have a role and a content and nothing else. */
  bool is_traced = false;
  std::optional<DateTime> now;  // nothing: strftime_now is not defined
};

class Trace;

struct Output {
  Text text;
  std::vector<std::pair<std::size_t, std::size_t>> generation;  // byte ranges of {% generation %} blocks
  std::shared_ptr<const Trace> trace;                           // of a traced rendering
};

class Template {
 public:
  /** Throws Error{input} "NAME:LINE: what is wrong". */
  Template(std::string_view source, const std::string& name);
  ~Template();
  Template(const Template&) = delete;
  Template& operator=(const Template&) = delete;

  /** Throws Error{input}: the template's raise_exception message, or "NAME:LINE: what went wrong". */
  Output render(const Input& input, const Budget& budget = {}) const;
  bool has_generation() const;
  /** Whether the name stands anywhere in it as a variable. */
  bool mentions(std::string_view name) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace intelia::jinja
