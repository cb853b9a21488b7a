#include "record/jsonl.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/error.hpp"
#include "record/json_fwd.hpp"
#include "record/json_value.hpp"
#include "record/message_content.hpp"
#include "text/utf8.hpp"

namespace intelia {

namespace fs = std::filesystem;

namespace {

/** One per thread, which reuses its memory. */
JsonDocument& line_document() {
  static thread_local JsonDocument document;
  return document;
}

std::optional<std::string> parse_object(JsonDocument& document, std::string_view line) {
  if (auto fault = document.parse(line)) return fault;
  if (!document.root().is_object()) return "not a JSON object";
  return std::nullopt;
}

/** The value of `key` in `object`; null is as good as absent. */
bool find(JsonDocument& document, const JsonValue& object, std::string_view key, JsonValue& value) {
  return document.find(object, key, value) && !value.is_null();
}

std::string text_or_empty(JsonDocument& document, const JsonValue& object, std::string_view key) {
  JsonValue value;
  std::string_view text;
  if (!document.find(object, key, value) || !value.get(text)) return {};
  return std::string(text);
}

bool is_role(std::string_view role) {
  for (const char* known : {"system", "developer", "user", "assistant", "tool", "ipython"}) {
    if (role == known) return true;
  }
  return false;
}

/** The role by its name in ShareGPT's files. */
std::string_view role_of_sharegpt(std::string_view name) {
  if (name == "human") return "user";
  if (name == "gpt") return "assistant";
  return name;
}

/** Appends a member to an object that is being written, `{…` or empty. */
void append_member(JsonDocument& document, std::string& json, const JsonMember& member) {
  json += json.empty() ? "{" : ",";
  append_json_string(json, member.key);
  json += ':';
  document.append(json, member.value);
}

/** `name` is that of the list, for faults. A turn with only tool calls may lack its content. */
std::optional<std::string> parse_message(JsonDocument& document, const JsonValue& value, const std::string& name,
                                         std::size_t place, Message& out) {
  if (!value.is_object()) return fmt::format("message is not an object: {}[{}]", name, place);
  std::vector<JsonMember> members = document.members(value);
  // `datasets` writes every column that some record has, null where a record has none.
  std::erase_if(members, [](const JsonMember& member) { return member.value.is_null(); });
  const auto has = [&](std::string_view key) {
    return std::any_of(members.begin(), members.end(), [&](const JsonMember& member) { return member.key == key; });
  };
  const std::string_view role_key = has("role") ? "role" : "from", content_key = has("content") ? "content" : "value";
  const bool has_role = has(role_key), has_content = has(content_key);
  JsonValue role, content;
  bool has_calls = false;
  std::string more;
  for (const JsonMember& member : members) {
    if (member.key == role_key) {
      role = member.value;
    } else if (member.key == content_key) {
      content = member.value;
    } else {
      if (member.key == "tool_calls") has_calls = !document.items(member.value).empty();
      append_member(document, more, member);
    }
  }
  std::string_view role_text, text;
  if (!has_role || !role.get(role_text)) return fmt::format("message without a role: {}[{}]", name, place);
  role_text = role_of_sharegpt(role_text);
  if (!is_role(role_text)) {
    return fmt::format("unknown role: '{}' in {}[{}], expected system, developer, user, assistant, tool or ipython",
                       role_text, name, place);
  }
  std::string joined;
  const ContentForm form = has_content ? read_content(document, content, text, joined) : ContentForm::no_text;
  if (form == ContentForm::other_parts)
    return fmt::format("content part is not text: {}[{}].content has other parts than {{\"type\":\"text\",\"text\":…}}",
                       name, place);
  const bool only_calls = !has_content && has_calls;
  if (form == ContentForm::no_text && !only_calls)
    return fmt::format("message without text content: {}[{}]", name, place);
  if (!more.empty()) more += '}';
  out = {std::string(role_text), std::string(text), std::move(more), !only_calls};
  return std::nullopt;
}

std::optional<std::string> parse_messages(JsonDocument& document, const JsonValue& list, const std::string& name,
                                          std::vector<Message>& messages) {
  messages.clear();
  for (const JsonValue& item : document.items(list)) {
    Message message;
    if (auto fault = parse_message(document, item, name, messages.size(), message)) return fault;
    messages.push_back(std::move(message));
  }
  if (messages.empty()) return name + " is empty";
  return std::nullopt;
}

/** The list of tools, which `datasets` keeps as a string of JSON. */
std::optional<std::string> parse_tools(JsonDocument& document, const JsonValue& tools, std::string& json) {
  std::string_view text;
  if (tools.get(text)) {
    if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) return std::nullopt;
    JsonDocument inside;
    if (inside.parse(text) || !inside.root().is_list()) return "'tools' is not a list";
    inside.append(json, inside.root());
    return std::nullopt;
  }
  if (!tools.is_list()) return "'tools' is not a list";
  document.append(json, tools);
  return std::nullopt;
}

/** The members of conversations and preferences other than their messages. */
template <class Record>
std::optional<std::string> parse_surroundings(JsonDocument& document, Record& out) {
  JsonValue tools, metadata;
  if (find(document, document.root(), "tools", tools))
    if (auto fault = parse_tools(document, tools, out.tools_json)) return fault;
  if (find(document, document.root(), "metadata", metadata) && metadata.is_object()) {
    out.metadata_json.clear();
    document.append(out.metadata_json, metadata);
    out.id = text_or_empty(document, metadata, "conversation_id");
    if (out.id.empty()) out.id = text_or_empty(document, metadata, "id");
    out.language = text_or_empty(document, metadata, "language");
  }
  out.duplicate_key = document.duplicate_key();
  return std::nullopt;
}

/** A prompt whose answers are context, and the completion, which is trained. */
std::optional<std::string> parse_completion(JsonDocument& document, const JsonValue& prompt,
                                            const JsonValue& completion, Conversation& out) {
  std::string_view prompt_text, completion_text;
  if (prompt.get(prompt_text) && completion.get(completion_text)) {
    if (completion_text.empty()) return "'completion' is empty";
    out.text = prompt_text;
    out.num_context_bytes = out.text.size();
    out.text += completion_text;
    return std::nullopt;
  }
  if (!prompt.is_list() || !completion.is_list())
    return "'prompt' and 'completion' are neither two lists of messages nor two strings";
  std::vector<Message> answer;
  if (auto fault = parse_messages(document, prompt, "prompt", out.messages)) return fault;
  if (auto fault = parse_messages(document, completion, "completion", answer)) return fault;
  for (Message& message : out.messages)
    if (message.role == "assistant") message.more_json = R"({"weight":0})";
  out.messages.insert(out.messages.end(), std::make_move_iterator(answer.begin()),
                      std::make_move_iterator(answer.end()));
  return std::nullopt;
}

}  // namespace

std::optional<std::string> parse_conversation(std::string_view line, Conversation& out) {
  out = Conversation{};
  JsonDocument& document = line_document();
  if (auto fault = parse_object(document, line)) return fault;
  const JsonValue root = document.root();
  JsonValue list, prompt, completion, text_value;
  std::string_view text;
  std::optional<std::string> fault;
  if (find(document, root, "messages", list) && list.is_list()) {
    fault = parse_messages(document, list, "messages", out.messages);
  } else if (find(document, root, "conversations", list) && list.is_list()) {
    fault = parse_messages(document, list, "conversations", out.messages);
  } else if (find(document, root, "prompt", prompt) && find(document, root, "completion", completion)) {
    fault = parse_completion(document, prompt, completion, out);
  } else if (!find(document, root, "text", text_value) || !text_value.get(text)) {
    return "no conversation and no text: expected 'messages' or 'conversations' (a list), 'prompt' and 'completion', "
           "or 'text'";
  } else if (text.empty()) {
    return "'text' is empty";
  } else {
    out.text = text;
  }
  return fault ? fault : parse_surroundings(document, out);
}

std::optional<std::string> parse_preference(std::string_view line, Preference& out) {
  out = Preference{};
  JsonDocument& document = line_document();
  if (auto fault = parse_object(document, line)) return fault;
  const auto part = [&](const char* name, std::vector<Message>& messages) -> std::optional<std::string> {
    JsonValue list;
    if (!find(document, document.root(), name, list) || !list.is_list())
      return fmt::format("no list of messages: '{}'", name);
    return parse_messages(document, list, name, messages);
  };
  if (auto fault = part("prompt", out.prompt)) return fault;
  if (auto fault = part("chosen", out.chosen)) return fault;
  if (auto fault = part("rejected", out.rejected)) return fault;
  return parse_surroundings(document, out);
}

std::optional<std::string> parse_question(std::string_view line, Question& out) {
  out = Question{};
  JsonDocument& document = line_document();
  if (auto fault = parse_object(document, line)) return fault;
  const JsonValue root = document.root();
  out.id = text_or_empty(document, root, "id");
  if (out.id.empty()) return "no 'id' (a string)";
  JsonValue list;
  if (find(document, root, "messages", list) && list.is_list()) {
    if (auto fault = parse_messages(document, list, "messages", out.messages)) return fault;
  } else if (const std::string question = text_or_empty(document, root, "question"); !question.empty()) {
    out.messages.push_back({"user", question});
  } else {
    return "neither 'question' (a string) nor 'messages' (a list)";
  }
  out.language = text_or_empty(document, root, "language");
  out.category = text_or_empty(document, root, "category");
  out.reference = text_or_empty(document, root, "reference");
  out.context = text_or_empty(document, root, "context");
  out.duplicate_key = document.duplicate_key();
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
  if (conversation.messages.empty() && conversation.num_context_bytes > 0) {
    const std::string_view text = conversation.text;
    out += "\"prompt\":";
    append_json_string(out, text.substr(0, conversation.num_context_bytes));
    out += ",\"completion\":";
    append_json_string(out, text.substr(conversation.num_context_bytes));
  } else if (conversation.messages.empty()) {
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

void append_rejected(std::string& out, std::string_view where, const std::string& reason, std::string_view raw,
                     std::optional<std::string_view> conversation_id) {
  out += "{\"where\":";
  append_json_string(out, where);
  if (conversation_id && is_valid_utf8(*conversation_id)) {
    out += ",\"conversation_id\":";
    append_json_string(out, *conversation_id);
  }
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
    : policy_(policy),
      log_(log),
      warnings_(log, "more records are rejected; further warnings are suppressed"),
      file_(file) {}

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
  RecordLines lines(path);
  Record record;
  DuplicateKeys duplicates;
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
      duplicates.add(where, record.duplicate_key);
      take(std::move(record), lines.line_number());
    }
  }
  duplicates.warn(rejects.log());
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
  RecordLines lines(path);
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
