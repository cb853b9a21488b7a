// See aligned_text.hpp.
#include "text/aligned_text.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "text/utf8.hpp"

namespace intelia {

ByteRange whole_characters(std::string_view text, std::size_t begin, std::size_t end) {
  const auto is_inside = [&](std::size_t i) {
    return i < text.size() && (static_cast<unsigned char>(text[i]) & 0xC0) == 0x80;
  };
  while (begin > 0 && is_inside(begin)) --begin;
  while (is_inside(end)) ++end;
  return {begin, end};
}

ByteRange AlignedText::source_of(std::size_t begin, std::size_t end) const {
  if (!sources_.empty()) return {sources_[begin].begin, sources_[end - 1].end};
  return {offset_ + begin, offset_ + end};
}

ByteRange AlignedText::source_of_characters(std::size_t begin, std::size_t end) const {
  const ByteRange wide = whole_characters(text_, begin, end);
  return source_of(wide.begin, wide.end);
}

void AlignedText::make_sources() {
  if (!sources_.empty() || text_.empty()) return;
  sources_.resize(text_.size());
  for (std::size_t i = 0; i < text_.size();) {
    const std::size_t length = character_bytes(text_, i);
    for (std::size_t k = 0; k < length; ++k) sources_[i + k] = {offset_ + i, offset_ + i + length};
    i += length;
  }
}

AlignedText AlignedText::slice(ByteRange bytes) const {
  AlignedText part;
  part.max_bytes_ = max_bytes_;
  part.text_ = text_.substr(bytes.begin, bytes.end - bytes.begin);
  if (sources_.empty()) {
    part.offset_ = offset_ + bytes.begin;
  } else {
    const auto first = sources_.begin();
    part.sources_.assign(first + static_cast<std::ptrdiff_t>(bytes.begin),
                         first + static_cast<std::ptrdiff_t>(bytes.end));
    part.offset_ = part.sources_.empty() ? offset_ : part.sources_.front().begin;
  }
  return part;
}

void AlignedText::check_size(std::size_t num_bytes) const {
  if (num_bytes > max_bytes_)
    throw Error(Kind::input, "the tokenizer's normalizers make a text longer than the limit of " +
                                 std::to_string(max_bytes_) + " bytes");
}

void AlignedText::append(const AlignedText& other) {
  if (text_.empty()) {
    *this = other;
    return;
  }
  max_bytes_ += other.max_bytes_;
  make_sources();
  AlignedText tail = other;
  tail.make_sources();
  text_ += tail.text_;
  sources_.insert(sources_.end(), tail.sources_.begin(), tail.sources_.end());
}

void AlignedText::prepend(std::string_view prefix) {
  if (text_.empty()) return;
  check_size(text_.size() + prefix.size());
  make_sources();
  text_.insert(0, prefix);
  sources_.insert(sources_.begin(), prefix.size(), ByteRange(sources_.front()));
}

void AlignedText::transform(std::span<const NewCharacter> characters, std::size_t num_removed) {
  if (text_.empty()) return;
  make_sources();
  std::string new_text;
  std::vector<ByteRange> new_sources;
  std::size_t done = 0;  // old bytes replaced or removed so far
  const auto pass_over = [&](std::size_t num_characters) {
    for (; num_characters > 0 && done < text_.size(); --num_characters) done += character_bytes(text_, done);
  };
  pass_over(num_removed);
  for (const NewCharacter& character : characters) {
    ByteRange source{offset_, offset_};
    if (character.change <= 0)
      source = sources_[std::min(done, text_.size() - 1)];
    else if (done > 0)
      source = sources_[done - 1];
    if (character.change <= 0) pass_over(1 + static_cast<std::size_t>(-character.change));
    append_code_point(new_text, character.code_point);
    new_sources.resize(new_text.size(), source);
  }
  check_size(new_text.size());
  text_ = std::move(new_text);
  sources_ = std::move(new_sources);
}

void AlignedText::keep_only(const std::function<bool(char32_t)>& keep) {
  std::vector<NewCharacter> kept;
  std::size_t num_removed = 0;
  bool removes_any = false;
  for (std::size_t i = 0; i < text_.size();) {
    std::size_t length = 1;
    const char32_t code_point = code_point_at(text_, i, length);
    i += length;
    if (keep(code_point)) {
      kept.push_back({code_point, 0});
      continue;
    }
    removes_any = true;
    if (kept.empty())
      ++num_removed;
    else
      --kept.back().change;
  }
  if (removes_any) transform(kept, num_removed);
}

void AlignedText::replace(std::span<const ByteRange> matches, std::string_view replacement) {
  if (matches.empty()) return;
  std::size_t new_size = text_.size() + matches.size() * replacement.size();
  for (const ByteRange& match : matches) new_size -= match.end - match.begin;
  check_size(new_size);
  make_sources();
  std::string new_text;
  std::vector<ByteRange> new_sources;
  const auto copy = [&](std::size_t begin, std::size_t end) {
    new_text.append(text_, begin, end - begin);
    new_sources.insert(new_sources.end(), sources_.begin() + static_cast<std::ptrdiff_t>(begin),
                       sources_.begin() + static_cast<std::ptrdiff_t>(end));
  };
  std::size_t done = 0;
  for (const ByteRange& match : matches) {
    copy(done, match.begin);
    new_text += replacement;
    new_sources.resize(new_text.size(), match.end == 0 ? ByteRange{offset_, offset_} : sources_[match.end - 1]);
    done = match.end;
  }
  copy(done, text_.size());
  text_ = std::move(new_text);
  sources_ = std::move(new_sources);
}

}  // namespace intelia
