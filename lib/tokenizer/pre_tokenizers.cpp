// See pre_tokenizers.hpp.
#include "tokenizer/pre_tokenizers.hpp"

#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "text/unicode.hpp"
#include "text/utf8.hpp"
#include "tokenizer/normalizers.hpp"
#include "tokenizer/text_matcher.hpp"

namespace intelia {

namespace {

// The split pattern of ByteLevel with use_regex.
constexpr SplitStyle kGpt2Style{SplitStyle::Family::gpt2, 0};

enum class Behavior { removed, isolated, merged_with_previous, merged_with_next, contiguous };

Behavior behavior_of(const std::string& name) {
  if (name == "Removed") return Behavior::removed;
  if (name == "Isolated") return Behavior::isolated;
  if (name == "MergedWithPrevious") return Behavior::merged_with_previous;
  if (name == "MergedWithNext") return Behavior::merged_with_next;
  if (name == "Contiguous") return Behavior::contiguous;
  refuse("the split behavior " + name);
}

void merge_with_next(const std::vector<Part>& parts, std::vector<ByteRange>& out) {
  const auto first = static_cast<std::ptrdiff_t>(out.size());
  bool last_matches = false;
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
    const bool is_first = static_cast<std::ptrdiff_t>(out.size()) == first;
    if (part->is_match && !last_matches && !is_first)
      out.back().begin = part->bytes.begin;
    else
      out.push_back(part->bytes);
    last_matches = part->is_match;
  }
  std::reverse(out.begin() + first, out.end());
}

/** Appends the pieces made of `parts`, which cover one piece. */
void take_parts(const std::vector<Part>& parts, Behavior behavior, std::vector<ByteRange>& out) {
  if (behavior == Behavior::merged_with_next) return merge_with_next(parts, out);
  const std::size_t first = out.size();
  bool last_matches = false;
  for (const Part& part : parts) {
    const bool joins = behavior == Behavior::contiguous             ? part.is_match == last_matches
                       : behavior == Behavior::merged_with_previous ? part.is_match && !last_matches
                                                                    : false;
    if (joins && out.size() > first)
      out.back().end = part.bytes.end;
    else if (behavior != Behavior::removed || !part.is_match)
      out.push_back(part.bytes);
    last_matches = part.is_match;
  }
}

/** `matches` (of the piece's own text) and the gaps between them, as parts of `piece`. */
std::vector<Part> parts_of(ByteRange piece, const std::vector<ByteRange>& matches, bool is_inverted) {
  std::vector<Part> parts;
  std::size_t done = piece.begin;
  for (const ByteRange& match : matches) {
    const ByteRange bytes{piece.begin + match.begin, piece.begin + match.end};
    if (bytes.begin > done) parts.push_back({{done, bytes.begin}, is_inverted});
    parts.push_back({bytes, !is_inverted});
    done = bytes.end;
  }
  if (done < piece.end) parts.push_back({{done, piece.end}, is_inverted});
  return parts;
}

using MatchFinder = std::function<std::vector<ByteRange>(std::string_view)>;

PreTokenizer cut_by_matches(MatchFinder find, Behavior behavior, bool is_inverted) {
  return [find = std::move(find), behavior, is_inverted](PieceList& list) {
    list.cut([&](std::string_view text, ByteRange piece, std::vector<ByteRange>& out) {
      const auto matches = find(text.substr(piece.begin, piece.end - piece.begin));
      take_parts(parts_of(piece, matches, is_inverted), behavior, out);
    });
  };
}

/** Each character for which `is_match` holds is a match. */
PreTokenizer cut_by_characters(std::function<bool(char32_t)> is_match, Behavior behavior) {
  const auto find = [is_match = std::move(is_match)](std::string_view text) {
    std::vector<ByteRange> matches;
    for (std::size_t i = 0; i < text.size();) {
      std::size_t length = 1;
      if (is_match(code_point_at(text, i, length))) matches.push_back({i, i + length});
      i += length;
    }
    return matches;
  };
  return cut_by_matches(find, behavior, false);
}

/** Runs of word characters and runs of other non-whitespace characters; whitespace is dropped. */
std::vector<ByteRange> words_and_signs(std::string_view text) {
  std::vector<ByteRange> runs;
  int last_kind = 0;  // 0 white space, 1 word, 2 other
  for (std::size_t i = 0; i < text.size();) {
    std::size_t length = 1;
    const char32_t code_point = code_point_at(text, i, length);
    const int kind = is_word(code_point) ? 1 : is_white_space(code_point) ? 0 : 2;
    if (kind != 0 && kind == last_kind)
      runs.back().end = i + length;
    else if (kind != 0)
      runs.push_back({i, i + length});
    last_kind = kind;
    i += length;
  }
  return runs;
}

void cut_by_length(std::string_view text, ByteRange piece, std::size_t length, std::vector<ByteRange>& out) {
  for (std::size_t i = piece.begin; i < piece.end;) {
    ByteRange part{i, i};
    for (std::size_t k = 0; k < length && part.end < piece.end; ++k) part.end += character_bytes(text, part.end);
    out.push_back(part);
    i = part.end;
  }
}

void cut_by_splitter(const TextSplitter& splitter, std::string_view text, ByteRange piece,
                     std::vector<ByteRange>& out) {
  std::array<std::size_t, 4 * TextSplitter::kMinEnds> ends;
  const std::string_view own = text.substr(piece.begin, piece.end - piece.begin);
  for (std::size_t begin = 0; begin < own.size();) {
    const std::size_t count = splitter.next_ends(own, begin, ends);
    for (std::size_t i = 0; i < count; ++i) {
      out.push_back({piece.begin + begin, piece.begin + ends[i]});
      begin = ends[i];
    }
  }
}

struct Metaspace {
  enum class Scheme { first, always, never } scheme = Scheme::always;
  std::string replacement;
};

Metaspace read_metaspace(const JsonObject& part) {
  Metaspace metaspace;
  metaspace.replacement = character_at(part, "replacement", "▁");
  const bool is_prefixed = flag_at(part, "add_prefix_space", true);
  const std::string scheme = text_at(part, "prepend_scheme", is_prefixed ? "always" : "never");
  if (scheme == "first")
    metaspace.scheme = Metaspace::Scheme::first;
  else if (scheme == "never")
    metaspace.scheme = Metaspace::Scheme::never;
  else if (scheme != "always")
    refuse("the prepend_scheme " + scheme);
  return metaspace;
}

std::vector<ByteRange> occurrences(std::string_view text, std::string_view part) {
  std::vector<ByteRange> found;
  for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + part.size())) {
    found.push_back({at, at + part.size()});
  }
  return found;
}

void mark_blanks(const Metaspace& metaspace, AlignedText& piece) {
  piece.replace(occurrences(piece.text(), " "), metaspace.replacement);
  if (piece.is_empty() || piece.text().starts_with(metaspace.replacement)) return;
  const bool is_prefixed = metaspace.scheme == Metaspace::Scheme::always ||
                           (metaspace.scheme == Metaspace::Scheme::first && piece.source_of(0, 1).begin == 0);
  if (is_prefixed) piece.prepend(metaspace.replacement);
}

/** Reads one pre-tokenizer after another. */
class Reader {
 public:
  PreTokenizers run(const JsonObject& file, bool may_end_in_bytes) {
    for_each_part(file["pre_tokenizer"], "pretokenizers", [&](const JsonObject& part) {
      map_pending_bytes();
      read(part);
    });
    if (may_end_in_bytes)
      out_.ends_in_bytes = has_pending_bytes_;
    else
      map_pending_bytes();
    if (out_.steps.size() != 1) out_.only_style.reset();
    return std::move(out_);
  }

 private:
  void add(PreTokenizer step) { out_.steps.push_back(std::move(step)); }

  void map_pending_bytes() {
    if (has_pending_bytes_) add([](PieceList& list) { list.change(map_bytes); });
    has_pending_bytes_ = false;
  }

  void read(const JsonObject& part) {
    const std::string type = text_at(part, "type", "");
    if (type == "Split") return read_split(part);
    if (type == "ByteLevel") return read_byte_level(part);
    if (type == "Metaspace") return read_metaspace_part(part);
    if (type == "Digits") {
      return add(cut_by_characters(
          is_numeric, flag_at(part, "individual_digits", false) ? Behavior::isolated : Behavior::contiguous));
    }
    if (type == "Punctuation") {
      return add(cut_by_characters(is_punctuation, behavior_of(text_at(part, "behavior", "Isolated"))));
    }
    if (type == "Whitespace") return add(cut_by_matches(words_and_signs, Behavior::removed, true));
    if (type == "WhitespaceSplit") return add(cut_by_characters(is_white_space, Behavior::removed));
    if (type == "CharDelimiterSplit" || type == "Delimiter") return read_delimiter(part);
    if (type == "BertPreTokenizer") {
      add(cut_by_characters(is_white_space, Behavior::removed));
      return add(cut_by_characters(is_punctuation, Behavior::isolated));
    }
    if (type == "FixedLength") return read_fixed_length(part);
    refuse("the pre-tokenizer " + type);
  }

  void add_style(SplitStyle style) {
    add([splitter = TextSplitter(style)](PieceList& list) {
      list.cut([&](std::string_view text, ByteRange piece, std::vector<ByteRange>& out) {
        cut_by_splitter(splitter, text, piece, out);
      });
    });
    out_.only_style = style;
  }

  void read_split(const JsonObject& part) {
    std::string_view regex;
    const bool is_regex = part["pattern"]["Regex"].get(regex) == simdjson::SUCCESS;
    const bool is_isolated = text_at(part, "behavior", "") == "Isolated" && !flag_at(part, "invert", false);
    if (const auto style = known_style(regex); is_regex && is_isolated && style) return add_style(*style);
    const auto find = [matcher = TextMatcher(part)](std::string_view text) { return matcher.matches(text); };
    add(cut_by_matches(find, behavior_of(text_at(part, "behavior", "")), flag_at(part, "invert", false)));
  }

  void read_byte_level(const JsonObject& part) {
    if (flag_at(part, "add_prefix_space", true)) {
      add([](PieceList& list) {
        list.change([](AlignedText& piece) {
          if (!piece.text().starts_with(' ')) piece.prepend(" ");
        });
      });
    }
    if (flag_at(part, "use_regex", true)) add_style(kGpt2Style);
    has_pending_bytes_ = true;
  }

  void read_metaspace_part(const JsonObject& part) {
    const Metaspace metaspace = read_metaspace(part);
    add([metaspace](PieceList& list) { list.change([&](AlignedText& piece) { mark_blanks(metaspace, piece); }); });
    if (!flag_at(part, "split", true)) return;
    const auto find = [mark = metaspace.replacement](std::string_view text) { return occurrences(text, mark); };
    add(cut_by_matches(find, Behavior::merged_with_next, false));
  }

  void read_delimiter(const JsonObject& part) {
    const auto find = [delimiter = character_at(part, "delimiter", "")](std::string_view text) {
      return occurrences(text, delimiter);
    };
    add(cut_by_matches(find, Behavior::removed, false));
  }

  void read_fixed_length(const JsonObject& part) {
    std::int64_t length = 5;
    if (part["length"].get(length) == simdjson::SUCCESS && length < 1) refuse("FixedLength with a length below 1");
    add([length = static_cast<std::size_t>(length)](PieceList& list) {
      list.cut([&](std::string_view text, ByteRange piece, std::vector<ByteRange>& out) {
        cut_by_length(text, piece, length, out);
      });
    });
  }

  PreTokenizers out_;
  bool has_pending_bytes_ = false;  // the last one was a ByteLevel, whose mapping of bytes is still pending
};

}  // namespace

PieceList::PieceList(AlignedText text) : text_(std::move(text)) {
  if (!text_.is_empty()) pieces_.push_back({0, text_.size()});
}

void PieceList::cut(const std::function<void(std::string_view, ByteRange, std::vector<ByteRange>&)>& cut) {
  std::vector<ByteRange> pieces;
  for (const ByteRange& piece : pieces_) cut(text_.text(), piece, pieces);
  std::erase_if(pieces, [](const ByteRange& piece) { return piece.begin == piece.end; });
  pieces_ = std::move(pieces);
}

void PieceList::change(const std::function<void(AlignedText&)>& change) {
  if (pieces_ == std::vector<ByteRange>{{0, text_.size()}}) {
    change(text_);
    *this = PieceList(std::move(text_));
    return;
  }
  AlignedText changed;
  std::vector<ByteRange> pieces;
  for (const ByteRange& bytes : pieces_) {
    AlignedText piece = text_.slice(bytes);
    change(piece);
    if (piece.is_empty()) continue;
    pieces.push_back({changed.size(), changed.size() + piece.size()});
    changed.append(piece);
  }
  text_ = std::move(changed);
  pieces_ = std::move(pieces);
}

PreTokenizers read_pre_tokenizers(const JsonObject& file, bool may_end_in_bytes) {
  if (is_null(file, "pre_tokenizer")) return {};
  return Reader().run(file, may_end_in_bytes);
}

}  // namespace intelia
