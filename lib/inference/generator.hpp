// Text in, text out: messages rendered and encoded, continued by a loaded model, and decoded. It connects the text side
// of a model folder with the engine; it reads and writes no file.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/engine.hpp"
#include "inference/text_side.hpp"

namespace intelia {

enum class FinishReason {
  stop,    // the model ended its answer with a stop token, or a stop string occurred
  length,  // the maximum number of new tokens, or the context length, was reached
};

/** "stop" or "length", as OpenAI's API names them. */
const char* name_of(FinishReason reason);

/** The completion of a prompt. */
struct Completion {
  std::string text;  // without control tokens; ends before a stop string
  FinishReason finish_reason = FinishReason::stop;
  std::int64_t prompt_tokens = 0;
  std::int64_t completion_tokens = 0;  // without the stop token
  std::vector<std::int32_t> ids;       // those tokens; with a stop string up to the one that completes it
  std::vector<float> log_probs;        // of each, with wants_log_probs
  std::int64_t reused_tokens = 0;      // of the prompt: see ModelSettings::keeps_keys
};

/** A prompt fills the model's context, so that nothing can follow. */
class ContextFull : public Error {
 public:
  explicit ContextFull(const std::string& message) : Error(Kind::input, message) {}
};

/** A prompt as token ids, generation prompt included. */
using PromptIds = std::vector<std::int32_t>;

/** Keeps references to `text` and `model`, which must outlive it. Not for several threads at once. */
class Generator {
 public:
  /** `render` applies to every prompt; stop tokens are those of stop_ids. */
  Generator(const TextSide& text, LoadedModel& model, RenderOptions render = {});

  /** Renders and encodes `messages`. Error{input} when the template raises an error; ContextFull. */
  PromptIds encode(const std::vector<Message>& messages) const;

  /** Continues `prompts` as one batch. The generator's stop tokens are added to those of `sampling`; `sample`
      distinguishes several samples of the same prompt and seed. */
  std::vector<Completion> complete(std::span<const PromptIds> prompts, const SamplingSettings& sampling,
                                   bool use_adapter, const StopFlag& stop, std::uint64_t sample = 0) const;

  /** Answers the requests of `client`, up to `batch_size` at a time, with the generator's stop tokens added. */
  void run(GenerationClient& client, const SamplingSettings& sampling, int batch_size, const StopFlag& stop) const;

  /** The completion of a prompt of `prompt_tokens` tokens from what the engine generated. */
  Completion completion(std::int64_t prompt_tokens, GeneratedTokens&& generated,
                        const std::vector<std::string>& stop_strings = {}) const;

  const TextSide& text() const { return text_; }

 private:
  const TextSide& text_;
  LoadedModel& model_;
  RenderOptions render_;
  std::vector<std::int32_t> stop_ids_;
};

}  // namespace intelia
