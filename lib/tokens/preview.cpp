// See preview.hpp. encode.hpp returns ids without their positions in the text; the text is therefore rendered and
// encoded again here, and the ids must be the same.
#include "tokens/preview.hpp"

#include <algorithm>
#include <iterator>

#include "base/error.hpp"
#include "tokens/turns.hpp"

namespace intelia {

namespace {

struct Sequence {
  std::string text;
  Encoding encoding;
};

Sequence render_and_encode(const Tokenizer& tokenizer, const ChatTemplate& chat_template,
                           const std::vector<Message>& messages, const TemplateInputs& inputs,
                           const RenderOptions& options) {
  Rendered rendered = chat_template.render(messages, false, with_inputs(options, inputs));
  Encoding encoding = encode_rendered(tokenizer, rendered);
  return {std::move(rendered.text), std::move(encoding)};
}

/** `sample` is the whole sample, without truncation. */
PreviewPart make_part(const Tokenizer& tokenizer, std::string name, const Sequence& sequence, const TokenSample& sample,
                      std::int64_t max_length) {
  const std::vector<std::int32_t>& ids = sample.ids;
  // An end-of-text token may follow the tokens of the text.
  if (ids.size() < sequence.encoding.ids.size() ||
      !std::equal(sequence.encoding.ids.begin(), sequence.encoding.ids.end(), ids.begin()))
    throw Error(Kind::internal, "the trained tokens are not those of the text");
  PreviewPart part{std::move(name)};
  std::size_t shown = 0;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const ByteRange range = i < sequence.encoding.ranges.size() ? sequence.encoding.ranges[i]
                                                                : ByteRange{sequence.text.size(), sequence.text.size()};
    PreviewToken token{ids[i]};
    token.is_special = tokenizer.is_special(ids[i]);
    token.is_trained = sample.is_target[i] != 0;
    if (token.is_trained && !sample.weights.empty()) token.weight = sample.weights[i];
    token.is_truncated = max_length > 0 && i >= static_cast<std::size_t>(max_length);
    const std::size_t begin = std::max(range.begin, shown);
    if (token.is_special && range.begin == range.end)
      token.text = tokenizer.token_of(ids[i]);
    else if (range.end > begin)
      token.text = sequence.text.substr(begin, range.end - begin);
    shown = std::max(shown, range.end);
    part.num_trained += token.is_trained && !token.is_truncated;
    part.num_truncated += token.is_truncated;
    part.tokens.push_back(std::move(token));
  }
  if (part.num_trained == 0)
    part.note = part.num_truncated > 0 ? "no trained token remains: the answers begin after the maximum length"
                                       : "no trained token";
  return part;
}

}  // namespace

std::vector<PreviewPart> preview_conversation(const Tokenizer& tokenizer, const ChatTemplate& chat_template,
                                              const Conversation& conversation, const EncodeOptions& options) {
  const EncodedConversation encoded = encode_conversation(
      tokenizer, chat_template, conversation, {.render = options.render, .trained_turns = options.trained_turns});
  if (conversation.messages.empty()) {
    const Sequence sequence{conversation.text, tokenizer.encode_with_ranges(conversation.text, {false, true})};
    return {make_part(tokenizer, "text", sequence, encoded.tokens, options.max_length)};
  }
  const Sequence sequence =
      render_and_encode(tokenizer, chat_template, conversation.messages, conversation.inputs, options.render);
  return {make_part(tokenizer, "conversation", sequence, encoded.tokens, options.max_length)};
}

namespace {

/** Moves the first `count` tokens of `whole` to a part of their own. */
PreviewPart take_beginning(PreviewPart& whole, std::size_t count, std::string name) {
  PreviewPart part{std::move(name)};
  const auto end = whole.tokens.begin() + static_cast<std::ptrdiff_t>(count);
  part.tokens.assign(std::make_move_iterator(whole.tokens.begin()), std::make_move_iterator(end));
  whole.tokens.erase(whole.tokens.begin(), end);
  for (const PreviewToken& token : part.tokens) part.num_truncated += token.is_truncated;
  whole.num_truncated -= part.num_truncated;
  return part;
}

/** A prompt and its answers: the prompt once, then each answer by its name. */
class AnswersPreview {
 public:
  AnswersPreview(const Tokenizer& tokenizer, const ChatTemplate& chat_template, const EncodeOptions& options,
                 std::int64_t num_lost_prompt_tokens)
      : tokenizer_(tokenizer),
        chat_template_(chat_template),
        options_(options),
        has_lost_prompt_(num_lost_prompt_tokens > 0) {}

  void add(const char* name, const std::vector<std::int32_t>& prompt, const std::vector<std::int32_t>& answer,
           const Sequence& sequence) {
    TokenSample sample{prompt, std::vector<std::uint8_t>(prompt.size(), 0)};
    sample.ids.insert(sample.ids.end(), answer.begin(), answer.end());
    sample.is_target.resize(sample.ids.size(), 1);
    PreviewPart part = make_part(tokenizer_, name, sequence, sample, options_.max_length);
    PreviewPart beginning = take_beginning(part, prompt.size(), "prompt");
    if (parts_.empty()) parts_.push_back(std::move(beginning));
    if (has_lost_prompt_ && part.note.empty())
      part.note = "the answer does not begin with the whole generation prompt: the context differs in generation";
    parts_.push_back(std::move(part));
  }

  Sequence sequence(std::vector<Message> messages, const std::vector<Message>& answer,
                    const TemplateInputs& inputs) const {
    messages.insert(messages.end(), answer.begin(), answer.end());
    return render_and_encode(tokenizer_, chat_template_, messages, inputs, options_.render);
  }
  Sequence sequence(const std::string& text) const {
    return {text, tokenizer_.encode_with_ranges(text, {false, true})};
  }

  std::vector<PreviewPart> take() { return std::move(parts_); }

 private:
  const Tokenizer& tokenizer_;
  const ChatTemplate& chat_template_;
  const EncodeOptions& options_;
  bool has_lost_prompt_;
  std::vector<PreviewPart> parts_;
};

}  // namespace

std::vector<PreviewPart> preview_preference(const Tokenizer& tokenizer, const ChatTemplate& chat_template,
                                            const Preference& preference, const EncodeOptions& options) {
  const EncodedPreference encoded = encode_preference(tokenizer, chat_template, preference, {.render = options.render});
  AnswersPreview preview(tokenizer, chat_template, options, encoded.num_lost_prompt_tokens);
  const auto add = [&](const char* name, const std::vector<Message>& answer, const std::string& text,
                       const std::vector<std::int32_t>& ids) {
    preview.add(name, encoded.prompt, ids,
                preference.is_text ? preview.sequence(preference.prompt_text + text)
                                   : preview.sequence(preference.prompt, answer, preference.inputs));
  };
  add("chosen", preference.chosen, preference.chosen_text, encoded.chosen);
  add("rejected", preference.rejected, preference.rejected_text, encoded.rejected);
  return preview.take();
}

std::vector<PreviewPart> preview_rated_answer(const Tokenizer& tokenizer, const ChatTemplate& chat_template,
                                              const RatedAnswer& answer, const EncodeOptions& options) {
  const EncodedAnswer encoded = encode_rated_answer(tokenizer, chat_template, answer, {.render = options.render});
  const TokenSample& sample = encoded.sample;
  const auto begin = std::find(sample.is_target.begin(), sample.is_target.end(), 1) - sample.is_target.begin();
  AnswersPreview preview(tokenizer, chat_template, options, encoded.num_lost_prompt_tokens);
  preview.add(answer.is_desirable ? "desirable" : "undesirable", {sample.ids.begin(), sample.ids.begin() + begin},
              {sample.ids.begin() + begin, sample.ids.end()},
              answer.is_text ? preview.sequence(answer.prompt_text + answer.completion_text)
                             : preview.sequence(answer.prompt, answer.completion, answer.inputs));
  return preview.take();
}

}  // namespace intelia
