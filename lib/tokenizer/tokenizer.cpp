// See tokenizer.hpp: which files of a folder make up its tokenizer, and what all kinds have in common.
#include "tokenizer/tokenizer.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <thread>

#include "base/error.hpp"
#include "base/path.hpp"
#include "tokenizer/rank_tokenizer.hpp"
#include "tokenizer/tokenizer_files.hpp"

namespace intelia {

std::vector<std::int32_t> Tokenizer::encode(std::string_view text, SpecialTokens special) const {
  return encode_with_ranges(text, special).ids;
}

std::vector<std::vector<std::int32_t>> Tokenizer::encode_batch(std::span<const std::string_view> texts,
                                                               SpecialTokens special, unsigned num_threads) const {
  std::vector<std::vector<std::int32_t>> ids(texts.size());
  std::vector<std::exception_ptr> failures(texts.size());
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < texts.size(); i = next++) {
      try {
        ids[i] = encode(texts[i], special);
      } catch (...) {
        failures[i] = std::current_exception();
      }
    }
  };
  std::vector<std::jthread> others;
  for (std::size_t i = 1; i < std::min<std::size_t>(num_threads, texts.size()); ++i) others.emplace_back(work);
  work();
  others.clear();
  for (const std::exception_ptr& failure : failures) {
    if (failure) std::rethrow_exception(failure);  // the first text's, on any number of threads
  }
  return ids;
}

std::unique_ptr<Tokenizer> Tokenizer::load(const std::filesystem::path& folder, TokenizerRules rules) {
  if (!is_folder(folder)) {
    throw Error(Kind::io, folder.string() + ": no such folder; expected a Hugging Face model folder");
  }
  if (path_type(folder / "tokenizer.json") != PathType::missing) return load_tokenizer_json(folder, rules);
  if (path_type(folder / "tekken.json") != PathType::missing) return load_tekken(folder);
  const std::filesystem::path model = folder / "tokenizer.model";
  if (path_type(model) != PathType::missing)
    return is_tiktoken_file(model) ? load_tiktoken(folder) : load_sentencepiece(folder);
  throw Error(Kind::io,
              folder.string() + ": no tokenizer: none of tokenizer.json, tekken.json and tokenizer.model exists");
}

bool is_byte_token(std::string_view token) {
  return token.size() == 6 && token.starts_with("<0x") && token.ends_with('>') &&
         std::all_of(token.begin() + 3, token.begin() + 5, [](unsigned char c) { return std::isxdigit(c) != 0; });
}

}  // namespace intelia
