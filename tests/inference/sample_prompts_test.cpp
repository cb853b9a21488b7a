// Prompts from the conversations of a file.
#include "inference/sample_prompts.hpp"

#include <doctest/doctest.h>

#include "temporary_folder.hpp"
#include "tiny_model.hpp"
#include "tokens/encode.hpp"

using namespace intelia;

TEST_CASE("sample prompts precede the last answer; other lines are skipped") {
  const test::TinyModel model;
  const TextSide text = load_text_side(model.path());
  const TemporaryFolder folder;
  const auto path = folder.write(
      "v.jsonl",
      R"({"messages":[{"role":"user","content":"ab"},{"role":"assistant","content":"x"},{"role":"user","content":"abc"},{"role":"assistant","content":"y"},{"role":"user","content":"z"}],"metadata":{"conversation_id":"c-1"}})"
      "\nnot JSON\n"
      R"({"text":"plain"})"
      "\n"
      R"({"messages":[{"role":"user","content":")" +
          std::string(100, 'q') +
          R"("},{"role":"assistant","content":"too long"}]})"
          "\n"
          R"({"messages":[{"role":"user","content":"ab"},{"role":"assistant","content":"x"}]})"
          "\n");
  const SamplePrompts prompts = read_sample_prompts(path, 5, text, {});
  CHECK(prompts.names == std::vector<std::string>{"c-1", "line 5"});
  CHECK(prompts.ids.at(0) ==
        encode_prompt(*text.tokenizer, text.chat_template, {{"user", "ab"}, {"assistant", "x"}, {"user", "abc"}}));
  CHECK(read_sample_prompts(path, 1, text, {}).names.size() == 1);
  CHECK(read_sample_prompts(folder / "absent", 0, text, {}).ids.empty());
}

TEST_CASE("sample prompts of preferences and rated answers are their prompts") {
  const test::TinyModel model;
  const TextSide text = load_text_side(model.path());
  const TemporaryFolder folder;
  const auto path = folder.write(
      "v.jsonl",
      R"({"prompt":[{"role":"user","content":"ab"}],"chosen":[{"role":"assistant","content":"x"}],"rejected":[{"role":"assistant","content":"y"}],"metadata":{"id":"p"}})"
      "\n"
      R"({"prompt":[{"role":"user","content":"abc"}],"completion":[{"role":"assistant","content":"x"}],"label":true})"
      "\n");
  const SamplePrompts prompts = read_sample_prompts(path, 5, text, {});
  CHECK(prompts.names == std::vector<std::string>{"p", "line 2"});
  CHECK(prompts.ids.at(0) == encode_prompt(*text.tokenizer, text.chat_template, {{"user", "ab"}}));
  CHECK(prompts.ids.at(1) == encode_prompt(*text.tokenizer, text.chat_template, {{"user", "abc"}}));
}
