// Options and steps that every command with a model shares: which model, in what precision, and its text side.
#pragma once

#include <memory>

#include "cli/command.hpp"
#include "engine/jobs.hpp"
#include "model/config.hpp"
#include "record/manifest.hpp"
#include "tokenizer/tokenizer.hpp"
#include "tokens/chat_template.hpp"
#include "tokens/dataset.hpp"

namespace intelia {

/** --model --adapter --method --precision --device. */
void declare_model_options(OptionTable& table, ModelSettings& settings);

/** What a run may keep of a dataset's tokens for the next one. */
struct TokenCacheOptions {
  bool is_used = true;
  double max_gib = 16;  // 0: no limit
};

/** --trained-turns, for commands that show or train on conversations. */
void declare_trained_turns(OptionTable& table, TrainedTurns& turns);

/** --token-cache --token-cache-size. */
void declare_token_cache(OptionTable& table, TokenCacheOptions& options);

/** $INTELIA_CACHE_DIR, else ${XDG_CACHE_HOME:-~/.cache}/intelia, and in it tokens; no folder on a dry run or when not
 * used. */
TokenCacheSettings token_cache_settings(const TokenCacheOptions& options, const Context& context);

/** Throws Error{usage} when `path`, given as --`option`, is not a folder. */
void check_is_folder(const std::string& option, const std::filesystem::path& path);

/** Checks that --model is a folder, and --adapter when given. Error{usage}. */
void check_model_options(const ModelSettings& settings);

/** Refuses (Error{usage}) to write into an input: `output` as one of the folders, or its files `names` over one of the
 * files. */
void check_inputs_stay(const std::filesystem::path& output, const std::vector<std::string>& names,
                       const std::vector<std::filesystem::path>& folders,
                       const std::vector<std::filesystem::path>& files);

/** Refuses (Error{input}) a model folder where a pipe, a device or a folder has the name of a file of its text side. */
void check_tokenizer_files(const std::filesystem::path& folder);

/** Tokenizer of a folder that need not hold a model. Error{usage} when --model is no folder. */
std::unique_ptr<Tokenizer> load_tokenizer(const std::filesystem::path& model);

/** Its chat template; without one, a template that refuses every conversation with words that say so. */
ChatTemplate load_chat_template(const std::filesystem::path& model);

/** The text side of a model folder: configuration, tokenizer and template, proved to fit together. */
struct TextSide {
  ModelConfig config;
  std::unique_ptr<Tokenizer> tokenizer;
  ChatTemplate chat_template;
};

/** Throws Error{input} when the tokenizer has ids that the embedding does not. A folder without a chat template still
    serves records of plain text; a conversation is then refused with words that say so. */
TextSide load_text_side(const std::filesystem::path& model);

/** Warns when the template reads the date and none is given: it then writes what it has for such a case, or refuses. */
void warn_without_date(const ChatTemplate& chat_template, const std::string& date, Log& log);

/** The words of a model folder besides its weights, which a model made from it needs too. */
const std::vector<std::string>& tokenizer_file_names();

/** Weights and tokenizer of an earlier run that this run does not replace: they must not be read as this model's. */
void remove_stale_model_files(const std::filesystem::path& folder, const std::vector<AtomicFile>& written);

/** One line for a human: "3,412 conversations, 1.2 M tokens, 0.8 M of them trained, 3 cut". */
std::string describe_dataset(const TokenizedDataset& dataset);

}  // namespace intelia
