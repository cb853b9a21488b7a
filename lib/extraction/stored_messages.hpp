// The messages of a conversation in whatever JSON a system stored them → its user and assistant turns, or the reason
// why not. It does not know what is made of them.
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

/** The keys under which objects hold a list of messages, the likeliest first. */
inline constexpr std::array<const char*, 5> kListKeys{"messages", "conversations", "conversation", "turns", "history"};

struct Turn {
  std::int64_t place = 0;        // in the list as it is stored, from 0
  Role role = Role::user;        // user or assistant
  std::string_view content;      // UTF-8 without U+0000
  std::optional<double> rating;  // of an answer, on 1..5, when it holds one and ratings are read
};

/**
 * Accepts: a list of messages; such a list under messages, conversations, conversation, turns or history of an object;
 * either of them as a JSON string of JSON, up to three times over. A message names its role under role, from, speaker
 * or author (or author.role), its text under content, value, text or message: the first of them that is not null. Text
 * is a string, a list of strings and parts ({"type":"text" | "input_text" | "output_text","text"}), which are joined,
 * or
 * {"parts":[…]}. An answer without text that calls tools is left out as tools' answers are. Of doubled keys the last
 * wins, as in jsonb.
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

  /** User and assistant turns; their texts live until the next read. */
  const std::vector<Turn>& turns() const;
  /** Messages of the list, of any role. */
  std::int64_t num_messages() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace intelia::extraction
