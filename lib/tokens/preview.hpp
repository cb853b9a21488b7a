// A record token by token, with the text of each token, for display. Ids and targets come from encode.hpp; the
// presentation is up to the caller.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tokens/encode.hpp"

namespace intelia {

struct PreviewToken {
  std::int32_t id = 0;
  std::string text;  // bytes of the text that no earlier token covers; of a control token its name
  bool is_trained = false;
  float weight = 1;           // in the loss, of a trained token
  bool is_special = false;    // a control token, not text that looks like one
  bool is_truncated = false;  // beyond max_length: the model does not see it
};

/** A part of a record: "conversation", "text", or "prompt" and then its answers: "chosen" and "rejected", or
   "desirable" or "undesirable". */
struct PreviewPart {
  std::string name;
  std::vector<PreviewToken> tokens;
  std::int64_t num_trained = 0;
  std::int64_t num_truncated = 0;
  std::string note;  // why it would not train as expected, or empty
};

/** The sequences of a record. Tokens above options.max_length are included and marked as truncated. Throws as
   encode_conversation. */
std::vector<PreviewPart> preview_conversation(const Tokenizer& tokenizer, const ChatTemplate& chat_template,
                                              const Conversation& conversation, const EncodeOptions& options);
std::vector<PreviewPart> preview_preference(const Tokenizer& tokenizer, const ChatTemplate& chat_template,
                                            const Preference& preference, const EncodeOptions& options);
std::vector<PreviewPart> preview_rated_answer(const Tokenizer& tokenizer, const ChatTemplate& chat_template,
                                              const RatedAnswer& answer, const EncodeOptions& options);

}  // namespace intelia
