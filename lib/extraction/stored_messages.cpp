#include "extraction/stored_messages.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <array>
#include <deque>

#include "extraction/foreign_text.hpp"
#include "extraction/json_access.hpp"
#include "record/json_fwd.hpp"

namespace intelia::extraction {

namespace dom = simdjson::dom;

namespace {

constexpr int kMaxDecodings = 3;
constexpr std::array<std::string_view, 4> kRoleKeys{"role", "from", "speaker", "author"};
constexpr std::array<std::string_view, 4> kContentKeys{"content", "value", "text", "message"};
constexpr std::array<std::string_view, 4> kRatingKeys{"rating", "score", "thumbs", "feedback"};

/** The value of the first of `keys` that is not null; null if all that exist are null. */
template <class Keys>
bool first_value(const dom::object& object, const Keys& keys, dom::element& value) {
  bool is_there = false;
  for (const std::string_view key : keys) {
    if (!last_value(object, key, value)) continue;
    is_there = true;
    if (!value.is_null()) return true;
  }
  return is_there;
}

/** Describes the type of a JSON value. */
const char* words_for(dom::element_type type) {
  switch (type) {
    case dom::element_type::ARRAY:
      return "a list";
    case dom::element_type::OBJECT:
      return "an object";
    case dom::element_type::STRING:
      return "a string";
    case dom::element_type::BOOL:
      return "true or false";
    case dom::element_type::NULL_VALUE:
      return "null";
    default:
      return "a number";
  }
}

}  // namespace

struct StoredMessages::State {
  RoleNames roles;
  std::optional<RatingScale> rating_scale;
  std::array<dom::parser, 2> parsers;    // alternating: one parses a string that belongs to the other
  std::deque<std::string> joined_texts;  // of contents in parts; a deque keeps views valid
  std::vector<Turn> turns;
  std::int64_t num_messages = 0;

  /** Appends a content part, a string or an object with text; false for other values. */
  static bool append_part(const dom::element& element, std::string& text) {
    std::string_view words, type_text;
    if (!element.get(words)) {
      text += words;
      return true;
    }
    dom::object part;
    dom::element type, inside;
    if (element.get(part) || !last_value(part, "type", type) || type.get(type_text) ||
        !last_value(part, "text", inside) || inside.get(words))
      return false;
    if (type_text != "text" && type_text != "input_text" && type_text != "output_text") return false;
    text += words;
    return true;
  }

  /** Content as text; else the fault. */
  std::string read_content(dom::element content, std::int64_t place, std::string_view& text) {
    dom::object wrapper;
    dom::element inside;
    if (!content.get(wrapper) && last_value(wrapper, "parts", inside) && inside.is_array()) content = inside;
    dom::array parts;
    if (!content.get(text)) return "";
    if (content.get(parts))
      return fmt::format("message without text content: messages[{}].content is {}", place, words_for(content.type()));
    std::string& joined = joined_texts.emplace_back();
    for (const dom::element part : parts)
      if (!append_part(part, joined))
        return fmt::format(
            "content part is not text: messages[{}].content has other parts than "
            "{{\"type\":\"text\",\"text\":…}}",
            place);
    text = joined;
    return "";
  }

  /** The role of `message`; else the fault. */
  std::string read_role(const dom::object& message, std::int64_t place, Role& role) const {
    dom::element value;
    dom::object author;
    std::string_view text;
    bool is_there = first_value(message, kRoleKeys, value);
    if (is_there && !value.get(author)) is_there = last_value(author, "role", value);
    if (!is_there || value.get(text)) return fmt::format("message without a role: messages[{}]", place);
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
  std::string read_turn_rating(const dom::object& message, std::int64_t place, std::optional<double>& rating) const {
    for (const std::string_view key : kRatingKeys) {
      dom::element value;
      if (!last_value(message, key, value) || value.is_null()) continue;
      const std::string text = plain_text(value);
      RatingReading reading = key == "thumbs" ? read_thumb(text) : read_rating(text, *rating_scale);
      if (value.is_object() || value.is_array()) reading.fault = std::string("is ") + words_for(value.type());
      if (value.is_string() && !reading.fault.empty())
        if (const RatingReading thumb = read_thumb(text); thumb.fault.empty()) reading = thumb;
      // The key "feedback" is also used for free text.
      if (key == "feedback" && !value.is_number()) reading.fault.clear();
      if (!reading.fault.empty())
        return fmt::format("rating of a turn {} (messages[{}].{})", reading.fault, place, key);
      rating = reading.rating;
      if (rating) return "";
    }
    return "";
  }

  std::string read_message(const dom::element& element, std::int64_t place) {
    dom::object message;
    if (element.get(message))
      return fmt::format("message is not an object: messages[{}] is {}", place, words_for(element.type()));
    Turn turn;
    turn.place = place;
    if (std::string fault = read_role(message, place, turn.role); !fault.empty()) return fault;
    if (turn.role == Role::left_out) return "";
    dom::element content, calls;
    const bool is_there = first_value(message, kContentKeys, content);
    dom::array list;
    const bool calls_tools =
        turn.role == Role::assistant && last_value(message, "tool_calls", calls) && !calls.get(list) && list.size() > 0;
    std::string_view text;
    if (calls_tools && (!is_there || content.is_null() || (!content.get(text) && text.empty()))) return "";
    if (!is_there) return fmt::format("message without text content: messages[{}] has no content", place);
    if (std::string fault = read_content(content, place, turn.content); !fault.empty()) return fault;
    if (!is_sound_text(turn.content))
      return fmt::format("content is not text: messages[{}] contains U+0000 or an unpaired surrogate", place);
    if (rating_scale && turn.role == Role::assistant)
      if (std::string fault = read_turn_rating(message, place, turn.rating); !fault.empty()) return fault;
    turns.push_back(turn);
    return "";
  }

  std::string read(std::string_view text) {
    joined_texts.clear();
    turns.clear();
    num_messages = 0;
    dom::element value;
    if (auto error = parsers[0].parse(text.data(), text.size(), /*realloc_if_needed=*/true).get(value))
      return fmt::format("messages is not valid JSON: {}", simdjson::error_message(error));
    int num_decodings = 0;
    bool is_unwrapped = false;
    for (;;) {
      dom::array list;
      dom::object object;
      std::string_view inside;
      if (!value.get(list)) {
        for (const dom::element element : list)
          if (std::string fault = read_message(element, num_messages++); !fault.empty()) return fault;
        return "";
      }
      if (!is_unwrapped && !value.get(object) && first_value(object, kListKeys, value)) {
        is_unwrapped = true;
      } else if (num_decodings < kMaxDecodings && !value.get(inside)) {
        ++num_decodings;
        if (parsers[static_cast<std::size_t>(num_decodings % 2)].parse(inside.data(), inside.size(), true).get(value))
          return "messages is not a list: it is a string without JSON";
      } else {
        return fmt::format("messages is not a list: it is {}, expected [{{\"role\":…,\"content\":…}},…]",
                           words_for(value.type()));
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
