// Traces what one rendering does with the messages' contents: how each piece reaches the output, and which tests the
// template makes on them. As long as contents are only copied, stripped and tested, other contents with the same test
// results give the same text with the contents exchanged, without running the template again. Knows nothing of caches.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "jinja/text.hpp"

namespace intelia::jinja {

/** How a piece of text derives from a message: its content, or another derivation's text stripped. Empty contents have
    none. */
struct Derivation {
  std::int32_t message = 0;
  std::int32_t parent = -1;  // -1: the whole content
  Side side = Side::both;
  std::optional<std::string> characters;  // nothing: whitespace
  bool operator==(const Derivation&) const = default;
};

/** A test that the template made, and its result. */
struct Guard {
  enum class Kind { is_empty, equals, contains, starts_with, ends_with };
  Kind kind = Kind::is_empty;
  std::int32_t derivation = 0;
  std::string operand;
  bool answer = false;
  bool operator==(const Guard&) const = default;
};

/** Applies `derivations` in order to the contents of the messages; parents come before their children. */
std::vector<std::string_view> apply(const std::vector<Derivation>& derivations,
                                    std::span<const std::string_view> contents);
bool holds(const Guard& guard, std::string_view text);

/** Filters that depend only on the number of elements of their input and pass them on; of a text they read everything.
 */
const std::set<std::string, std::less<>>& structural_filters();

class Trace {
 public:
  /** The derivation of message number `message`'s whole content, which is not empty. */
  std::int32_t add_content(std::int32_t message);

  /** Called before an operation. One that cannot be traced makes the trace useless. */
  void watch_filter(const std::string& name, const Value& input, const CallArguments& arguments);
  void watch_test(const std::string& name, const Value& input, const CallArguments& arguments);
  void watch_method(const std::string& name, const Value& self, const CallArguments& arguments);
  void watch_comparison(const std::string& symbol, const Value& left, const Value& right);
  void watch_item(const Value& object, const Value& key);
  /** An operation that reads its operand's text. */
  void watch_use(const Value& value) { is_useful_ = is_useful_ && !value.has_content(); }
  /** `after` is `before` stripped. */
  void watch_strip(const Text& before, Text& after, Side side, const std::string* characters);

  /** Whether the output follows from derivations and guards only. */
  bool is_useful() const { return is_useful_; }
  const std::vector<Derivation>& derivations() const { return derivations_; }
  const std::vector<Guard>& guards() const { return guards_; }

 private:
  /** The derivation that `text` consists of, or -1. */
  static std::int32_t derivation_of(const Value& text);
  /** Records a test with one operand that is not content. */
  void ask(Guard::Kind kind, const Value& subject, const Value& operand);
  void add_guard(Guard guard);
  /** The derivation of `parent` stripped; `is_empty`: with an empty result. */
  std::int32_t add_strip(std::int32_t parent, Side side, const std::string* characters, bool is_empty);
  /** As watch_strip, for a text that contains contents but is not a single derivation. */
  void watch_strip_of_parts(const Text& before, Text& after, Side side, const std::string* characters);

  std::vector<Derivation> derivations_;
  std::vector<Guard> guards_;
  bool is_useful_ = true;
};

}  // namespace intelia::jinja
