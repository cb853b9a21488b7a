// The pre-tokenizers of a tokenizer.json: what cuts a text into the pieces that a model encodes one by one, and changes
// them on the way (a blank before the first word, ▁ for blanks). Private to lib/tokens.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "text/aligned_text.hpp"
#include "tokenizer/json_fields.hpp"
#include "tokenizer/splitters.hpp"

namespace intelia {

/** A stretch between pieces' borders: whether it matches what was sought. */
struct Part {
  ByteRange bytes;
  bool is_match = false;
};

/** A text and the pieces it is cut into, in order. */
class PieceList {
 public:
  /** One piece: all of `text`. */
  explicit PieceList(AlignedText text);

  const AlignedText& text() const { return text_; }
  const std::vector<ByteRange>& pieces() const { return pieces_; }

  /** Puts in place of each piece those that `cut(text, piece, out)` appends to `out`; empty ones are dropped. */
  void cut(const std::function<void(std::string_view, ByteRange, std::vector<ByteRange>&)>& cut);
  /** Changes the text of each piece; pieces without text are dropped. */
  void change(const std::function<void(AlignedText&)>& change);

 private:
  AlignedText text_;
  std::vector<ByteRange> pieces_;
};

using PreTokenizer = std::function<void(PieceList&)>;

struct PreTokenizers {
  std::vector<PreTokenizer> steps;
  std::optional<SplitStyle> only_style;  // of the one step there is, when it cuts as a published pattern
  bool ends_in_bytes = false;  // the pieces' bytes, not their characters, are what the model's vocabulary stands for
};

/**
 * Those of the field "pre_tokenizer", in order. A last ByteLevel is told by `ends_in_bytes` where `may_end_in_bytes`,
 * else done as any other. Throws Error{input} naming one that is not supported.
 */
PreTokenizers read_pre_tokenizers(const JsonObject& file, bool may_end_in_bytes);

}  // namespace intelia
