#include "inference/generator.hpp"

#include <fmt/format.h>

#include <optional>

#include "base/error.hpp"
#include "inference/answer_text.hpp"
#include "inference/stop_ids.hpp"
#include "tokens/encode.hpp"

namespace intelia {

const char* name_of(FinishReason reason) { return reason == FinishReason::stop ? "stop" : "length"; }

Generator::Generator(const TextSide& text, LoadedModel& model, RenderOptions render)
    : text_(text),
      model_(model),
      render_(std::move(render)),
      stop_ids_(stop_ids(*text.tokenizer, text.chat_template, text.folder, render_)) {}

PromptIds Generator::encode(const std::vector<Message>& messages) const {
  PromptIds ids = encode_prompt(*text_.tokenizer, text_.chat_template, messages, render_);
  if (static_cast<std::int64_t>(ids.size()) >= model_.context_length())
    throw ContextFull(
        fmt::format("the prompt has {} tokens, the model's context {}", ids.size(), model_.context_length()));
  return ids;
}

void Generator::run(GenerationClient& client, const SamplingSettings& sampling, int batch_size,
                    const StopFlag& stop) const {
  SamplingSettings own = sampling;
  own.stop_ids.insert(own.stop_ids.end(), stop_ids_.begin(), stop_ids_.end());
  model_.generate(client, own, batch_size, stop);
}

Completion Generator::completion(std::int64_t prompt_tokens, GeneratedTokens&& generated,
                                 const std::vector<std::string>& stop_strings) const {
  Completion completion{text_.tokenizer->decode(generated.ids, /*skip_special=*/true),
                        generated.is_truncated ? FinishReason::length : FinishReason::stop, prompt_tokens,
                        static_cast<std::int64_t>(generated.ids.size())};
  completion.ids = std::move(generated.ids);
  completion.log_probs = std::move(generated.log_probs);
  completion.reused_tokens = generated.reused_tokens;
  if (const std::size_t end = find_stop(completion.text, stop_strings); end != std::string::npos) {
    completion.text.resize(end);
    completion.finish_reason = FinishReason::stop;
  }
  return completion;
}

namespace {

/** Prompts from a list, completions into one. */
class ListClient final : public GenerationClient {
 public:
  ListClient(const Generator& generator, std::span<const PromptIds> prompts, bool use_adapter, std::uint64_t sample)
      : generator_(generator),
        prompts_(prompts),
        use_adapter_(use_adapter),
        sample_(sample),
        completions_(prompts.size()) {}
  std::optional<GenerationRequest> next() override {
    if (next_ == prompts_.size()) return std::nullopt;
    return GenerationRequest{prompts_[next_++], sample_, use_adapter_};
  }
  void finish(std::int64_t number, GeneratedTokens&& tokens) override {
    const auto place = static_cast<std::size_t>(number);
    completions_[place] = generator_.completion(static_cast<std::int64_t>(prompts_[place].size()), std::move(tokens));
  }
  std::vector<Completion>& completions() { return completions_; }

 private:
  const Generator& generator_;
  std::span<const PromptIds> prompts_;
  bool use_adapter_;
  std::uint64_t sample_;
  std::size_t next_ = 0;
  std::vector<Completion> completions_;
};

}  // namespace

std::vector<Completion> Generator::complete(std::span<const PromptIds> prompts, const SamplingSettings& sampling,
                                            bool use_adapter, const StopFlag& stop, std::uint64_t sample) const {
  ListClient client(*this, prompts, use_adapter, sample);
  run(client, sampling, static_cast<int>(prompts.size()), stop);
  return std::move(client.completions());
}

}  // namespace intelia
