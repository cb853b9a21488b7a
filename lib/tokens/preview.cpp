// See preview.hpp. encode.hpp gives ids without their places in the text; the text is therefore rendered and encoded
// once more here, and the ids must be the same.
#include "tokens/preview.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "tokens/turns.hpp"

namespace intelia {

namespace {

struct Sequence {
  std::string text;
  Encoding encoding;
};

Sequence render_and_encode(const Tokenizer& tokenizer, const ChatTemplate& chat_template,
                           const std::vector<Message>& messages, const std::string& tools_json,
                           const RenderOptions& options) {
  Rendered rendered = chat_template.render(messages, false, with_tools(options, tools_json));
  Encoding encoding = encode_rendered(tokenizer, rendered);
  return {std::move(rendered.text), std::move(encoding)};
}

/** `sample` is the whole of what is trained on, without a cut. */
PreviewPart make_part(const Tokenizer& tokenizer, std::string name, const Sequence& sequence, const TokenSample& sample,
                      std::int64_t max_length) {
  const std::vector<std::int32_t>& ids = sample.ids;
  // An end-of-text token may follow what the text itself gives.
  if (ids.size() < sequence.encoding.ids.size() ||
      !std::equal(sequence.encoding.ids.begin(), sequence.encoding.ids.end(), ids.begin()))
    throw Error(Kind::internal, "the tokens that are trained on are not those of the text");
  PreviewPart part{std::move(name)};
  std::size_t shown = 0;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const ByteRange range = i < sequence.encoding.ranges.size() ? sequence.encoding.ranges[i]
                                                                : ByteRange{sequence.text.size(), sequence.text.size()};
    PreviewToken token{ids[i]};
    token.is_special = tokenizer.is_special(ids[i]);
    token.is_trained = sample.is_target[i] != 0;
    if (token.is_trained && !sample.weights.empty()) token.weight = sample.weights[i];
    token.is_cut = max_length > 0 && i >= static_cast<std::size_t>(max_length);
    const std::size_t begin = std::max(range.begin, shown);
    if (token.is_special && range.begin == range.end)
      token.text = tokenizer.token_of(ids[i]);
    else if (range.end > begin)
      token.text = sequence.text.substr(begin, range.end - begin);
    shown = std::max(shown, range.end);
    part.num_trained += token.is_trained && !token.is_cut;
    part.num_cut += token.is_cut;
    part.tokens.push_back(std::move(token));
  }
  if (part.num_trained == 0)
    part.note =
        part.num_cut > 0 ? "no trained token remains: the answers begin after --max-length" : "no trained token";
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
      render_and_encode(tokenizer, chat_template, conversation.messages, conversation.tools_json, options.render);
  return {make_part(tokenizer, "conversation", sequence, encoded.tokens, options.max_length)};
}

std::vector<PreviewPart> preview_preference(const Tokenizer& tokenizer, const ChatTemplate& chat_template,
                                            const Preference& preference, const EncodeOptions& options) {
  const EncodedPreference encoded = encode_preference(tokenizer, chat_template, preference, {.render = options.render});
  std::vector<PreviewPart> parts;
  const auto add = [&](const char* name, const std::vector<Message>& continuation,
                       const std::vector<std::int32_t>& ids) {
    std::vector<Message> messages = preference.prompt;
    messages.insert(messages.end(), continuation.begin(), continuation.end());
    TokenSample sample{encoded.prompt, std::vector<std::uint8_t>(encoded.prompt.size(), 0)};
    sample.ids.insert(sample.ids.end(), ids.begin(), ids.end());
    sample.is_target.resize(sample.ids.size(), 1);
    const Sequence sequence =
        render_and_encode(tokenizer, chat_template, messages, preference.tools_json, options.render);
    parts.push_back(make_part(tokenizer, name, sequence, sample, options.max_length));
    if (encoded.num_lost_prompt_tokens > 0 && parts.back().note.empty())
      parts.back().note =
          "the answer does not begin with the whole generation prompt: generation will see another context";
  };
  add("chosen", preference.chosen, encoded.chosen);
  add("rejected", preference.rejected, encoded.rejected);
  return parts;
}

}  // namespace intelia
