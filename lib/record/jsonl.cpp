#include "record/jsonl.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include "base/error.hpp"
#include "record/json.hpp"

namespace intelia {

namespace fs = std::filesystem;
namespace dom = simdjson::dom;

namespace {

/** One parser a thread, its memory reused from line to line. */
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

std::optional<std::string> parse_messages(const dom::array& array, std::vector<Message>& messages) {
  messages.clear();
  for (dom::element element : array) {
    dom::object message;
    const std::size_t place = messages.size();
    if (element.get(message)) return fmt::format("message is not an object: messages[{}]", place);
    std::string_view role, content;
    if (message["role"].get(role)) return fmt::format("message without a role: messages[{}]", place);
    if (role != "system" && role != "user" && role != "assistant")
      return fmt::format("unknown role: '{}' in messages[{}], expected system, user or assistant", role, place);
    if (message["content"].get(content))
      return fmt::format("message without text content: messages[{}]", place);
    messages.push_back({std::string(role), std::string(content)});
  }
  if (messages.empty()) return "messages is empty";
  return std::nullopt;
}

}  // namespace

std::optional<std::string> parse_conversation(std::string_view line, Conversation& out) {
  out = Conversation{};
  dom::object object;
  if (auto fault = parse_object(line, object)) return fault;
  dom::array array;
  if (!object["messages"].get(array)) {
    if (auto fault = parse_messages(array, out.messages)) return fault;
  } else {
    std::string_view text;
    if (object["text"].get(text)) return "neither 'messages' (a list) nor 'text' (a string)";
    if (text.empty()) return "'text' is empty";
    out.text = text;
  }
  dom::object metadata;
  if (!object["metadata"].get(metadata)) {
    out.metadata_json = simdjson::minify(metadata);
    out.id = text_or_empty(metadata, "conversation_id");
    if (out.id.empty()) out.id = text_or_empty(metadata, "id");
    out.language = text_or_empty(metadata, "language");
  }
  return std::nullopt;
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
    if (auto fault = parse_messages(array, out.messages)) return fault;
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

void append_messages(std::string& out, const std::vector<Message>& messages) {
  out += "\"messages\":[";
  bool is_first = true;
  for (const Message& message : messages) {
    out += is_first ? "{\"role\":" : ",{\"role\":";
    is_first = false;
    append_json_string(out, message.role);
    out += ",\"content\":";
    append_json_string(out, message.content);
    out += '}';
  }
  out += ']';
}

void append_conversation(std::string& out, const Conversation& conversation) {
  out += '{';
  if (conversation.messages.empty()) {
    out += "\"text\":";
    append_json_string(out, conversation.text);
  } else {
    append_messages(out, conversation.messages);
  }
  out += ",\"metadata\":";
  out += conversation.metadata_json;
  out += "}\n";
}

Rejects::Rejects(RejectPolicy policy, Log& log, AtomicFile* file) : policy_(policy), log_(log), file_(file) {}

void Rejects::add(const std::string& where, const std::string& reason, std::string_view raw) {
  constexpr std::int64_t kMaxWarnings = 20;
  ++count_;
  std::string name = reason.substr(0, reason.find_first_of(":("));
  while (!name.empty() && name.back() == ' ') name.pop_back();
  ++by_reason_[name];
  if (count_ <= kMaxWarnings) log_.warning(where + ": " + reason);
  if (count_ == kMaxWarnings + 1) log_.warning("more records are rejected; the rest is counted, not named");
  if (file_ != nullptr) {
    std::string line = "{\"where\":";
    append_json_string(line, where);
    line += ",\"reason\":";
    append_json_string(line, is_valid_utf8(reason) ? reason : name);
    line += ",\"record\":";
    if (is_valid_utf8(raw)) {
      append_json_string(line, raw);
    } else {
      std::string readable;  // bytes outside ASCII as Latin-1, so that the line stays valid UTF-8 and nothing is lost
      for (unsigned char byte : raw) {
        if (byte < 0x80) readable.push_back(static_cast<char>(byte));
        else {
          readable.push_back(static_cast<char>(0xC0 | (byte >> 6)));
          readable.push_back(static_cast<char>(0x80 | (byte & 0x3F)));
        }
      }
      append_json_string(line, readable);
      line += ",\"encoding\":\"latin-1\"";
    }
    line += "}\n";
    file_->write(line);
  }
  if (policy_.is_strict) throw Error(Kind::input, where + ": " + reason + " (--strict)");
}

void Rejects::check(std::int64_t num_read) const {
  if (count_ == 0 || static_cast<double>(count_) <= policy_.max_rejected * static_cast<double>(num_read)) return;
  throw Error(Kind::input,
              fmt::format("{} of {} records are bad, more than --max-rejected {} allows; mend the input or raise it",
                          count_, num_read, policy_.max_rejected));
}

std::int64_t read_conversations(const fs::path& path, Rejects& rejects, const StopFlag& stop,
                                const std::function<void(Conversation&&, std::int64_t)>& take) {
  LineReader lines(path);
  Conversation conversation;
  std::int64_t num_read = 0;
  while (auto line = lines.next()) {
    stop.check("reading '" + path.string() + "'");
    ++num_read;
    const std::string where = path.string() + ":" + std::to_string(lines.line_number());
    if (lines.is_too_long()) {
      rejects.add(where, "line is longer than 64 MiB", line->substr(0, 200));
    } else if (auto fault = parse_conversation(*line, conversation)) {
      rejects.add(where, *fault, *line);
    } else {
      take(std::move(conversation), lines.line_number());
    }
  }
  return num_read;
}

std::vector<Question> read_questions(const fs::path& path) {
  LineReader lines(path);
  std::vector<Question> questions;
  while (auto line = lines.next()) {
    Question question;
    if (auto fault = parse_question(*line, question))
      throw Error(Kind::input, path.string() + ":" + std::to_string(lines.line_number()) + ": " + *fault);
    questions.push_back(std::move(question));
  }
  return questions;
}

}  // namespace intelia
