#include "extraction/row.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <charconv>
#include <cmath>
#include <cstring>

#include "record/json.hpp"

namespace intelia::extraction {

namespace dom = simdjson::dom;

namespace {

constexpr std::int64_t kMinKeptTurns = 2;

bool starts_with(std::string_view text, std::string_view start) { return text.substr(0, start.size()) == start; }

bool is_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/** "2026-02-17 06:41:23.5+00" of a session in UTC → "2026-02-17T06:41:23.5Z"; false for infinity, BC and the like. */
bool append_iso_time(std::string& out, std::string_view text) {
  const std::size_t year_end = text.find('-');
  if (year_end == std::string_view::npos || year_end < 4 || !is_digits(text.substr(0, year_end))) return false;
  std::string_view day = text.substr(0, year_end + 6);
  std::string_view time = text.substr(day.size());
  if (day.size() != year_end + 6 || !is_digits(day.substr(year_end + 1, 2)) || day[year_end + 3] != '-' ||
      !is_digits(day.substr(year_end + 4, 2)))
    return false;
  if (time.size() >= 3 && time.substr(time.size() - 3) == "+00") time.remove_suffix(3);
  if (!time.empty() && time.front() == ' ') time.remove_prefix(1);
  if (time.empty()) time = "00:00:00";
  if (time.size() < 8 || time.find_first_not_of("0123456789:.") != std::string_view::npos) return false;
  out += day;
  out += 'T';
  out += time;
  out += 'Z';
  return true;
}

/** What a JSON value is, in words. */
const char* words_for(dom::element_type type) {
  switch (type) {
    case dom::element_type::ARRAY: return "a list";
    case dom::element_type::OBJECT: return "an object";
    case dom::element_type::STRING: return "a string";
    case dom::element_type::BOOL: return "true or false";
    case dom::element_type::NULL_VALUE: return "null";
    default: return "a number";
  }
}

/** Text from outside inside a reason: short, and without control characters. */
std::string quoted(std::string_view text) {
  constexpr std::size_t kMaxBytes = 40;
  std::size_t end = std::min(text.size(), kMaxBytes);
  while (end < text.size() && end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  std::string out;
  append_json_string(out, text.substr(0, end));
  return end < text.size() ? out + "…" : out;
}

/** The last value of `key`, as jsonb keeps it. */
bool last_value(const dom::object& object, std::string_view key, dom::element& value) {
  bool is_found = false;
  for (const dom::key_value_pair& field : object) {
    if (field.key == key) {
      value = field.value;
      is_found = true;
    }
  }
  return is_found;
}

bool is_sound_text(std::string_view text) { return text.find('\0') == std::string_view::npos && is_valid_utf8(text); }

}  // namespace

struct RowReader::State {
  RowRules rules;
  std::string reason;
  std::string system_message;  // the system prompt as a message and a comma, or empty
  dom::parser parser;
  dom::parser inner_parser;    // of JSON inside a JSON string
  std::string joined_parts;
  std::string metadata;

  Fate reject(std::string words) {
    reason = std::move(words);
    return Fate::rejected;
  }

  Fate drop(std::string words) {
    reason = std::move(words);
    return Fate::dropped;
  }

  Fate judge_length(std::int64_t num_messages, std::int64_t num_turns) {
    if (num_messages < rules.min_messages)
      return drop(fmt::format("fewer messages than --min-messages: {}", num_messages));
    if (num_turns < kMinKeptTurns) return drop(fmt::format("fewer than two user and assistant turns: {}", num_turns));
    return Fate::kept;
  }

  /** Fills `metadata` from all columns but messages. */
  Fate read_metadata(const Row& row) {
    if (!row.conversation_id) return reject("conversation_id is NULL");
    if (row.conversation_id->empty()) return reject("conversation_id is empty");
    if (!is_valid_utf8(*row.conversation_id)) return reject("conversation_id is not valid UTF-8");
    if (row.num_copies > 1) return reject(fmt::format("conversation_id is not unique: {} rows have it", row.num_copies));
    if (!row.rating) return reject("rating is NULL");
    double rating = 0;
    const char* end = row.rating->data() + row.rating->size();
    const auto [stopped, status] = std::from_chars(row.rating->data(), end, rating);
    if (status != std::errc{} || stopped != end) return reject("rating is not a number: " + quoted(*row.rating));
    if (std::isnan(rating)) return reject("rating is NaN");
    if (std::isinf(rating)) return reject("rating is infinite");
    if (row.language && !is_sound_text(*row.language)) return reject("language is not valid UTF-8");
    metadata = "],\"metadata\":{\"conversation_id\":";
    append_json_string(metadata, *row.conversation_id);
    metadata += ",\"rating\":";
    append_json_number(metadata, rating);
    metadata += ",\"source\":\"intelia_production\",\"language\":";
    if (row.language) append_json_string(metadata, *row.language);
    else metadata += "null";
    metadata += ",\"created_at\":\"";
    if (!row.created_at) return reject("created_at is NULL");
    if (!append_iso_time(metadata, *row.created_at))
      return reject("created_at is not a date of our era: " + quoted(*row.created_at));
    metadata += "\"}}\n";
    return Fate::kept;
  }

  /**
   * Messages in the one form that PostgreSQL writes for a jsonb list of plain messages: the strings are copied as they
   * are, since its escapes are ours but for U+007F and U+2028/9. False: it is another form; `out` is as before.
   */
  bool append_plain_jsonb(std::string_view text, std::string& out, Fate& fate) {
    static constexpr std::string_view kRole = "{\"role\": \"", kContent = "\", \"content\": \"";
    if (text.size() < 2 || text.front() != '[' || std::memchr(text.data(), 0x7F, text.size()) != nullptr) return false;
    for (const char* place = text.data(); place != nullptr; ++place) {
      const auto left = static_cast<std::size_t>(text.data() + text.size() - place);
      place = static_cast<const char*>(std::memchr(place, '\xE2', left));
      if (place == nullptr) break;
      if (place[1] == '\x80' && (place[2] == '\xA8' || place[2] == '\xA9')) return false;
    }
    const std::size_t begin = out.size();
    std::int64_t num_messages = 0, num_turns = 0;
    std::string_view rest = text.substr(1);
    for (;;) {
      if (!starts_with(rest, kRole)) break;
      rest.remove_prefix(kRole.size());
      std::string_view role = starts_with(rest, "user")        ? "user"
                              : starts_with(rest, "assistant") ? "assistant"
                              : starts_with(rest, "system")    ? "system"
                                                               : "";
      rest.remove_prefix(role.size());
      if (role.empty() || !starts_with(rest, kContent)) break;
      rest.remove_prefix(kContent.size());
      const std::size_t end = closing_quote(rest);
      if (end == std::string_view::npos) break;
      const std::string_view content = rest.substr(0, end);
      rest.remove_prefix(end + 1);
      if (!starts_with(rest, "}")) break;
      rest.remove_prefix(1);
      ++num_messages;
      if (role != "system") {
        out += num_turns++ == 0 ? "{\"role\":\"" : ",{\"role\":\"";
        out += role;
        out += "\",\"content\":\"";
        out += content;
        out += "\"}";
      }
      if (rest == "]") {
        fate = judge_length(num_messages, num_turns);
        if (fate != Fate::kept) out.resize(begin);
        return true;
      }
      if (!starts_with(rest, ", ")) break;
      rest.remove_prefix(2);
    }
    out.resize(begin);
    return false;
  }

  /** The place of the quote that ends a JSON string whose inside begins `text`. */
  static std::size_t closing_quote(std::string_view text) {
    for (std::size_t quote = text.find('"'); quote != std::string_view::npos; quote = text.find('"', quote + 1)) {
      std::size_t num_backslashes = 0;
      while (num_backslashes < quote && text[quote - 1 - num_backslashes] == '\\') ++num_backslashes;
      if (num_backslashes % 2 == 0) return quote;
    }
    return std::string_view::npos;
  }

  /** Content as text; false: the reason is set. */
  bool read_content(const dom::element& content, std::int64_t place, std::string_view& text) {
    dom::array parts;
    if (!content.get(text)) return true;
    if (content.get(parts)) {
      reject(fmt::format("message without text content: messages[{}].content is {}", place, words_for(content.type())));
      return false;
    }
    joined_parts.clear();
    for (dom::element element : parts) {
      dom::object part;
      dom::element type, words;
      std::string_view type_text, words_text;
      if (element.get(part) || !last_value(part, "type", type) || type.get(type_text) || type_text != "text" ||
          !last_value(part, "text", words) || words.get(words_text)) {
        reject(fmt::format("content part is not text: messages[{}].content holds other than "
                           "{{\"type\":\"text\",\"text\":…}}", place));
        return false;
      }
      joined_parts += words_text;
    }
    text = joined_parts;
    return true;
  }

  Fate append_list(const dom::array& list, std::string& out) {
    std::int64_t num_messages = 0, num_turns = 0;
    for (dom::element element : list) {
      const std::int64_t place = num_messages++;
      dom::object message;
      if (element.get(message))
        return reject(fmt::format("message is not an object: messages[{}] is {}", place, words_for(element.type())));
      dom::element role_value, content_value;
      std::string_view role, content;
      if (!last_value(message, "role", role_value) || role_value.get(role))
        return reject(fmt::format("message without a role: messages[{}]", place));
      if (role != "system" && role != "user" && role != "assistant")
        return reject(fmt::format("unknown role: {} in messages[{}], expected system, user or assistant", quoted(role),
                                  place));
      if (!last_value(message, "content", content_value))
        return reject(fmt::format("message without text content: messages[{}] has no content", place));
      if (!read_content(content_value, place, content)) return Fate::rejected;
      if (!is_sound_text(content))
        return reject(fmt::format("content is not text: messages[{}] holds U+0000 or half of a surrogate pair", place));
      if (role == "system") continue;
      out += num_turns++ == 0 ? "{\"role\":\"" : ",{\"role\":\"";
      out += role;
      out += "\",\"content\":";
      append_json_string(out, content);
      out += '}';
    }
    return judge_length(num_messages, num_turns);
  }

  /** Any stored form: unwraps an object and decodes a string, each once. */
  Fate append_any(std::string_view text, std::string& out) {
    dom::element value;
    if (auto error = parser.parse(text.data(), text.size(), /*realloc_if_needed=*/true).get(value))
      return reject(fmt::format("messages is not valid JSON: {}", simdjson::error_message(error)));
    bool is_decoded = false, is_unwrapped = false;
    for (;;) {
      dom::array list;
      dom::object object;
      std::string_view inside;
      if (!value.get(list)) return append_list(list, out);
      if (!is_unwrapped && !value.get(object) && last_value(object, "messages", value)) {
        is_unwrapped = true;
      } else if (!is_decoded && !value.get(inside)) {
        is_decoded = true;
        if (inner_parser.parse(inside.data(), inside.size(), /*realloc_if_needed=*/true).get(value))
          return reject("messages is not a list: it is a string that holds no JSON");
      } else {
        return reject(fmt::format("messages is not a list: it is {}, expected [{{\"role\":…,\"content\":…}},…]",
                                  words_for(value.type())));
      }
    }
  }

  Fate read(const Row& row, std::string& out) {
    if (const Fate fate = read_metadata(row); fate != Fate::kept) return fate;
    if (row.too_long_bytes > 0)
      return reject(fmt::format("messages is too long: {} bytes, at most {} are read", row.too_long_bytes,
                                kMaxMessagesBytes));
    if (!row.messages) return reject("messages is NULL");
    if (row.messages->empty()) return reject("messages is not valid JSON: it is empty");
    if (!is_valid_utf8(*row.messages)) return reject("messages is not valid UTF-8");
    out += "{\"messages\":[";
    out += system_message;
    Fate fate = Fate::kept;
    if (rules.form != MessagesForm::jsonb || !append_plain_jsonb(*row.messages, out, fate))
      fate = append_any(*row.messages, out);
    if (fate == Fate::kept) out += metadata;
    return fate;
  }
};

RowReader::RowReader(RowRules rules) : state_(new State) {
  state_->rules = std::move(rules);
  if (state_->rules.system_prompt.empty()) return;
  state_->system_message = "{\"role\":\"system\",\"content\":";
  append_json_string(state_->system_message, state_->rules.system_prompt);
  state_->system_message += "},";
}

RowReader::~RowReader() = default;

Fate RowReader::read(const Row& row, std::string& out) {
  const std::size_t begin = out.size();
  const Fate fate = state_->read(row, out);
  if (fate != Fate::kept) out.resize(begin);
  return fate;
}

const std::string& RowReader::reason() const { return state_->reason; }

}  // namespace intelia::extraction
