// Faults that would silently teach a model something else than its data say: looked for record by record, before
// training.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/sinks.hpp"
#include "record/jsonl.hpp"
#include "tokens/encode.hpp"

namespace intelia {

/** What is wrong with a record, and what to do about it. */
struct Finding {
  enum class Kind {
    refused,             // the template, or what follows from it, refuses the record
    no_target,           // no trained token, or none before --max-length
    end_not_trained,     // an answer's end-of-turn token is missing or not trained
    prompt_not_prefix,   // the tokens of a prompt are not those that the whole begins with
    begin_not_once,      // BOS is missing, or stands more than once
    same_continuations,  // chosen and rejected are the same tokens
  };
  Kind kind = Kind::refused;
  std::int64_t line = 0;  // of the file, from 1; 0 when the record is of no file
  std::string message;
};

/** A short name for counts: "no trained token". */
const char* name_of(Finding::Kind kind);

std::vector<Finding> check_conversation(const Tokenizer& tokenizer, const ChatTemplate& chat_template,
                                        const Conversation& conversation, const EncodeOptions& options = {},
                                        std::int64_t line = 0);
std::vector<Finding> check_preference(const Tokenizer& tokenizer, const ChatTemplate& chat_template,
                                      const Preference& preference, const EncodeOptions& options = {},
                                      std::int64_t line = 0);

/** Every record of `path`, in order; lines that are no records go to `rejects`. */
std::vector<Finding> check_conversations(const std::filesystem::path& path, const Tokenizer& tokenizer,
                                         const ChatTemplate& chat_template, const EncodeOptions& options,
                                         Rejects& rejects, const StopFlag& stop);
std::vector<Finding> check_preferences(const std::filesystem::path& path, const Tokenizer& tokenizer,
                                       const ChatTemplate& chat_template, const EncodeOptions& options,
                                       Rejects& rejects, const StopFlag& stop);

}  // namespace intelia
