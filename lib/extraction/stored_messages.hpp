// Reads the user and assistant turns of a conversation from the JSON forms in which systems store messages.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "extraction/rating_scale.hpp"
#include "extraction/roles.hpp"

namespace intelia::extraction {

/** The keys of a list of messages in an object, the most likely first. */
inline constexpr std::array<const char*, 5> kListKeys{"messages", "conversations", "conversation", "turns", "history"};

struct Turn {
  std::int64_t place = 0;        // index in the stored list, from 0
  Role role = Role::user;        // user or assistant
  std::string_view content;      // UTF-8 without U+0000
  std::optional<double> rating;  // of an answer, on 1..5, if it has one and ratings are read
};

/**
 * Accepts: a list of messages; such a list under messages, conversations, conversation, turns or history of an object;
 * either of them as a JSON string of JSON, up to three times over. A message names its role under role, from, speaker
 * or author (or author.role), its text under content, value, text or message: the first of them that is not null. Text
 * is a string, a list of strings and parts ({"type":"text" | "input_text" | "output_text","text"}), which are joined,
 * or
 * {"parts":[…]}. An answer that only calls tools is ignored, as are results of tools. Of duplicate keys the last
 * is used, like in jsonb.
 */
class StoredMessages {
 public:
  /** `rating_scale`: of ratings inside messages (rating, score, thumbs, feedback), or nothing: they are not read. */
  StoredMessages(RoleNames roles, std::optional<RatingScale> rating_scale);
  ~StoredMessages();
  StoredMessages(const StoredMessages&) = delete;
  StoredMessages& operator=(const StoredMessages&) = delete;

  /** Returns the fault, "name: details", or an empty text when turns() and num_messages() are set. `text` is UTF-8. */
  std::string read(std::string_view text);

  /** User and assistant turns; their texts are valid until the next read. */
  const std::vector<Turn>& turns() const;
  /** The number of messages of any role. */
  std::int64_t num_messages() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace intelia::extraction
