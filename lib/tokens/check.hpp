// Finds faults of single records that would silently train a model on something else than intended.
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
struct RecordFinding {
  enum class Kind {
    no_record,             // the line is not a record
    refused,               // the template or the encoding fails for the record
    no_target,             // no trained token, or none within max_length
    end_not_trained,       // an answer's end-of-turn token is missing or not trained
    prompt_not_prefix,     // the tokens of a prompt are not a prefix of the conversation
    bos_not_once,          // BOS is missing, or occurs more than once in succession
    other_turn_trained,    // an answer has a turn that is not the assistant's
    same_continuations,    // chosen and rejected are the same tokens
    served_model_differs,  // the served model has another tokenizer or chat template
  };
  Kind kind = Kind::refused;
  std::int64_t line = 0;  // of the file, from 1; 0 when the record is not from a file
  std::string message;
};

/** Findings when a tokenizer and a template with these hashes are served after training with `tokenizer` and
    `chat_template`; `where` names them: "the adapter 'runs/a'". */
std::vector<RecordFinding> check_served(const Tokenizer& tokenizer, const ChatTemplate& chat_template,
                                        const std::string& served_tokenizer_sha256,
                                        const std::string& served_template_sha256, const std::string& where);

/** A short name for counts: "no trained token". */
const char* name_of(RecordFinding::Kind kind);

std::vector<RecordFinding> check_conversation(const Tokenizer& tokenizer, const ChatTemplate& chat_template,
                                              const Conversation& conversation, const EncodeOptions& options = {},
                                              std::int64_t line = 0);
std::vector<RecordFinding> check_preference(const Tokenizer& tokenizer, const ChatTemplate& chat_template,
                                            const Preference& preference, const EncodeOptions& options = {},
                                            std::int64_t line = 0);

/** Totals of the records of a file, and their findings. */
struct DatasetCheck {
  std::int64_t num_read = 0, num_tokens = 0, num_targets = 0;  // after truncation
  std::int64_t longest = 0;                                    // tokens of the longest record before truncation
  std::vector<std::int64_t> lengths;          // tokens of the records that would be trained, after truncation
  std::vector<std::int64_t> truncated_lines;  // longer than max_length
  std::int64_t num_duplicate_keys = 0;        // records in which a key occurs twice
  std::int64_t num_with_skipped_turns = 0;    // of which not every answer is trained (EncodedConversation)
  std::vector<RecordFinding> findings;        // in the order of lines
};

/** Every record of `path`, which are of options.records, or its first `limit` lines when that is above 0. The result
   does not depend on `threads`. */
DatasetCheck check_records(const std::filesystem::path& path, const Tokenizer& tokenizer,
                           const ChatTemplate& chat_template, const EncodeOptions& options, Sinks sinks,
                           int threads = 1, std::int64_t limit = 0);

}  // namespace intelia
