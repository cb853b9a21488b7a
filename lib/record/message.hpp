// The nouns that travel between commands. Plain structs; their JSON is in conversation.hpp and jsonl.hpp.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace intelia {

struct Message {
  std::string role;     // "system", "user" or "assistant"
  std::string content;  // UTF-8
};

/** One line of a dataset: either messages, or (records of plain text) text. */
struct Conversation {
  std::vector<Message> messages;
  std::string text;                 // used when messages is empty
  std::string metadata_json = "{}";  // the metadata object, as it stands in the file
  std::string id;                   // metadata.conversation_id, else metadata.id, else empty
  std::string language;             // metadata.language, else empty
};

struct Question {
  std::string id;
  std::vector<Message> messages;  // from "question" (one user turn) or "messages"
  std::string language;
  std::string category;
  std::string reference;
  std::string context;
};

/** What the engine trains on: ids and, for each id, whether it is a target of the loss. */
struct TokenSample {
  std::vector<std::int32_t> ids;         // [T]
  std::vector<std::uint8_t> is_target;   // [T]; 1: the model is trained to say this id; is_target[0] has no effect
};

}  // namespace intelia
