// Options and checks of every command with a model: which model, in which precision, and its text side.
#pragma once

#include "cli/command.hpp"
#include "engine/jobs.hpp"
#include "inference/text_side.hpp"
#include "options/path_options.hpp"
#include "tokens/encode.hpp"
#include "tokens/token_cache.hpp"

namespace intelia {

/** --model --adapter --allow-mismatch --method --precision --device. `otherwise`: what --method auto means without an
    adapter whose method is known; with `trains`, --method may be full. */
void declare_model_options(OptionTable& table, ModelSettings& settings, Method otherwise, bool trains = false);

/** --allow-mismatch. */
void declare_allow_mismatch(OptionTable& table, bool& allows_mismatch);

/** --precision --device. */
void declare_placement(OptionTable& table, ModelSettings& settings);

/** The cache of tokenized datasets. */
struct TokenCacheOptions {
  bool is_used = true;
  double max_gib = 16;  // 0: no limit
};

/** --date. */
void declare_date(OptionTable& table, std::string& date);

/** --tokenizer-rules, for every command that reads the tokenizer of a folder. */
void declare_tokenizer_rules(OptionTable& table, TokenizerRules& rules);

/** --trained-turns, for commands that show or train on conversations. */
void declare_trained_turns(OptionTable& table, TrainedTurns& turns);

/** --token-cache --token-cache-size. */
void declare_token_cache(OptionTable& table, TokenCacheOptions& options);

/** The folder tokens in $INTELIA_CACHE_DIR, else in ${XDG_CACHE_HOME:-~/.cache}/intelia; no folder on a dry run or when
   the cache is disabled. */
TokenCacheSettings token_cache_settings(const TokenCacheOptions& options, const Context& context);

/** Throws Error{usage} when `path`, given as --`option`, is not a folder that can be read. */
void check_is_folder(const std::string& option, const std::filesystem::path& path);

/** Checks that --model is a folder, and --adapter when given. Error{usage}. */
void check_model_options(const ModelSettings& settings);

/** Warns when the chat template of `model` uses the current date and none is given: a run must not depend on the clock.
 */
void warn_without_date(const std::filesystem::path& model, const std::filesystem::path& adapter, TokenizerRules rules,
                       const std::string& date, Log& log);

}  // namespace intelia
