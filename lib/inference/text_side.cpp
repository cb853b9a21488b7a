#include "inference/text_side.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/path.hpp"

namespace intelia {

namespace fs = std::filesystem;

const std::vector<std::string>& tokenizer_file_names() {
  static const std::vector<std::string> names = {
      "tokenizer.json",    "tokenizer.model", "tekken.json", "tokenizer_config.json", "special_tokens_map.json",
      "added_tokens.json", "vocab.json",      "merges.txt",  "chat_template.jinja",   "generation_config.json"};
  return names;
}

std::vector<std::string> text_side_files(const fs::path& folder) {
  std::vector<std::string> files;
  for (const std::string& name : tokenizer_file_names())
    if (path_type(folder / name) != PathType::missing) files.push_back(name);
  for (const std::string& name : named_template_files(folder)) files.push_back(name);
  return files;
}

void check_tokenizer_files(const fs::path& folder) {
  // Checked before any is opened: opening a pipe blocks until something writes to it.
  for (const std::string& name : tokenizer_file_names()) {
    const PathType type = path_type(folder / name);
    if (type != PathType::missing && type != PathType::file)
      throw Error(Kind::input, (folder / name).string() + ": not a regular file");
  }
}

std::unique_ptr<Tokenizer> load_tokenizer(const fs::path& folder, TokenizerRules rules) {
  check_input(folder, InputType::folder);
  check_tokenizer_files(folder);
  return Tokenizer::load(folder, rules);
}

ChatTemplate load_chat_template(const fs::path& folder, TokenizerRules rules) {
  const bool may_have_one =
      is_file(folder / "chat_template.jinja") || !named_template_files(folder).empty() ||
      (is_file(folder / "tokenizer_config.json") &&
       read_file(folder / "tokenizer_config.json").find("\"chat_template\"") != std::string::npos);
  if (may_have_one) return ChatTemplate::load(folder, rules);
  return ChatTemplate(
      "{{ raise_exception('the model folder has no chat template, so only records of plain text can be used') }}",
      "no chat template");
}

TextSide load_text_side(const fs::path& folder, TokenizerRules rules) {
  check_input(folder, InputType::folder);
  check_tokenizer_files(folder);
  ModelConfig config = read_model_config(folder);
  std::unique_ptr<Tokenizer> tokenizer = Tokenizer::load(folder, rules);
  if (tokenizer->embedded_size() > config.vocab_size)
    throw Error(Kind::input,
                fmt::format("the tokenizer of '{}' has ids up to {}, but the embedding has {} rows (vocab_size in "
                            "config.json); they are not of the same model",
                            folder.string(), tokenizer->embedded_size() - 1, config.vocab_size));
  return {folder, rules, std::move(config), std::move(tokenizer), load_chat_template(folder, rules)};
}

}  // namespace intelia
