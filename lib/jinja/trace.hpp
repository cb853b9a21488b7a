// What one rendering did with the messages' contents: how each piece of them reached the output, and what the template
// asked about them. As long as it only copied, trimmed and asked, the same text follows for any other contents that
// give the same answers, without running the template again. Knows nothing of caches.
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

/** A message's content, or another derivation's text without characters at its ends. Empty contents have none. */
struct Derivation {
  std::int32_t message = 0;
  std::int32_t parent = -1;  // -1: the whole content
  Side side = Side::both;
  std::optional<std::string> characters;  // nothing: blanks
  bool operator==(const Derivation&) const = default;
};

/** A question the template asked, and the answer it got. */
struct Guard {
  enum class Kind { is_empty, equals, contains, starts_with, ends_with };
  Kind kind = Kind::is_empty;
  std::int32_t derivation = 0;
  std::string operand;
  bool answer = false;
  bool operator==(const Guard&) const = default;
};

/** Applies `derivations` in order to the contents of the messages; a parent stands before what is made from it. */
std::vector<std::string_view> apply(const std::vector<Derivation>& derivations,
                                    std::span<const std::string_view> contents);
bool holds(const Guard& guard, std::string_view text);

/** Filters that look only at how many elements their input has and hand them on, but for text, of which they see all.
 */
const std::set<std::string, std::less<>>& structural_filters();

class Trace {
 public:
  /** The derivation of message number `message`'s whole content, which is not empty. */
  std::int32_t add_content(std::int32_t message);

  /** Watches an operation that is about to happen. What it cannot follow makes the trace useless. */
  void watch_filter(const std::string& name, const Value& input, const CallArguments& arguments);
  void watch_test(const std::string& name, const Value& input, const CallArguments& arguments);
  void watch_method(const std::string& name, const Value& self, const CallArguments& arguments);
  void watch_comparison(const std::string& symbol, const Value& left, const Value& right);
  void watch_item(const Value& object, const Value& key);
  /** An operation that looks into its operand. */
  void watch_use(const Value& value) { is_useful_ = is_useful_ && !value.has_content(); }
  /** `after` is `before` stripped. */
  void watch_strip(const Text& before, Text& after, Side side, const std::string* characters);

  /** Whether the output followed from nothing but derivations and guards. */
  bool is_useful() const { return is_useful_; }
  const std::vector<Derivation>& derivations() const { return derivations_; }
  const std::vector<Guard>& guards() const { return guards_; }

 private:
  /** The derivation that `text` is exactly, or -1. */
  static std::int32_t derivation_of(const Value& text);
  /** A question with one operand that is no content. */
  void ask(Guard::Kind kind, const Value& subject, const Value& operand);
  void add_guard(Guard guard);
  /** The derivation of `parent` stripped, which came out empty or not. */
  std::int32_t add_strip(std::int32_t parent, Side side, const std::string* characters, bool is_empty);
  /** As watch_strip, of a text that is no derivation but has contents in it. */
  void watch_strip_of_parts(const Text& before, Text& after, Side side, const std::string* characters);

  std::vector<Derivation> derivations_;
  std::vector<Guard> guards_;
  bool is_useful_ = true;
};

}  // namespace intelia::jinja
