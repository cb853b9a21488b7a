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
  CHECK(fault("{}") == "neither 'messages' (a list) nor 'text' (a string)");
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
  CHECK(conversation.tools_json == R"([{"name":"f"}])");
  std::string out;
  append_conversation(out, conversation);
  CHECK(out == line + "\n");
  CHECK(parse_conversation(R"({"messages":[{"role":"assistant","content":null,"tool_calls":[]}]})", conversation)
            .value_or("") == "message without text content: messages[0]");
  CHECK(parse_conversation(R"({"messages":[{"role":"user","content":"x"}],"tools":{}})", conversation).value_or("") ==
        "'tools' is not a list");
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
  CHECK(fault(R"({"prompt":"q","chosen":[],"rejected":[]})") == "no list of messages: 'prompt'");
  CHECK(fault(R"({"prompt":[{"role":"user","content":"q"}],"chosen":[],"rejected":[]})") == "chosen is empty");
  CHECK(fault(R"({"prompt":[{"role":"user","content":"q"}],"chosen":[{"role":"x","content":""}]})") ==
        "unknown role: 'x' in chosen[0], expected system, developer, user, assistant, tool or ipython");
  CHECK(fault(R"({"prompt":[{"role":"user","content":"q"}],"chosen":[{"role":"assistant","content":"a"}]})") ==
        "no list of messages: 'rejected'");
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
  CHECK_THROWS_WITH_AS(read(0.04, false), doctest::Contains("1 of 20 records are bad"), Error);
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
