// The nouns that travel between commands. Plain structs; their JSON is in jsonl.hpp.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace intelia {

struct Message {
  std::string role;            // "system", "developer", "user", "assistant", "tool" or "ipython"
  std::string content;         // UTF-8
  std::string more_json = {};  // its other members ("tool_calls", "name", …) as an object, or empty
  bool has_content = true;     // false: the record's content is null, as in a turn that only calls tools
};

/** One line of a dataset: either messages, or (records of plain text) text. */
struct Conversation {
  std::vector<Message> messages;
  std::string text;                  // used when messages is empty
  std::string tools_json;            // the list of tools the conversation was held with, or empty
  std::string metadata_json = "{}";  // the metadata object, as it stands in the file
  std::string id;                    // metadata.conversation_id, else metadata.id, else empty
  std::string language;              // metadata.language, else empty
};

/** A prompt with a better and a worse continuation of it. */
struct Preference {
  std::vector<Message> prompt, chosen, rejected;
  std::string tools_json;            // as in Conversation
  std::string metadata_json = "{}";  // the metadata object, as it stands in the file
  std::string id;                    // metadata.conversation_id, else metadata.id, else empty
  std::string language;              // metadata.language, else empty
};

struct Question {
  std::string id;
  std::vector<Message> messages;  // from "question" (one user turn) or "messages"
  std::string language;
  std::string category;
  std::string reference;
  std::string context;
};

/** What the engine trains on: ids and, for each id, whether it is a target of the loss and what that weighs in it. */
struct TokenSample {
  std::vector<std::int32_t> ids;        // [T]
  std::vector<std::uint8_t> is_target;  // [T]; 1: the model is trained to say this id; is_target[0] has no effect
  std::vector<float> weights = {};      // [T], above 0 where an id is a target; or empty: every target weighs 1
};

}  // namespace intelia
