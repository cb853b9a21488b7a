#include "inference/answer_text.hpp"

#include <algorithm>
#include <span>

namespace intelia {

namespace {
constexpr std::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD: of bytes that are not (yet) a character
}

std::string GrowingText::add(std::int32_t id) {
  ids_.push_back(id);
  const std::span<const std::int32_t> all(ids_);
  const std::string before =
      tokenizer_->decode(all.subspan(context_begin_, new_begin_ - context_begin_), /*skip_special=*/true);
  const std::string now = tokenizer_->decode(all.subspan(context_begin_), /*skip_special=*/true);
  if (now.size() <= before.size() || now.ends_with(kReplacement)) return "";
  context_begin_ = new_begin_;
  new_begin_ = ids_.size();
  return now.substr(before.size());
}

std::string GrowingText::finish() {
  const std::span<const std::int32_t> all(ids_);
  const std::string before =
      tokenizer_->decode(all.subspan(context_begin_, new_begin_ - context_begin_), /*skip_special=*/true);
  const std::string now = tokenizer_->decode(all.subspan(context_begin_), /*skip_special=*/true);
  context_begin_ = new_begin_ = ids_.size();
  return now.size() > before.size() ? now.substr(before.size()) : "";
}

std::size_t find_stop(std::string_view text, const std::vector<std::string>& stop_strings) {
  std::size_t first = std::string_view::npos;
  for (const std::string& stop : stop_strings) first = std::min(first, text.find(stop));
  return first;
}

StopDetector::StopDetector(const Tokenizer& tokenizer, const std::vector<std::string>& stop_strings)
    : stop_strings_(&stop_strings), text_(tokenizer) {
  for (const std::string& stop : stop_strings) longest_ = std::max(longest_, stop.size());
}

bool StopDetector::add(std::int32_t id) {
  if (longest_ == 0) return false;
  tail_ += text_.add(id);
  if (find_stop(tail_, *stop_strings_) != std::string::npos) return true;
  if (tail_.size() >= longest_) tail_.erase(0, tail_.size() - (longest_ - 1));
  return false;
}

}  // namespace intelia
