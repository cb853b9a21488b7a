#include "extraction/stored_messages.hpp"

#include <fmt/format.h>

#include <array>
#include <deque>

#include "extraction/foreign_text.hpp"
#include "record/json_value.hpp"
#include "record/message_content.hpp"

namespace intelia::extraction {

namespace {

constexpr int kMaxDecodings = 3;
constexpr std::array<std::string_view, 4> kRoleKeys{"role", "from", "speaker", "author"};
constexpr std::array<std::string_view, 4> kContentKeys{"content", "value", "text", "message"};
constexpr std::array<std::string_view, 4> kRatingKeys{"rating", "score", "thumbs", "feedback"};

/** The value of the first of `keys` that is not null; null if all that exist are null. */
template <class Keys>
bool first_value(JsonDocument& document, const JsonValue& object, const Keys& keys, JsonValue& value) {
  bool is_there = false;
  for (const std::string_view key : keys) {
    if (!document.find(object, key, value)) continue;
    is_there = true;
    if (!value.is_null()) return true;
  }
  return is_there;
}

}  // namespace

struct StoredMessages::State {
  RoleNames roles;
  std::optional<RatingScale> rating_scale;
  std::array<JsonDocument, 2> documents;  // alternating: one parses a string that belongs to the other
  std::deque<std::string> joined_texts;   // of contents in parts; a deque keeps views valid
  std::vector<Turn> turns;
  std::int64_t num_messages = 0;

  /** Content as text; else the fault. */
  std::string read_text(JsonDocument& document, const JsonValue& content, std::int64_t place, std::string_view& text) {
    std::string joined;
    const ContentForm form = read_content(document, content, text, joined);
    if (form == ContentForm::no_text)
      return fmt::format("message without text content: messages[{}].content is {}", place, type_in_words(content));
    if (form == ContentForm::other_parts)
      return fmt::format(
          "content part is not text: messages[{}].content has other parts than "
          "{{\"type\":\"text\",\"text\":…}}",
          place);
    if (text.data() == joined.data()) text = joined_texts.emplace_back(std::move(joined));
    return "";
  }

  /** The role of `message`; else the fault. */
  std::string read_role(JsonDocument& document, const JsonValue& message, std::int64_t place, Role& role) const {
    JsonValue value;
    std::string_view text;
    bool is_there = first_value(document, message, kRoleKeys, value);
    if (is_there && value.is_object()) is_there = document.find(JsonValue(value), "role", value);
    if (!is_there || !value.get(text)) return fmt::format("message without a role: messages[{}]", place);
    const std::optional<Role> known = roles.find(text);
    if (!known)
      return fmt::format(
          "unknown role: {} in messages[{}], expected system, user or assistant; other names can be mapped as "
          "THEIRS=OURS",
          in_quotes(text), place);
    role = *known;
    return "";
  }

  /** The rating that `message` holds, if any; else the fault. */
  std::string read_turn_rating(JsonDocument& document, const JsonValue& message, std::int64_t place,
                               std::optional<double>& rating) const {
    for (const std::string_view key : kRatingKeys) {
      JsonValue value;
      if (!document.find(message, key, value) || value.is_null()) continue;
      const std::string text = document.plain_text(value);
      const bool is_text = value.element.is_string();
      RatingReading reading = key == "thumbs" ? read_thumb(text) : read_rating(text, *rating_scale);
      if (value.is_object() || value.is_list()) reading.fault = std::string("is ") + type_in_words(value);
      if (is_text && !reading.fault.empty())
        if (const RatingReading thumb = read_thumb(text); thumb.fault.empty()) reading = thumb;
      // The key "feedback" is also used for free text.
      if (key == "feedback" && !value.element.is_number()) reading.fault.clear();
      if (!reading.fault.empty())
        return fmt::format("rating of a turn {} (messages[{}].{})", reading.fault, place, key);
      rating = reading.rating;
      if (rating) return "";
    }
    return "";
  }

  std::string read_message(JsonDocument& document, const JsonValue& message, std::int64_t place) {
    if (!message.is_object())
      return fmt::format("message is not an object: messages[{}] is {}", place, type_in_words(message));
    Turn turn;
    turn.place = place;
    if (std::string fault = read_role(document, message, place, turn.role); !fault.empty()) return fault;
    if (turn.role == Role::left_out) return "";
    JsonValue content, calls;
    const bool is_there = first_value(document, message, kContentKeys, content);
    const bool calls_tools =
        turn.role == Role::assistant && document.find(message, "tool_calls", calls) && !document.items(calls).empty();
    std::string_view text;
    if (calls_tools && (!is_there || content.is_null() || (content.get(text) && text.empty()))) return "";
    if (!is_there) return fmt::format("message without text content: messages[{}] has no content", place);
    if (std::string fault = read_text(document, content, place, turn.content); !fault.empty()) return fault;
    if (!is_sound_text(turn.content))
      return fmt::format("content is not text: messages[{}] contains U+0000 or an unpaired surrogate", place);
    if (rating_scale && turn.role == Role::assistant)
      if (std::string fault = read_turn_rating(document, message, place, turn.rating); !fault.empty()) return fault;
    turns.push_back(turn);
    return "";
  }

  std::string read(std::string_view text) {
    joined_texts.clear();
    turns.clear();
    num_messages = 0;
    if (const auto fault = documents[0].parse(text)) return "messages is " + *fault;
    JsonValue value = documents[0].root();
    int num_decodings = 0;
    bool is_unwrapped = false;
    for (;;) {
      JsonDocument& document = documents[static_cast<std::size_t>(num_decodings % 2)];
      std::string_view inside;
      if (value.is_list()) {
        for (const JsonValue& message : document.items(value))
          if (std::string fault = read_message(document, message, num_messages++); !fault.empty()) return fault;
        return "";
      }
      if (!is_unwrapped && value.is_object() && first_value(document, JsonValue(value), kListKeys, value)) {
        is_unwrapped = true;
      } else if (num_decodings < kMaxDecodings && value.get(inside)) {
        JsonDocument& next = documents[static_cast<std::size_t>(++num_decodings % 2)];
        if (next.parse(inside)) return "messages is not a list: it is a string without JSON";
        value = next.root();
      } else {
        return fmt::format("messages is not a list: it is {}, expected [{{\"role\":…,\"content\":…}},…]",
                           type_in_words(value));
      }
    }
  }
};

StoredMessages::StoredMessages(RoleNames roles, std::optional<RatingScale> rating_scale) : state_(new State) {
  state_->roles = std::move(roles);
  state_->rating_scale = rating_scale;
}

StoredMessages::~StoredMessages() = default;

std::string StoredMessages::read(std::string_view text) { return state_->read(text); }

const std::vector<Turn>& StoredMessages::turns() const { return state_->turns; }

std::int64_t StoredMessages::num_messages() const { return state_->num_messages; }

}  // namespace intelia::extraction
