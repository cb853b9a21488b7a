// See oniguruma.hpp.
#include "tokens/oniguruma.hpp"

#include <fmt/format.h>

#include <cctype>

#include "base/error.hpp"

namespace intelia {

namespace {

// Unicode's White_Space, which PCRE2's \s is not: that also has U+180E.
constexpr const char* kSpaces =
    R"(\x{9}-\x{d}\x{20}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000})";
// Oniguruma's word characters, which PCRE2's \w are not: that lacks marks and has all numbers.
constexpr const char* kWord = R"(\p{Alphabetic}\p{M}\p{Nd}\p{Pc})";

/** One pass over a pattern. */
class Translation {
 public:
  explicit Translation(const std::string& pattern) : pattern_(pattern) {}

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
    throw Error(Kind::input, fmt::format("the split pattern '{}' uses {}, which is not supported", pattern_, what));
  }

  char next() const { return at_ + 1 < pattern_.size() ? pattern_[at_ + 1] : '\0'; }

  void take_escape() {
    if (++at_ >= pattern_.size()) refuse("a backslash at its end");
    const char kind = pattern_[at_];
    if (kind == 's' || kind == 'w') {
      const char* characters = kind == 's' ? kSpaces : kWord;
      out_ += is_in_class_ ? characters : fmt::format("[{}]", characters);
    } else if (kind == 'S' || kind == 'W') {
      if (is_in_class_) refuse(fmt::format("\\{} in a class", kind));
      out_ += fmt::format("[^{}]", kind == 'S' ? kSpaces : kWord);
    } else if (std::string_view("hHRXKGZbBkgMCo").find(kind) != std::string_view::npos) {
      refuse(fmt::format("\\{}", kind));
    } else {
      out_ += '\\';
      out_ += kind;
    }
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
  std::size_t at_ = 0;
  bool is_in_class_ = false;
};

}  // namespace

std::string pcre_of_oniguruma(const std::string& pattern) { return Translation(pattern).run(); }

std::string quoted_for_pcre(std::string_view text) {
  std::string out;
  for (const char byte : text) {
    if (static_cast<unsigned char>(byte) < 0x80 && std::isalnum(static_cast<unsigned char>(byte)) == 0) out += '\\';
    out += byte;
  }
  return out;
}

}  // namespace intelia
