#include "extraction/row.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "base/random.hpp"
#include "record/json.hpp"
#include "record/jsonl.hpp"
#include "text/utf8.hpp"

using namespace intelia;
using namespace intelia::extraction;

namespace {

Row standard_row(std::string_view messages) {
  Row row;
  row.conversation_id = "c-1";
  row.messages = messages;
  row.rating = "4.5";
  row.created_at = "2026-02-17 06:41:23+00";
  row.language = "fr";
  return row;
}

struct Read {
  RowStatus status;
  std::string line, reason;
};

Read read(const Row& row, RowRules rules = {.min_messages = 2}) {
  RowReader reader(rules);
  std::string line = "before";
  const RowStatus status = reader.read(row, line);
  CHECK(line.substr(0, 6) == "before");
  if (status != RowStatus::kept) CHECK(line == "before");
  return {status, line.substr(6), status == RowStatus::kept ? "" : reader.reason()};
}

Read read_messages(std::string_view messages) { return read(standard_row(messages)); }

constexpr const char* kMetadata =
    R"("metadata":{"conversation_id":"c-1","rating":4.5,"source":"intelia_production","language":"fr","created_at":"2026-02-17T06:41:23Z"}})";

}  // namespace

TEST_CASE("a valid row becomes one line") {
  const Read result =
      read_messages(R"([{"role":"user","content":"l'œuf \"dur\"?\n"},{"content":"Oui.","role":"assistant"}])");
  CHECK(result.status == RowStatus::kept);
  CHECK(result.line ==
        std::string(
            R"({"messages":[{"role":"user","content":"l'œuf \"dur\"?\n"},{"role":"assistant","content":"Oui."}],)") +
            kMetadata + "\n");
  Conversation conversation;
  CHECK_FALSE(parse_conversation(std::string_view(result.line).substr(0, result.line.size() - 1), conversation));
  CHECK(conversation.id == "c-1");
}

TEST_CASE("only user and assistant turns are kept; the system prompt comes first") {
  const char* messages =
      R"([{"role":"system","content":"s"},{"role":"user","content":"u"},{"role":"assistant","content":"a"}])";
  CHECK(read_messages(messages).line.starts_with(R"({"messages":[{"role":"user","content":"u"},{"role":"ass)"));
  const Read result = read(standard_row(messages), {.min_messages = 3, .system_prompt = "Vet \"Q\""});
  CHECK(result.line.starts_with(
      R"({"messages":[{"role":"system","content":"Vet \"Q\""},{"role":"user","content":"u"},{"role":"ass)"));
  CHECK(read(standard_row(messages), {.min_messages = 4}).reason == "fewer messages than the minimum: 3");
  const Read short_one = read_messages(R"([{"role":"system","content":"s"},{"role":"user","content":"u"}])");
  CHECK(short_one.status == RowStatus::dropped);
  CHECK(short_one.reason == "fewer than two user and assistant turns: 1");
}

TEST_CASE("message formats of other systems") {
  const std::string turns = R"([{"role":"user","content":"u"},{"role":"assistant","content":"a"}])";
  const std::string expected = read_messages(turns).line;
  CHECK(read_messages(R"({"messages":)" + turns + R"(,"id":7})").line == expected);
  std::string as_string;
  append_json_string(as_string, turns);
  CHECK(read_messages(as_string).line == expected);
  std::string wrapped_string;
  append_json_string(wrapped_string, R"({"messages":)" + turns + "}");
  CHECK(read_messages(wrapped_string).line == expected);
  CHECK(read_messages(R"({"messages":)" + as_string + "}").line == expected);
  CHECK(
      read_messages(
          R"([{"role":"user","content":[{"type":"text","text":"u"}]},{"role":"assistant","content":[{"type":"text","text":""},{"text":"a","type":"text"}]}])")
          .line == expected);
  CHECK(
      read_messages(
          R"([{"role":"x","role":"user","content":1,"content":"u"},{"role":"assistant","content":"a","extra":{"b":[1,null]}}])")
          .line == expected);
}

TEST_CASE("rejected rows and their reasons") {
  struct Case {
    const char* messages;
    const char* name;
  };
  const std::vector<Case> cases = {
      {"", "messages is not valid JSON"},
      {"[", "messages is not valid JSON"},
      {"nan", "messages is not valid JSON"},
      {R"([{"role":"user","content":"u","n":0123}])", "messages is not valid JSON"},
      {"null", "messages is not a list"},
      {"7", "messages is not a list"},
      {R"("hello")", "messages is not a list"},
      {R"("\"\\\"\\\\\\\"[]\\\\\\\"\\\"\"")", "messages is not a list"},
      {R"({"sayings":[]})", "messages is not a list"},
      {R"({"messages":{"messages":[]}})", "messages is not a list"},
      {R"({"messages":{"turns":[]}})", "messages is not a list"},
      {R"(["hello"])", "message is not an object"},
      {R"([{"content":"u"}])", "message without a role"},
      {R"([{"role":null,"content":"u"}])", "message without a role"},
      {R"([{"role":"narrator","content":"u"}])", "unknown role"},
      {R"([{"role":"user 2","content":"u"}])", "unknown role"},
      {R"([{"author":{"name":"user"},"content":"u"}])", "message without a role"},
      {R"([{"role":"user"}])", "message without text content"},
      {R"([{"role":"user","content":null}])", "message without text content"},
      {R"([{"role":"user","content":4}])", "message without text content"},
      {R"([{"role":"user","content":[{"type":"image_url","image_url":"x"}]}])", "content part is not text"},
      {R"([{"role":"user","content":["u",7]}])", "content part is not text"},
      {R"([{"role":"user","content":{"type":"text","text":"u"}}])", "message without text content"},
      {R"([{"role":"assistant","content":null,"tool_calls":[]}])", "message without text content"},
      {R"([{"role":"user","content":null,"tool_calls":[{}]}])", "message without text content"},
      {R"([{"role":"user","content":"a\u0000b"}])", "content is not text"},
      {R"([{"role":"user","content":"\ud800"}])", ""},
      {R"([{"role":"user","content":"\udc00x"}])", ""},
      {"[{\"role\":\"user\",\"content\":\"\xff\"}]", "messages is not valid UTF-8"},
      {"[{\"role\":\"user\",\"content\":\"\xed\xa0\x80\"}]", "messages is not valid UTF-8"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.messages);
    const Read result = read_messages(c.messages);
    CHECK(result.status == RowStatus::rejected);
    if (*c.name != 0) CHECK(result.reason.substr(0, result.reason.find(':')) == c.name);
    CHECK(is_valid_utf8(result.reason));
  }
  const std::string deep = std::string(10000, '[') + std::string(10000, ']');
  CHECK(read_messages(deep).status == RowStatus::rejected);
}

TEST_CASE("the other columns") {
  const char* messages = R"([{"role":"user","content":"u"},{"role":"assistant","content":"a"}])";
  auto reason = [&](auto change) {
    Row row = standard_row(messages);
    change(row);
    return read(row).reason;
  };
  CHECK(reason([](Row& row) { row.conversation_id.reset(); }) == "conversation_id is NULL");
  CHECK(reason([](Row& row) { row.conversation_id = ""; }) == "conversation_id is empty");
  CHECK(reason([](Row& row) { row.conversation_id = "\xff"; }) == "conversation_id is not valid UTF-8");
  CHECK(reason([](Row& row) { row.messages.reset(); }) == "messages is NULL");
  CHECK(reason([](Row& row) { row.rating = "NaN"; }) == "rating is NaN");
  CHECK(reason([](Row& row) { row.rating = "Infinity"; }) == "rating is infinite");
  CHECK(reason([](Row& row) { row.rating = "5/5"; }) == "rating is not a number: \"5/5\"");
  CHECK(reason([](Row& row) { row.rating.reset(); }) == "rating is NULL");
  CHECK(reason([](Row& row) { row.created_at = "infinity"; }) ==
        "created_at is not a date of the common era: \"infinity\"");
  CHECK(reason([](Row& row) { row.created_at = "0044-03-15 12:00:00+00 BC"; }).starts_with("created_at is not a date"));
  CHECK(reason([](Row& row) {
          row.messages.reset();
          row.too_long = {"messages", 200};
        }).starts_with("messages is too long: 200 bytes"));
  CHECK(reason([](Row& row) {
          row.conversation_id.reset();
          row.too_long = {"conversation_id", 5000};
        }) == "conversation_id is too long: 5000 bytes, at most 4096 are read");
  CHECK(reason([](Row& row) {
          row.rating.reset();
          row.too_long = {"rating", 300'000};
        }) == "rating is too long: 300000 bytes, at most 262144 are read");
  const std::string long_value(300'000, 'f');  // of a file
  CHECK(reason([&](Row& row) { row.language = long_value; }).starts_with("language is too long: 300000 bytes"));
  CHECK(reason([&](Row& row) { row.thumbs = long_value; }).starts_with("thumbs is too long: 300000 bytes"));
  auto created_at = [&](const char* text) {
    Row row = standard_row(messages);
    row.created_at = text;
    const std::string line = read(row).line;
    const std::size_t begin = line.rfind(':', line.find("created_at") + 12) + 2;
    return line.substr(begin, line.find('"', begin) - begin);
  };
  CHECK(created_at("2026-02-17 06:41:23.000001+00") == "2026-02-17T06:41:23.000001Z");
  CHECK(created_at("2026-02-17 06:41:23") == "2026-02-17T06:41:23Z");
  CHECK(created_at("2026-02-17") == "2026-02-17T00:00:00Z");
  CHECK(created_at("12026-02-17 06:41:23+00") == "12026-02-17T06:41:23Z");
  Row row = standard_row(messages);
  row.language.reset();
  row.rating = "5.00";
  CHECK(read(row).line.find(R"("rating":5,"source":"intelia_production","language":null)") != std::string::npos);
}

namespace {

/** `text` as PostgreSQL 15 writes it (escape_json in src/backend/utils/adt/json.c): the named escapes, \u00xx below
    0x20, everything else unchanged. Implemented from that description for this test. */
std::string postgres_json_string(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    switch (c) {
      case '\b':
        out += "\\b";
        break;
      case '\f':
        out += "\\f";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          const char* digits = "0123456789abcdef";
          out += std::string("\\u00") + digits[c >> 4] + digits[c & 15];
        } else {
          out += c;
        }
    }
  }
  return out + '"';
}

}  // namespace

TEST_CASE("the fast path for jsonb has the same result as the general one") {
  const std::vector<std::string> pieces = {"a", "\"",   "\\",     "\n",     "\x01",   "\x1f", "é",
                                           "à", "è",    "\u2028", "\u2029", "\u2027", "\x7f", "“",
                                           "🐔", "}, {", "\\\"",   "role",   " ",      "\t"};
  Random random(5);
  const std::vector<std::string> roles = {"user", "assistant", "system", "narrator"};
  int num_kept = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string messages = "[";
    const std::uint64_t num_messages = random.below(5);
    for (std::uint64_t i = 0; i < num_messages; ++i) {
      std::string content;
      for (std::uint64_t j = random.below(8); j > 0; --j) content += pieces[random.below(pieces.size())];
      messages += (i == 0 ? "" : ", ") + std::string("{\"role\": \"") +
                  roles[random.below(random.below(8) == 0 ? 4 : 3)] +
                  "\", \"content\": " + postgres_json_string(content);
      if (random.below(20) == 0) messages += ", \"id\": 7";
      messages += "}";
    }
    messages += "]";
    CAPTURE(messages);
    const Read fast = read(standard_row(messages), {.min_messages = 2, .form = MessagesForm::jsonb});
    const Read slow = read(standard_row(messages), {.min_messages = 2, .form = MessagesForm::any});
    REQUIRE(fast.status == slow.status);
    REQUIRE(fast.line == slow.line);
    REQUIRE(fast.reason == slow.reason);
    num_kept += fast.status == RowStatus::kept;
  }
  CHECK(num_kept > 5000);
}

TEST_CASE("truncated jsonb text is never read past its end") {
  const std::string messages = R"([{"role": "user", "content": "a\\\"“b"}, {"role": "assistant", "content": "c"}])";
  for (std::size_t size = 0; size <= messages.size(); ++size) {
    const std::vector<char> exact(messages.begin(), messages.begin() + static_cast<std::ptrdiff_t>(size));
    const Read result = read(standard_row({exact.data(), size}), {.min_messages = 2, .form = MessagesForm::jsonb});
    CHECK((result.status == RowStatus::kept) == (size == messages.size()));
  }
}
