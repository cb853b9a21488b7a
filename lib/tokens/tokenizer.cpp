// See tokenizer.hpp: which files of a folder make its tokenizer.
#include "tokens/tokenizer.hpp"

#include "base/error.hpp"
#include "tokens/rank_tokenizer.hpp"
#include "tokens/tokenizer_files.hpp"

namespace intelia {

std::vector<std::int32_t> Tokenizer::encode(std::string_view text, SpecialTokens special) const {
  return encode_with_ranges(text, special).ids;
}

std::unique_ptr<Tokenizer> Tokenizer::load(const std::filesystem::path& folder) {
  if (!std::filesystem::is_directory(folder)) {
    throw Error(Kind::io, folder.string() + ": there is no such folder; give a Hugging Face model folder");
  }
  if (std::filesystem::exists(folder / "tokenizer.json")) return load_tokenizer_json(folder);
  if (std::filesystem::exists(folder / "tekken.json")) return load_tekken(folder);
  const std::filesystem::path model = folder / "tokenizer.model";
  if (std::filesystem::exists(model)) return is_tiktoken_file(model) ? load_tiktoken(folder) : load_sentencepiece(folder);
  throw Error(Kind::io, folder.string() + ": no tokenizer: none of tokenizer.json, tekken.json and tokenizer.model is there");
}

}  // namespace intelia
