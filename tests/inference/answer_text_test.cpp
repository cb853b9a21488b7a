// The text of a growing answer, and stop strings across the boundaries of tokens.
#include "inference/answer_text.hpp"

#include <doctest/doctest.h>

#include "inference/text_side.hpp"
#include "tokenizer_folder.hpp"

using namespace intelia;

TEST_CASE("the parts of a growing text are the text, and characters of several tokens come whole") {
  const test::ModelFolder folder;
  const auto tokenizer = load_tokenizer(folder.path());
  for (const std::string text : {"abc x", "é abc éé", "cafés ab"}) {
    GrowingText growing(*tokenizer);
    std::string whole;
    for (const std::int32_t id : tokenizer->encode(text)) {
      const std::string part = growing.add(id);
      CHECK(part.find("\xef\xbf\xbd") == std::string::npos);
      whole += part;
    }
    CHECK(whole + growing.finish() == tokenizer->decode(tokenizer->encode(text), true));
  }
  // The beginning of a character at the end of an answer.
  std::vector<std::int32_t> ids = tokenizer->encode("aé");
  ids.pop_back();
  GrowingText growing(*tokenizer);
  std::string whole;
  for (const std::int32_t id : ids) whole += growing.add(id);
  CHECK(whole == "a");
  CHECK(whole + growing.finish() == tokenizer->decode(ids, true));
}

TEST_CASE("a stop string is found wherever tokens begin and end") {
  const test::ModelFolder folder;
  const auto tokenizer = load_tokenizer(folder.path());
  const std::string text = "abc é x abc yé z";
  const std::vector<std::int32_t> ids = tokenizer->encode(text);
  const std::string decoded = tokenizer->decode(ids, true);
  for (std::size_t begin = 0; begin < decoded.size(); ++begin)
    for (const std::size_t length : {1, 3, 5, 9}) {
      const std::vector<std::string> stops = {"never", decoded.substr(begin, length)};
      AnswerText answer(*tokenizer, stops);
      std::size_t num_added = 0;
      std::string shown;
      for (; num_added < ids.size(); ++num_added) {
        shown += answer.add(ids[num_added]);
        CHECK(decoded.starts_with(shown));
        if (answer.is_stopped()) break;
      }
      CHECK(shown + answer.finish() == decoded.substr(0, decoded.find(stops[1])));
      if ((decoded[begin] & 0xc0) == 0x80 || stops[1].size() < length) continue;  // begins within a character
      const std::string_view rest = std::string_view(decoded).substr(begin + stops[1].size());
      if (!rest.empty() && (rest[0] & 0xc0) == 0x80) continue;  // or ends within one
      CAPTURE(stops[1]);
      REQUIRE(num_added < ids.size());
      const std::string seen = tokenizer->decode(std::span(ids).first(num_added + 1), true);
      CHECK(find_stop(seen, stops) == decoded.find(stops[1]));
      CHECK(find_stop(tokenizer->decode(std::span(ids).first(num_added), true), stops) == std::string::npos);
    }
  const std::vector<std::string> none;
  AnswerText answer(*tokenizer, none);
  std::string shown;
  for (const std::int32_t id : ids) shown += answer.add(id);
  CHECK(!answer.is_stopped());
  CHECK(shown + answer.finish() == decoded);
}
