// Reading and writing records, the location of faults, and the limit on bad lines.
#include "record/jsonl.hpp"

#include <doctest/doctest.h>
#include <stdlib.h>

#include "base/error.hpp"
#include "record/json.hpp"
#include "temporary_folder.hpp"
#include "text/utf8.hpp"

using namespace intelia;
namespace fs = std::filesystem;

TEST_CASE("a conversation round-trips") {
  const std::string line =
      R"({"messages":[{"role":"user","content":"Qu’est-ce que « la coccidiose » ?"},{"role":"assistant","content":"…"}],"metadata":{"conversation_id":"c1","rating":4.5,"language":"fr"}})";
  Conversation conversation;
  REQUIRE_FALSE(parse_conversation(line, conversation).has_value());
  CHECK(conversation.id == "c1");
  CHECK(conversation.language == "fr");
  std::string out;
  append_conversation(out, conversation);
  CHECK(out == line + "\n");
  REQUIRE_FALSE(parse_conversation(R"({"text":"doc"})", conversation).has_value());
  CHECK(conversation.text == "doc");
  CHECK(conversation.messages.empty());
}

TEST_CASE("each fault is described") {
  const auto fault = [](const char* line) {
    Conversation conversation;
    return parse_conversation(line, conversation).value_or("");
  };
  CHECK(fault("{") != "");
  CHECK(fault("[]") == "not a JSON object");
  CHECK(fault("{}") ==
        "no conversation and no text: expected 'messages' or 'conversations' (a list), 'prompt' and 'completion', or "
        "'text'");
  for (const char* preference :
       {R"({"prompt":"q","chosen":"a","rejected":"b"})", R"({"chosen":"a","rejected":"b"})",
        R"({"prompt":[{"role":"user","content":"q"}],"chosen":[{"role":"assistant","content":"a"}],"rejected":[]})"})
    CHECK(fault(preference) ==
          "a preference, not a conversation: 'chosen' and 'rejected' are for preference training ('train dpo')");
  CHECK(reason_name(fault(R"({"prompt":"q","completion":"a","label":false})")) == "a rated answer, not a conversation");
  CHECK(fault(R"({"prompt":"q","completion":"a","label":"en","rejected":null})") == "");
  CHECK(reason_name(fault(R"({"instruction":"q","output":"a"})")) == "a record of Alpaca, not a conversation");
  CHECK(reason_name(fault(R"({"input_ids":[1,2]})")) == "a record of token ids, not of text");
  CHECK(fault(R"({"prompt":"q","completion":null})") ==
        "a prompt without an answer: expected 'completion' beside 'prompt'");
  CHECK(fault(R"({"messages":[]})") == "messages is empty");
  CHECK(fault(R"({"messages":[{"content":"x"}]})") == "message without a role: messages[0]");
  CHECK(fault(R"({"messages":[{"role":"user","content":null}]})") == "message without text content: messages[0]");
  CHECK(fault(R"({"messages":[{"role":"bot","content":"x"}]})") ==
        "unknown role: 'bot' in messages[0], expected system, developer, user, assistant, tool or ipython");
  CHECK(fault("{\"text\":\"\xff\"}") != "");
}

TEST_CASE("turns with tool calls keep their other members") {
  const std::string line =
      R"({"messages":[{"role":"user","content":"weigh"},{"role":"assistant","content":null,"tool_calls":[{"name":"f","arguments":{"n":1.5}}]},)"
      R"({"role":"tool","content":"2","name":"f"}],"tools":[{"name":"f"}],"metadata":{}})";
  Conversation conversation;
  REQUIRE_FALSE(parse_conversation(line, conversation).has_value());
  CHECK(conversation.messages[0].more_json.empty());
  CHECK(!conversation.messages[1].has_content);
  CHECK(conversation.messages[2].more_json == R"({"name":"f"})");
  CHECK(conversation.inputs.tools_json == R"([{"name":"f"}])");
  std::string out;
  append_conversation(out, conversation);
  CHECK(out == line + "\n");
  CHECK(parse_conversation(R"({"messages":[{"role":"assistant","content":null,"tool_calls":[]}]})", conversation)
            .value_or("") == "message without text content: messages[0]");
  CHECK(parse_conversation(R"({"messages":[{"role":"user","content":"x"}],"tools":{}})", conversation).value_or("") ==
        "'tools' is not a list");
}

TEST_CASE("ids are strings or numbers, digit by digit") {
  const std::string messages =
      R"({"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}],"metadata":)";
  Conversation conversation;
  for (const auto& [json, id] : {std::pair(R"("7")", "7"),
                                 {"7", "7"},
                                 {"12345678901234567890123", "12345678901234567890123"},
                                 {"1.50", "1.50"},
                                 {"true", ""},
                                 {"[1]", ""},
                                 {"null", ""}}) {
    CAPTURE(json);
    REQUIRE_FALSE(parse_conversation(messages + R"({"id":)" + json + "}}", conversation));
    CHECK(conversation.id == id);
  }
  Question question;
  REQUIRE_FALSE(parse_question(R"({"id":5,"question":"q"})", question));
  CHECK(question.id == "5");
  Prompt prompt;
  REQUIRE_FALSE(parse_prompt(R"({"id":5,"question":"q"})", prompt));
  CHECK(prompt.id == "5");
}

TEST_CASE("a prompt that is a string is plain text, unless its answers are messages") {
  Prompt prompt;
  const auto is_text = [&](const std::string& line) {
    REQUIRE_FALSE(parse_prompt(line, prompt));
    CHECK((prompt.messages.empty() ? prompt.text : prompt.messages[0].content) == "a b");
    return prompt.messages.empty();
  };
  const std::string answer = R"([{"role":"assistant","content":"c"}])";
  CHECK(is_text(R"({"prompt":"a b"})"));
  CHECK(is_text(R"({"prompt":"a b","completion":"c"})"));
  CHECK(is_text(R"({"prompt":"a b","chosen":"c","rejected":"d"})"));
  CHECK_FALSE(is_text(R"({"prompt":"a b","completion":)" + answer + ",\"label\":true}"));
  CHECK_FALSE(is_text(R"({"prompt":"a b","chosen":)" + answer + ",\"rejected\":" + answer + "}"));
  CHECK_FALSE(is_text(R"({"question":"a b"})"));
  CHECK_FALSE(is_text(R"({"prompt":[{"role":"user","content":"a b"}]})"));
  CHECK(parse_prompt(R"({"question":""})", prompt) == "'question' is empty");
  CHECK(parse_prompt(R"({"prompt":""})", prompt) == "'prompt' is empty");
}

TEST_CASE("a prompt is written with its tools and variables, and names the members that are not read") {
  Prompt prompt;
  const std::string inputs = R"("tools":[{"name":"f"}],"chat_template_kwargs":{"n":1})";
  const std::string list = R"("prompt":[{"role":"user","content":"a"}],)" + inputs;
  REQUIRE_FALSE(parse_prompt(R"({"id":"1",)" + list + R"(,"answers":[],"metadata":{},"language":"fr"})", prompt));
  CHECK(prompt.ignored.empty());
  std::string out;
  append_prompt(out, prompt);
  CHECK(out == list);
  REQUIRE_FALSE(parse_prompt(
      R"({"question":"q","messages":[{"role":"user","content":"a"}],"system":"s","note":null,"context":"c"})", prompt));
  CHECK(prompt.ignored == std::vector<std::string>{"question", "system", "context"});
  REQUIRE_FALSE(parse_prompt(R"({"prompt":"text",)" + inputs + "}", prompt));
  CHECK(prompt.ignored == std::vector<std::string>{"tools", "chat_template_kwargs"});
}

TEST_CASE("variables of the chat template are kept, and media are refused by name") {
  const std::string messages = R"([{"role":"user","content":"a"},{"role":"assistant","content":"b"}])";
  Conversation conversation;
  REQUIRE_FALSE(parse_conversation(
      R"({"messages":)" + messages + R"(,"chat_template_kwargs":{"n": 1},"images":[],"audio":null})", conversation));
  CHECK(conversation.inputs.variables_json == R"({"n":1})");
  std::string out;
  append_conversation(out, conversation);
  CHECK(out.find(R"("chat_template_kwargs":{"n":1})") != std::string::npos);

  const std::string answer = R"([{"role":"assistant","content":"b"}])";
  const std::string pair =
      R"({"prompt":[{"role":"user","content":"a"}],"chosen":)" + answer + R"(,"rejected":)" + answer;
  Preference preference;
  REQUIRE_FALSE(parse_preference(pair + R"(,"chat_template_kwargs":{"n":1}})", preference));
  CHECK(preference.inputs.variables_json == R"({"n":1})");
  for (const char* name : {"image", "images", "audio", "audios", "video", "videos"}) {
    const std::string member = std::string(",\"") + name + R"(":["x"]})";
    CHECK(parse_conversation(R"({"messages":)" + messages + member, conversation) ==
          "'" + std::string(name) + "' is not supported: only text is read");
    CHECK(parse_preference(pair + member, preference).has_value());
  }
  CHECK(parse_conversation(R"({"messages":)" + messages + R"(,"chat_template_kwargs":[]})", conversation) ==
        "'chat_template_kwargs' is not an object");
}

TEST_CASE("of a key that occurs twice the last value is used, and the key is named") {
  Conversation conversation;
  REQUIRE_FALSE(
      parse_conversation(R"({"messages":[],"messages":[{"role":"user","content":"a","content":"b"}]})", conversation)
          .has_value());
  CHECK(conversation.messages[0].content == "b");
  CHECK(conversation.duplicate_key == "messages");
  REQUIRE_FALSE(parse_conversation(R"({"text":"x","metadata":{"id":"1","language":"fr","id":"2"}})", conversation));
  CHECK(conversation.id == "2");
  CHECK(conversation.metadata_json == R"({"id":"2","language":"fr"})");
  CHECK(conversation.duplicate_key == "id");
  REQUIRE_FALSE(parse_conversation(R"({"text":"x","metadata":{"id":"1"}})", conversation));
  CHECK(conversation.duplicate_key.empty());
}

TEST_CASE("numbers are kept digit by digit") {
  const std::string metadata =
      R"({"n":18446744073709551616,"m":-123456789012345678901234567890,"x":1e400,"y":1.10,"z":0.1234567890123456789,"s":"1e400"})";
  const std::string line = R"({"text":"x","metadata":)" + metadata + "}";
  Conversation conversation;
  REQUIRE_FALSE(parse_conversation(line, conversation).has_value());
  std::string out;
  append_conversation(out, conversation);
  CHECK(out == line + "\n");
  for (const char* broken : {"01", "1.", "-", "1e", "+1", "1_0", "00000000000000000000", "1e+", "0x10", "1.2.3"}) {
    CAPTURE(broken);
    CHECK(contains(
        parse_conversation(R"({"text":"x","metadata":{"n":)" + std::string(broken) + "}}", conversation).value_or(""),
        "not valid JSON"));
  }
}

TEST_CASE("a member that is null is absent") {
  Conversation conversation;
  REQUIRE_FALSE(
      parse_conversation(
          R"({"messages":[{"role":"user","content":"u","weight":null,"tool_calls":null,"name":"n"}],"text":null,)"
          R"("tools":null,"metadata":null,"prompt":null})",
          conversation)
          .has_value());
  CHECK(conversation.messages[0].more_json == R"({"name":"n"})");
  CHECK(conversation.metadata_json == "{}");
  REQUIRE_FALSE(parse_conversation(R"({"messages":null,"text":"x","conversations":null})", conversation));
  CHECK(conversation.text == "x");
}

TEST_CASE("the forms that TRL and ShareGPT write") {
  Conversation conversation;
  const auto parse = [&](const char* line) { return parse_conversation(line, conversation).value_or(""); };
  CHECK(
      parse(
          R"({"conversations":[{"from":"system","value":"s"},{"from":"human","value":"u"},{"from":"gpt","value":"a"}]})")
          .empty());
  CHECK(conversation.messages.size() == 3);
  CHECK(conversation.messages[1].role == "user");
  CHECK(conversation.messages[2].role == "assistant");
  CHECK(conversation.messages[2].content == "a");
  CHECK(conversation.messages[2].more_json.empty());
  CHECK(
      parse(R"({"messages":[{"role":"user","content":[{"type":"text","text":"a"},"b"]}],"tools":"[{\"name\":\"f\"}]"})")
          .empty());
  CHECK(conversation.messages[0].content == "ab");
  CHECK(conversation.inputs.tools_json == R"([{"name":"f"}])");
  CHECK(parse(R"({"messages":[{"role":"user","content":"x"}],"tools":""})").empty());
  CHECK(parse(R"({"messages":[{"role":"user","content":"x"}],"tools":"none"})") == "'tools' is not a list");
  CHECK(parse(R"({"messages":[{"role":"user","content":[{"type":"image"}]}]})") ==
        "content part is not text: messages[0].content has other parts than {\"type\":\"text\",\"text\":…}");
  CHECK(
      parse(
          R"({"prompt":[{"role":"user","content":"u"},{"role":"assistant","content":"a"},{"role":"user","content":"v"}],)"
          R"("completion":[{"role":"assistant","content":"b"}]})")
          .empty());
  REQUIRE(conversation.messages.size() == 4);
  CHECK(conversation.num_prompt_messages == 3);
  CHECK(conversation.messages[1].more_json.empty());
  const std::string calls =
      R"({"prompt":[{"role":"user","content":"u"},{"role":"assistant","content":null,"tool_calls":[{"name":"f"}]}],)"
      R"("completion":[{"role":"assistant","content":"b"}],"metadata":{}})"
      "\n";
  CHECK(parse(calls.c_str()).empty());
  CHECK(conversation.messages[1].more_json == R"({"tool_calls":[{"name":"f"}]})");
  std::string written;
  append_conversation(written, conversation);
  CHECK(written == calls);
  CHECK(parse(R"({"prompt":"The sky is","completion":" blue."})").empty());
  CHECK(conversation.text == "The sky is blue.");
  CHECK(conversation.num_context_bytes == 10);
  std::string out;
  append_conversation(out, conversation);
  CHECK(out == R"({"prompt":"The sky is","completion":" blue.","metadata":{}})"
               "\n");
  CHECK(parse(R"({"prompt":"x","completion":[{"role":"assistant","content":"b"}]})") ==
        "'prompt' and 'completion' are neither two lists of messages nor two strings");
}

TEST_CASE("a byte order mark, blank lines and duplicate keys do not lose a record") {
  const TemporaryFolder folder;
  struct KeptLog final : Log {
    std::string text;
    void write(Level, std::string_view message) override { text += message; }
  } log;
  const StopFlag stop;
  const auto read = [&](const std::string& text) {
    Rejects rejects({}, log);
    std::vector<std::pair<std::string, std::int64_t>> found;
    read_conversations(folder.write("x.jsonl", text), rejects, stop,
                       [&](Conversation&& record, std::int64_t line) { found.emplace_back(record.text, line); });
    CHECK(rejects.count() == 0);
    return found;
  };
  using Found = std::vector<std::pair<std::string, std::int64_t>>;
  CHECK(read("\xef\xbb\xbf{\"text\":\"a\"}\r\n \t\r\n\n{\"text\":\"b\",\"text\":\"c\"}") == Found{{"a", 1}, {"c", 4}});
  CHECK(contains(log.text, "a key occurs twice in 1 record; the last value is used; the first is "));
  CHECK(contains(log.text, "x.jsonl:4, key 'text'"));
  CHECK(read("\xef\xbb\xbf\n").empty());
  CHECK(contains(refusal([&] { read("\xff\xfe{\0"); }), "UTF-16"));
}

TEST_CASE("a preference round-trips, and its faults are described") {
  const std::string line = R"({"prompt":[{"role":"user","content":"q"}],"chosen":[{"role":"assistant","content":"a"}],)"
                           R"("rejected":[{"role":"assistant","content":"b"}],"metadata":{"id":"p1","language":"fr"}})";
  Preference preference;
  REQUIRE_FALSE(parse_preference(line, preference).has_value());
  CHECK(preference.prompt[0].content == "q");
  CHECK(preference.id == "p1");
  CHECK(preference.language == "fr");
  std::string out;
  append_preference(out, preference);
  CHECK(out == line + "\n");
  const auto fault = [&](const char* broken) { return parse_preference(broken, preference).value_or(""); };
  CHECK(
      fault(
          R"({"prompt":1,"chosen":[{"role":"assistant","content":"a"}],"rejected":[{"role":"assistant","content":"b"}]})") ==
      "'prompt' is neither a list of messages nor a string");
  CHECK(fault(R"({"prompt":[{"role":"user","content":"q"}],"chosen":[],"rejected":[]})") == "chosen is empty");
  CHECK(fault(R"({"prompt":[{"role":"user","content":"q"}],"chosen":[{"role":"x","content":""}]})") ==
        "unknown role: 'x' in chosen[0], expected system, developer, user, assistant, tool or ipython");
  CHECK(fault(R"({"prompt":[{"role":"user","content":"q"}],"chosen":[{"role":"assistant","content":"a"}]})") ==
        "no 'rejected': expected a list of messages");
  CHECK(fault(R"({"chosen":[{"role":"user","content":"a"}],"rejected":[{"role":"user","content":"b"}]})") ==
        "no prompt: 'chosen' and 'rejected' have no turn in common");
  CHECK(fault(R"({"prompt":"q","chosen":"a","rejected":[{"role":"assistant","content":"b"}]})") ==
        "'chosen' and 'rejected' are neither two lists of messages nor two strings");
}

TEST_CASE("the prompt of a preference may be implicit, a string, or a transcript") {
  Preference preference;
  const auto parse = [&](const char* line) {
    const auto fault = parse_preference(line, preference);
    CAPTURE(fault.value_or(""));
    REQUIRE_FALSE(fault.has_value());
  };
  parse(R"({"chosen":[{"role":"user","content":"q"},{"role":"assistant","content":"a"}],)"
        R"("rejected":[{"role":"user","content":"q"},{"role":"assistant","content":"b"}]})");
  REQUIRE(preference.prompt.size() == 1);
  CHECK(preference.prompt[0].content == "q");
  CHECK(preference.chosen[0].content == "a");
  CHECK(preference.rejected[0].content == "b");
  parse(R"({"prompt":"q","chosen":[{"role":"user","content":"q"},{"role":"assistant","content":"a"}],)"
        R"("rejected":[{"role":"user","content":"q"},{"role":"assistant","content":"b"}]})");
  CHECK(preference.prompt.size() == 1);
  CHECK(preference.chosen.size() == 1);
  parse(
      R"({"prompt":"q","chosen":[{"role":"assistant","content":"a"}],"rejected":[{"role":"assistant","content":"b"}]})");
  CHECK(preference.prompt[0].role == "user");
  parse(R"({"chosen":"\n\nHuman: How many eggs?\n\nAssistant: Ten.\n\nHuman: Sure?\n\nAssistant: Yes.",)"
        R"("rejected":"\n\nHuman: How many eggs?\n\nAssistant: Ten.\n\nHuman: Sure?\n\nAssistant: No."})");
  REQUIRE(preference.prompt.size() == 3);
  CHECK(preference.prompt[1].role == "assistant");
  CHECK(preference.prompt[2].content == "Sure?");
  CHECK(preference.chosen[0].content == "Yes.");
  // Plain texts, as TRL's extract_prompt divides them.
  parse(R"({"chosen":"The sky is blue.","rejected":"The sky is green."})");
  CHECK(preference.is_text);
  CHECK(preference.prompt_text == "The sky is");
  CHECK(preference.chosen_text == " blue.");
  parse(R"({"chosen":"caf\u00e9","rejected":"caf\u00e8"})");
  CHECK(preference.prompt_text == "caf");
  parse(R"({"prompt":"The sky is","chosen":" blue.","rejected":" green."})");
  std::string out;
  append_preference(out, preference);
  CHECK(out == R"({"prompt":"The sky is","chosen":" blue.","rejected":" green.","metadata":{}})"
               "\n");
}

TEST_CASE("a rated answer has a prompt, a completion and a label") {
  RatedAnswer answer;
  REQUIRE_FALSE(
      parse_rated_answer(R"({"prompt":[{"role":"user","content":"q"}],)"
                         R"("completion":[{"role":"assistant","content":"a"}],"label":true,"metadata":{"id":"k"}})",
                         answer));
  CHECK(answer.is_desirable);
  CHECK(answer.id == "k");
  CHECK(answer.completion[0].content == "a");
  REQUIRE_FALSE(parse_rated_answer(R"({"prompt":"q","completion":" a","label":false})", answer));
  CHECK(answer.is_text);
  CHECK_FALSE(answer.is_desirable);
  const auto fault = [&](const char* line) { return parse_rated_answer(line, answer).value_or(""); };
  CHECK(fault(R"({"prompt":"q","completion":"a"})") == "no 'label': expected true or false");
  CHECK(fault(R"({"prompt":"q","completion":"a","label":"yes"})") == "'label' is \"yes\": expected true or false");
  CHECK(fault(R"({"completion":"a","label":true})") == "no 'prompt'");
}

TEST_CASE("invalid lines are reported, counted and copied, and too many end the run") {
  std::string name = (fs::temp_directory_path() / "intelia-test-XXXXXX").string();
  const fs::path folder = ::mkdtemp(name.data());
  std::string text;
  for (int i = 0; i < 19; ++i) text += "{\"text\":\"x\"}\n";
  write_file(folder / "data.jsonl", text + "{broken \xff\n");
  SilentSinks silent;
  Sinks sinks = silent.sinks();
  const auto read = [&](double max_rejected, bool is_strict) {
    AtomicFile file(folder / "rejected.jsonl");
    Rejects rejects({max_rejected, is_strict}, sinks.log, &file);
    const auto num_read =
        read_conversations(folder / "data.jsonl", rejects, sinks.stop, [](Conversation&&, std::int64_t) {});
    CHECK(num_read == 20);
    CHECK(rejects.count() == 1);
    rejects.check(num_read);
    file.commit();
  };
  read(0.05, false);
  const std::string rejected = read_file(folder / "rejected.jsonl");
  CHECK(rejected.find("data.jsonl:20") != std::string::npos);
  CHECK(is_valid_utf8(rejected));
  CHECK_THROWS_WITH_AS(read(0.04, false), doctest::Contains("1 of 20 records is bad"), Error);
  CHECK_THROWS_WITH_AS(read(1, true), doctest::Contains("data.jsonl:20: not valid JSON"), Error);
  fs::remove_all(folder);
}

TEST_CASE("questions are read in full, and ids must be unique") {
  const TemporaryFolder folder;
  const std::string good = R"({"id":"q1","question":"a"})";
  const auto read = [&](const std::string& text) { return read_questions(folder.write("q.jsonl", text)); };
  CHECK(read(good + "\n" + R"({"id":"q2","messages":[{"role":"user","content":"b"}]})").size() == 2);
  const std::string file = (folder / "q.jsonl").string();
  CHECK(refusal([&] { read(good + "\n" + R"({"id":"q2","question":"b"})" + "\n" + good + "\n"); }) ==
        file + ":3: the id 'q1' is already used in line 1");
  CHECK(contains(refusal([&] { read(good + "\n{}"); }), file + ":2: no 'id'"));
  // The truncated part of a line that is too long could be blanks, so that the rest is a valid question.
  CHECK(refusal([&] { read(good + std::string(64 << 20, ' ') + "\n"); }) == file + ":1: line is longer than 64 MiB");
}
