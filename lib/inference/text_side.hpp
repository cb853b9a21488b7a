// The text side of a model folder: configuration, tokenizer and chat template. Knows which files make it up and that
// they must fit together; knows neither weights nor the engine.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "model/config.hpp"
#include "tokenizer/tokenizer.hpp"
#include "tokens/chat_template.hpp"

namespace intelia {

struct TextSide {
  std::filesystem::path folder;            // of the model
  std::filesystem::path tokenizer_folder;  // where tokenizer and chat template were found: the model's, or an adapter's
  TokenizerRules rules;
  ModelConfig config;
  std::unique_ptr<Tokenizer> tokenizer;
  ChatTemplate chat_template;
};

/**
 * The text side of the model in `folder`, or of that model with an adapter: if the folder `adapter`, which may be
 * empty, has a tokenizer of its own, that is used, and its chat template if it has one, as in transformers.
 * Error{usage} when one is not a folder; Error{input} when a file is malformed, when the tokenizer has ids that the
 * embedding does not have, or when an adapter has another chat template than the model but no tokenizer. Without a chat
 * template see load_chat_template.
 */
TextSide load_text_side(const std::filesystem::path& folder, TokenizerRules rules = TokenizerRules::transformers,
                        const std::filesystem::path& adapter = {});

/** The tokenizer of a folder that need not contain a model. Error{usage} when it is not a folder. */
std::unique_ptr<Tokenizer> load_tokenizer(const std::filesystem::path& folder,
                                          TokenizerRules rules = TokenizerRules::transformers);

/** The chat template of a folder, or of that folder with an adapter as load_text_side takes it; without one, a template
    that raises an error for every conversation, so that records of plain text can still be used. */
ChatTemplate load_chat_template(const std::filesystem::path& folder,
                                TokenizerRules rules = TokenizerRules::transformers,
                                const std::filesystem::path& adapter = {});

/** Error{input} when a pipe, a device or a folder has the name of a file of the text side. */
void check_tokenizer_files(const std::filesystem::path& folder);

/** The possible names of files of a model folder other than config.json and the weights, which a model made from it
   needs too. */
const std::vector<std::string>& tokenizer_file_names();

/** Whether `folder` has a chat template, in a file or in tokenizer_config.json. */
bool has_chat_template(const std::filesystem::path& folder);

/** Those that `folder` has, and its named chat templates ("additional_chat_templates/tool_use.jinja"). */
std::vector<std::string> text_side_files(const std::filesystem::path& folder);

}  // namespace intelia
