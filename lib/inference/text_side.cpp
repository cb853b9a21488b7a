#include "inference/text_side.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/folder_member.hpp"
#include "base/path.hpp"
#include "record/json.hpp"

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

namespace {

bool has_tokenizer(const fs::path& folder) {
  for (const char* name : {"tokenizer.json", "tekken.json", "tokenizer.model"})
    if (path_type(folder / name) != PathType::missing) return true;
  return false;
}

/** The chat template of `folder`, as a file or as the value of tokenizer_config.json, and its named ones; nothing
   without any. */
std::optional<Json> chat_template_source(const fs::path& folder) {
  if (const std::vector<std::string> named = named_template_files(folder); !named.empty()) {
    Json sources = Json::object();
    if (is_file(folder / "chat_template.jinja")) sources["default"] = read_member(folder, "chat_template.jinja");
    for (const std::string& name : named) sources[name] = read_member(folder, name);
    return sources;
  }
  if (is_file(folder / "chat_template.jinja")) return read_member(folder, "chat_template.jinja");
  const fs::path path = folder / "tokenizer_config.json";
  if (!is_file(path)) return std::nullopt;
  const Json config = parse_json(read_member(folder, "tokenizer_config.json"), path.string());
  if (!config.is_object() || !config.contains("chat_template") || config["chat_template"].is_null())
    return std::nullopt;
  return config["chat_template"];
}

/** Error{input} when an adapter without a tokenizer has a chat template that differs from the model's: its special
   tokens are unknown. */
void check_same_template(const fs::path& model, const fs::path& adapter) {
  const std::optional<Json> source = chat_template_source(adapter);
  if (!source || source == chat_template_source(model)) return;
  throw Error(Kind::input, "the adapter '" + adapter.string() + "' has another chat template than '" + model.string() +
                               "' but no tokenizer; add the tokenizer files that belong to it, or remove the template");
}

}  // namespace

bool has_chat_template(const fs::path& folder) { return chat_template_source(folder).has_value(); }

std::unique_ptr<Tokenizer> load_tokenizer(const fs::path& folder, TokenizerRules rules) {
  check_input(folder, InputType::folder);
  check_tokenizer_files(folder);
  return Tokenizer::load(folder, rules);
}

ChatTemplate load_chat_template(const fs::path& folder, TokenizerRules rules, const fs::path& adapter) {
  if (!adapter.empty() && has_tokenizer(adapter) && has_chat_template(adapter))
    return ChatTemplate::load(adapter, rules);
  if (has_chat_template(folder)) return ChatTemplate::load(folder, rules);
  return ChatTemplate(
      "{{ raise_exception('the model folder has no chat template, so only records of plain text can be used') }}",
      "no chat template");
}

TextSide load_text_side(const fs::path& folder, TokenizerRules rules, const fs::path& adapter) {
  check_input(folder, InputType::folder);
  check_tokenizer_files(folder);
  ModelConfig config = read_model_config(folder);
  fs::path source = folder;
  if (!adapter.empty()) {
    check_input(adapter, InputType::folder);
    check_tokenizer_files(adapter);
    if (has_tokenizer(adapter))
      source = adapter;
    else
      check_same_template(folder, adapter);
  }
  std::unique_ptr<Tokenizer> tokenizer = Tokenizer::load(source, rules);
  if (tokenizer->embedded_size() > config.vocab_size)
    throw Error(Kind::input,
                fmt::format("the tokenizer of '{}' has ids up to {}, but the embedding has {} rows (vocab_size in "
                            "config.json{}); they belong to different models",
                            source.string(), tokenizer->embedded_size() - 1, config.vocab_size,
                            source == folder ? "" : " of '" + folder.string() + "'"));
  return {folder, source, rules, std::move(config), std::move(tokenizer), load_chat_template(folder, rules, adapter)};
}

}  // namespace intelia
