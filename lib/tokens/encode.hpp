// Encodes conversations as training samples and messages as prompts; decides which tokens are trained.
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

/** Which assistant turns are trained; one whose message has "weight": 0 never is. Another weight up to 1 is the weight
   of the turn's targets. */
enum class TrainedTurns {
  all,
  last,  // only the final answer: the completion of a prompt
};

/** What the lines of a file are. */
enum class RecordKind {
  conversation,  // conversations and plain texts (encode_conversation)
  pair,          // preferences: each becomes one sample with `second_begin`
  rated_answer,  // prompt, completion and label; a preference counts as two of them
};

struct EncodeOptions {
  RenderOptions render = {};
  std::int64_t max_length = 0;  // tokens; longer samples are truncated on the right; 0: no limit
  TrainedTurns trained_turns = TrainedTurns::all;
  bool refuses_long = false;  // a sample above max_length is refused instead of truncated
  RecordKind records = RecordKind::conversation;
};

struct EncodedConversation {
  TokenSample tokens;
  bool is_truncated = false;
  std::int64_t num_targets = 0;   // that remain after truncation; the first token is never one
  std::int64_t target_bytes = 0;  // UTF-8 bytes of the contents that the targets cover, without the template's text
  /** Numbers of messages: answers that are not trained because the template renders them, or the text before them,
      differently once more follows, as templates do that remove earlier reasoning. */
  std::vector<std::size_t> skipped_turns;
};

/**
 * A conversation as a sample: the trained assistant turns are its targets, end-of-turn token included. With
 * {% generation %} markers in the template the targets are those of transformers' return_assistant_tokens_mask;
 * without, each turn runs from the end of its generation prompt to the first control token after its content, verified
 * by rendering the prefixes; turns that the template renders differently once another follows are skipped, unless that
 * leaves none. A plain text trains on every token, with BOS first where the tokenizer adds it and
 * end-of-text last. A completion is trained from the first token in which its prompt, encoded alone (with the
 * generation prompt), differs from the whole, as in TRL. Control tokens inside a message's content are encoded as text.
 * Throws Error{input} when the template raises an error, renders every turn differently once more follows, or ends a
 * turn without a control token; for a weight that is not a number from 0 to 1; and with refuses_long for a sample above
 * max_length.
 */
EncodedConversation encode_conversation(const Tokenizer& tokenizer, const ChatTemplate& chat_template,
                                        const Conversation& conversation, const EncodeOptions& options = {});

/** For each message the weight of its targets in the loss: its "weight", else 1, whatever its role; 0 in a prompt, and
    with TrainedTurns::last for all but the last answer. Throws Error{input} for a weight that is not a number from 0
    to 1. */
std::vector<float> message_weights(const Conversation& conversation, TrainedTurns turns);

/** A preference as ids: both continuations follow the same prompt. */
struct EncodedPreference {
  std::vector<std::int32_t> prompt;
  std::int64_t num_prompt_tokens = 0;          // before truncation
  std::vector<std::int32_t> chosen, rejected;  // after the prompt, end of turn included
  bool is_chosen_truncated = false, is_rejected_truncated = false;
  /** Tokens at the end of the generation prompt that the continuations do not share: they are trained in a context that
      never occurs in generation. 0 with most templates. */
  std::int64_t num_lost_prompt_tokens = 0;
};

/**
 * * A preference as TRL's DPOTrainer encodes it: prompt with its generation prompt, prompt + chosen, prompt + rejected;
 * the prompt ends where the first of the two whole texts differs from it. Prompt and continuation together are
 * truncated on the right to max_length; a prompt that fills it leaves nothing to learn (both empty). Control tokens in
 * contents are encoded as text. Throws Error{input} when the template raises an error.
 */
EncodedPreference encode_preference(const Tokenizer& tokenizer, const ChatTemplate& chat_template,
                                    const Preference& preference, const EncodeOptions& options = {});

/** `complete`, encoded without a limit, as encode_preference gives it with `options`. Throws as encode_preference. */
EncodedPreference truncated(EncodedPreference complete, const EncodeOptions& options);

/**
 * A pair as one sample: prompt, chosen answer, rejected answer. Throws Error{input} as encode_preference does, and when
 * the prompt leaves no token of an answer within max_length or has no token, or an answer is empty.
 */
TokenSample pair_sample(const EncodedPreference& encoded, const EncodeOptions& options);

struct EncodedAnswer {
  TokenSample sample;
  bool is_truncated = false;                // prompt and answer together are longer than max_length
  std::int64_t num_lost_prompt_tokens = 0;  // as of EncodedPreference
};

/**
 * A rated answer as a sample, as TRL's KTOTrainer encodes it: the prompt ends where the whole text differs from it.
 * The answer alone is truncated to max_length, so that it can follow another prompt, too; training truncates the whole.
 * Throws as pair_sample.
 */
EncodedAnswer encode_rated_answer(const Tokenizer& tokenizer, const ChatTemplate& chat_template,
                                  const RatedAnswer& answer, const EncodeOptions& options = {});

/** Runs `work`; returns the message of the Error{input} of the chat template or the encoding for a record, or
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

/** The ids of `messages` followed by the generation prompt; never truncated. */
std::vector<std::int32_t> encode_prompt(const Tokenizer& tokenizer, const ChatTemplate& chat_template,
                                        const std::vector<Message>& messages, const RenderOptions& options = {});

}  // namespace intelia
