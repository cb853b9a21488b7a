// See trace.hpp.
#include "jinja/trace.hpp"

#include <algorithm>

#include "text/search.hpp"

namespace intelia::jinja {

namespace {

using Names = std::set<std::string, std::less<>>;

/** Filters that pass their input on. */
const Names& passing_filters() {
  static const Names kNames = {"default", "d", "string"};
  return kNames;
}

/** Tests that look only at a value's type. */
bool is_type_test(std::string_view name) {
  static const Names kNames = {"defined", "undefined", "none",    "string", "mapping", "iterable", "sequence",
                               "boolean", "number",    "integer", "float",  "true",    "false",    "callable"};
  return kNames.contains(name);
}

bool is_equality(std::string_view name) {
  return name == "eq" || name == "equalto" || name == "==" || name == "ne" || name == "!=";
}

bool has_content(const CallArguments& arguments) {
  return std::any_of(arguments.positional.begin(), arguments.positional.end(),
                     [](const Value& value) { return value.has_content(); }) ||
         std::any_of(arguments.named.begin(), arguments.named.end(),
                     [](const auto& argument) { return argument.second.has_content(); });
}

bool is_strip(std::string_view name) { return name == "strip" || name == "lstrip" || name == "rstrip"; }

}  // namespace

const std::set<std::string, std::less<>>& structural_filters() {
  static const Names kNames = {"length", "count",   "list",   "first", "last",       "reverse",
                               "map",    "select",  "reject", "items", "selectattr", "rejectattr",
                               "join",   "default", "d",      "batch", "slice",      "attr"};
  return kNames;
}

std::vector<std::string_view> apply(const std::vector<Derivation>& derivations,
                                    std::span<const std::string_view> contents) {
  std::vector<std::string_view> texts;
  texts.reserve(derivations.size());
  for (const Derivation& derivation : derivations) {
    if (derivation.parent < 0) {
      texts.push_back(contents[static_cast<std::size_t>(derivation.message)]);
      continue;
    }
    const std::string_view parent = texts[static_cast<std::size_t>(derivation.parent)];
    const ByteRange range =
        stripped(parent, derivation.characters ? &*derivation.characters : nullptr, derivation.side);
    texts.push_back(parent.substr(range.begin, range.end - range.begin));
  }
  return texts;
}

bool holds(const Guard& guard, std::string_view text) {
  bool answer = false;
  switch (guard.kind) {
    case Guard::Kind::is_empty:
      answer = text.empty();
      break;
    case Guard::Kind::equals:
      answer = text == guard.operand;
      break;
    case Guard::Kind::contains:
      answer = find_text(text, guard.operand) != std::string_view::npos;
      break;
    case Guard::Kind::starts_with:
      answer = text.starts_with(guard.operand);
      break;
    case Guard::Kind::ends_with:
      answer = text.ends_with(guard.operand);
      break;
  }
  return answer == guard.answer;
}

std::int32_t Trace::add_content(std::int32_t message) {
  derivations_.push_back({message, -1, Side::both, std::nullopt});
  return static_cast<std::int32_t>(derivations_.size()) - 1;
}

std::int32_t Trace::derivation_of(const Value& text) {
  const std::vector<SourceRange>& sources = text.text().sources;
  if (sources.size() != 1 || sources[0].begin != 0 || sources[0].end != text.bytes().size()) return -1;
  return sources[0].derivation;
}

void Trace::add_guard(Guard guard) {
  constexpr std::size_t kMaxGuards = 1000;  // so that finding one takes constant time
  if (guards_.size() >= kMaxGuards) is_useful_ = false;
  if (!is_useful_) return;
  if (std::find(guards_.begin(), guards_.end(), guard) == guards_.end()) guards_.push_back(std::move(guard));
}

void Trace::ask(Guard::Kind kind, const Value& subject, const Value& operand) {
  if (!subject.has_content() && !operand.has_content()) return;
  const std::int32_t derivation = derivation_of(subject);
  if (derivation < 0 || operand.has_content() || !operand.is(Type::string)) {
    is_useful_ = false;
    return;
  }
  Guard guard{kind, derivation, operand.bytes(), true};
  guard.answer = holds(guard, subject.bytes());
  add_guard(std::move(guard));
}

void Trace::watch_filter(const std::string& name, const Value& input, const CallArguments& arguments) {
  const bool is_passed_on = passing_filters().contains(name);
  if (!is_passed_on && has_content(arguments)) is_useful_ = false;
  if (is_passed_on || name == "trim" || !input.has_content()) return;
  if (input.is(Type::string) || !structural_filters().contains(name)) is_useful_ = false;
}

void Trace::watch_test(const std::string& name, const Value& input, const CallArguments& arguments) {
  if (is_type_test(name)) return;
  if (is_equality(name) && input.is(Type::string) && arguments.positional.size() == 1) {
    watch_comparison("==", input, arguments.positional[0]);
  } else if (input.has_content() || has_content(arguments)) {
    is_useful_ = false;
  }
}

void Trace::watch_method(const std::string& name, const Value& self, const CallArguments& arguments) {
  if (!self.is(Type::string)) {
    const bool only_looks_up = self.is(Type::dict) || name == "copy";
    if (has_content(arguments) || (!only_looks_up && self.has_content())) is_useful_ = false;
    return;
  }
  if (is_strip(name)) {
    if (has_content(arguments)) is_useful_ = false;
  } else if (name == "startswith" || name == "endswith") {
    const Guard::Kind kind = name == "startswith" ? Guard::Kind::starts_with : Guard::Kind::ends_with;
    if (arguments.positional.size() == 1 && arguments.positional[0].is_tuple()) {
      for (const Value& affix : arguments.positional[0].items()) ask(kind, self, affix);
    } else if (arguments.positional.size() == 1) {
      ask(kind, self, arguments.positional[0]);
    } else if (self.has_content() || has_content(arguments)) {
      is_useful_ = false;
    }
  } else if (name == "join") {
    const bool joins_items = arguments.positional.size() == 1 && arguments.positional[0].is_list_like();
    if (!joins_items && (self.has_content() || has_content(arguments))) is_useful_ = false;
  } else if (self.has_content() || has_content(arguments)) {
    is_useful_ = false;
  }
}

void Trace::watch_comparison(const std::string& symbol, const Value& left, const Value& right) {
  if (!left.has_content() && !right.has_content()) return;
  if (symbol == "in" || symbol == "not in") {
    // Only the keys of a dict are searched.
    if (right.is(Type::dict) && !left.has_content()) return;
    if (right.is(Type::string)) return ask(Guard::Kind::contains, right, left);
  } else if (symbol == "==" || symbol == "!=") {
    const bool is_left_content = left.has_content();
    const Value& subject = is_left_content ? left : right;
    const Value& operand = is_left_content ? right : left;
    if (subject.is(Type::string)) {
      if (!operand.is(Type::string) && !operand.has_content()) return;  // never equal
      return ask(Guard::Kind::equals, subject, operand);
    }
  }
  is_useful_ = false;
}

void Trace::watch_item(const Value& object, const Value& key) {
  const bool is_indexed_text = object.is(Type::string) && !key.is(Type::string) && object.has_content();
  if (is_indexed_text || key.has_content()) is_useful_ = false;
}

std::int32_t Trace::add_strip(std::int32_t parent, Side side, const std::string* characters, bool is_empty) {
  const Derivation derivation{derivations_[static_cast<std::size_t>(parent)].message, parent, side,
                              characters == nullptr ? std::nullopt : std::optional<std::string>(*characters)};
  auto found = std::find(derivations_.begin(), derivations_.end(), derivation);
  if (found == derivations_.end()) found = derivations_.insert(derivations_.end(), derivation);
  const auto place = static_cast<std::int32_t>(found - derivations_.begin());
  add_guard({Guard::Kind::is_empty, place, "", is_empty});
  return place;
}

void Trace::watch_strip(const Text& before, Text& after, Side side, const std::string* characters) {
  const Value subject = Value::string(before);
  if (!subject.has_content()) return;
  const std::int32_t parent = derivation_of(subject);
  if (parent < 0) return watch_strip_of_parts(before, after, side, characters);
  const std::int32_t place = add_strip(parent, side, characters, after.bytes.empty());
  if (!after.sources.empty()) after.sources.front().derivation = place;
}

void Trace::watch_strip_of_parts(const Text& before, Text& after, Side side, const std::string* characters) {
  const auto vanishes = [&](std::string_view text) {
    const ByteRange range = stripped(text, characters, Side::both);
    return range.begin == range.end;
  };
  std::int32_t stripped_on_left = -1;
  for (const Side end : {Side::left, Side::right}) {
    if ((static_cast<int>(side) & static_cast<int>(end)) == 0) continue;
    const bool is_left = end == Side::left;
    const SourceRange& outer = is_left ? before.sources.front() : before.sources.back();
    const std::string_view bytes = before.bytes;
    // Whatever the contents are, stripping ends at the template's own text next to them.
    if (!vanishes(is_left ? bytes.substr(0, outer.begin) : bytes.substr(outer.end))) continue;
    const bool is_one = before.sources.size() == 1 && stripped_on_left >= 0;
    const std::int32_t parent = is_one ? stripped_on_left : outer.derivation;
    if (parent < 0 || vanishes(bytes.substr(outer.begin, outer.end - outer.begin))) {
      is_useful_ = false;
      return;
    }
    const std::int32_t place = add_strip(parent, end, characters, false);
    (is_left ? after.sources.front() : after.sources.back()).derivation = place;
    if (is_left) stripped_on_left = place;
  }
}

}  // namespace intelia::jinja
