// Conversations → what the engine trains on, and prompts → what it continues: which tokens are trained is decided here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "record/message.hpp"
#include "tokenizer/tokenizer.hpp"
#include "tokens/chat_template.hpp"

namespace intelia {

/** Which turns are trained; one whose message has "weight": 0 never is. Another weight up to 1 is that of the turn's
 * targets. */
enum class TrainedTurns {
  all,
  last,  // the final answer alone: the completion of a prompt
};

struct EncodeOptions {
  RenderOptions render = {};
  std::int64_t max_length = 0;  // tokens; longer samples are cut on the right; 0: no limit
  TrainedTurns trained_turns = TrainedTurns::all;
  bool drops_long = false;  // a sample above max_length is no sample at all, instead of being cut
};

struct EncodedConversation {
  TokenSample tokens;
  bool is_cut = false;
  std::int64_t num_targets = 0;   // that remain after the cut; the first token is never one
  std::int64_t target_bytes = 0;  // UTF-8 bytes of text that the targets stand for
};

/**
 * A conversation as a sample: the trained turns of the assistant are its targets, end-of-turn token included. With {%
 * generation %} markers in the template the targets are those of transformers' return_assistant_tokens_mask; without,
 * each turn runs from the end of its generation prompt to the first control token after its content, proved by
 * rendering the prefixes. A plain text trains on every token, BOS first where the tokenizer adds it, end-of-text last.
 * Control tokens that stand in a message's content stay text. Throws Error{input} when the template refuses, writes
 * earlier turns differently once later ones follow, or ends a turn without a control token; for a weight that is no
 * number from 0 to 1; and with drops_long for a sample above max_length.
 */
EncodedConversation encode_conversation(const Tokenizer& tokenizer, const ChatTemplate& chat_template,
                                        const Conversation& conversation, const EncodeOptions& options = {});

/** For each message, what a target that the model says there weighs in the loss: as the message says, else 1, whoever's
   it is; with TrainedTurns::last 0 for all but the last answer. Throws Error{input} for a weight that is no number from
   0 to 1. */
std::vector<float> message_weights(const std::vector<Message>& messages, TrainedTurns turns);

/** A preference as ids: both continuations follow the same prompt. */
struct EncodedPreference {
  std::vector<std::int32_t> prompt;
  std::vector<std::int32_t> chosen, rejected;  // what follows the prompt, end of turn included
  bool is_chosen_cut = false, is_rejected_cut = false;
  /** Tokens at the end of the generation prompt that a continuation does not begin with: trained in a context that
      generation never sees. 0 with most templates. */
  std::int64_t num_lost_prompt_tokens = 0;
};

/**
 * A preference as TRL's DPOTrainer makes it: prompt with its generation prompt, prompt + chosen, prompt + rejected; the
 * prompt ends where the first of the two whole texts leaves it. Prompt and continuation together are cut on the right
 * to max_length; a prompt that fills it leaves nothing to learn (both empty). Control tokens in contents stay text.
 * Throws Error{input} when the template refuses.
 */
EncodedPreference encode_preference(const Tokenizer& tokenizer, const ChatTemplate& chat_template,
                                    const Preference& preference, const EncodeOptions& options = {});

/** Runs `work`; returns the message of the Error{input} by which the chat template or the encoding refuses a record, or
    nothing. */
template <class Work>
std::optional<std::string> refusal_of(const Work& work) {
  try {
    work();
  } catch (const Error& error) {
    if (error.kind() != Kind::input) throw;
    return error.what();
  }
  return std::nullopt;
}

/** The ids of `messages` followed by the generation prompt; never cut. */
std::vector<std::int32_t> encode_prompt(const Tokenizer& tokenizer, const ChatTemplate& chat_template,
                                        const std::vector<Message>& messages, const RenderOptions& options = {});

}  // namespace intelia
