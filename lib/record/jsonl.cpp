#include "record/jsonl.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/counted.hpp"
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

/** A value as it is written. */
std::string text_of(JsonDocument& document, const JsonValue& value) {
  std::string text;
  document.append(text, value);
  return text;
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

/** Members of records of other models, whose answers do not follow from the text alone. */
constexpr const char* kUnsupportedMembers[] = {"image", "images", "audio", "audios", "video", "videos"};

bool is_empty(const JsonValue& value) {
  std::string_view text;
  return (value.get(text) && text.empty()) || (value.is_list() && value.element.get_array().size() == 0);
}

/** The members of conversations and preferences other than their messages. */
template <class Record>
std::optional<std::string> parse_surroundings(JsonDocument& document, Record& out) {
  JsonValue tools, variables, metadata, unsupported;
  for (const char* name : kUnsupportedMembers)
    if (find(document, document.root(), name, unsupported) && !is_empty(unsupported))
      return fmt::format("'{}' is not supported: only text is read", name);
  if (find(document, document.root(), "tools", tools))
    if (auto fault = parse_tools(document, tools, out.inputs.tools_json)) return fault;
  if (find(document, document.root(), "chat_template_kwargs", variables)) {
    if (!variables.is_object()) return "'chat_template_kwargs' is not an object";
    document.append(out.inputs.variables_json, variables);
  }
  if (find(document, document.root(), "metadata", metadata) && metadata.is_object()) {
    out.metadata_json.clear();
    document.append(out.metadata_json, metadata);
    out.id = document.id_in(metadata, "conversation_id");
    if (out.id.empty()) out.id = document.id_in(metadata, "id");
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
  out.num_prompt_messages = out.messages.size();
  out.messages.insert(out.messages.end(), std::make_move_iterator(answer.begin()),
                      std::make_move_iterator(answer.end()));
  return std::nullopt;
}

/** What a record without a conversation is, if it is of another kind of training, or of a form that is not read. */
std::string other_kind(JsonDocument& document) {
  JsonValue value;
  const auto has = [&](std::string_view key) { return find(document, document.root(), key, value); };
  if (has("chosen") && has("rejected"))
    return "a preference, not a conversation: 'chosen' and 'rejected' are for preference training ('train dpo')";
  if (has("instruction") && has("output"))
    return "a record of Alpaca, not a conversation: rename 'instruction' to 'prompt' and 'output' to 'completion', "
           "with "
           "'input' at the end of the prompt";
  if (has("input_ids")) return "a record of token ids, not of text: give the texts from which they were made";
  if (has("prompt")) return "a prompt without an answer: expected 'completion' beside 'prompt'";
  return "no conversation and no text: expected 'messages' or 'conversations' (a list), 'prompt' and 'completion', or "
         "'text'";
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
    JsonValue label;
    if (find(document, root, "label", label) && label.element.is_bool())
      return "a rated answer, not a conversation: 'completion' with a 'label' of true or false is for 'train kto'; for "
             "supervised training keep the good answers, without 'label'";
    fault = parse_completion(document, prompt, completion, out);
  } else if (!find(document, root, "text", text_value) || !text_value.get(text)) {
    return other_kind(document);
  } else if (text.empty()) {
    return "'text' is empty";
  } else {
    out.text = text;
  }
  return fault ? fault : parse_surroundings(document, out);
}

namespace {

bool is_same(const Message& a, const Message& b) {
  return a.role == b.role && a.content == b.content && a.has_content == b.has_content && a.more_json == b.more_json;
}

/** The turns of a transcript "\n\nHuman: …\n\nAssistant: …", as Anthropic's hh-rlhf has them; nothing when the text is
   none. */
std::optional<std::vector<Message>> parse_transcript(std::string_view text) {
  constexpr std::string_view kHuman = "\n\nHuman:", kAssistant = "\n\nAssistant:";
  if (!text.starts_with(kHuman)) return std::nullopt;
  std::vector<Message> messages;
  while (!text.empty()) {
    const bool is_human = text.starts_with(kHuman);
    text.remove_prefix(is_human ? kHuman.size() : kAssistant.size());
    const std::size_t end = std::min(text.find(kHuman), text.find(kAssistant));
    std::string_view content = text.substr(0, end);
    while (content.starts_with(' ')) content.remove_prefix(1);
    messages.push_back({is_human ? "user" : "assistant", std::string(content)});
    text.remove_prefix(std::min(end, text.size()));
  }
  return messages;
}

/** Moves the messages that both answers begin with to the prompt; of two equal ones all but the last. */
void extract_prompt(std::vector<Message>& prompt, std::vector<Message>& chosen, std::vector<Message>& rejected) {
  const std::size_t limit = std::min(chosen.size(), rejected.size());
  std::size_t common = 0;
  while (common < limit && is_same(chosen[common], rejected[common])) ++common;
  if (common == limit) --common;
  const auto end = static_cast<std::ptrdiff_t>(common);
  prompt.assign(chosen.begin(), chosen.begin() + end);
  chosen.erase(chosen.begin(), chosen.begin() + end);
  rejected.erase(rejected.begin(), rejected.begin() + end);
}

/** The same for plain texts, as TRL's extract_prompt: a blank before the first difference belongs to the answers. */
void extract_prompt(std::string& prompt, std::string& chosen, std::string& rejected) {
  const std::size_t limit = std::min(chosen.size(), rejected.size());
  std::size_t common = 0;
  while (common < limit && chosen[common] == rejected[common]) ++common;
  const auto is_inside = [](const std::string& text, std::size_t at) {
    return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
  };
  const auto back = [&] {  // to the beginning of a character
    --common;
    while (common > 0 && is_inside(chosen, common)) --common;
  };
  if (common == limit) {
    back();
  } else {
    while (common > 0 && (is_inside(chosen, common) || is_inside(rejected, common))) --common;
    if (common > 0 && chosen[common - 1] == ' ') --common;
  }
  prompt = chosen.substr(0, common);
  chosen.erase(0, common);
  rejected.erase(0, common);
}

/** An answer: messages, or with `is_text` plain text. */
struct AnswerValue {
  std::vector<Message> messages;
  std::string text;
  bool is_text = false;
};

std::optional<std::string> parse_answer(JsonDocument& document, const char* name, AnswerValue& answer) {
  JsonValue value;
  std::string_view text;
  if (!find(document, document.root(), name, value)) return fmt::format("no '{}': expected a list of messages", name);
  if (value.is_list()) return parse_messages(document, value, name, answer.messages);
  if (!value.get(text)) return fmt::format("'{}' is neither a list of messages nor a string", name);
  if (text.empty()) return fmt::format("'{}' is empty", name);
  if (auto messages = parse_transcript(text)) {
    answer.messages = std::move(*messages);
    return std::nullopt;
  }
  answer.text = text;
  answer.is_text = true;
  return std::nullopt;
}

/** The prompt of answers that are messages: a list, or a string, which is one user turn. Nothing is set where it is
   absent, or where the answers begin with it. */
std::optional<std::string> parse_prompt_messages(JsonDocument& document, const std::vector<Message>& answer,
                                                 std::vector<Message>& prompt, bool& has_prompt) {
  JsonValue value;
  std::string_view text;
  has_prompt = find(document, document.root(), "prompt", value);
  if (!has_prompt) return std::nullopt;
  if (value.is_list()) return parse_messages(document, value, "prompt", prompt);
  if (!value.get(text)) return "'prompt' is neither a list of messages nor a string";
  if (answer[0].role == "user" && answer[0].content == text)
    has_prompt = false;
  else if (auto messages = parse_transcript(text))
    prompt = std::move(*messages);
  else
    prompt.push_back({"user", std::string(text)});
  return std::nullopt;
}

std::optional<std::string> parse_prompt_text(JsonDocument& document, std::string& prompt, bool& has_prompt) {
  JsonValue value;
  std::string_view text;
  has_prompt = find(document, document.root(), "prompt", value);
  if (!has_prompt) return std::nullopt;
  if (!value.get(text)) return "the answers are strings and 'prompt' is none";
  prompt = text;
  return std::nullopt;
}

}  // namespace

std::optional<std::string> parse_preference(std::string_view line, Preference& out) {
  out = Preference{};
  JsonDocument& document = line_document();
  if (auto fault = parse_object(document, line)) return fault;
  AnswerValue chosen, rejected;
  if (auto fault = parse_answer(document, "chosen", chosen)) return fault;
  if (auto fault = parse_answer(document, "rejected", rejected)) return fault;
  if (chosen.is_text != rejected.is_text)
    return "'chosen' and 'rejected' are neither two lists of messages nor two strings";
  bool has_prompt = false;
  if (chosen.is_text) {
    out.is_text = true;
    if (auto fault = parse_prompt_text(document, out.prompt_text, has_prompt)) return fault;
    out.chosen_text = std::move(chosen.text);
    out.rejected_text = std::move(rejected.text);
    if (!has_prompt) extract_prompt(out.prompt_text, out.chosen_text, out.rejected_text);
    return parse_surroundings(document, out);
  }
  if (auto fault = parse_prompt_messages(document, chosen.messages, out.prompt, has_prompt)) return fault;
  out.chosen = std::move(chosen.messages);
  out.rejected = std::move(rejected.messages);
  if (!has_prompt) extract_prompt(out.prompt, out.chosen, out.rejected);
  if (out.prompt.empty()) return "no prompt: 'chosen' and 'rejected' have no turn in common";
  return parse_surroundings(document, out);
}

bool is_preference_line(std::string_view line) {
  JsonDocument& document = line_document();
  JsonValue value;
  if (parse_object(document, line)) return false;
  return find(document, document.root(), "chosen", value) && !find(document, document.root(), "label", value);
}

std::optional<std::string> parse_rated_answer(std::string_view line, RatedAnswer& out) {
  out = RatedAnswer{};
  JsonDocument& document = line_document();
  if (auto fault = parse_object(document, line)) return fault;
  JsonValue label, chosen;
  if (!find(document, document.root(), "label", label)) return "no 'label': expected true or false";
  if (find(document, document.root(), "chosen", chosen))
    return "both a rated answer ('label') and a preference ('chosen'): make two records";
  const std::string value = text_of(document, label);
  if (value != "true" && value != "false" && value != "0" && value != "1")
    return fmt::format("'label' is {}: expected true or false", value);
  out.is_desirable = value == "true" || value == "1";
  AnswerValue completion;
  if (auto fault = parse_answer(document, "completion", completion)) return fault;
  bool has_prompt = false;
  if (completion.is_text) {
    out.is_text = true;
    if (auto fault = parse_prompt_text(document, out.prompt_text, has_prompt)) return fault;
    if (!has_prompt) return "no 'prompt'";
    out.completion_text = std::move(completion.text);
    return parse_surroundings(document, out);
  }
  if (auto fault = parse_prompt_messages(document, completion.messages, out.prompt, has_prompt)) return fault;
  if (!has_prompt) return "no 'prompt': expected a list of messages";
  out.completion = std::move(completion.messages);
  return parse_surroundings(document, out);
}

std::optional<std::string> parse_question(std::string_view line, Question& out) {
  out = Question{};
  JsonDocument& document = line_document();
  if (auto fault = parse_object(document, line)) return fault;
  const JsonValue root = document.root();
  out.id = document.id_in(root, "id");
  if (out.id.empty()) return "no 'id' (a string or a number)";
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

/** Whether the answers of a record with a prompt are messages, so that a prompt that is a string is a user turn. */
bool has_answer_messages(JsonDocument& document) {
  JsonValue answer;
  for (const char* name : {"completion", "chosen", "rejected"})
    if (find(document, document.root(), name, answer) && answer.is_list()) return true;
  return false;
}

/** Reads the member that has the prompt; `name`: which it is. */
std::optional<std::string> parse_prompt_member(JsonDocument& document, Prompt& out, std::string_view& name) {
  const JsonValue root = document.root();
  JsonValue value;
  std::string_view text;
  for (const char* list : {"messages", "conversations", "prompt"})
    if (find(document, root, list, value) && value.is_list()) {
      name = list;
      if (auto fault = parse_messages(document, value, list, out.messages)) return fault;
      while (!out.messages.empty() && out.messages.back().role == "assistant") out.messages.pop_back();
      if (out.messages.empty()) return "no prompt: nothing comes before the assistant's turn";
      return std::nullopt;
    }
  for (const char* string : {"question", "prompt"})
    if (find(document, root, string, value) && value.get(text)) {
      name = string;
      if (text.empty()) return fmt::format("'{}' is empty", string);
      if (name == "question" || has_answer_messages(document))
        out.messages.push_back({"user", std::string(text)});
      else
        out.text = text;
      return std::nullopt;
    }
  return "no prompt: expected 'question' (a string), 'messages' or 'conversations' (a list), or 'prompt'";
}

/** The members that are not read and are no answers and labels of a prompt; `read` is where the prompt is. */
std::vector<std::string> ignored_members(JsonDocument& document, std::string_view read, bool is_text) {
  constexpr std::string_view kSurroundings[] = {"id",     "metadata", "language", "category", "reference", "completion",
                                                "chosen", "rejected", "label",    "answers",  "base"};
  std::vector<std::string> ignored;
  for (const JsonMember& member : document.members(document.root())) {
    const bool is_input = member.key == "tools" || member.key == "chat_template_kwargs";
    const bool is_known =
        std::find(std::begin(kSurroundings), std::end(kSurroundings), member.key) != std::end(kSurroundings);
    if (member.key != read && !is_known && !(is_input && !is_text) && !member.value.is_null() &&
        !is_empty(member.value))
      ignored.emplace_back(member.key);
  }
  return ignored;
}

}  // namespace

std::optional<std::string> parse_prompt(std::string_view line, Prompt& out) {
  out = Prompt{};
  JsonDocument& document = line_document();
  if (auto fault = parse_object(document, line)) return fault;
  const JsonValue root = document.root();
  std::string_view name;
  std::optional<std::string> fault = parse_prompt_member(document, out, name);
  if (fault) return fault;
  out.ignored = ignored_members(document, name, out.messages.empty());
  Conversation surroundings;
  if ((fault = parse_surroundings(document, surroundings))) return fault;
  out.id = document.id_in(root, "id");
  if (out.id.empty()) out.id = std::move(surroundings.id);
  out.inputs = std::move(surroundings.inputs);
  out.duplicate_key = std::move(surroundings.duplicate_key);
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

void append_inputs(std::string& out, const TemplateInputs& inputs) {
  if (!inputs.tools_json.empty()) out += ",\"tools\":" + inputs.tools_json;
  if (!inputs.variables_json.empty()) out += ",\"chat_template_kwargs\":" + inputs.variables_json;
}

template <class Record>
void append_surroundings(std::string& out, const Record& record) {
  append_inputs(out, record.inputs);
  out += ",\"metadata\":";
  out += record.metadata_json;
  out += "}\n";
}

}  // namespace

void append_prompt(std::string& out, const Prompt& prompt) {
  out += "\"prompt\":";
  if (prompt.messages.empty())
    append_json_string(out, prompt.text);
  else
    append_message_list(out, prompt.messages);
  append_inputs(out, prompt.inputs);
}

void append_conversation(std::string& out, const Conversation& conversation) {
  out += '{';
  if (conversation.num_prompt_messages > 0) {
    const auto begin = conversation.messages.begin(), end = conversation.messages.end();
    const auto middle = begin + static_cast<std::ptrdiff_t>(conversation.num_prompt_messages);
    out += "\"prompt\":";
    append_message_list(out, {begin, middle});
    out += ",\"completion\":";
    append_message_list(out, {middle, end});
  } else if (conversation.messages.empty() && conversation.num_context_bytes > 0) {
    const std::string_view text = conversation.text;
    out += "\"prompt\":";
    append_json_string(out, text.substr(0, conversation.num_context_bytes));
    out += ",\"completion\":";
    append_json_string(out, text.substr(conversation.num_context_bytes));
  } else if (conversation.messages.empty()) {
    out += "\"text\":";
    append_json_string(out, conversation.text);
  } else {
    out += "\"messages\":";
    append_message_list(out, conversation.messages);
  }
  append_surroundings(out, conversation);
}

void append_preference(std::string& out, const Preference& preference) {
  const auto append = [&](const std::vector<Message>& messages, const std::string& text) {
    if (preference.is_text)
      append_json_string(out, text);
    else
      append_message_list(out, messages);
  };
  out += "{\"prompt\":";
  append(preference.prompt, preference.prompt_text);
  out += ",\"chosen\":";
  append(preference.chosen, preference.chosen_text);
  out += ",\"rejected\":";
  append(preference.rejected, preference.rejected_text);
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
      fmt::format("{} of {} {} bad, more than the allowed fraction of {}; fix the input or raise the limit",
                  num_rejected, counted(num_read, "record"), is_or_are(num_rejected), policy.max_rejected),
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
