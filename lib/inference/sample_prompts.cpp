#include "inference/sample_prompts.hpp"

#include <optional>

#include "base/error.hpp"
#include "base/file.hpp"
#include "record/jsonl.hpp"
#include "tokens/encode.hpp"

namespace intelia {

namespace {

/** What a model is asked: the messages before an answer. */
struct AskedPrompt {
  std::vector<Message> messages;
  TemplateInputs inputs;
  std::string id;
};

/** The prompt of a line: of a preference or a rated answer its own, of a conversation what comes before its last
   answer. Nothing where there is none. */
std::optional<AskedPrompt> prompt_in(std::string_view line) {
  Conversation conversation;
  Preference preference;
  RatedAnswer answer;
  if (!parse_preference(line, preference) && !preference.is_text)
    return AskedPrompt{std::move(preference.prompt), preference.inputs, preference.id};
  if (!parse_rated_answer(line, answer) && !answer.is_text)
    return AskedPrompt{std::move(answer.prompt), answer.inputs, answer.id};
  if (parse_conversation(line, conversation)) return std::nullopt;
  std::vector<Message>& messages = conversation.messages;
  while (!messages.empty() && messages.back().role != "assistant") messages.pop_back();
  if (messages.size() < 2) return std::nullopt;
  messages.pop_back();
  return AskedPrompt{std::move(messages), conversation.inputs, conversation.id};
}

/** Nothing when the template refuses it, or when it does not fit the context. */
std::optional<PromptIds> encoded(const AskedPrompt& prompt, const TextSide& text, const RenderOptions& render) {
  PromptIds ids;
  const auto refusal = refusal_of([&] {
    ids = encode_prompt(*text.tokenizer, text.chat_template, prompt.messages, with_inputs(render, prompt.inputs));
  });
  if (refusal || static_cast<std::int64_t>(ids.size()) >= context_length(text.config)) return std::nullopt;
  return ids;
}

}  // namespace

SamplePrompts read_sample_prompts(const std::filesystem::path& path, int max_prompts, const TextSide& text,
                                  const RenderOptions& render) {
  SamplePrompts prompts;
  if (max_prompts <= 0) return prompts;
  RecordLines lines(path);
  while (prompts.ids.size() < static_cast<std::size_t>(max_prompts)) {
    const auto line = lines.next();
    if (!line) break;
    const auto prompt = prompt_in(*line);
    if (!prompt) continue;
    auto ids = encoded(*prompt, text, render);
    if (!ids) continue;
    prompts.ids.push_back(std::move(*ids));
    prompts.names.push_back(prompt->id.empty() ? "line " + std::to_string(lines.line_number()) : prompt->id);
  }
  return prompts;
}

}  // namespace intelia
