#include "inference/answer_text.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "base/error.hpp"

namespace intelia {

namespace {
constexpr std::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD: of bytes that are not (yet) a character
}

std::string GrowingText::new_text() const {
  const std::span<const std::int32_t> all(ids_);
  const std::string before =
      tokenizer_->decode(all.subspan(context_begin_, new_begin_ - context_begin_), /*skip_special=*/true);
  const std::string now = tokenizer_->decode(all.subspan(context_begin_), /*skip_special=*/true);
  // A decoder may change what it made of the tokens before: the new text still begins with a whole character.
  std::size_t begin = std::min(before.size(), now.size());
  while (begin < now.size() && (static_cast<unsigned char>(now[begin]) & 0xC0) == 0x80) ++begin;
  return now.substr(begin);
}

std::string GrowingText::add(std::int32_t id) {
  ids_.push_back(id);
  std::string text = new_text();
  if (text.ends_with(kReplacement)) {
    held_.clear();
    return "";
  }
  held_ = std::move(text);
  if (held_.empty() || is_byte_token(tokenizer_->token_of(id))) return "";
  context_begin_ = new_begin_;
  new_begin_ = ids_.size();
  return std::exchange(held_, "");
}

std::string GrowingText::finish() {
  std::string text = new_text();
  context_begin_ = new_begin_ = ids_.size();
  held_.clear();
  return text;
}

void check_stop_strings(const std::vector<std::string>& stop_strings) {
  for (const std::string& stop : stop_strings)
    if (stop.empty()) throw SettingError(Kind::usage, "stop", "expected a text that is not empty");
}

std::size_t find_stop(std::string_view text, const std::vector<std::string>& stop_strings) {
  std::size_t first = std::string_view::npos;
  for (const std::string& stop : stop_strings) first = std::min(first, text.find(stop));
  return first;
}

std::string AnswerText::release(std::string_view tentative) {
  const std::size_t stop = find_stop(held_ + std::string(tentative), *stop_strings_);
  if (stop != std::string::npos) {
    is_stopped_ = true;
    return (std::exchange(held_, "") + std::string(tentative)).substr(0, stop);
  }
  std::size_t num_held = 0;
  for (const std::string& text : *stop_strings_)
    for (std::size_t size = std::min(text.size() - 1, held_.size()); size > num_held; --size)
      if (held_.ends_with(std::string_view(text).substr(0, size))) num_held = size;
  std::string certain = held_.substr(0, held_.size() - num_held);
  held_.erase(0, certain.size());
  return certain;
}

std::string AnswerText::add(std::int32_t id) {
  if (is_stopped_) return "";
  held_ += text_.add(id);
  return release(text_.held());
}

std::string AnswerText::finish() {
  if (is_stopped_) return "";
  held_ += text_.finish();
  const std::string rest = release("");
  return rest + std::exchange(held_, "");
}

}  // namespace intelia
