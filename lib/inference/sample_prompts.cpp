#include "inference/sample_prompts.hpp"

#include <optional>

#include "base/error.hpp"
#include "base/file.hpp"
#include "record/jsonl.hpp"
#include "tokens/encode.hpp"

namespace intelia {

namespace {

/** The prompt of the conversation's last answer, or nothing when it has none or does not fit. */
std::optional<PromptIds> prompt_of(Conversation& conversation, const TextSide& text, const RenderOptions& render) {
  std::vector<Message>& messages = conversation.messages;
  while (!messages.empty() && messages.back().role != "assistant") messages.pop_back();
  if (messages.size() < 2) return std::nullopt;
  messages.pop_back();
  PromptIds ids;
  const auto refusal = refusal_of([&] {
    ids = encode_prompt(*text.tokenizer, text.chat_template, messages, with_tools(render, conversation.tools_json));
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
    Conversation conversation;
    if (parse_conversation(*line, conversation)) continue;
    auto ids = prompt_of(conversation, text, render);
    if (!ids) continue;
    prompts.ids.push_back(std::move(*ids));
    prompts.names.push_back(conversation.id.empty() ? "line " + std::to_string(lines.line_number()) : conversation.id);
  }
  return prompts;
}

}  // namespace intelia
