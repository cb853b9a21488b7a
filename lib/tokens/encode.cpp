// See encode.hpp.
#include "tokens/encode.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <span>

#include "base/error.hpp"
#include "record/exact_json.hpp"
#include "record/json.hpp"
#include "record/json_line.hpp"
#include "tokens/turns.hpp"

namespace intelia {

namespace {

/** The first token whose bytes end after `position`, or the number of tokens. */
std::size_t first_token_after(const Encoding& encoding, std::size_t position) {
  const auto found = std::partition_point(encoding.ranges.begin(), encoding.ranges.end(),
                                          [&](const ByteRange& range) { return range.end <= position; });
  return static_cast<std::size_t>(found - encoding.ranges.begin());
}

/** The first token that covers byte `position`, or the number of tokens. */
std::size_t token_at(const Encoding& encoding, std::size_t position) {
  const std::size_t token = first_token_after(encoding, position);
  return token < encoding.ids.size() && encoding.ranges[token].begin <= position ? token : encoding.ids.size();
}

/** The last byte at which a character begins before `end`. */
std::size_t last_character(const std::string& text, std::size_t end) {
  std::size_t begin = end - 1;
  while (begin > 0 && (static_cast<unsigned char>(text[begin]) & 0xC0) == 0x80) --begin;
  return begin;
}

/**
 * The "weight" of message number `index`, from 0 to 1; 1 where it is absent. OpenAI's files have 0 and 1. Larger
 * weights are refused: only their ratio matters in the loss, and they are likely mistakes (10, or a percentage).
 */
float weight_of(const Message& message, std::size_t index) {
  if (message.more_json.find("\"weight\"") == std::string::npos) return 1;
  const Json weight = parse_exact_json(message.more_json, "message").value("weight", Json(1));
  if (!weight.is_number() || weight < 0 || weight > 1) {
    std::string shown = json_line(weight);
    shown.pop_back();
    throw Error(Kind::input,
                fmt::format("weight is {} in messages[{}]; expected a number from 0 (not trained) to 1", shown, index));
  }
  return weight.get<float>();
}

bool is_fraction(float weight) { return weight != 0 && weight != 1; }

/** A sample for `num_tokens` ids, none of them a target yet; with weights where some message has a fractional one. */
TokenSample unmarked(std::size_t num_tokens, const std::vector<float>& of_messages) {
  const bool has_fraction = std::any_of(of_messages.begin(), of_messages.end(), is_fraction);
  return {{}, std::vector<std::uint8_t>(num_tokens), std::vector<float>(has_fraction ? num_tokens : 0)};
}

void mark(TokenSample& sample, std::size_t token, float weight) {
  sample.is_target[token] = 1;
  if (!sample.weights.empty()) sample.weights[token] = weight;
}

/** The message that a {% generation %} span renders: the last whose content it contains, or without any, the first
   empty one between the contents around it. */
std::size_t message_of(const ByteRange& span, const Rendered& rendered, const ContentBounds& bounds) {
  auto range = std::partition_point(rendered.content.begin(), rendered.content.end(),
                                    [&](const ContentRange& one) { return one.bytes.begin < span.end; });
  while (range != rendered.content.begin() && (--range)->bytes.end > span.begin)
    if (range->message >= 0) return static_cast<std::size_t>(range->message);
  const auto next = std::partition_point(bounds.next_begins.begin(), bounds.next_begins.end() - 1,
                                         [&](std::size_t begin) { return begin < span.end; });
  auto message = static_cast<std::size_t>(next - bounds.next_begins.begin());
  if (message + 1 < bounds.ends.size() && bounds.ends[message] > 0 && bounds.ends[message + 1] == 0) ++message;
  return message;
}

/** Targets of {% generation %} spans: from the token of a span's first character to that of its last. */
void mark_generation(const Rendered& rendered, const Encoding& encoding, const std::vector<float>& weights,
                     TokenSample& sample) {
  const ContentBounds bounds(rendered, weights.size());
  for (const ByteRange& span : rendered.generation) {
    if (span.begin == span.end) continue;
    const float weight = weights[message_of(span, rendered, bounds)];
    if (weight == 0) continue;
    const std::size_t first = token_at(encoding, span.begin);
    const std::size_t last = token_at(encoding, last_character(rendered.text, span.end));
    for (std::size_t i = first; i < encoding.ids.size() && i <= last; ++i) mark(sample, i, weight);
  }
}

/** Throws for a conversation without a turn that can be trained. */
[[noreturn]] void refuse_turn(const AssistantTurn& turn) {
  const std::string remedy = "; put {% generation %} around the answer in the template";
  if (turn.has_prompt)
    throw Error(Kind::input, fmt::format("the chat template renders turn {} differently once another follows, so it "
                                         "cannot be trained as it is generated{}",
                                         turn.message + 1, remedy));
  throw Error(Kind::input, fmt::format("the chat template renders the text before turn {} differently once the turn "
                                       "follows, so the trained tokens cannot be determined{}",
                                       turn.message + 1, remedy));
}

/** Targets where the template has no markers, as described at encode_conversation; returns the skipped turns. */
std::vector<std::size_t> mark_derived(const Tokenizer& tokenizer, const Rendered& rendered, const Encoding& encoding,
                                      const std::vector<float>& weights, TokenSample& sample) {
  const ContentBounds bounds(rendered, weights.size());
  std::vector<std::size_t> skipped;
  const AssistantTurn* last_skipped = nullptr;
  bool is_any_trained = false;
  for (const AssistantTurn& turn : rendered.turns) {
    const auto message = static_cast<std::size_t>(turn.message);
    const float weight = weights[message];
    if (weight == 0) continue;
    const auto end = turn.has_prompt ? end_of_turn(tokenizer, encoding, bounds, message, turn.begin) : std::nullopt;
    if (turn.has_prompt && !end) {
      throw Error(
          Kind::input,
          fmt::format(
              "the chat template renders no control token after turn {}, so the model would not learn to stop; the "
              "end-of-turn text must be a special token of the tokenizer",
              turn.message + 1));
    }
    if (!turn.has_prompt || encoding.ranges[*end].end > turn.proven_end) {
      skipped.push_back(message);
      last_skipped = &turn;
      continue;
    }
    for (std::size_t i = first_token_after(encoding, turn.begin); i <= *end; ++i) mark(sample, i, weight);
    is_any_trained = true;
  }
  if (last_skipped != nullptr && !is_any_trained) refuse_turn(*last_skipped);
  return skipped;
}

/** Bytes of `content` (sorted, not overlapping) that the targets cover, each counted once. */
std::int64_t bytes_of_targets(const Encoding& encoding, const TokenSample& marked, std::span<const ByteRange> content) {
  std::size_t total = 0, counted = 0;
  for (std::size_t i = 0; i < encoding.ids.size(); ++i) {
    if (marked.is_target[i] == 0) continue;
    const std::size_t begin = std::max(encoding.ranges[i].begin, counted), end = encoding.ranges[i].end;
    auto range = std::partition_point(content.begin(), content.end(),
                                      [&](const ByteRange& bytes) { return bytes.end <= begin; });
    for (; range != content.end() && range->begin < end; ++range) {
      const std::size_t first = std::max(begin, range->begin), last = std::min(end, range->end);
      if (first < last) total += last - first;
    }
    counted = std::max(counted, end);
  }
  return static_cast<std::int64_t>(total);
}

/** `content`: the ranges of the text that are not the template's. */
EncodedConversation finish(Encoding encoding, TokenSample marked, std::span<const ByteRange> content,
                           const EncodeOptions& options) {
  const std::int64_t max_length = options.max_length;
  EncodedConversation result;
  if (max_length > 0 && encoding.ids.size() > static_cast<std::size_t>(max_length)) {
    if (options.refuses_long)
      throw Error(Kind::input,
                  fmt::format("{} tokens are more than the maximum length of {}", encoding.ids.size(), max_length));
    encoding.ids.resize(static_cast<std::size_t>(max_length));
    marked.is_target.resize(static_cast<std::size_t>(max_length));
    if (!marked.weights.empty()) marked.weights.resize(static_cast<std::size_t>(max_length));
    result.is_truncated = true;
  }
  if (!marked.is_target.empty()) marked.is_target[0] = 0;
  if (!marked.weights.empty()) marked.weights[0] = 0;
  if (std::none_of(marked.weights.begin(), marked.weights.end(), is_fraction)) marked.weights.clear();
  result.num_targets = std::count_if(marked.is_target.begin(), marked.is_target.end(), [](auto is) { return is != 0; });
  result.target_bytes = bytes_of_targets(encoding, marked, content);
  marked.ids = std::move(encoding.ids);
  result.tokens = std::move(marked);
  return result;
}

std::size_t common_prefix(const std::vector<std::int32_t>& left, const std::vector<std::int32_t>& right) {
  const std::size_t limit = std::min(left.size(), right.size());
  return static_cast<std::size_t>(
      std::mismatch(left.begin(), left.begin() + static_cast<std::ptrdiff_t>(limit), right.begin()).first -
      left.begin());
}

/** The tokens that a prompt, encoded alone, has in common with the whole are no targets. */
void unmark_prompt(const std::vector<std::int32_t>& prompt, const std::vector<std::int32_t>& whole,
                   TokenSample& sample) {
  const std::size_t length = common_prefix(prompt, whole);
  for (std::size_t i = 0; i < length; ++i) {
    sample.is_target[i] = 0;
    if (!sample.weights.empty()) sample.weights[i] = 0;
  }
}

}  // namespace

std::vector<float> message_weights(const Conversation& conversation, TrainedTurns turns) {
  const std::vector<Message>& messages = conversation.messages;
  std::vector<float> weights(messages.size());
  for (std::size_t i = messages.size(); i-- > conversation.num_prompt_messages;) {
    const bool is_answer = messages[i].role == "assistant";
    if (is_answer || turns == TrainedTurns::all) weights[i] = weight_of(messages[i], i);
    if (is_answer && turns == TrainedTurns::last) break;
  }
  return weights;
}

EncodedConversation encode_conversation(const Tokenizer& tokenizer, const ChatTemplate& chat_template,
                                        const Conversation& conversation, const EncodeOptions& options) {
  if (conversation.messages.empty()) {
    Encoding encoding = tokenizer.encode_with_ranges(conversation.text, {false, true});
    const auto eos = tokenizer.eos_id();
    if (!eos)
      throw Error(
          Kind::input,
          "the tokenizer has no end-of-text token (eos_token in tokenizer_config.json), which plain text needs");
    if (encoding.ids.empty() || encoding.ids.back() != *eos) {
      encoding.ids.push_back(*eos);
      encoding.ranges.push_back({conversation.text.size(), conversation.text.size()});
    }
    TokenSample marked{{}, std::vector<std::uint8_t>(encoding.ids.size(), 1)};
    if (conversation.num_context_bytes > 0) {
      const std::string prompt = conversation.text.substr(0, conversation.num_context_bytes);
      unmark_prompt(tokenizer.encode(prompt, {false, true}), encoding.ids, marked);
    }
    const ByteRange whole[] = {{conversation.num_context_bytes, conversation.text.size()}};
    return finish(std::move(encoding), std::move(marked), whole, options);
  }
  const RenderOptions render = with_inputs(options.render, conversation.inputs);
  const bool has_markers = chat_template.has_generation_markers(!render.tools_json.empty());
  const Rendered rendered = has_markers ? chat_template.render(conversation.messages, false, render)
                                        : chat_template.render_turns(conversation.messages, render);
  Encoding encoding = encode_rendered(tokenizer, rendered);
  const std::vector<float> weights = message_weights(conversation, options.trained_turns);
  TokenSample marked = unmarked(encoding.ids.size(), weights);
  std::vector<std::size_t> skipped;
  if (has_markers) {
    mark_generation(rendered, encoding, weights, marked);
  } else {
    skipped = mark_derived(tokenizer, rendered, encoding, weights, marked);
  }
  if (conversation.num_prompt_messages > 0) {
    const auto begin = conversation.messages.begin();
    const std::vector<Message> prompt(begin, begin + static_cast<std::ptrdiff_t>(conversation.num_prompt_messages));
    unmark_prompt(encode_prompt(tokenizer, chat_template, prompt, render), encoding.ids, marked);
  }
  EncodedConversation encoded = finish(std::move(encoding), std::move(marked), rendered.content_ranges(), options);
  encoded.skipped_turns = std::move(skipped);
  return encoded;
}

namespace {

using Ids = std::vector<std::int32_t>;

/** Renders and encodes a prompt, and the prompt with each answer. */
class AnswerEncoder {
 public:
  AnswerEncoder(const Tokenizer& tokenizer, const ChatTemplate& chat_template, const RenderOptions& render)
      : tokenizer_(tokenizer), chat_template_(chat_template), render_(render) {}

  Ids prompt(const std::vector<Message>& messages) const {
    return encode_prompt(tokenizer_, chat_template_, messages, render_);
  }
  Ids whole(std::vector<Message> messages, const std::vector<Message>& answer) const {
    messages.insert(messages.end(), answer.begin(), answer.end());
    return encode_rendered(tokenizer_, chat_template_.render(messages, false, render_)).ids;
  }
  /** Plain texts: the tokenizer adds its begin of text, and the end-of-text token follows. */
  Ids prompt(const std::string& text) const { return tokenizer_.encode(text, {.parse = false, .add = true}); }
  Ids whole(const std::string& prompt_text, const std::string& answer) const {
    const auto eos = tokenizer_.eos_id();
    if (!eos)
      throw Error(
          Kind::input,
          "the tokenizer has no end-of-text token (eos_token in tokenizer_config.json), which plain text needs");
    Ids ids = prompt(prompt_text + answer);
    if (ids.empty() || ids.back() != *eos) ids.push_back(*eos);
    return ids;
  }

 private:
  const Tokenizer& tokenizer_;
  const ChatTemplate& chat_template_;
  const RenderOptions& render_;
};

std::size_t limit_of(const EncodeOptions& options) {
  return options.max_length > 0 ? static_cast<std::size_t>(options.max_length)
                                : std::numeric_limits<std::size_t>::max();
}

[[noreturn]] void refuse_long(std::size_t num_tokens, const EncodeOptions& options) {
  throw Error(Kind::input,
              fmt::format("{} tokens are more than the maximum length of {}", num_tokens, options.max_length));
}

/** Error{input} when a message of an answer has a weight other than 1, which the losses of whole answers have no place
    for. */
void check_no_weights(const std::vector<Message>& answer) {
  for (std::size_t i = 0; i < answer.size(); ++i)
    if (weight_of(answer[i], i) != 1)
      throw Error(Kind::input,
                  "a message of an answer has a weight, which training on whole answers does not have; "
                  "remove 'weight'");
}

/** Error{input} when nothing can be learned from answers to this prompt. */
void check_answers(std::size_t prompt_tokens, bool has_empty_answer, const EncodeOptions& options) {
  if (prompt_tokens == 0) throw Error(Kind::input, "the prompt has no token in common with prompt and answer together");
  if (prompt_tokens >= limit_of(options))
    throw Error(Kind::input, fmt::format("the prompt has {} tokens and leaves none of the maximum length of {} to the "
                                         "answers",
                                         prompt_tokens, options.max_length));
  if (has_empty_answer) throw Error(Kind::input, "an answer has no token after its prompt");
}

}  // namespace

EncodedPreference encode_preference(const Tokenizer& tokenizer, const ChatTemplate& chat_template,
                                    const Preference& preference, const EncodeOptions& options) {
  const RenderOptions render = with_inputs(options.render, preference.inputs);
  const AnswerEncoder encoder(tokenizer, chat_template, render);
  check_no_weights(preference.chosen);
  check_no_weights(preference.rejected);
  EncodedPreference result;
  result.prompt = preference.is_text ? encoder.prompt(preference.prompt_text) : encoder.prompt(preference.prompt);
  const auto whole = [&](const std::vector<Message>& messages, const std::string& text) {
    return preference.is_text ? encoder.whole(preference.prompt_text, text)
                              : encoder.whole(preference.prompt, messages);
  };
  const Ids chosen = whole(preference.chosen, preference.chosen_text);
  const Ids rejected = whole(preference.rejected, preference.rejected_text);
  const std::size_t length = std::min(common_prefix(result.prompt, chosen), common_prefix(result.prompt, rejected));
  result.num_lost_prompt_tokens = static_cast<std::int64_t>(result.prompt.size() - length);
  result.num_prompt_tokens = static_cast<std::int64_t>(length);
  result.prompt.resize(length);
  result.chosen.assign(chosen.begin() + static_cast<std::ptrdiff_t>(length), chosen.end());
  result.rejected.assign(rejected.begin() + static_cast<std::ptrdiff_t>(length), rejected.end());
  return truncated(std::move(result), options);
}

EncodedPreference truncated(EncodedPreference complete, const EncodeOptions& options) {
  const std::size_t limit = limit_of(options), length = complete.prompt.size(),
                    longest = length + std::max(complete.chosen.size(), complete.rejected.size()),
                    room = limit - std::min(length, limit);
  complete.is_chosen_truncated = complete.chosen.size() > room || length > limit;
  complete.is_rejected_truncated = complete.rejected.size() > room || length > limit;
  if (options.refuses_long && (complete.is_chosen_truncated || complete.is_rejected_truncated))
    refuse_long(longest, options);
  complete.prompt.resize(std::min(length, limit));
  complete.chosen.resize(std::min(complete.chosen.size(), room));
  complete.rejected.resize(std::min(complete.rejected.size(), room));
  return complete;
}

TokenSample pair_sample(const EncodedPreference& encoded, const EncodeOptions& options) {
  check_answers(static_cast<std::size_t>(encoded.num_prompt_tokens), encoded.chosen.empty() || encoded.rejected.empty(),
                options);
  TokenSample sample{encoded.prompt, std::vector<std::uint8_t>(encoded.prompt.size(), 0)};
  sample.ids.insert(sample.ids.end(), encoded.chosen.begin(), encoded.chosen.end());
  sample.second_begin = static_cast<std::int32_t>(sample.ids.size());
  sample.ids.insert(sample.ids.end(), encoded.rejected.begin(), encoded.rejected.end());
  sample.is_target.resize(sample.ids.size(), 1);
  return sample;
}

EncodedAnswer encode_rated_answer(const Tokenizer& tokenizer, const ChatTemplate& chat_template,
                                  const RatedAnswer& answer, const EncodeOptions& options) {
  const RenderOptions render = with_inputs(options.render, answer.inputs);
  check_no_weights(answer.completion);
  const AnswerEncoder encoder(tokenizer, chat_template, render);
  const Ids prompt = answer.is_text ? encoder.prompt(answer.prompt_text) : encoder.prompt(answer.prompt);
  Ids whole = answer.is_text ? encoder.whole(answer.prompt_text, answer.completion_text)
                             : encoder.whole(answer.prompt, answer.completion);
  const std::size_t length = common_prefix(prompt, whole), limit = limit_of(options);
  check_answers(length, whole.size() == length, options);
  EncodedAnswer result;
  result.is_truncated = whole.size() > limit;
  result.num_lost_prompt_tokens = static_cast<std::int64_t>(prompt.size() - length);
  if (result.is_truncated && options.refuses_long) refuse_long(whole.size(), options);
  if (whole.size() - length > limit) whole.resize(length + limit);
  result.sample = {std::move(whole), std::vector<std::uint8_t>(length, 0)};
  result.sample.is_target.resize(result.sample.ids.size(), 1);
  result.sample.is_desirable = answer.is_desirable;
  return result;
}

std::vector<std::int32_t> encode_prompt(const Tokenizer& tokenizer, const ChatTemplate& chat_template,
                                        const std::vector<Message>& messages, const RenderOptions& options) {
  return encode_rendered(tokenizer, chat_template.render(messages, true, options)).ids;
}

}  // namespace intelia
