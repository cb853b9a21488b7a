// See tokenizer_files.hpp.
#include "tokens/tokenizer_files.hpp"

#include <algorithm>
#include <charconv>
#include <tuple>

#include "base/error.hpp"
#include "base/file.hpp"
#include "tokens/utf8.hpp"

namespace intelia {

namespace {

/** Unicode's White_Space, which lacks four separators that Python's isspace has. */
bool is_white_space(char32_t c) { return is_space(c) && !(c >= 0x1C && c <= 0x1F); }

std::size_t blanks_before(std::string_view text, std::size_t end, std::size_t floor) {
  while (end > floor) {
    std::size_t begin = end - 1;
    while (begin > floor && (static_cast<unsigned char>(text[begin]) & 0xC0) == 0x80) --begin;
    std::size_t length = 1;
    if (!is_white_space(code_point_at(text, begin, length))) break;
    end = begin;
  }
  return end;
}

std::size_t blanks_after(std::string_view text, std::size_t begin) {
  while (begin < text.size()) {
    std::size_t length = 1;
    if (!is_white_space(code_point_at(text, begin, length))) break;
    begin += length;
  }
  return begin;
}

AddedToken added_token(std::int32_t id, const Json& value) {
  AddedToken token;
  token.id = id;
  token.content = value.value("content", "");
  token.is_special = value.value("special", false);
  token.strips_left = value.value("lstrip", false);
  token.strips_right = value.value("rstrip", false);
  token.is_single_word = value.value("single_word", false);
  token.is_normalized = value.value("normalized", !token.is_special);
  return token;
}

}  // namespace

ByteRange whole_characters(std::string_view text, std::size_t begin, std::size_t end) {
  const auto is_inside = [&](std::size_t i) { return i < text.size() && (static_cast<unsigned char>(text[i]) & 0xC0) == 0x80; };
  while (begin > 0 && is_inside(begin)) --begin;
  while (is_inside(end)) ++end;
  return {begin, end};
}

AddedTokenFinder::AddedTokenFinder(std::vector<AddedToken> tokens) : tokens_(std::move(tokens)) {
  std::erase_if(tokens_, [](const AddedToken& token) { return token.content.empty(); });
  std::sort(tokens_.begin(), tokens_.end(), [](const AddedToken& left, const AddedToken& right) {
    const auto key = [](const AddedToken& token) {
      return std::tuple(static_cast<unsigned char>(token.content[0]), -static_cast<std::ptrdiff_t>(token.content.size()), token.content);
    };
    return key(left) < key(right);
  });
  for (std::size_t i = 0; i < tokens_.size(); ++i) {
    auto& [begin, end] = by_first_byte_[static_cast<unsigned char>(tokens_[i].content[0])];
    if (end == 0) begin = i;
    end = i + 1;
  }
}

std::vector<Segment> AddedTokenFinder::split(std::string_view text, bool parse_special, std::span<const ByteRange> plain_ranges) const {
  std::vector<Segment> segments;
  std::size_t done = 0;
  std::size_t plain = 0;  // first plain range that ends after the position
  for (std::size_t position = 0; position < text.size();) {
    const auto [first, last] = by_first_byte_[static_cast<unsigned char>(text[position])];
    const AddedToken* found = nullptr;
    for (std::size_t i = first; i < last && found == nullptr; ++i) {
      const AddedToken& token = tokens_[i];
      if (text.compare(position, token.content.size(), token.content) != 0) continue;
      if (token.is_special) {
        if (!parse_special) continue;
        while (plain < plain_ranges.size() && plain_ranges[plain].end <= position) ++plain;
        if (plain < plain_ranges.size() && plain_ranges[plain].begin < position + token.content.size()) continue;
      }
      found = &token;
    }
    if (found == nullptr) {
      ++position;
      continue;
    }
    const std::size_t begin = found->strips_left ? blanks_before(text, position, done) : position;
    std::size_t end = position + found->content.size();
    if (found->strips_right) end = blanks_after(text, end);
    if (begin > done) segments.push_back({{done, begin}, -1});
    segments.push_back({{begin, end}, found->id});
    position = done = end;
  }
  if (done < text.size()) segments.push_back({{done, text.size()}, -1});
  return segments;
}

TokenizerConfig read_tokenizer_config(const std::filesystem::path& folder) {
  TokenizerConfig config;
  const auto read = [&](const char* name) -> Json {
    const std::filesystem::path path = folder / name;
    if (!std::filesystem::exists(path)) return Json::object();
    const std::string bytes = read_file(path);
    config.bytes += bytes;
    Json json = parse_json(bytes, path.string());
    if (!json.is_object()) throw Error(Kind::input, path.string() + ": a JSON object was expected");
    return json;
  };
  const auto take_names = [&](const Json& json) {
    for (const char* name : {"bos_token", "eos_token", "pad_token", "unk_token"}) {
      if (!json.contains(name)) continue;
      const Json& value = json[name];
      if (value.is_string()) config.names.try_emplace(name, value.get<std::string>());
      if (value.is_object() && value.contains("content")) config.names.try_emplace(name, value["content"].get<std::string>());
    }
  };
  const auto flag = [](const Json& json, const char* name) -> std::optional<bool> {
    if (!json.contains(name) || !json[name].is_boolean()) return std::nullopt;
    return json[name].get<bool>();
  };
  try {
    const Json main = read("tokenizer_config.json");
    take_names(main);
    config.add_bos_token = flag(main, "add_bos_token");
    config.add_eos_token = flag(main, "add_eos_token");
    config.legacy = flag(main, "legacy");
    config.add_prefix_space = flag(main, "add_prefix_space");
    const auto take_added = [&](const std::string& key, const Json& value) {
      std::int32_t id = -1;
      const auto parsed = std::from_chars(key.data(), key.data() + key.size(), id);
      if (parsed.ptr != key.data() + key.size() || id < 0) throw Error(Kind::input, "added_tokens_decoder: '" + key + "' is not an id");
      config.added_tokens.push_back(added_token(id, value));
    };
    if (main.contains("added_tokens_decoder")) {
      for (const auto& [key, value] : main["added_tokens_decoder"].items()) take_added(key, value);
    }
    take_names(read("special_tokens_map.json"));
    const Json added = read("added_tokens.json");
    for (const auto& [content, id] : added.items()) {
      const bool is_known = std::any_of(config.added_tokens.begin(), config.added_tokens.end(),
                                        [&content = content](const AddedToken& token) { return token.content == content; });
      if (!is_known && id.is_number_integer()) config.added_tokens.push_back(added_token(id.get<std::int32_t>(), {{"content", content}}));
    }
  } catch (const Json::exception& error) {
    throw Error(Kind::input, folder.string() + ": the tokenizer's configuration is malformed: " + error.what());
  }
  for (const AddedToken& token : config.added_tokens) {
    if (token.is_single_word) {
      throw Error(Kind::input, folder.string() + ": the added token '" + token.content + "' has single_word, which is not supported");
    }
  }
  return config;
}

}  // namespace intelia
