#include "extraction/stored_messages.hpp"

#include <doctest/doctest.h>

#include "base/error.hpp"
#include "record/json.hpp"

using namespace intelia;
using namespace intelia::extraction;

namespace {

/** "user:u assistant:a", or the fault. */
std::string words_of(std::string_view text, const std::vector<std::string>& roles = {}) {
  StoredMessages messages(RoleNames(roles), std::nullopt);
  if (std::string fault = messages.read(text); !fault.empty()) return fault;
  std::string words;
  for (const Turn& turn : messages.turns())
    words += (words.empty() ? "" : " ") + std::string(turn.role == Role::user ? "user:" : "assistant:") +
             std::string(turn.content);
  return words;
}

std::string in_string(const std::string& text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

std::string name_of(const std::string& fault) { return fault.substr(0, fault.find(':')); }

}  // namespace

TEST_CASE("role names of other systems") {
  for (const char* user : {"user", "User", "HUMAN", "prompter", "customer", "client", "question", " user "})
    CHECK_MESSAGE(words_of(R"([{"role":")" + std::string(user) + R"(","content":"x"}])") == "user:x", user);
  for (const char* assistant : {"assistant", "gpt", "Bot", "AI", "model", "chatbot", "ChatGPT", "agent", "answer"})
    CHECK_MESSAGE(words_of(R"([{"role":")" + std::string(assistant) + R"(","content":"x"}])") == "assistant:x",
                  assistant);
  for (const char* left_out : {"system", "Developer", "tool", "function", "ipython", "observation"})
    CHECK_MESSAGE(words_of(R"([{"role":")" + std::string(left_out) +
                           R"(","content":null},{"role":"user","content":"x"}])") == "user:x",
                  left_out);
  CHECK(name_of(words_of(R"([{"role":"vet","content":"x"}])")) == "unknown role");
  CHECK(words_of(R"([{"role":"Vet","content":"x"},{"role":"note","content":"n"}])", {"vet=assistant", "NOTE=system"}) ==
        "assistant:x");
  CHECK(words_of(R"([{"role":"bot","content":"x"}])", {"bot=user"}) == "user:x");
}

TEST_CASE("invalid roles are errors that name them") {
  for (const char* roles : {"vet", "vet=", "=user", "user=assistant", "ASSISTANT=user", "vet=doctor"})
    CHECK_THROWS_WITH_AS(RoleNames({roles}), doctest::Contains("roles: "), Error);
  CHECK_THROWS_WITH_AS(RoleNames({"vet=asistant"}), doctest::Contains("did you mean 'assistant'"), Error);
}

TEST_CASE("keys of messages of other systems") {
  CHECK(words_of(R"([{"from":"human","value":"u"},{"from":"gpt","value":"a"}])") == "user:u assistant:a");
  CHECK(words_of(R"([{"speaker":"user","text":"u"},{"author":"bot","message":"a"}])") == "user:u assistant:a");
  CHECK(words_of(R"([{"author":{"role":"user"},"content":{"content_type":"text","parts":["u","v"]}}])") == "user:uv");
  CHECK(words_of(R"([{"role":null,"from":"user","content":null,"text":"u"}])") == "user:u");
  CHECK(words_of(R"([{"from":"narrator","role":"user","value":"v","content":"u"}])") == "user:u");
}

TEST_CASE("content as a list of parts") {
  CHECK(
      words_of(
          R"([{"role":"user","content":[{"type":"text","text":"a"},"b",{"type":"input_text","text":"c"},{"text":"d","type":"output_text"}]}])") ==
      "user:abcd");
  CHECK(words_of(R"([{"role":"user","content":["a"]},{"role":"assistant","content":["b"]}])") == "user:a assistant:b");
  CHECK(words_of(R"([{"role":"user","content":[]}])") == "user:");
  CHECK(name_of(words_of(R"([{"role":"user","content":[{"type":"refusal","text":"no"}]}])")) ==
        "content part is not text");
}

TEST_CASE("tool calls and results of tools are ignored") {
  CHECK(words_of(R"([{"role":"user","content":"u"},{"role":"assistant","content":null,"tool_calls":[{"id":"1"}]},
                     {"role":"assistant","content":"","tool_calls":[{}]},{"role":"assistant","tool_calls":[{}]},
                     {"role":"tool","content":"9"},{"role":"assistant","content":"nine","tool_calls":[{}]}])") ==
        "user:u assistant:nine");
}

TEST_CASE("messages in an object, or encoded as JSON several times") {
  const std::string list = R"([{"role":"user","content":"ü\n"}])";
  for (const char* key : {"messages", "conversations", "conversation", "turns", "history"})
    CHECK_MESSAGE(words_of(R"({"id":1,")" + std::string(key) + "\":" + list + "}") == "user:ü\n", key);
  std::string text = list;
  for (int i = 0; i < 3; ++i) {
    text = in_string(text);
    CHECK(words_of(text) == "user:ü\n");
    CHECK(words_of(R"({"messages":)" + text + "}") == "user:ü\n");
  }
  CHECK(name_of(words_of(in_string(text))) == "messages is not a list");
  CHECK(words_of(in_string(R"({"turns":)" + in_string(list) + "}")) == "user:ü\n");
}

TEST_CASE("ratings inside messages") {
  struct Case {
    const char* members;
    const char* rating;
  };
  for (const Case& c : {Case{R"("rating":4)", "4"},
                        {R"("score":4.5)", "4.5"},
                        {R"("rating":"4,5")", "4.5"},
                        {R"("rating":"1")", "1"},
                        {R"("thumbs":1)", "5"},
                        {R"("thumbs":-1)", "1"},
                        {R"("thumbs":0)", ""},
                        {R"("thumbs":"down")", "1"},
                        {R"("rating":true)", "5"},
                        {R"("feedback":false)", "1"},
                        {R"("feedback":"up")", "5"},
                        {R"("feedback":"what a fine answer")", ""},
                        {R"("feedback":{"by":"u"})", ""},
                        {R"("rating":"like")", "5"},
                        {R"("rating":null,"score":2)", "2"},
                        {R"("rating":3,"score":2)", "3"},
                        {R"("other":1)", ""},
                        {R"("rating":"fine")", "fault"},
                        {R"("rating":{})", "fault"},
                        {R"("thumbs":"4")", "fault"}}) {
    CAPTURE(c.members);
    StoredMessages messages(RoleNames{}, RatingScale::one_to_five);
    const std::string fault =
        messages.read(R"([{"role":"user","content":"u","rating":1},{"role":"assistant","content":"a",)" +
                      std::string(c.members) + "}]");
    if (std::string_view(c.rating) == "fault") {
      CHECK(name_of(fault).starts_with("rating of a turn "));
      continue;
    }
    REQUIRE(fault == "");
    CHECK_FALSE(messages.turns()[0].rating);
    const std::optional<double> rating = messages.turns()[1].rating;
    CHECK(rating.has_value() == (*c.rating != 0));
    if (rating) CHECK(*rating == std::stod(c.rating));
  }
  StoredMessages scaled(RoleNames{}, RatingScale::zero_to_ten);
  CHECK(scaled.read(R"([{"role":"assistant","content":"a","rating":7.5}])") == "");
  CHECK(scaled.turns()[0].rating == 4.0);
  CHECK(scaled.read(R"([{"role":"assistant","content":"a","rating":11}])").find("outside the scale 0-10") !=
        std::string::npos);
}
