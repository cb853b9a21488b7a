// See check.hpp.
#include "tokens/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <span>

#include "base/counted.hpp"
#include "base/error.hpp"
#include "tokens/dataset_lines.hpp"
#include "tokens/turns.hpp"

namespace intelia {

namespace {

using Ids = std::vector<std::int32_t>;

constexpr std::size_t kMaxPromptMessages = 1 << 17;  // in all prompts of a conversation that are checked

/** Collects the findings of one record. */
class Findings {
 public:
  explicit Findings(std::int64_t line) : line_(line) {}
  void add(RecordFinding::Kind kind, std::string message) { list.push_back({kind, line_, std::move(message)}); }
  std::vector<RecordFinding> list;

 private:
  std::int64_t line_;
};

/** Runs `work`; an error of the template or the encoding becomes a finding. */
template <class Work>
void find_refusal(Findings& findings, const Work& work) {
  if (const std::optional<std::string> refusal = refusal_of(work))
    findings.add(RecordFinding::Kind::refused,
                 fmt::format("cannot be encoded: {}; fix or remove the record", *refusal));
}

void check_begin(const Tokenizer& tokenizer, const Ids& ids, Findings& findings) {
  const auto bos = tokenizer.bos_id();
  if (!bos) return;
  const Ids added = tokenizer.encode("", {.parse = false, .add = true});
  const bool is_needed = std::find(added.begin(), added.end(), *bos) != added.end();
  // Some templates begin every exchange with BOS (Llama 2); twice in succession it is a mistake.
  const auto twice = std::adjacent_find(ids.begin(), ids.end(),
                                        [&](std::int32_t a, std::int32_t b) { return a == *bos && b == *bos; });
  // A tokenizer may use one token as both BOS and EOS, which then may follow itself.
  if (twice != ids.end() && tokenizer.eos_id() != bos) {
    const auto end = std::find_if(twice, ids.end(), [&](std::int32_t id) { return id != *bos; });
    findings.add(RecordFinding::Kind::bos_not_once,
                 fmt::format("the begin-of-text token occurs {} times in succession; remove it from the chat template",
                             end - twice));
  } else if (is_needed && (ids.empty() || ids.front() != *bos)) {
    findings.add(
        RecordFinding::Kind::bos_not_once,
        "the begin-of-text token, which the tokenizer adds to every text, is missing; write {{ bos_token }} at the "
        "start of the chat template");
  }
}

bool is_skipped(const EncodedConversation& encoded, std::size_t message) {
  return std::binary_search(encoded.skipped_turns.begin(), encoded.skipped_turns.end(), message);
}

void check_ends(const Tokenizer& tokenizer, const ChatTemplate& chat_template, const Conversation& conversation,
                const RenderOptions& render, TrainedTurns turns, const EncodedConversation& encoded,
                Findings& findings) {
  const std::vector<Message>& messages = conversation.messages;
  const Rendered rendered = chat_template.render(messages, false, render);
  const Encoding encoding = encode_rendered(tokenizer, rendered);
  const ContentBounds bounds(rendered, messages.size());
  const std::vector<float> weights = message_weights(conversation, turns);
  for (std::size_t i = 0; i < messages.size(); ++i) {
    if (messages[i].role != "assistant" || weights[i] == 0 || bounds.ends[i] == 0 || is_skipped(encoded, i)) continue;
    const auto end = end_of_turn(tokenizer, encoding, bounds, i, 0);
    if (end && encoded.tokens.is_target[*end] != 0) continue;
    findings.add(RecordFinding::Kind::end_not_trained,
                 fmt::format("the model would not learn to stop after turn {}: the end-of-turn token is {}", i + 1,
                             end ? "not trained; put it inside {% generation %} in the chat template"
                                 : "missing; end the turn with a special token of the tokenizer in the chat template"));
  }
}

void check_prompts(const Tokenizer& tokenizer, const ChatTemplate& chat_template, const Conversation& conversation,
                   const RenderOptions& render, const EncodedConversation& encoded, Findings& findings) {
  const Ids& whole = encoded.tokens.ids;
  std::vector<std::size_t> turns;
  for (std::size_t i = 0; i < conversation.messages.size(); ++i)
    if (conversation.messages[i].role == "assistant" && !is_skipped(encoded, i)) turns.push_back(i);
  // Every prompt is rendered and encoded anew: of long conversations some, evenly spaced, the last among them.
  const std::size_t num_prompts = std::max<std::size_t>(2, kMaxPromptMessages / conversation.messages.size());
  const std::size_t stride = std::max<std::size_t>(1, (turns.size() + num_prompts - 1) / num_prompts);
  for (std::size_t place = (turns.size() + stride - 1) % stride; place < turns.size(); place += stride) {
    const std::size_t i = turns[place];
    const std::vector<Message> before(conversation.messages.begin(),
                                      conversation.messages.begin() + static_cast<std::ptrdiff_t>(i));
    const Ids prompt = encode_prompt(tokenizer, chat_template, before, render);
    if (prompt.size() <= whole.size() && std::equal(prompt.begin(), prompt.end(), whole.begin())) continue;
    findings.add(
        RecordFinding::Kind::prompt_not_prefix,
        fmt::format(
            "the prompt of turn {} is not a prefix of the conversation, so the turn is trained in a context that "
            "never occurs in generation; make the chat template render earlier turns and the answer's header "
            "the same way in both",
            i + 1));
  }
}

void check_targets(const EncodedConversation& whole, std::int64_t max_length, Findings& findings) {
  if (whole.num_targets == 0) {
    findings.add(RecordFinding::Kind::no_target,
                 "no token is trained; the record needs an assistant turn with content");
    return;
  }
  if (max_length <= 0 || whole.tokens.is_target.size() <= static_cast<std::size_t>(max_length)) return;
  const auto& is_target = whole.tokens.is_target;
  if (std::find(is_target.begin(), is_target.begin() + static_cast<std::ptrdiff_t>(max_length), 1) !=
      is_target.begin() + static_cast<std::ptrdiff_t>(max_length))
    return;
  findings.add(RecordFinding::Kind::no_target,
               fmt::format("the answers begin after the maximum length of {} tokens; raise it or shorten the record",
                           max_length));
}

}  // namespace

const char* name_of(RecordFinding::Kind kind) {
  switch (kind) {
    case RecordFinding::Kind::no_record:
      return "not a record";
    case RecordFinding::Kind::refused:
      return "refused by the chat template";
    case RecordFinding::Kind::no_target:
      return "no trained token";
    case RecordFinding::Kind::end_not_trained:
      return "end of turn not trained";
    case RecordFinding::Kind::prompt_not_prefix:
      return "prompt not a prefix";
    case RecordFinding::Kind::bos_not_once:
      return "begin of text not exactly once";
    case RecordFinding::Kind::other_turn_trained:
      return "another turn is trained";
    case RecordFinding::Kind::same_continuations:
      return "chosen and rejected are the same";
    case RecordFinding::Kind::served_model_differs:
      return "served model differs";
  }
  return "unknown";
}

namespace {

/** A line of a dataset, what it becomes and what is wrong with it. */
struct CheckedLine : DatasetLine {
  std::int64_t num_tokens = 0, num_trained_tokens = 0, num_targets = 0;  // trained: that remain after truncation
  bool has_skipped_turns = false, has_duplicate_key = false;
  std::vector<RecordFinding> findings;
};

/** What `check` finds in a record. */
template <class Check>
std::vector<RecordFinding> findings_of(std::int64_t line, const Check& check) {
  CheckedLine checked;
  checked.number = line;
  check(checked);
  return std::move(checked.findings);
}

void check_encoded(const Tokenizer& tokenizer, const ChatTemplate& chat_template, const Conversation& conversation,
                   const EncodeOptions& options, CheckedLine& line) {
  Findings findings(line.number);
  find_refusal(findings, [&] {
    const RenderOptions render = with_inputs(options.render, conversation.inputs);
    const EncodedConversation whole = encode_conversation(
        tokenizer, chat_template, conversation, {.render = options.render, .trained_turns = options.trained_turns});
    const auto& is_target = whole.tokens.is_target;
    const std::size_t kept = options.max_length > 0
                                 ? std::min(is_target.size(), static_cast<std::size_t>(options.max_length))
                                 : is_target.size();
    line.num_tokens = static_cast<std::int64_t>(is_target.size());
    line.num_trained_tokens = static_cast<std::int64_t>(kept);
    line.num_targets = std::count(is_target.begin(), is_target.begin() + static_cast<std::ptrdiff_t>(kept), 1);
    check_targets(whole, options.max_length, findings);
    check_begin(tokenizer, whole.tokens.ids, findings);
    if (conversation.messages.empty()) return;
    check_ends(tokenizer, chat_template, conversation, render, options.trained_turns, whole, findings);
    check_prompts(tokenizer, chat_template, conversation, render, whole, findings);
    line.has_skipped_turns = !whole.skipped_turns.empty();
  });
  line.findings = std::move(findings.list);
}

}  // namespace

std::vector<RecordFinding> check_conversation(const Tokenizer& tokenizer, const ChatTemplate& chat_template,
                                              const Conversation& conversation, const EncodeOptions& options,
                                              std::int64_t line) {
  return findings_of(
      line, [&](CheckedLine& checked) { check_encoded(tokenizer, chat_template, conversation, options, checked); });
}

std::vector<RecordFinding> check_served(const Tokenizer& tokenizer, const ChatTemplate& chat_template,
                                        const std::string& served_tokenizer_sha256,
                                        const std::string& served_template_sha256, const std::string& where) {
  Findings findings(0);
  const auto compare = [&](const std::string& trained, const std::string& served, const char* what) {
    if (trained == served) return;
    findings.add(
        RecordFinding::Kind::served_model_differs,
        fmt::format("{} has another {} (sha256 {}…) than the model that is trained ({}…), so it would see other tokens "
                    "than in training; use the same {} in both",
                    where, what, served.substr(0, 12), trained.substr(0, 12), what));
  };
  compare(tokenizer.sha256(), served_tokenizer_sha256, "tokenizer");
  compare(chat_template.sha256(), served_template_sha256, "chat template");
  return std::move(findings.list);
}

namespace {

/** Whether an answer ends its turn inside the loss: a control token is in it, unless it is truncated. */
void check_answer_end(const Tokenizer& tokenizer, std::span<const std::int32_t> answer, bool is_truncated,
                      const char* name, Findings& findings) {
  const auto is_control = [&](std::int32_t id) { return tokenizer.is_special(id); };
  if (is_truncated || std::any_of(answer.begin(), answer.end(), is_control)) return;
  findings.add(RecordFinding::Kind::end_not_trained,
               fmt::format("{} ends without a control token, so the model would not learn to stop; end the turn with a "
                           "special token of the tokenizer in the chat template",
                           name));
}

/** An answer ends with a turn of the assistant, and has no turns of others, which would be trained, too. */
void check_turns(const std::vector<Message>& answer, const char* name, Findings& findings) {
  const auto other = std::find_if(answer.begin(), answer.end(), [](const Message& message) {
    return message.role != "assistant" && message.role != "tool" && message.role != "ipython";
  });
  if (!answer.empty() && answer.back().role != "assistant")
    findings.add(
        RecordFinding::Kind::end_not_trained,
        fmt::format("{} ends with a {} turn, so the model would not learn to stop; end it with the assistant's", name,
                    answer.back().role));
  else if (other != answer.end())
    findings.add(RecordFinding::Kind::other_turn_trained,
                 fmt::format("{} has a {} turn, which is trained like the assistant's; move it to the prompt, or make "
                             "two records",
                             name, other->role));
}

void check_lost_prompt(std::int64_t num_lost_tokens, bool is_text, Findings& findings) {
  if (num_lost_tokens == 0) return;
  if (is_text) {
    findings.add(RecordFinding::Kind::prompt_not_prefix,
                 fmt::format("the last {} of the prompt {} other tokens once an answer follows; move the blank at its "
                             "end to the answers",
                             counted(num_lost_tokens, "token"), num_lost_tokens == 1 ? "becomes" : "become"));
    return;
  }
  findings.add(RecordFinding::Kind::prompt_not_prefix,
               fmt::format("the last {} of the prompt {} rendered differently once an answer follows; make the chat "
                           "template render both the same way",
                           counted(num_lost_tokens, "token"), is_or_are(num_lost_tokens)));
}

EncodeOptions without_limit(EncodeOptions options) {
  options.max_length = 0;
  return options;
}

std::string no_room_for_answer(std::int64_t prompt_tokens) {
  return fmt::format(
      "no token of an answer remains after its prompt of {} tokens; raise the maximum length or shorten the "
      "prompt",
      prompt_tokens);
}

void check_pair(const Tokenizer& tokenizer, const ChatTemplate& chat_template, const Preference& preference,
                const EncodeOptions& options, CheckedLine& line) {
  Findings findings(line.number);
  find_refusal(findings, [&] {
    const EncodedPreference complete = encode_preference(tokenizer, chat_template, preference, without_limit(options));
    const EncodedPreference encoded = truncated(complete, options);
    line.num_tokens =
        static_cast<std::int64_t>(complete.prompt.size() + complete.chosen.size() + complete.rejected.size());
    if (encoded.chosen.empty() || encoded.rejected.empty()) {
      findings.add(RecordFinding::Kind::no_target,
                   no_room_for_answer(static_cast<std::int64_t>(complete.prompt.size())));
      return;
    }
    line.num_targets = static_cast<std::int64_t>(encoded.chosen.size() + encoded.rejected.size());
    line.num_trained_tokens = static_cast<std::int64_t>(encoded.prompt.size()) + line.num_targets;
    if (complete.chosen == complete.rejected)
      findings.add(RecordFinding::Kind::same_continuations,
                   "chosen and rejected are the same tokens, so there is nothing to prefer; remove the pair");
    else if (encoded.chosen == encoded.rejected)
      findings.add(RecordFinding::Kind::same_continuations,
                   fmt::format("chosen and rejected are the same up to the maximum length of {} tokens; raise it or "
                               "remove the pair",
                               options.max_length));
    check_lost_prompt(encoded.num_lost_prompt_tokens, preference.is_text, findings);
    check_turns(preference.chosen, "chosen", findings);
    check_turns(preference.rejected, "rejected", findings);
    check_answer_end(tokenizer, encoded.chosen, encoded.is_chosen_truncated, "chosen", findings);
    check_answer_end(tokenizer, encoded.rejected, encoded.is_rejected_truncated, "rejected", findings);
    Ids begin = encoded.prompt;
    begin.insert(begin.end(), encoded.chosen.begin(), encoded.chosen.end());
    check_begin(tokenizer, begin, findings);
  });
  line.findings = std::move(findings.list);
}

void check_answer(const Tokenizer& tokenizer, const ChatTemplate& chat_template, const RatedAnswer& answer,
                  const EncodeOptions& options, CheckedLine& line) {
  Findings findings(line.number);
  find_refusal(findings, [&] {
    const EncodedAnswer encoded = encode_rated_answer(tokenizer, chat_template, answer, without_limit(options));
    const Ids& ids = encoded.sample.ids;
    const auto size = static_cast<std::int64_t>(ids.size());
    const std::int64_t num_answer = std::count(encoded.sample.is_target.begin(), encoded.sample.is_target.end(), 1);
    const std::int64_t kept = options.max_length > 0 ? std::min(size, options.max_length) : size;
    line.num_tokens = size;
    if (size - num_answer >= kept) {
      findings.add(RecordFinding::Kind::no_target, no_room_for_answer(size - num_answer));
      return;
    }
    line.num_trained_tokens = kept;
    line.num_targets = num_answer - (size - kept);
    check_lost_prompt(encoded.num_lost_prompt_tokens, answer.is_text, findings);
    check_turns(answer.completion, "completion", findings);
    check_answer_end(tokenizer, std::span(ids).last(static_cast<std::size_t>(num_answer)), /*is_truncated=*/false,
                     "completion", findings);
    check_begin(tokenizer, ids, findings);
  });
  line.findings = std::move(findings.list);
}

/** Parses a line as the kind of record that options.records says, and checks it. */
void check_line(const Tokenizer& tokenizer, const ChatTemplate& chat_template, const EncodeOptions& options,
                CheckedLine& line) {
  const auto check = [&](auto record, const auto& parse, const auto& check_record) {
    const std::optional<std::string> fault = line.parse(parse, record);
    line.has_duplicate_key = !fault && !record.duplicate_key.empty();
    if (fault)
      line.findings.push_back({RecordFinding::Kind::no_record, line.number, *fault});
    else
      check_record(tokenizer, chat_template, record, options, line);
  };
  if (options.records == RecordKind::conversation)
    check(Conversation{}, parse_conversation, check_encoded);
  else if (options.records == RecordKind::rated_answer && !is_preference_line(line.raw))
    check(RatedAnswer{}, parse_rated_answer, check_answer);
  else
    check(Preference{}, parse_preference, check_pair);
}

}  // namespace

std::vector<RecordFinding> check_preference(const Tokenizer& tokenizer, const ChatTemplate& chat_template,
                                            const Preference& preference, const EncodeOptions& options,
                                            std::int64_t line) {
  return findings_of(line,
                     [&](CheckedLine& checked) { check_pair(tokenizer, chat_template, preference, options, checked); });
}

DatasetCheck check_records(const std::filesystem::path& path, const Tokenizer& tokenizer,
                           const ChatTemplate& chat_template, const EncodeOptions& options, Sinks sinks, int threads,
                           std::int64_t limit) {
  DatasetCheck check;
  const auto work = [&](CheckedLine& line) { check_line(tokenizer, chat_template, options, line); };
  const auto take = [&](CheckedLine& line) {
    ++check.num_read;
    check.num_tokens += line.num_trained_tokens;
    check.num_targets += line.num_targets;
    check.longest = std::max(check.longest, line.num_tokens);
    check.num_with_skipped_turns += line.has_skipped_turns;
    check.num_duplicate_keys += line.has_duplicate_key;
    const bool is_truncated = line.num_trained_tokens < line.num_tokens;
    if (line.num_targets > 0 && !(is_truncated && options.refuses_long))
      check.lengths.push_back(line.num_trained_tokens);
    if (is_truncated) check.truncated_lines.push_back(line.number);
    for (RecordFinding& finding : line.findings) check.findings.push_back(std::move(finding));
  };
  process_lines<CheckedLine>(path, limit, threads, sinks, "checking", work, take);
  return check;
}

}  // namespace intelia
