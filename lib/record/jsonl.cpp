#include "record/jsonl.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include "base/error.hpp"
#include "record/json_fwd.hpp"
#include "text/utf8.hpp"

namespace intelia {

namespace fs = std::filesystem;
namespace dom = simdjson::dom;

namespace {

/** One parser per thread, which reuses its memory. */
dom::parser& line_parser() {
  static thread_local dom::parser parser;
  return parser;
}

std::optional<std::string> parse_object(std::string_view line, dom::object& object) {
  dom::element root;
  if (auto error = line_parser().parse(line.data(), line.size(), /*realloc_if_needed=*/true).get(root))
    return fmt::format("not valid JSON: {}", simdjson::error_message(error));
  if (root.get(object)) return "not a JSON object";
  return std::nullopt;
}

std::string text_or_empty(const dom::object& object, std::string_view key) {
  std::string_view text;
  if (object[key].get(text)) return {};
  return std::string(text);
}

bool is_role(std::string_view role) {
  for (const char* known : {"system", "developer", "user", "assistant", "tool", "ipython"}) {
    if (role == known) return true;
  }
  return false;
}

/** The members of `message` other than role and content, as an object; empty when there are none. */
std::string other_members(const dom::object& message) {
  std::string json;
  for (const auto& [key, value] : message) {
    if (key == "role" || key == "content") continue;
    json += json.empty() ? "{" : ",";
    append_json_string(json, key);
    json += ':';
    json += simdjson::minify(value);
  }
  if (!json.empty()) json += '}';
  return json;
}

/** `name` is that of the list, for faults. A turn with only tool calls may lack its content. */
std::optional<std::string> parse_message(const dom::element& element, const std::string& name, std::size_t place,
                                         Message& out) {
  dom::object message;
  if (element.get(message)) return fmt::format("message is not an object: {}[{}]", name, place);
  std::string_view role, content;
  if (message["role"].get(role)) return fmt::format("message without a role: {}[{}]", name, place);
  if (!is_role(role)) {
    return fmt::format("unknown role: '{}' in {}[{}], expected system, developer, user, assistant, tool or ipython",
                       role, name, place);
  }
  dom::array calls;
  dom::element given;
  const bool has_none = message["content"].get(given) || given.is_null();
  const bool only_calls = has_none && !message["tool_calls"].get(calls) && calls.size() > 0;
  if (message["content"].get(content) && !only_calls)
    return fmt::format("message without text content: {}[{}]", name, place);
  out = {std::string(role), std::string(content), other_members(message), !only_calls};
  return std::nullopt;
}

std::optional<std::string> parse_messages(const dom::array& array, const std::string& name,
                                          std::vector<Message>& messages) {
  messages.clear();
  for (dom::element element : array) {
    Message message;
    if (auto fault = parse_message(element, name, messages.size(), message)) return fault;
    messages.push_back(std::move(message));
  }
  if (messages.empty()) return name + " is empty";
  return std::nullopt;
}

/** The members of conversations and preferences other than their messages. */
template <class Record>
std::optional<std::string> parse_surroundings(const dom::object& object, Record& out) {
  dom::element tools;
  if (!object["tools"].get(tools) && !tools.is_null()) {
    if (!tools.is_array()) return "'tools' is not a list";
    out.tools_json = simdjson::minify(tools);
  }
  dom::object metadata;
  if (object["metadata"].get(metadata)) return std::nullopt;
  out.metadata_json = simdjson::minify(metadata);
  out.id = text_or_empty(metadata, "conversation_id");
  if (out.id.empty()) out.id = text_or_empty(metadata, "id");
  out.language = text_or_empty(metadata, "language");
  return std::nullopt;
}

}  // namespace

std::optional<std::string> parse_conversation(std::string_view line, Conversation& out) {
  out = Conversation{};
  dom::object object;
  if (auto fault = parse_object(line, object)) return fault;
  dom::array array;
  if (!object["messages"].get(array)) {
    if (auto fault = parse_messages(array, "messages", out.messages)) return fault;
  } else {
    std::string_view text;
    if (object["text"].get(text)) return "neither 'messages' (a list) nor 'text' (a string)";
    if (text.empty()) return "'text' is empty";
    out.text = text;
  }
  return parse_surroundings(object, out);
}

std::optional<std::string> parse_preference(std::string_view line, Preference& out) {
  out = Preference{};
  dom::object object;
  if (auto fault = parse_object(line, object)) return fault;
  const auto part = [&](const char* name, std::vector<Message>& messages) -> std::optional<std::string> {
    dom::array array;
    if (object[name].get(array)) return fmt::format("no list of messages: '{}'", name);
    return parse_messages(array, name, messages);
  };
  if (auto fault = part("prompt", out.prompt)) return fault;
  if (auto fault = part("chosen", out.chosen)) return fault;
  if (auto fault = part("rejected", out.rejected)) return fault;
  return parse_surroundings(object, out);
}

std::optional<std::string> parse_question(std::string_view line, Question& out) {
  out = Question{};
  dom::object object;
  if (auto fault = parse_object(line, object)) return fault;
  out.id = text_or_empty(object, "id");
  if (out.id.empty()) return "no 'id' (a string)";
  dom::array array;
  std::string_view question;
  if (!object["messages"].get(array)) {
    if (auto fault = parse_messages(array, "messages", out.messages)) return fault;
  } else if (!object["question"].get(question) && !question.empty()) {
    out.messages.push_back({"user", std::string(question)});
  } else {
    return "neither 'question' (a string) nor 'messages' (a list)";
  }
  out.language = text_or_empty(object, "language");
  out.category = text_or_empty(object, "category");
  out.reference = text_or_empty(object, "reference");
  out.context = text_or_empty(object, "context");
  return std::nullopt;
}

namespace {

/** `[{"role":…,"content":…},…]`, with the other members of each message after its content. */
void append_message_list(std::string& out, const std::vector<Message>& messages) {
  out += '[';
  bool is_first = true;
  for (const Message& message : messages) {
    out += is_first ? "{\"role\":" : ",{\"role\":";
    is_first = false;
    append_json_string(out, message.role);
    out += ",\"content\":";
    if (message.has_content)
      append_json_string(out, message.content);
    else
      out += "null";
    if (!message.more_json.empty()) {
      out += ',';
      out.append(message.more_json, 1, message.more_json.size() - 2);
    }
    out += '}';
  }
  out += ']';
}

template <class Record>
void append_surroundings(std::string& out, const Record& record) {
  if (!record.tools_json.empty()) out += ",\"tools\":" + record.tools_json;
  out += ",\"metadata\":";
  out += record.metadata_json;
  out += "}\n";
}

}  // namespace

void append_messages(std::string& out, const std::vector<Message>& messages) {
  out += "\"messages\":";
  append_message_list(out, messages);
}

void append_conversation(std::string& out, const Conversation& conversation) {
  out += '{';
  if (conversation.messages.empty()) {
    out += "\"text\":";
    append_json_string(out, conversation.text);
  } else {
    append_messages(out, conversation.messages);
  }
  append_surroundings(out, conversation);
}

void append_preference(std::string& out, const Preference& preference) {
  out += "{\"prompt\":";
  append_message_list(out, preference.prompt);
  out += ",\"chosen\":";
  append_message_list(out, preference.chosen);
  out += ",\"rejected\":";
  append_message_list(out, preference.rejected);
  append_surroundings(out, preference);
}

std::string reason_name(std::string_view reason) {
  const std::string_view name = reason.substr(0, reason.find_first_of(":("));
  return std::string(name.substr(0, name.find_last_not_of(' ') + 1));
}

void append_rejected(std::string& out, std::string_view where, const std::string& reason, std::string_view raw) {
  out += "{\"where\":";
  append_json_string(out, where);
  out += ",\"reason\":";
  append_json_string(out, is_valid_utf8(reason) ? reason : reason_name(reason));
  out += ",\"record\":";
  if (is_valid_utf8(raw)) {
    append_json_string(out, raw);
  } else {
    std::string readable;  // other bytes than ASCII as Latin-1: the line stays valid UTF-8 without loss
    for (unsigned char byte : raw) {
      if (byte < 0x80)
        readable.push_back(static_cast<char>(byte));
      else {
        readable.push_back(static_cast<char>(0xC0 | (byte >> 6)));
        readable.push_back(static_cast<char>(0x80 | (byte & 0x3F)));
      }
    }
    append_json_string(out, readable);
    out += ",\"encoding\":\"latin-1\"";
  }
  out += "}\n";
}

void check(const RejectPolicy& policy) { check_fraction("max-rejected", policy.max_rejected); }

void check_rejected(const RejectPolicy& policy, std::int64_t num_rejected, std::int64_t num_read) {
  if (num_rejected == 0 || static_cast<double>(num_rejected) <= policy.max_rejected * static_cast<double>(num_read))
    return;
  throw SettingError(
      Kind::input, "max-rejected",
      fmt::format("{} of {} records are bad, more than the allowed fraction of {}; fix the input or raise the limit",
                  num_rejected, num_read, policy.max_rejected),
      SettingError::Role::remedy);
}

void FirstWarnings::add(const std::string& message) {
  constexpr std::int64_t kMaxWarnings = 20;
  if (++num_warnings_ <= kMaxWarnings) log_.warning(message);
  if (num_warnings_ == kMaxWarnings + 1) log_.warning(rest_);
}

void fail_strictly(const std::string& message) {
  throw SettingError(Kind::input, "strict", message, SettingError::Role::remedy);
}

Rejects::Rejects(RejectPolicy policy, Log& log, AtomicFile* file)
    : policy_(policy), warnings_(log, "more records are rejected; further warnings are suppressed"), file_(file) {}

void Rejects::add(const std::string& where, const std::string& reason, std::string_view raw) {
  ++count_;
  ++by_reason_[reason_name(reason)];
  warnings_.add(where + ": " + reason);
  if (file_ != nullptr) {
    std::string line;
    append_rejected(line, where, reason, raw);
    file_->write(line);
  }
  if (policy_.is_strict) fail_strictly(where + ": " + reason);
}

void Rejects::check(std::int64_t num_read) const { check_rejected(policy_, count_, num_read); }

namespace {

template <class Record>
std::int64_t read_records(const fs::path& path, Rejects& rejects, const StopFlag& stop,
                          std::optional<std::string> (*parse)(std::string_view, Record&),
                          const std::function<void(Record&&, std::int64_t)>& take) {
  LineReader lines(path);
  Record record;
  std::int64_t num_read = 0;
  while (auto line = lines.next()) {
    stop.check("reading '" + path.string() + "'");
    ++num_read;
    const std::string where = path.string() + ":" + std::to_string(lines.line_number());
    if (lines.is_too_long()) {
      rejects.add(where, kLineTooLong, line->substr(0, 200));
    } else if (auto fault = parse(*line, record)) {
      rejects.add(where, *fault, *line);
    } else {
      take(std::move(record), lines.line_number());
    }
  }
  return num_read;
}

}  // namespace

std::int64_t read_conversations(const fs::path& path, Rejects& rejects, const StopFlag& stop,
                                const std::function<void(Conversation&&, std::int64_t)>& take) {
  return read_records(path, rejects, stop, parse_conversation, take);
}

std::int64_t read_preferences(const fs::path& path, Rejects& rejects, const StopFlag& stop,
                              const std::function<void(Preference&&, std::int64_t)>& take) {
  return read_records(path, rejects, stop, parse_preference, take);
}

std::vector<Question> read_questions(const fs::path& path) {
  LineReader lines(path);
  std::vector<Question> questions;
  std::map<std::string, std::int64_t> line_by_id;
  while (auto line = lines.next()) {
    Question question;
    std::optional<std::string> fault = kLineTooLong;
    if (!lines.is_too_long()) fault = parse_question(*line, question);
    if (!fault) {
      const auto [first, is_new] = line_by_id.emplace(question.id, lines.line_number());
      if (!is_new) fault = fmt::format("the id '{}' is already used in line {}", question.id, first->second);
    }
    if (fault) throw Error(Kind::input, fmt::format("{}:{}: {}", path.string(), lines.line_number(), *fault));
    questions.push_back(std::move(question));
  }
  return questions;
}

}  // namespace intelia
