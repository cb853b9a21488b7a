// A tokenizer as data, for files of other programs: its tokens with their kinds and scores, its merges, and the rules
// by which it splits text. It encodes nothing.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "record/json.hpp"

namespace intelia {

enum class TokenKind : std::uint8_t {
  missing,  // no token has this id
  normal,
  unknown,
  control,  // never written as text: "<s>"
  added,    // matched in text before anything else, and written as text
  unused,
  byte,  // "<0x0A>"
};

struct VocabularyToken {
  std::string text;  // as in the vocabulary: "Ġthe", "▁the"
  float score = 0;   // SentencePiece: higher ones are merged first
  TokenKind kind = TokenKind::missing;
};

struct Vocabulary {
  enum class Kind {
    byte_level,    // BPE on GPT-2's byte characters, text split by a pattern: tokenizer.json
    sentencepiece  // BPE with scores, spaces as ▁, other characters as bytes
  };
  Kind kind = Kind::byte_level;
  std::vector<VocabularyToken> tokens;              // by id
  std::vector<std::string> merges;                  // byte_level: "left right", in order
  bool ignores_merges = false;                      // a word that is a token is not built from merges
  Json normalizer, pre_tokenizer;                   // byte_level: as in tokenizer.json, or those of the class
  bool adds_space_prefix = true;                    // sentencepiece: before a text
  bool adds_space_inside = true;                    // also before the text behind a control token
  bool has_file_of_pieces = false;                  // read from tokenizer.model
  std::map<std::string, std::int32_t> special_ids;  // "bos", "eos", "unk", "sep", "pad", "cls", "mask"
  bool adds_bos = false, adds_eos = false;
};

/** The tokenizer of a model folder, from tokenizer.model if that is SentencePiece, else from tokenizer.json.
   Error{input} names what cannot be represented: Unigram and WordPiece models, and files of other formats. */
Vocabulary read_vocabulary(const std::filesystem::path& folder);

}  // namespace intelia
