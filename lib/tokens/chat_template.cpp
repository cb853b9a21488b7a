// See chat_template.hpp.
#include "tokens/chat_template.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/error.hpp"
#include "base/folder_member.hpp"
#include "base/hash.hpp"
#include "base/path.hpp"
#include "jinja/text.hpp"
#include "record/exact_json.hpp"
#include "record/json.hpp"
#include "tokenizer/tokenizer_files.hpp"
#include "tokens/rendering_plan.hpp"

namespace intelia {

namespace {

struct NamedSource {
  std::string text, where;
};
using NamedSources = std::map<std::string, NamedSource>;

constexpr std::uint64_t kMaxTemplateBytes = 16 << 20;
// A plan, which is made of one rendering and has a list of guards, takes quadratic time to make.
constexpr std::size_t kMaxPlannedMessages = 256;
// In all renderings of the beginnings of a conversation: about 4,000 messages, half of them of the assistant.
constexpr std::size_t kMaxTurnMessages = 1 << 23;

/** The templates of tokenizer_config.json: a string, which is the default, or a list of {name, template}. */
NamedSources configured_templates(const std::filesystem::path& path) {
  if (path_type(path) == PathType::missing) return {};
  const Json config = parse_json(read_member(path.parent_path(), path.filename()), path.string());
  if (!config.is_object() || !config.contains("chat_template") || config["chat_template"].is_null()) return {};
  const Json& value = config["chat_template"];
  const std::string where = path.string() + " chat_template";
  if (value.is_string()) return {{"default", {value.get<std::string>(), where}}};
  if (!value.is_array()) throw Error(Kind::input, path.string() + ": chat_template is neither a string nor a list");
  NamedSources sources;
  for (const Json& entry : value) {
    const bool is_named = entry.is_object() && entry.contains("name") && entry["name"].is_string() &&
                          entry.contains("template") && entry["template"].is_string();
    if (!is_named)
      throw Error(Kind::input, path.string() + ": chat_template is a list whose entries are not {name, template}");
    const std::string name = entry["name"];
    sources[name] = {entry["template"].get<std::string>(), where + " '" + name + "'"};
  }
  return sources;
}

/** chat_template.jinja and the files of additional_chat_templates. */
NamedSources template_files(const std::filesystem::path& folder) {
  NamedSources sources;
  const auto add = [&](const std::string& name, const std::string& file) {
    sources[name] = {read_member(folder, file, kMaxTemplateBytes), (folder / file).string()};
  };
  if (path_type(folder / "chat_template.jinja") != PathType::missing) add("default", "chat_template.jinja");
  for (const std::string& file : named_template_files(folder)) add(std::filesystem::path(file).stem().string(), file);
  return sources;
}

/** The files' templates, else those of the configuration. */
NamedSources sources_of(const std::filesystem::path& folder) {
  NamedSources sources = template_files(folder);
  return sources.empty() ? configured_templates(folder / "tokenizer_config.json") : sources;
}

Json parse_list(const std::string& text, const std::string& name) {
  Json list = parse_exact_json(text, name);
  if (!list.is_array()) throw Error(Kind::input, name + ": a JSON list was expected");
  return list;
}

/** Members of the object `text` as variables; those that every template receives cannot be redefined. */
void add_variables(const std::string& text, std::vector<jinja::Variable>& variables) {
  if (text.empty()) return;
  const Json object = parse_exact_json(text, "template variables");
  if (!object.is_object()) throw Error(Kind::input, "template variables: a JSON object was expected");
  for (const auto& [name, value] : object.items()) {
    for (const char* given : {"messages", "tools", "documents", "add_generation_prompt"}) {
      if (name == given) throw Error(Kind::input, fmt::format("template variables: '{}' cannot be set here", name));
    }
    variables.push_back({name, value});
  }
}

/** A message as transformers 5.23 passes it to a template: without members that are null, and with its reasoning under
   both names that templates read. */
Json to_json(const Message& message) {
  Json json = {{"role", message.role}};
  if (message.has_content) json["content"] = message.content;
  if (message.more_json.empty()) return json;
  const Json more = parse_exact_json(message.more_json, "message");
  for (const auto& [name, value] : more.items()) {
    if (!value.is_null()) json[name] = value;
  }
  for (const char* name : {"reasoning_content", "thinking", "reasoning"}) {
    if (!json.contains(name)) continue;
    const Json reasoning = json[name];
    Json named = {{"thinking", reasoning}};
    named.update(json);
    named["reasoning_content"] = reasoning;
    return named;
  }
  return json;
}

jinja::DateTime parse_date(const std::string& text) {
  jinja::DateTime date;
  const auto number = [&](std::size_t at, std::size_t length, int low, int high, int& out) {
    const char* begin = text.data() + at;
    const auto parsed = std::from_chars(begin, begin + length, out);
    return parsed.ptr == begin + length && out >= low && out <= high;
  };
  bool is_valid = text.size() >= 10 && text[4] == '-' && text[7] == '-' && number(0, 4, 1, 9999, date.year) &&
                  number(5, 2, 1, 12, date.month) && number(8, 2, 1, 31, date.day);
  if (is_valid && text.size() > 10) {
    is_valid = text.size() >= 19 && number(11, 2, 0, 23, date.hour) && number(14, 2, 0, 59, date.minute) &&
               number(17, 2, 0, 60, date.second);
  }
  static constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool is_leap_year = (date.year % 4 == 0 && date.year % 100 != 0) || date.year % 400 == 0;
  is_valid = is_valid &&
             date.day <= kDays[static_cast<std::size_t>(date.month - 1)] + (date.month == 2 && is_leap_year ? 1 : 0);
  if (!is_valid)
    throw SettingError(
        Kind::usage, "date",
        fmt::format("'{}' is not a date; expected a format like 2026-11-21 or 2026-11-21T10:58:03Z", text));
  return date;
}

/** What a rendering depends on in addition to the text of non-empty contents. */
struct Shape {
  Shape(const std::vector<Message>& messages, const RenderOptions& options, char kind) : key(1, kind) {
    contents.reserve(messages.size());
    for (const Message& message : messages) {
      is_plain = is_plain && message.more_json.empty();
      add(message.role);
      key += !message.has_content ? 'n' : message.content.empty() ? 'e' : 't';
      contents.push_back(message.content);
    }
    for (const std::string* option :
         {&options.date, &options.tools_json, &options.documents_json, &options.variables_json})
      add(*option);
    for (const auto* token : {&options.bos_token, &options.eos_token}) add(*token ? "=" + **token : "");
    if (!is_plain) key = "not plain";
  }
  void add(const std::string& text) {
    key += std::to_string(text.size());
    key += ':';
    key += text;
  }
  std::string key;
  std::vector<std::string_view> contents;
  bool is_plain = true;  // no message has more than role and content
};

/** Whether conversations of this shape are rendered by plans. */
bool is_planned(const Shape& shape, const std::vector<Message>& messages) {
  return shape.is_plain && messages.size() <= kMaxPlannedMessages;
}

/** Throws Error{input} for a conversation whose turns would take too long to find. */
void check_turn_messages(const std::vector<Message>& messages) {
  std::size_t num_rendered = 0;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    if (messages[i].role == "assistant") num_rendered += 2 * i + 1;
    if (num_rendered > kMaxTurnMessages)
      throw Error(Kind::input,
                  fmt::format("the conversation has {} messages, too many to find its turns by rendering "
                              "the beginning up to each of them; split it, or put {{% generation %}} around "
                              "the answer in the chat template",
                              messages.size()));
  }
}

std::size_t input_bytes(std::span<const Message> messages, const RenderOptions& options) {
  std::size_t num_bytes = options.tools_json.size() + options.documents_json.size() + options.variables_json.size();
  for (const Message& message : messages) num_bytes += message.content.size() + message.more_json.size();
  return num_bytes;
}

Rendered to_rendered(jinja::Output output) {
  Rendered rendered;
  rendered.text = std::move(output.text.bytes);
  rendered.content.reserve(output.text.sources.size());
  for (const jinja::SourceRange& range : output.text.sources)
    rendered.content.push_back({{range.begin, range.end}, range.source});
  for (const auto& [begin, end] : output.generation) rendered.generation.push_back({begin, end});
  return rendered;
}

AssistantTurn turn_between(std::int32_t message, const std::string& whole, const std::string& prompt,
                           const std::string& so_far) {
  if (!whole.starts_with(prompt)) return {message, 0, 0, /*has_prompt=*/false};
  const auto end = static_cast<std::ptrdiff_t>(std::min(whole.size(), so_far.size()));
  const auto proven_end = std::mismatch(whole.begin(), whole.begin() + end, so_far.begin()).first - whole.begin();
  return {message, prompt.size(), static_cast<std::size_t>(proven_end)};
}

}  // namespace

void check_date(const std::string& date) {
  if (!date.empty()) parse_date(date);
}

RenderOptions with_inputs(RenderOptions options, const TemplateInputs& inputs) {
  if (!inputs.tools_json.empty()) options.tools_json = inputs.tools_json;
  if (inputs.variables_json.empty()) return options;
  if (options.variables_json.empty()) {
    options.variables_json = inputs.variables_json;
  } else {
    Json variables = parse_exact_json(options.variables_json, "template variables");
    variables.update(parse_exact_json(inputs.variables_json, "chat_template_kwargs"));
    options.variables_json = variables.dump();
  }
  return options;
}

std::vector<std::string> named_template_files(const std::filesystem::path& folder) {
  const std::string more = "additional_chat_templates";
  std::vector<std::string> files;
  if (!is_folder(folder / more)) return files;
  for (const std::string& name : folder_members(folder / more))
    if (name.ends_with(".jinja") && path_type(folder / more / name) == PathType::file)
      files.push_back(more + "/" + name);
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<ByteRange> Rendered::content_ranges() const {
  std::vector<ByteRange> ranges;
  ranges.reserve(content.size());
  for (const ContentRange& range : content) ranges.push_back(range.bytes);
  return ranges;
}

ChatTemplate::Source::Source(std::string_view source, const std::string& name)
    : parsed(std::make_shared<const jinja::Template>(source, name)),
      mentions_content(source.find("content") != std::string_view::npos) {}

ChatTemplate::ChatTemplate(std::string_view source, const std::string& name,
                           std::map<std::string, std::string> special_tokens)
    : usual_(source, name), special_tokens_(std::move(special_tokens)), plans_(std::make_shared<RenderingPlans>()) {
  Sha256 hash;
  hash.update(source);
  for (const auto& [key, value] : special_tokens_) {
    const std::string entry = fmt::format("\n{}={}", key, value);
    hash.update(entry);
  }
  sha256_ = hash.finish();
}

std::map<std::string, std::string> chat_template_sources(const std::filesystem::path& folder) {
  std::map<std::string, std::string> texts;
  for (auto& [name, source] : sources_of(folder)) texts[name] = source.text;
  return texts;
}

ChatTemplate ChatTemplate::load(const std::filesystem::path& folder, TokenizerRules rules) {
  std::map<std::string, std::string> special_tokens = read_tokenizer_config(folder, rules).names;
  const NamedSources sources = sources_of(folder);
  if (sources.empty())
    throw Error(Kind::input,
                folder.string() +
                    ": no chat template: neither chat_template.jinja nor chat_template in tokenizer_config.json; "
                    "add the file from the model's publisher");
  const auto for_tools = sources.find("tool_use"), usual = sources.find("default");
  if (usual == sources.end()) {
    std::string names;
    for (const auto& [name, source] : sources) names += (names.empty() ? "" : ", ") + name;
    throw Error(Kind::input,
                fmt::format("{}: several chat templates ({}), and none is named \"default\"", folder.string(), names));
  }
  ChatTemplate chat_template(usual->second.text, usual->second.where, std::move(special_tokens));
  if (for_tools != sources.end()) {
    chat_template.for_tools_.emplace(for_tools->second.text, for_tools->second.where);
    Sha256 hash;
    hash.update(chat_template.sha256_);
    hash.update(for_tools->second.text);
    chat_template.sha256_ = hash.finish();
  }
  return chat_template;
}

jinja::Output ChatTemplate::run(std::span<const Message> messages, bool add_generation_prompt,
                                const RenderOptions& options, bool is_traced) const {
  jinja::Input input;
  std::map<std::string, std::string> tokens = special_tokens_;
  if (options.bos_token) tokens["bos_token"] = *options.bos_token;
  if (options.eos_token) tokens["eos_token"] = *options.eos_token;
  for (const auto& [name, text] : tokens) input.variables.push_back({name, text});
  input.variables.push_back({"add_generation_prompt", add_generation_prompt});
  add_variables(options.variables_json, input.variables);
  for (const char* name : {"tools", "documents"}) input.variables.push_back({name, nullptr});
  if (!options.tools_json.empty()) input.tools = parse_list(options.tools_json, "tools");
  if (!options.documents_json.empty()) input.documents = parse_list(options.documents_json, "documents");
  Json list = Json::array();
  for (const Message& message : messages) list.push_back(to_json(message));
  input.messages = std::move(list);
  if (!options.date.empty()) input.now = parse_date(options.date);
  input.is_traced = is_traced;
  return source_for(!options.tools_json.empty())
      .parsed->render(input, jinja::Budget::for_input(messages.size(), input_bytes(messages, options)));
}

Rendered ChatTemplate::render(const std::vector<Message>& messages, bool add_generation_prompt,
                              const RenderOptions& options) const {
  const Shape shape(messages, options, add_generation_prompt ? 'p' : '-');
  if (auto rendered = plans_->replay(shape.key, shape.contents)) return std::move(*rendered);
  const bool is_traced = is_planned(shape, messages) && plans_->is_wanted(shape.key);
  jinja::Output output = run(messages, add_generation_prompt, options, is_traced);
  if (is_traced) plans_->add(shape.key, RenderingPlan::make(output));
  return to_rendered(std::move(output));
}

// transformers.utils.chat_template_utils.render_jinja_template, 5.23, with its messages.
Rendered ChatTemplate::render_to_continue(const std::vector<Message>& messages, const RenderOptions& options) const {
  constexpr std::string_view kMark = "CONTINUE_FINAL_MESSAGE_TAG", kTag = "CONTINUE_FINAL_MESSAGE_TAG ";
  const auto refuse = [](const std::string& what) {
    throw Error(Kind::input, "continue_final_message is set but " + what);
  };
  if (messages.empty()) refuse("the conversation is empty!");
  if (!messages.back().has_content) refuse("the final message has no \"content\" to continue!");
  if (!source_for(!options.tools_json.empty()).mentions_content) {
    throw Error(Kind::input,
                "continue_final_message is set to \"content\" but this is not an accepted field in the chat_template");
  }
  std::vector<Message> tagged = messages;
  tagged.back().content += kTag;
  jinja::Output output = run(tagged, false, options, false);

  const std::string& text = output.text.bytes;
  const std::string& content = messages.back().content;
  const ByteRange wanted = jinja::stripped(content, nullptr, jinja::Side::both);
  const std::size_t tag = text.rfind(kMark);
  if (tag == std::string::npos ||
      text.find(content.substr(wanted.begin, wanted.end - wanted.begin)) == std::string::npos) {
    refuse(
        "the final message does not appear in the chat after applying the chat template! The template may delete or "
        "change parts of it");
  }
  std::size_t end = tag;
  // A template that trims contents removed the tag's space, and would have removed those before it.
  if (text.compare(tag, kTag.size(), kTag) != 0)
    end = jinja::stripped(std::string_view(text).substr(0, tag), nullptr, jinja::Side::right).end;
  output.text = jinja::substring(output.text, 0, end);
  std::erase_if(output.generation, [&](const auto& range) { return range.first >= end; });
  for (auto& range : output.generation) range.second = std::min(range.second, end);
  return to_rendered(std::move(output));
}

Rendered ChatTemplate::render_turns(const std::vector<Message>& messages, const RenderOptions& options) const {
  check_turn_messages(messages);
  const Shape shape(messages, options, 't');
  if (auto rendered = plans_->replay(shape.key, shape.contents)) return std::move(*rendered);
  const bool is_traced = is_planned(shape, messages) && plans_->is_wanted(shape.key);
  jinja::Output whole = run(messages, false, options, is_traced);
  std::optional<RenderingPlan> plan = is_traced ? RenderingPlan::make(whole) : std::nullopt;
  std::vector<AssistantTurn> turns;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    if (messages[i].role != "assistant") continue;
    const std::span<const Message> all(messages);
    const jinja::Output prompt = run(all.first(i), true, options, is_traced);
    const jinja::Output so_far = i + 1 < messages.size() ? run(all.first(i + 1), false, options, is_traced) : whole;
    turns.push_back(turn_between(static_cast<std::int32_t>(i), whole.text.bytes, prompt.text.bytes, so_far.text.bytes));
    if (plan && (!turns.back().has_prompt || !plan->add_turn(turns.back(), prompt, so_far))) plan.reset();
  }
  if (is_traced) plans_->add(shape.key, std::move(plan));
  Rendered rendered = to_rendered(std::move(whole));
  rendered.turns = std::move(turns);
  return rendered;
}

bool ChatTemplate::reads_date() const {
  return usual_.parsed->mentions("strftime_now") || (for_tools_ && for_tools_->parsed->mentions("strftime_now"));
}

bool ChatTemplate::has_generation_markers(bool with_tools) const {
  return source_for(with_tools).parsed->has_generation();
}

}  // namespace intelia
