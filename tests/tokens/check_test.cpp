// Each fault that a check detects, caused by the record or by the template.
#include "tokens/check.hpp"

#include <doctest/doctest.h>

#include "tokenizer_folder.hpp"

namespace {

using namespace intelia;

std::vector<RecordFinding> check(const std::string& source, std::vector<Message> messages,
                                 std::int64_t max_length = 0) {
  test::ModelFolder folder;
  if (!source.empty()) folder.chat_template = source;
  folder.write();
  Conversation conversation;
  conversation.messages = std::move(messages);
  EncodeOptions options;
  options.max_length = max_length;
  return check_conversation(*Tokenizer::load(folder.path()), ChatTemplate::load(folder.path()), conversation, options,
                            7);
}

void expect(const std::vector<RecordFinding>& findings, RecordFinding::Kind kind, const char* words) {
  REQUIRE(!findings.empty());
  CAPTURE(findings[0].message);
  CHECK(findings.size() == 1);
  CHECK(findings[0].kind == kind);
  CHECK(findings[0].line == 7);
  CHECK(findings[0].message.find(words) != std::string::npos);
}

const std::vector<Message> kTurns = {{"user", "ab"}, {"assistant", "abc"}, {"user", "x"}, {"assistant", ""}};

TEST_CASE("a valid record has no finding") { CHECK(check("", kTurns).empty()); }

TEST_CASE("a record without a trained token") {
  expect(check("", {{"user", "ab"}}), RecordFinding::Kind::no_target, "assistant turn");
  expect(check("", kTurns, 4), RecordFinding::Kind::no_target, "maximum length");
  CHECK(check("", kTurns, 8).empty());
}

TEST_CASE("an end of turn that is not trained, or missing") {
  const std::string head = "{{ bos_token }}{% for m in messages %}<|user|>";
  const std::string tail = "{% endfor %}{% if add_generation_prompt %}<|user|>{% endif %}";
  expect(check(head + "{% generation %}{{ m.content }}{% endgeneration %}<t>" + tail, {{"assistant", "ab"}}),
         RecordFinding::Kind::end_not_trained, "not trained");
  expect(check(head + "{% generation %}{{ m.content }}.{% endgeneration %}" + tail, {{"assistant", "ab"}}),
         RecordFinding::Kind::end_not_trained, "missing");
  CHECK(check(head + "{% generation %}{{ m.content }}<t>{% endgeneration %}" + tail, {{"assistant", "ab"}}).empty());
}

TEST_CASE("answers that are not trained because the template changes them later are no fault") {
  CHECK(check("{{ bos_token }}{% for m in messages %}{% if loop.last %}!{% endif %}{{ m.content }}<t>{% endfor %}{% if "
              "add_generation_prompt %}{% endif %}",
              {{"user", "ab"}, {"assistant", "abc"}, {"user", "x"}, {"assistant", "a"}, {"user", "q"}})
            .size() == 1);  // none can be trained: refused
  CHECK(check("{{ bos_token }}{% for m in messages %}{% if m.role == 'assistant' and loop.last %}!{% endif %}{{ "
              "m.content }}<t>{% endfor %}",
              kTurns)
            .empty());
}

TEST_CASE("a prompt that is not a prefix of the conversation") {
  expect(check("{{ bos_token }}{{ messages | length }}{% for m in messages %}{% generation %}{{ m.content }}<t>{% "
               "endgeneration %}{% endfor %}",
               {{"user", "ab"}, {"assistant", "abc"}}),
         RecordFinding::Kind::prompt_not_prefix, "turn 2");
}

TEST_CASE("a begin-of-text token that is missing or duplicate") {
  const std::string turns = "{% for m in messages %}{{ m.content }}<t>{% endfor %}";
  expect(check(turns, {{"user", "x"}, {"assistant", "ab"}}), RecordFinding::Kind::bos_not_once, "missing");
  expect(check("{{ bos_token }}{{ bos_token }}" + turns, {{"user", "x"}, {"assistant", "ab"}}),
         RecordFinding::Kind::bos_not_once, "2 times");
  CHECK(check("{{ bos_token }}" + turns, {{"user", "<b>"}, {"assistant", "<b>"}}).empty());
  // Llama 2 begins every exchange with it.
  CHECK(
      check("{% for m in messages %}{% if m.role == 'user' %}{{ bos_token }}{% endif %}{{ m.content }}<t>{% endfor %}",
            kTurns)
          .empty());
}

TEST_CASE("a record for which the template raises an error") {
  expect(check("{{ raise_exception('roles must alternate') }}", kTurns), RecordFinding::Kind::refused,
         "roles must alternate");
}

TEST_CASE("preferences") {
  const test::ModelFolder folder;
  const auto tokenizer = Tokenizer::load(folder.path());
  const ChatTemplate chat = ChatTemplate::load(folder.path());
  Preference preference;
  preference.prompt = {{"user", "ab"}};
  preference.chosen = {{"assistant", "abc"}};
  preference.rejected = {{"assistant", "x"}};
  const auto findings = [&](const ChatTemplate& chat_template, std::int64_t max_length = 0) {
    EncodeOptions options;
    options.max_length = max_length;
    return check_preference(*tokenizer, chat_template, preference, options, 7);
  };
  CHECK(findings(chat).empty());
  expect(findings(chat, 4), RecordFinding::Kind::no_target, "maximum length");
  const ChatTemplate lossy(
      "{{ bos_token }}{% for m in messages %}{{ m.content }}<t>{% endfor %}{% if add_generation_prompt %}<|bot|>{% "
      "endif %}",
      "lossy", {{"bos_token", "<b>"}});
  expect(findings(lossy), RecordFinding::Kind::prompt_not_prefix, "the last 1 token of the prompt is rendered");
  preference.rejected = preference.chosen;
  expect(findings(chat), RecordFinding::Kind::same_continuations, "remove the pair");
}

TEST_CASE(
    "a file's findings name their lines, whatever the threads, and its tokens are counted as they will be trained") {
  const test::ModelFolder folder;
  const auto path = folder.path() / "data.jsonl";
  std::string text =
      "{\"messages\":[{\"role\":\"user\",\"content\":\"q\"},{\"role\":\"assistant\",\"content\":\"abc\"}]}\n"
      "not json\n"
      "{\"messages\":[{\"role\":\"user\",\"content\":\"q\"}]}\n";
  for (int i = 0; i < 600; ++i)
    text += "{\"text\":\"" + std::string(static_cast<std::size_t>(1 + i % 7), 'x') + "\"}\n";
  write_file(path, text);
  SilentSinks silent;
  const auto tokenizer = Tokenizer::load(folder.path());
  const ChatTemplate chat = ChatTemplate::load(folder.path());
  EncodeOptions options;
  options.max_length = 8;
  for (const int threads : {1, 3}) {
    const DatasetCheck check = check_records(path, *tokenizer, chat, options, silent.sinks(), threads);
    REQUIRE(check.findings.size() == 2);
    CHECK(check.findings[0].line == 2);
    CHECK(std::string(name_of(check.findings[0].kind)) == "not a record");
    CHECK(check.findings[1].line == 3);
    CHECK(std::string(name_of(check.findings[1].kind)) == "no trained token");
    CHECK(check.num_read == 603);
    CHECK(check.longest == 9);  // seven letters between both ends
    REQUIRE(check.truncated_lines.size() == 86);
    CHECK(check.truncated_lines[0] == 1);
    CHECK(check.truncated_lines[1] == 10);
    // The turns: begin, user, q, end, newline, bot, abc, end | newline; a text: begin, its letters, end.
    std::int64_t tokens = 5 + 8, targets = 2;
    for (int i = 0; i < 600; ++i) tokens += std::min(8, 3 + i % 7), targets += std::min(8, 3 + i % 7) - 1;
    CHECK(check.num_tokens == tokens);
    CHECK(check.num_targets == targets);
    CHECK(check_records(path, *tokenizer, chat, options, silent.sinks(), threads, 3).num_read == 3);
  }
}

TEST_CASE("the served model must have the same tokenizer and template") {
  const test::ModelFolder folder;
  const auto tokenizer = Tokenizer::load(folder.path());
  const ChatTemplate chat = ChatTemplate::load(folder.path());
  CHECK(check_served(*tokenizer, chat, tokenizer->sha256(), chat.sha256(), "it").empty());
  const auto findings = check_served(*tokenizer, chat, std::string(64, '0'), std::string(64, '1'), "the adapter");
  REQUIRE(findings.size() == 2);
  CHECK(findings[0].kind == RecordFinding::Kind::served_model_differs);
  CHECK(findings[0].message.find("the adapter has another tokenizer (sha256 000000000000…)") == 0);
  CHECK(findings[1].message.find("the adapter has another chat template (sha256 111111111111…)") == 0);
}

/** A conversation of `size` messages. */
std::vector<Message> turns_of(int size) {
  std::vector<Message> messages;
  for (int i = 0; i < size; ++i) messages.push_back({i % 2 == 0 ? "user" : "assistant", "ab"});
  return messages;
}

// Encoding the prompts of all turns takes quadratic time: hours for the second record.
TEST_CASE("long conversations are checked in linear time, each part of them") {
  const std::string head =
      "{{ bos_token }}{% for m in messages %}<|user|>{% if m.role == 'assistant' %}{% generation %}{{ m.content }}<t>"
      "{% endgeneration %}{% else %}{{ m.content }}<t>{% endif %}{% endfor %}{% if add_generation_prompt %}";
  CHECK(check(head + "<|user|>{% endif %}", turns_of(4'000)).empty());
  CHECK(check(head + "<|user|>{% endif %}", turns_of(100'000)).empty());
  const std::vector<RecordFinding> findings = check(head + "<t>{% endif %}", turns_of(4'000));
  CHECK(findings.size() >= 16);
  CHECK(findings.size() <= 64);
  REQUIRE(!findings.empty());
  CHECK(findings.back().message.find("turn 4000 ") != std::string::npos);
  CHECK(check(head + "<t>{% endif %}", turns_of(300)).size() == 150);
}

}  // namespace
