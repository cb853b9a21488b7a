#include "export/modelfile.hpp"

#include <fmt/format.h>

#include <vector>

#include "base/error.hpp"
#include "inference/stop_ids.hpp"
#include "inference/text_side.hpp"

namespace intelia {

namespace {

// Contents that no template contains or changes.
constexpr const char* kSystem = "Zq7systemq7Z";
constexpr const char* kUser = "Zq7userq7Z";
constexpr const char* kAssistant = "Zq7assistantq7Z";
constexpr const char* kSecondUser = "Zq7seconduserq7Z";

/** What stands before and after the content of a message. */
struct Frame {
  std::string before, after;
};

struct SimpleTemplate {
  std::string head;  // before a conversation without a system message: a default one
  Frame system, user, assistant;
  std::string generation_prompt;
  bool has_system = true;

  std::string render(const std::vector<Message>& messages) const {
    std::string text = messages.front().role == "system" ? "" : head;
    for (const Message& message : messages) {
      const Frame& frame = message.role == "system" ? system : message.role == "user" ? user : assistant;
      text += frame.before + message.content + frame.after;
    }
    return text + generation_prompt;
  }
};

/** Splits `text` at `content`, which occurs once. */
bool split(const std::string& text, const char* content, std::string& before, std::string& after) {
  const std::size_t at = text.find(content);
  if (at == std::string::npos || text.find(content, at + 1) != std::string::npos) return false;
  before = text.substr(0, at);
  after = text.substr(at + std::string_view(content).size());
  return true;
}

class Prober {
 public:
  Prober(const ChatTemplate& chat_template, const std::string& bos_text)
      : chat_template_(chat_template), bos_(bos_text) {}

  std::optional<SimpleTemplate> find() const {
    SimpleTemplate found;
    try {
      if (!find_turns(found) || !find_system(found)) return std::nullopt;
      if (!is_right(found)) return std::nullopt;
    } catch (const Error&) {
      return std::nullopt;  // the template refuses such conversations
    }
    return found;
  }

 private:
  std::string render(const std::vector<Message>& messages, bool adds_prompt) const {
    std::string text = chat_template_.render(messages, adds_prompt).text;
    if (!bos_.empty() && text.starts_with(bos_)) text.erase(0, bos_.size());
    return text;
  }

  bool find_turns(SimpleTemplate& found) const {
    const std::vector<Message> one{{"user", kUser}}, two{{"user", kUser}, {"assistant", kAssistant}},
        three{{"user", kUser}, {"assistant", kAssistant}, {"user", kSecondUser}};
    const std::string closed = render(one, false), open = render(one, true);
    if (!open.starts_with(closed)) return false;
    found.generation_prompt = open.substr(closed.size());
    std::string start, between, rest;
    if (!split(closed, kUser, start, found.user.after)) return false;
    if (!split(render(three, false), kAssistant, between, rest)) return false;
    if (!between.starts_with(closed)) return false;
    found.assistant.before = between.substr(closed.size());
    std::string end, ignored;
    if (!split(render(two, false), kAssistant, ignored, end)) return false;
    found.assistant.after = end;
    std::string gap;
    if (!split(rest, kSecondUser, gap, ignored) || !gap.starts_with(end)) return false;
    found.user.before = gap.substr(end.size());
    if (!start.ends_with(found.user.before)) return false;
    found.head = start.substr(0, start.size() - found.user.before.size());
    return true;
  }

  bool find_system(SimpleTemplate& found) const {
    std::string text;
    try {
      text = render({{"system", kSystem}, {"user", kUser}}, true);
    } catch (const Error&) {
      found.has_system = false;  // such as Gemma's
      return true;
    }
    std::string rest, user_end;
    if (!split(text, kSystem, found.system.before, rest) || !split(rest, kUser, found.system.after, user_end))
      return false;
    if (!found.system.after.ends_with(found.user.before)) return false;
    found.system.after.resize(found.system.after.size() - found.user.before.size());
    return true;
  }

  bool is_right(const SimpleTemplate& found) const {
    std::vector<std::vector<Message>> conversations{
        {{"user", "a"}},
        {{"user", "Is it?\nYes."}, {"assistant", "No: 3 < 4"}, {"user", "é"}},
        {{"user", "a"}, {"assistant", "b"}, {"user", "c"}, {"assistant", "d"}, {"user", "e"}}};
    if (found.has_system) {
      conversations.push_back({{"system", "s"}, {"user", "a"}});
      conversations.push_back({{"system", "Be\nbrief."}, {"user", "a"}, {"assistant", "b"}, {"user", "c"}});
    }
    for (const auto& messages : conversations)
      if (render(messages, true) != found.render(messages)) return false;
    return true;
  }

  const ChatTemplate& chat_template_;
  const std::string& bos_;
};

/** `text` as text of a Go template. */
std::string go_text(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.compare(i, 2, "{{") == 0) {
      out += "{{ \"{{\" }}";
      ++i;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

}  // namespace

std::optional<std::string> ollama_template(const ChatTemplate& chat_template, const std::string& bos_text) {
  const auto found = Prober(chat_template, bos_text).find();
  if (!found) return std::nullopt;
  const auto message = [](const Frame& frame) {
    return go_text(frame.before) + "{{ $m.Content }}" + go_text(frame.after);
  };
  std::string text = "{{ range $i, $m := .Messages }}";
  if (!found->head.empty())
    text += "{{ if and (eq $i 0) (ne $m.Role \"system\") }}" + go_text(found->head) + "{{ end }}";
  text += "{{ if eq $m.Role \"user\" }}" + message(found->user);
  text += "{{ else if eq $m.Role \"assistant\" }}" + message(found->assistant);
  if (found->has_system) text += "{{ else if eq $m.Role \"system\" }}" + message(found->system);
  return text + "{{ end }}{{ end }}" + go_text(found->generation_prompt);
}

std::string modelfile(const std::string& gguf_name, const std::filesystem::path& tokenizer_folder,
                      const std::filesystem::path& model, Log& log) {
  std::string text = fmt::format("# ollama create NAME -f Modelfile\nFROM ./{}\n", gguf_name);
  const auto tokenizer = load_tokenizer(tokenizer_folder);
  const auto& template_folder = chat_template_sources(tokenizer_folder).empty() ? model : tokenizer_folder;
  const ChatTemplate chat_template = load_chat_template(template_folder);
  if (chat_template_sources(template_folder).empty()) {
    text += "# The model has no chat template.\n";
  } else {
    const std::string bos = tokenizer->bos_id() ? tokenizer->token_of(*tokenizer->bos_id()) : "";
    const auto source = ollama_template(chat_template, bos);
    if (source && source->find("\"\"\"") == std::string::npos) {
      text += "TEMPLATE \"\"\"" + *source + "\"\"\"\n";
    } else {
      text += "# The chat template of the model is in the GGUF file; it has no equivalent here.\n";
      log.warning(
          "the chat template is more than texts around each message, so the Modelfile has no TEMPLATE; Ollama "
          "may render conversations otherwise than training did");
    }
  }
  std::vector<std::int32_t> ends;
  try {
    ends = stop_ids(*tokenizer, chat_template, model);
  } catch (const Error&) {
    return text;  // nothing ends an answer
  }
  for (const std::int32_t id : ends)
    if (const std::string end = tokenizer->token_of(id); !end.empty()) text += "PARAMETER stop " + quoted(end) + "\n";
  return text;
}

}  // namespace intelia
