// What a model sees of a record, token by token, with the text each token stands for: to be shown to people. The ids
// and what is trained come from encode.hpp; how it is drawn is the caller's.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tokens/encode.hpp"

namespace intelia {

struct PreviewToken {
  std::int32_t id = 0;
  std::string text;  // bytes of the text that no earlier token stands for; a control token's name
  bool is_trained = false;
  float weight = 1;         // of a trained one in the loss
  bool is_special = false;  // a control token, not text that looks like one
  bool is_cut = false;      // beyond max_length: the model does not see it
};

/** One sequence of a record: "conversation", "text", or of a preference "chosen" and "rejected". */
struct PreviewPart {
  std::string name;
  std::vector<PreviewToken> tokens;
  std::int64_t num_trained = 0;
  std::int64_t num_cut = 0;
  std::string note;  // what a trainer would complain of, or empty
};

/** The sequences of a record. Tokens above options.max_length are there, marked as cut. Throws as encode_conversation.
 */
std::vector<PreviewPart> preview_conversation(const Tokenizer& tokenizer, const ChatTemplate& chat_template,
                                              const Conversation& conversation, const EncodeOptions& options);
std::vector<PreviewPart> preview_preference(const Tokenizer& tokenizer, const ChatTemplate& chat_template,
                                            const Preference& preference, const EncodeOptions& options);

}  // namespace intelia
