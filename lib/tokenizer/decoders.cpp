// See decoders.hpp.
#include "tokenizer/decoders.hpp"

#include <fmt/format.h>

#include <charconv>
#include <optional>

#include "base/error.hpp"
#include "record/json_fwd.hpp"
#include "text/search.hpp"
#include "text/utf8.hpp"
#include "tokenizer/byte_alphabet.hpp"
#include "tokenizer/text_matcher.hpp"

namespace intelia {

namespace {

void fuse(std::vector<std::string>& tokens, std::size_t) {
  std::string joined;
  for (const std::string& token : tokens) joined += token;
  tokens.assign(1, std::move(joined));
}

void decode_byte_level(std::vector<std::string>& tokens, std::size_t) {
  std::string bytes, text;
  for (const std::string& token : tokens) bytes += ByteAlphabet::get().bytes_of(token).value_or(token);
  append_lossy_utf8(text, bytes);
  tokens.assign(1, std::move(text));
}

/** The byte that "<0x0A>" represents. */
std::optional<char> byte_of(const std::string& token) {
  unsigned byte = 0;
  if (token.size() != 6 || !token.starts_with("<0x") || token.back() != '>') return std::nullopt;
  if (std::from_chars(token.data() + 3, token.data() + 5, byte, 16).ptr != token.data() + 5) return std::nullopt;
  return static_cast<char>(byte);
}

/** A run of byte tokens becomes its text, or one U+FFFD per byte where it is not UTF-8. */
void decode_byte_fallback(std::vector<std::string>& tokens, std::size_t) {
  std::vector<std::string> out;
  std::string bytes;
  const auto flush = [&] {
    if (bytes.empty()) return;
    if (is_valid_utf8(bytes))
      out.push_back(bytes);
    else
      out.insert(out.end(), bytes.size(), "\xEF\xBF\xBD");
    bytes.clear();
  };
  for (std::string& token : tokens) {
    if (const auto byte = byte_of(token)) {
      bytes += *byte;
      continue;
    }
    flush();
    out.push_back(std::move(token));
  }
  flush();
  tokens = std::move(out);
}

std::string replaced(const std::string& text, const std::string& from, std::string_view to) {
  std::string out;
  std::size_t done = 0;
  for (std::size_t at = find_text(text, from); at != std::string::npos; at = find_text(text, from, done)) {
    out.append(text, done, at - done);
    out += to;
    done = at + from.size();
  }
  return out.append(text, done);
}

Decoder replace_decoder(const JsonObject& part) {
  return [matcher = TextMatcher(part), content = text_at(part, "content", "")](std::vector<std::string>& tokens,
                                                                               std::size_t max_bytes) {
    std::size_t num_bytes = 0;
    for (std::string& token : tokens) {
      std::string out;
      std::size_t done = 0;
      matcher.for_each_match(token, [&](ByteRange match) {
        if (num_bytes + out.size() + (match.begin - done) + content.size() > max_bytes)
          throw Error(Kind::input,
                      fmt::format("the tokenizer's decoders make a text longer than the limit of {} bytes", max_bytes));
        out.append(token, done, match.begin - done);
        out += content;
        done = match.end;
      });
      token = out.append(token, done);
      num_bytes += token.size();
    }
  };
}

/** How many bytes of `token` are leading repetitions of the character `content`, at most `most` of them. */
std::size_t leading_bytes(std::string_view token, const std::string& content, std::size_t most) {
  std::size_t begin = 0;
  for (; most > 0 && token.substr(begin).starts_with(content); --most) begin += content.size();
  return begin;
}

std::size_t trailing_bytes(std::string_view token, const std::string& content, std::size_t most) {
  std::size_t size = token.size();
  for (; most > 0 && token.substr(0, size).ends_with(content); --most) size -= content.size();
  return token.size() - size;
}

Decoder strip_decoder(const JsonObject& part) {
  const auto start = static_cast<std::size_t>(std::uint64_t(part["start"]));
  const auto stop = static_cast<std::size_t>(std::uint64_t(part["stop"]));
  return [content = character_at(part, "content", " "), start, stop](std::vector<std::string>& tokens, std::size_t) {
    for (std::string& token : tokens) {
      token.erase(0, leading_bytes(token, content, start));
      token.resize(token.size() - trailing_bytes(token, content, stop));
    }
  };
}

/** ▁ becomes a space; in the first token it is removed, unless nothing was put before the text. */
Decoder metaspace_decoder(const JsonObject& part) {
  const std::string fallback = flag_at(part, "add_prefix_space", true) ? "always" : "never";
  const bool is_prefixed = text_at(part, "prepend_scheme", fallback) != "never";
  return [mark = character_at(part, "replacement", "▁"), is_prefixed](std::vector<std::string>& tokens, std::size_t) {
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      tokens[i] = replaced(tokens[i], mark, i == 0 && is_prefixed ? "" : " ");
    }
  };
}

/** The end-of-word mark becomes a space; in the last token it is removed. */
Decoder bpe_decoder(const JsonObject& part) {
  const std::string suffix = text_at(part, "suffix", "</w>");
  if (suffix.empty()) refuse("the decoder BPEDecoder with an empty suffix");
  return [suffix](std::vector<std::string>& tokens, std::size_t) {
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      tokens[i] = replaced(tokens[i], suffix, i + 1 == tokens.size() ? "" : " ");
    }
  };
}

Decoder read_decoder(const JsonObject& part) {
  const std::string type = text_at(part, "type", "");
  if (type == "ByteLevel") return decode_byte_level;
  if (type == "ByteFallback") return decode_byte_fallback;
  if (type == "Fuse") return fuse;
  if (type == "Replace") return replace_decoder(part);
  if (type == "Strip") return strip_decoder(part);
  if (type == "Metaspace") return metaspace_decoder(part);
  if (type == "BPEDecoder") return bpe_decoder(part);
  refuse("the decoder " + type);
}

}  // namespace

std::vector<Decoder> read_decoders(const JsonObject& file) {
  std::vector<Decoder> decoders;
  if (is_null(file, "decoder")) return decoders;
  for_each_part(file["decoder"], "decoders", [&](const JsonObject& part) { decoders.push_back(read_decoder(part)); });
  return decoders;
}

}  // namespace intelia
