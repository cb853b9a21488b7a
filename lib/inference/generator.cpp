#include "inference/generator.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "inference/stop_ids.hpp"
#include "tokens/encode.hpp"

namespace intelia {

const char* name_of(FinishReason reason) { return reason == FinishReason::stop ? "stop" : "length"; }

Generator::Generator(const TextSide& text, LoadedModel& model, RenderOptions render)
    : text_(text),
      model_(model),
      render_(std::move(render)),
      stop_ids_(stop_ids(*text.tokenizer, text.chat_template, text.folder, render_)) {}

PromptIds Generator::encode(const std::vector<Message>& messages, const std::string& tools_json) const {
  PromptIds ids = encode_prompt(*text_.tokenizer, text_.chat_template, messages, with_tools(render_, tools_json));
  if (static_cast<std::int64_t>(ids.size()) >= model_.context_length())
    throw Error(Kind::input,
                fmt::format("the prompt has {} tokens, the model's context {}", ids.size(), model_.context_length()));
  return ids;
}

std::vector<Completion> Generator::complete(std::span<const PromptIds> prompts, SamplingSettings sampling,
                                            bool use_adapter, const StopFlag& stop, std::uint64_t sample) const {
  sampling.stop_ids.insert(sampling.stop_ids.end(), stop_ids_.begin(), stop_ids_.end());
  std::vector<GenerationRequest> requests;
  requests.reserve(prompts.size());
  for (const PromptIds& prompt : prompts) requests.push_back({prompt, sample});
  const std::vector<GeneratedTokens> generated = model_.generate(requests, sampling, use_adapter, stop);
  std::vector<Completion> completions;
  completions.reserve(generated.size());
  for (std::size_t i = 0; i < generated.size(); ++i)
    completions.push_back({text_.tokenizer->decode(generated[i].ids, /*skip_special=*/true),
                           generated[i].is_truncated ? FinishReason::length : FinishReason::stop,
                           static_cast<std::int64_t>(prompts[i].size()),
                           static_cast<std::int64_t>(generated[i].ids.size())});
  return completions;
}

}  // namespace intelia
