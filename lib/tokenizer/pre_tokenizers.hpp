// The pre-tokenizers of a tokenizer.json: they split a text into the pieces that a model encodes separately, and may
// change them (a space before the first word, ▁ for spaces). Private to lib/tokenizer.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "text/aligned_text.hpp"
#include "tokenizer/json_fields.hpp"
#include "tokenizer/splitters.hpp"

namespace intelia {

/** A part of a piece: a match of a delimiter, or the text between two. */
struct Part {
  ByteRange bytes;
  bool is_match = false;
};

/** A text and the pieces it is split into, in order. */
class PieceList {
 public:
  /** One piece: all of `text`. */
  explicit PieceList(AlignedText text);

  const AlignedText& text() const { return text_; }
  const std::vector<ByteRange>& pieces() const { return pieces_; }

  /** Replaces each piece by those that `cut(text, piece, out)` appends to `out`; empty ones are dropped. */
  void cut(const std::function<void(std::string_view, ByteRange, std::vector<ByteRange>&)>& cut);
  /** Changes the text of each piece; empty pieces are dropped. */
  void change(const std::function<void(AlignedText&)>& change);

 private:
  AlignedText text_;
  std::vector<ByteRange> pieces_;
};

using PreTokenizer = std::function<void(PieceList&)>;

struct PreTokenizers {
  std::vector<PreTokenizer> steps;
  std::optional<SplitStyle> only_style;  // of the only step, when it splits by a published pattern
  bool ends_in_bytes = false;            // the model's vocabulary represents the pieces' bytes, not their characters
};

/**
 * Those of the field "pre_tokenizer", in order. With `may_end_in_bytes` a final ByteLevel only sets `ends_in_bytes`,
 * else it is applied like the others. Throws Error{input} naming one that is not supported.
 */
PreTokenizers read_pre_tokenizers(const JsonObject& file, bool may_end_in_bytes);

}  // namespace intelia
