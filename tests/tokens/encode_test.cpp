// Which tokens are trained: derived turns, markers, truncation, and errors where it cannot be determined.
#include "tokens/encode.hpp"

#include <doctest/doctest.h>

#include "base/error.hpp"
#include "base/sinks.hpp"
#include "tokenizer_folder.hpp"
#include "tokens/dataset.hpp"

namespace {

using namespace intelia;

Conversation conversation(std::vector<Message> messages) {
  Conversation result;
  result.messages = std::move(messages);
  return result;
}

/** The text of the targets, control tokens included. */
std::string trained(const Tokenizer& tokenizer, const EncodedConversation& encoded) {
  std::vector<std::int32_t> ids;
  for (std::size_t i = 0; i < encoded.tokens.ids.size(); ++i) {
    if (encoded.tokens.is_target[i]) ids.push_back(encoded.tokens.ids[i]);
  }
  return tokenizer.decode(ids);
}

const std::vector<Message> kTwoTurns = {
    {"user", "ab"}, {"assistant", " abc "}, {"user", "x <t>"}, {"assistant", "<t>z"}};

TEST_CASE("assistant turns and their end are trained, nothing else") {
  const test::ModelFolder folder;
  const auto tokenizer = Tokenizer::load(folder.path());
  const ChatTemplate chat = ChatTemplate::load(folder.path());
  const EncodedConversation encoded = encode_conversation(*tokenizer, chat, conversation(kTwoTurns));
  CHECK(trained(*tokenizer, encoded) == "abc<t><t>z<t>");
  CHECK(encoded.num_targets == 7);   // abc, <t>, and '<' 't' '>' 'z' of the content, <t>
  CHECK(encoded.target_bytes == 7);  // "abc" and "<t>z": neither control tokens nor text of the template
  CHECK(!encoded.is_truncated);
  CHECK(encode_prompt(*tokenizer, chat, {{"user", "ab"}}) == std::vector<std::int32_t>{300, 303, 200, 302, 2, 304});
}

constexpr const char* kWithMarkers =
    "{% for m in messages %}<t>{% if m.role == 'assistant' %}{% generation %}{{ m.content }}<t>{% endgeneration %}"
    "{% else %}{{ m.content }}{% endif %}{% endfor %}";

/** The tokenizer of the tests, and the chat template `source`, or the default one if it is empty. */
std::pair<std::unique_ptr<Tokenizer>, ChatTemplate> load_with(const std::string& source) {
  test::ModelFolder folder;
  if (!source.empty()) folder.chat_template = source;
  folder.write();
  return {Tokenizer::load(folder.path()), ChatTemplate::load(folder.path())};
}

TEST_CASE("untrained turns: weight 0, and all but the last, with and without markers") {
  for (const char* source : {"", kWithMarkers}) {
    const auto [tokenizer, chat] = load_with(source);
    CHECK(chat.has_generation_markers() == (*source != 0));
    const auto text_of = [&](std::vector<Message> messages, TrainedTurns turns = TrainedTurns::all) {
      return trained(*tokenizer, encode_conversation(*tokenizer, chat, conversation(std::move(messages)),
                                                     {.trained_turns = turns}));
    };
    const std::vector<Message> plain = {{"user", "q"},      {"assistant", "ab"}, {"user", "r"},
                                        {"assistant", "z"}, {"user", "s"},       {"assistant", "y"}};
    CHECK(text_of(plain) == "ab<t>z<t>y<t>");
    CHECK(text_of(plain, TrainedTurns::last) == "y<t>");
    std::vector<Message> weighted = plain;
    weighted[1].more_json = R"({"weight":0})";
    CHECK(text_of(weighted) == "z<t>y<t>");
    weighted[5].more_json = R"({"weight":0})";
    weighted[1].more_json = R"({"weight":1})";
    CHECK(text_of(weighted) == "ab<t>z<t>");
    CHECK(text_of(weighted, TrainedTurns::last) == "");
    weighted[3].content = "";
    weighted[3].more_json = R"({"weight":0})";
    CHECK(text_of(weighted) == "ab<t>");
    for (const char* weight : {"1.5", "-0.25", "\"1\"", "true", "null", "18446744073709551616", "-1e999"}) {
      CAPTURE(weight);
      weighted[3].more_json = std::string(R"({"weight":)") + weight + "}";
      const std::string expected =
          std::string("weight is ") + weight + " in messages[3]; expected a number from 0 (not trained) to 1";
      CHECK_THROWS_WITH_AS(text_of(weighted), doctest::Contains(expected.c_str()), Error);
    }
  }
}

TEST_CASE("targets have the weight of their turn if some weight is fractional") {
  for (const char* source : {"", kWithMarkers}) {
    const auto [tokenizer, chat] = load_with(source);
    std::vector<Message> messages = {{"user", "q"},      {"assistant", "ab"}, {"user", "r"},
                                     {"assistant", "z"}, {"user", "s"},       {"assistant", "y"}};
    const auto encode = [&](const EncodeOptions& options = {}) {
      return encode_conversation(*tokenizer, chat, conversation(messages), options);
    };
    /** The weights of the targets, in order. */
    const auto weights_of = [](const EncodedConversation& encoded) {
      std::vector<float> weights;
      REQUIRE(encoded.tokens.weights.size() == encoded.tokens.ids.size());
      for (std::size_t i = 0; i < encoded.tokens.ids.size(); ++i) {
        CHECK((encoded.tokens.weights[i] > 0) == (encoded.tokens.is_target[i] != 0));
        if (encoded.tokens.is_target[i] != 0) weights.push_back(encoded.tokens.weights[i]);
      }
      return weights;
    };
    messages[0].more_json = R"({"weight":0.75})";  // user turns are not trained
    messages[3].more_json = R"({"weight":0})";
    CHECK(encode().tokens.weights.empty());
    messages[1].more_json = R"({"weight":0.25})";
    const EncodedConversation encoded = encode();
    CHECK(trained(*tokenizer, encoded) == "ab<t>y<t>");
    const auto of_first = static_cast<std::size_t>(encoded.num_targets) - 2;  // y and its end weigh 1
    std::vector<float> expected(of_first, 0.25F);
    expected.insert(expected.end(), {1, 1});
    CHECK(weights_of(encoded) == expected);
    CHECK(encode({.trained_turns = TrainedTurns::last}).tokens.weights.empty());
    // Weights are truncated with their tokens.
    messages[1].more_json.clear();
    messages[5].more_json = R"({"weight":0.5})";
    const std::vector<std::uint8_t> is_target = encode().tokens.is_target;
    const auto end = static_cast<std::int64_t>(is_target.rend() - std::find(is_target.rbegin(), is_target.rend(), 1));
    expected.assign(of_first, 1);
    expected.push_back(0.5F);
    CHECK(weights_of(encode({.max_length = end - 1})) == expected);
    CHECK(encode({.max_length = end - 2}).tokens.weights.empty());
  }
}

TEST_CASE("a sample that is too long is rejected on request") {
  const test::ModelFolder folder;
  const auto tokenizer = Tokenizer::load(folder.path());
  const ChatTemplate chat = ChatTemplate::load(folder.path());
  const std::size_t length = encode_conversation(*tokenizer, chat, conversation(kTwoTurns)).tokens.ids.size();
  EncodeOptions options{.max_length = static_cast<std::int64_t>(length), .refuses_long = true};
  CHECK(encode_conversation(*tokenizer, chat, conversation(kTwoTurns), options).tokens.ids.size() == length);
  --options.max_length;
  CHECK_THROWS_WITH_AS(encode_conversation(*tokenizer, chat, conversation(kTwoTurns), options),
                       doctest::Contains("more than the maximum length of"), Error);
}

TEST_CASE("the end of an empty answer is trained") {
  const test::ModelFolder folder;
  const auto tokenizer = Tokenizer::load(folder.path());
  const ChatTemplate chat = ChatTemplate::load(folder.path());
  CHECK(trained(*tokenizer, encode_conversation(*tokenizer, chat, conversation({{"user", "a"}, {"assistant", ""}}))) ==
        "<t>");
}

TEST_CASE("a truncated sample is marked, and remaining targets are counted") {
  const test::ModelFolder folder;
  const auto tokenizer = Tokenizer::load(folder.path());
  const ChatTemplate chat = ChatTemplate::load(folder.path());
  EncodeOptions options;
  options.max_length = 6;
  const EncodedConversation encoded = encode_conversation(*tokenizer, chat, conversation(kTwoTurns), options);
  CHECK(encoded.is_truncated);
  CHECK(encoded.tokens.ids.size() == 6);
  CHECK(encoded.num_targets == 0);
}

TEST_CASE("generation markers take precedence") {
  test::ModelFolder folder;
  folder.chat_template =
      "{% for m in messages %}{{ m.role }}:{% if m.role == 'assistant' %}{% generation %}{{ m.content }}{% "
      "endgeneration %}{% else %}{{ m.content }}{% endif %}\n{% endfor %}";
  folder.write();
  const auto tokenizer = Tokenizer::load(folder.path());
  const ChatTemplate chat = ChatTemplate::load(folder.path());
  CHECK(chat.has_generation_markers());
  CHECK(trained(*tokenizer,
                encode_conversation(*tokenizer, chat, conversation({{"user", "q"}, {"assistant", "xyz"}}))) == "xyz");
}

TEST_CASE("answers that the template renders differently once more follows are context, and the last one is trained") {
  // As Qwen3's template, which shows the reasoning of the last answer only.
  test::ModelFolder folder;
  folder.chat_template =
      "{{ bos_token }}{% for m in messages %}{% if m.role == 'assistant' %}<|bot|>{% if loop.last %}!{% endif %}{% "
      "endif %}{{ m.content }}<t>{% endfor %}{% if add_generation_prompt %}<|bot|>{% endif %}";
  folder.write();
  const auto tokenizer = Tokenizer::load(folder.path());
  const ChatTemplate chat = ChatTemplate::load(folder.path());
  for (int repeat = 0; repeat < 3; ++repeat) {  // the second and third may be replayed
    const EncodedConversation encoded = encode_conversation(*tokenizer, chat, conversation(kTwoTurns));
    CHECK(trained(*tokenizer, encoded) == "!<t>z<t>");
    CHECK(encoded.skipped_turns == std::vector<std::size_t>{1});
    CHECK(encoded.target_bytes == 4);  // without the template's "!"
  }
  CHECK(encode_conversation(*tokenizer, chat, conversation({{"user", "a"}, {"assistant", "b"}})).skipped_turns.empty());
}

TEST_CASE("templates that cannot be trained are errors") {
  const auto refusal = [](const std::string& source) {
    test::ModelFolder folder;
    folder.chat_template = source;
    folder.write();
    const auto tokenizer = Tokenizer::load(folder.path());
    try {
      encode_conversation(*tokenizer, ChatTemplate::load(folder.path()), conversation(kTwoTurns));
    } catch (const Error& error) {
      CHECK(error.kind() == Kind::input);
      return std::string(error.what());
    }
    return std::string();
  };
  CHECK(refusal("{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}{% if add_generation_prompt "
                "%}assistant: {% endif %}")
            .find("no control token") != std::string::npos);
  CHECK(refusal("{{ messages | length }}{% for m in messages %}{{ m.content }}<t>{% endfor %}").find("differently") !=
        std::string::npos);
  CHECK(refusal("{% for m in messages %}{{ m.content if loop.last else m.content | upper }}<t>{% endfor %}")
            .find("differently") != std::string::npos);
  CHECK(refusal("{{ raise_exception('roles must alternate') }}") == "roles must alternate");
}

TEST_CASE("both answers of a preference follow the same prompt") {
  const test::ModelFolder folder;
  const auto tokenizer = Tokenizer::load(folder.path());
  const ChatTemplate chat = ChatTemplate::load(folder.path());
  Preference preference;
  preference.prompt = {{"user", "ab"}};
  preference.chosen = {{"assistant", "abc"}};
  preference.rejected = {{"assistant", "<t>"}};
  const EncodedPreference encoded = encode_preference(*tokenizer, chat, preference);
  CHECK(encoded.prompt == encode_prompt(*tokenizer, chat, preference.prompt));
  CHECK(encoded.chosen == std::vector<std::int32_t>{201, 302, 2});
  CHECK(encoded.rejected == std::vector<std::int32_t>{'<', 't', '>', 302, 2});
  CHECK(encoded.num_lost_prompt_tokens == 0);
  CHECK(!encoded.is_chosen_truncated);
  EncodeOptions options;
  options.max_length = static_cast<std::int64_t>(encoded.prompt.size()) + 3;
  const EncodedPreference cut = encode_preference(*tokenizer, chat, preference, options);
  CHECK(cut.rejected == std::vector<std::int32_t>{'<', 't', '>'});
  CHECK(cut.is_rejected_truncated);
  CHECK(!cut.is_chosen_truncated);
  options.max_length = 3;
  const EncodedPreference filled = encode_preference(*tokenizer, chat, preference, options);
  CHECK(filled.prompt.size() == 3);
  CHECK(filled.chosen.empty());
  CHECK(filled.rejected.empty());
}

TEST_CASE("all tokens of plain text are trained, with BOS before and end-of-text after it") {
  const test::ModelFolder folder;
  const auto tokenizer = Tokenizer::load(folder.path());
  Conversation record;
  record.text = "ab<t>";
  const EncodedConversation encoded = encode_conversation(*tokenizer, ChatTemplate::load(folder.path()), record);
  CHECK(encoded.tokens.ids == std::vector<std::int32_t>{300, 200, '<', 't', '>', 301});
  CHECK(encoded.tokens.is_target == std::vector<std::uint8_t>{0, 1, 1, 1, 1, 1});
  record.num_context_bytes = 2;  // a prompt, then a completion
  const EncodedConversation completed = encode_conversation(*tokenizer, ChatTemplate::load(folder.path()), record);
  CHECK(completed.tokens.ids == encoded.tokens.ids);
  CHECK(completed.tokens.is_target == std::vector<std::uint8_t>{0, 0, 1, 1, 1, 1});
}

TEST_CASE("a folder without a template is an error; of a list the default is used") {
  test::ModelFolder folder;
  std::filesystem::remove(folder.path() / "chat_template.jinja");
  CHECK_THROWS_WITH_AS(ChatTemplate::load(folder.path()), doctest::Contains("no chat template"), Error);
  folder.config["chat_template"] = {{{"name", "tool_use"}, {"template", "t"}},
                                    {{"name", "default"}, {"template", "d{{ bos_token }}"}}};
  write_file(folder.path() / "tokenizer_config.json", folder.config.dump());
  CHECK(ChatTemplate::load(folder.path()).render({}, false).text == "d<b>");
}

TEST_CASE("a dataset reports rejected lines and keeps the others in order") {
  const test::ModelFolder folder;
  const auto tokenizer = Tokenizer::load(folder.path());
  const ChatTemplate chat = ChatTemplate::load(folder.path());
  const std::filesystem::path path = folder.path() / "train.jsonl";
  write_file(path,
             "{\"messages\":[{\"role\":\"user\",\"content\":\"q\"},{\"role\":\"assistant\",\"content\":\"abc\"}],"
             "\"metadata\":{\"conversation_id\":\"one\",\"language\":\"fr\"}}\n"
             "{\"messages\":[{\"role\":\"user\",\"content\":\"q\"}],\"metadata\":{}}\n"
             "not json\n"
             "{\"text\":\"ab\"}\n");
  SilentSinks silent;
  Rejects rejects({1.0, false}, silent.sinks().log);
  const TokenizedDataset data(path, *tokenizer, chat, {}, rejects, silent.sinks());
  REQUIRE(data.size() == 2);
  CHECK(data.num_read() == 4);
  CHECK(data.num_without_target() == 1);
  CHECK(rejects.count() == 2);
  CHECK(data.id_of(0) == "one");
  CHECK(data.language_of(0) == "fr");
  CHECK(data.line_of(1) == 4);
  CHECK(data.at(1).ids == std::vector<std::int32_t>{300, 200, 301});
  CHECK(data.content_sha256().size() == 64);
  CHECK_THROWS_AS(data.at(2), Error);
}

TEST_CASE("a conversation with too many turns to render the beginning up to each is an error that says so") {
  Conversation many;
  for (int i = 0; i < 20'000; ++i) many.messages.push_back({i % 2 == 0 ? "user" : "assistant", "ab"});
  {
    const auto [tokenizer, chat] = load_with("");
    CHECK_THROWS_WITH_AS(encode_conversation(*tokenizer, chat, many), doctest::Contains("20000 messages, too many"),
                         Error);
  }
  const auto [tokenizer, chat] = load_with(kWithMarkers);
  CHECK(encode_conversation(*tokenizer, chat, many).num_targets == 20'000);
}

}  // namespace
