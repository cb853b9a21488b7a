// The records that commands exchange, as plain structs; jsonl.hpp has their JSON.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace intelia {

struct Message {
  std::string role;            // "system", "developer", "user", "assistant", "tool" or "ipython"
  std::string content;         // UTF-8
  std::string more_json = {};  // other members ("tool_calls", "name", …) as an object, or empty
  bool has_content = true;     // false: content is null, as in a turn with only tool calls
};

/** What a record gives the chat template beside its messages. */
struct TemplateInputs {
  std::string tools_json;      // the list of available tools, or empty
  std::string variables_json;  // chat_template_kwargs, an object such as {"enable_thinking":false}, or empty
};

/** One line of a dataset: either messages or plain text. */
struct Conversation {
  std::vector<Message> messages;
  std::size_t num_prompt_messages = 0;  // at the beginning of messages: a prompt, which is not trained
  std::string text;                     // used when messages is empty
  std::size_t num_context_bytes = 0;    // at the beginning of text: a prompt, which is not trained
  TemplateInputs inputs;
  std::string metadata_json = "{}";  // the metadata object, verbatim
  std::string id;                    // metadata.conversation_id, else metadata.id, else empty
  std::string language;              // metadata.language, else empty
  std::string duplicate_key;  // a key that occurs twice in an object of the record (the last value is used), or empty
};

/** A prompt with a preferred and a rejected answer. */
struct Preference {
  std::vector<Message> prompt, chosen, rejected;  // empty with is_text
  std::string prompt_text, chosen_text, rejected_text;
  bool is_text = false;  // plain text instead of messages
  TemplateInputs inputs;
  std::string metadata_json = "{}";  // the metadata object, verbatim
  std::string id;                    // metadata.conversation_id, else metadata.id, else empty
  std::string language;              // metadata.language, else empty
  std::string duplicate_key;  // a key that occurs twice in an object of the record (the last value is used), or empty
};

/** A prompt with one answer, and whether it is a good one. */
struct RatedAnswer {
  std::vector<Message> prompt, completion;  // empty with is_text
  std::string prompt_text, completion_text;
  bool is_text = false;  // plain text instead of messages
  bool is_desirable = false;
  TemplateInputs inputs;
  std::string metadata_json = "{}";  // the metadata object, verbatim
  std::string id, language;          // as in Conversation
  std::string duplicate_key;         // as in Conversation
};

struct Question {
  std::string id;
  std::vector<Message> messages;  // from "question" (one user turn) or "messages"
  std::string language;
  std::string category;
  std::string reference;
  std::string context;
  std::string duplicate_key;  // as in Conversation
};

/** A training sample: token ids and, for each, whether it is a target of the loss and with which weight. */
struct TokenSample {
  std::vector<std::int32_t> ids;        // [T]
  std::vector<std::uint8_t> is_target;  // [T]; 1: a target of the loss; is_target[0] has no effect
  std::vector<float> weights = {};      // [T], above 0 at targets; empty: every target has weight 1
  /** Of a pair (prompt, chosen answer, rejected answer): where the rejected answer begins, which continues the prompt,
     too. 0: the sample is one sequence. */
  std::int32_t second_begin = 0;
  bool is_desirable = true;  // of a rated answer: its label
};

}  // namespace intelia
