// See oniguruma.hpp.
#include "tokenizer/oniguruma.hpp"

#include <fmt/format.h>

#include <string_view>

#include "base/error.hpp"
#include "base/excerpt.hpp"
#include "text/unicode_additions.hpp"

namespace intelia {

namespace {

// Unicode's White_Space; PCRE2's \s also has U+180E.
constexpr const char* kSpaces =
    R"(\x{9}-\x{d}\x{20}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000})";
// Oniguruma's word characters; PCRE2's \w lacks marks and has all numbers.
constexpr const char* kWord = R"(\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\x{b2}\x{b3}\x{b9}\x{bc}-\x{be})";
constexpr std::string_view kCategories =
    "L Lu Ll Lt Lm Lo M Mn Mc Me N Nd Nl No P Pc Pd Ps Pe Pi Pf Po S Sm Sc Sk So Z Zs Zl Zp";

bool is_category(std::string_view name) {
  return !name.empty() && name.size() <= 2 && kCategories.find(name) != std::string_view::npos;
}

/** The added characters of the categories that begin with `category`, as parts of a class. */
std::string additions_of(std::string_view category) {
  std::string out;
  for (const UnicodeAddition& addition : unicode_additions()) {
    if (!addition.category.starts_with(category)) continue;
    out += fmt::format("\\x{{{:x}}}-\\x{{{:x}}}", static_cast<unsigned>(addition.first),
                       static_cast<unsigned>(addition.last));
  }
  return out;
}

/** One pass over a pattern. */
class Translation {
 public:
  Translation(const std::string& pattern, bool has_additions) : pattern_(pattern), has_additions_(has_additions) {}

  std::string run() {
    for (at_ = 0; at_ < pattern_.size(); ++at_) {
      if (pattern_[at_] == '\\')
        take_escape();
      else if (is_in_class_)
        take_in_class();
      else
        take_outside();
    }
    return std::move(out_);
  }

 private:
  [[noreturn]] void refuse(const std::string& what) const {
    throw Error(Kind::input, fmt::format("the split pattern '{}' uses {} at byte {}, which is not supported",
                                         excerpt_around(pattern_, at_), what, at_));
  }

  char next() const { return at_ + 1 < pattern_.size() ? pattern_[at_ + 1] : '\0'; }

  void take_escape() {
    if (++at_ >= pattern_.size()) refuse("a backslash at its end");
    const char kind = pattern_[at_];
    switch (kind) {
      case 's':
        return take_set(kSpaces);
      case 'S':
        return take_complement(kSpaces);
      case 'w':
        return take_set(word());
      case 'W':
        return take_complement(word());
      case 'd':
        return take_set(category("Nd"));
      case 'D':
        return take_complement(category("Nd"));
      case 'p':
      case 'P':
        return take_property(kind == 'P');
      default:
        break;
    }
    if (std::string_view("hHRXKGZbBkgMCo").find(kind) != std::string_view::npos) refuse(fmt::format("\\{}", kind));
    out_ += '\\';
    out_ += kind;
  }

  std::string category(std::string_view name) const {
    return fmt::format("\\p{{{}}}{}", name, has_additions_ ? additions_of(name) : "");
  }

  std::string word() const {
    if (!has_additions_) return kWord;
    std::string characters = kWord;
    for (const char* name : {"L", "M", "Nd", "Nl", "Pc"}) characters += additions_of(name);
    return characters;
  }

  void take_set(const std::string& characters) { out_ += is_in_class_ ? characters : fmt::format("[{}]", characters); }

  void take_complement(const std::string& characters) {
    if (is_in_class_) refuse(fmt::format("\\{} in a class", pattern_[at_]));
    out_ += fmt::format("[^{}]", characters);
  }

  /** \p{Lu}, \P{Lu} and the short \pL. */
  void take_property(bool is_complement) {
    const std::size_t close = next() == '{' ? pattern_.find('}', at_) : at_ + 1;
    if (close >= pattern_.size()) refuse("an unclosed \\p");
    const std::string name = next() == '{' ? pattern_.substr(at_ + 2, close - at_ - 2) : pattern_.substr(close, 1);
    if (!is_category(name)) {
      out_ += fmt::format("\\{}{{{}}}", is_complement ? 'P' : 'p', name);
    } else if (!has_additions_ && !is_complement) {
      out_ += fmt::format("\\p{{{}}}", name);
    } else if (is_complement) {
      take_complement(category(name));
    } else {
      take_set(category(name));
    }
    at_ = close;
  }

  void take_in_class() {
    const char byte = pattern_[at_];
    if (byte == '[') refuse("a class within a class");
    if (byte == '&' && next() == '&') refuse("an intersection of classes");
    if (byte == ']') is_in_class_ = false;
    out_ += byte;
  }

  void take_outside() {
    const char byte = pattern_[at_];
    if (byte == '^' || byte == '$') {
      out_ += fmt::format("(?m:{})", byte);  // Ruby's anchors are those of lines
      return;
    }
    if (byte == '[') is_in_class_ = true;
    out_ += byte;
    if (byte == '[' && next() == '^') out_ += pattern_[++at_];
  }

  const std::string& pattern_;
  std::string out_;
  bool has_additions_;
  std::size_t at_ = 0;
  bool is_in_class_ = false;
};

}  // namespace

std::string pcre_of_oniguruma(const std::string& pattern, bool has_additions) {
  return Translation(pattern, has_additions).run();
}

}  // namespace intelia
