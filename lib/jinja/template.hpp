// A subset of Jinja2 3.1 as transformers configures it for chat templates (trim_blocks, lstrip_blocks, loop controls,
// {% generation %}, an immutable sandbox): no include, import, extends or file access. Templates are untrusted, so
// rendering has resource limits. Text records which message each of its bytes comes from. Language reference:
// https://jinja.palletsprojects.com/en/stable/templates/
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

/** Bytes [begin, end) of a text come from input number `source`. */
struct SourceRange {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::int32_t source = 0;
  std::int32_t derivation = -1;  // in the rendering's trace: how the bytes derive from contents, where known
};

/** UTF-8 with the sources of its bytes, sorted and not overlapping; bytes of the template itself have none. */
struct Text {
  std::string bytes;
  std::vector<SourceRange> sources;
  bool is_safe = false;  // Markup in Jinja's sense: `+` escapes the other operand
};

/** Resource limits of one rendering. An operation is charged, in steps and bytes, for the work and memory it takes
 * before it takes them: a step is at most about a microsecond and 40 bytes of values, so that a rendering within its
 * budget takes at most some tenths of a second and 64 MiB in addition to what is proportional to its input. */
struct Budget {
  std::int64_t max_steps = 1'000'000;        // nodes evaluated and elements touched
  int max_depth = 300;                       // of nested calls, blocks and values
  std::int64_t max_bytes = 24 << 20;         // of all text created during rendering
  std::int64_t max_output_bytes = 16 << 20;  // of the result

  /** Limits that grow with the input. */
  static Budget for_input(std::size_t num_messages, std::size_t num_bytes);
};

/** A calendar date and time for strftime_now. */
struct DateTime {
  int year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0;
};

/** A variable, trusted like the template itself. */
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
  /** Whether to trace the contents of messages that have a role and a content and nothing else. */
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
  /** Whether the name occurs anywhere in it as a variable. */
  bool mentions(std::string_view name) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace intelia::jinja
