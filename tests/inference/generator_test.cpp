// Completions by the real engine: finish reasons, token counts, and variants.
#include "inference/generator.hpp"

#include <doctest/doctest.h>

#include "inference/answering.hpp"
#include "temporary_folder.hpp"
#include "tiny_model.hpp"

using namespace intelia;

namespace {

/** A model on the CPU with its text side. */
struct Loaded {
  test::TinyModel folder;
  TextSide text = load_text_side(folder.path());
  SilentSinks silent;
  std::unique_ptr<LoadedModel> model = load_engine().load(
      {.model = folder.path(), .method = Method::lora, .device = Device::cpu, .threads = 1}, silent.sinks());
};

}  // namespace

TEST_CASE("a completion has a finish reason and token counts") {
  Loaded loaded;
  const Generator generator(loaded.text, *loaded.model);
  const std::vector<PromptIds> prompts = {generator.encode({{"user", "ab"}}), generator.encode({{"user", "abc x"}})};
  CHECK(prompts[0] == PromptIds{300, 303, 200, 302, 2, 304});
  const auto completions = generator.complete(prompts, {.max_new_tokens = 5}, false, loaded.silent.stop());
  REQUIRE(completions.size() == 2);
  const auto raw = loaded.model->generate(std::vector<GenerationRequest>{{prompts[0]}, {prompts[1]}},
                                          {.max_new_tokens = 5}, false, loaded.silent.stop());
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK(completions[i].prompt_tokens == static_cast<std::int64_t>(prompts[i].size()));
    CHECK(completions[i].completion_tokens <= 5);
    CHECK((completions[i].finish_reason == FinishReason::length) == (completions[i].completion_tokens == 5));
    CHECK(completions[i].text == loaded.text.tokenizer->decode(raw[i].ids, true).substr(0, completions[i].text.size()));
  }
  // The first token of an answer is a stop token: an empty answer with finish reason stop.
  const auto stopped = generator.complete(
      std::span(prompts).first(1), {.max_new_tokens = 5, .stop_ids = {raw[0].ids.at(0)}}, false, loaded.silent.stop());
  CHECK(stopped[0].finish_reason == FinishReason::stop);
  CHECK(stopped[0].completion_tokens == 0);
  CHECK(stopped[0].text.empty());
  CHECK(std::string(name_of(stopped[0].finish_reason)) == "stop");
}

TEST_CASE("a prompt that fills the context is an error that names the question") {
  Loaded loaded;
  const Generator generator(loaded.text, *loaded.model);
  const std::vector<Message> messages = {{"user", std::string(70, 'q')}};
  CHECK(contains(refusal([&] { generator.encode(messages); }), "tokens, the model's context 64"));
  Question question;
  question.id = "long";
  question.messages = messages;
  CHECK(contains(refusal([&] { answer_questions(generator, {}, {question}, {Variant::base}, loaded.silent.sinks()); }),
                 "question 'long': the prompt has"));
}

TEST_CASE("answers are in the order of the questions, whatever the batch size") {
  Loaded loaded;
  const Generator generator(loaded.text, *loaded.model);
  std::vector<Question> questions(5);
  for (std::size_t i = 0; i < questions.size(); ++i) {
    questions[i].id = std::to_string(i);
    questions[i].messages = {{"user", std::string(i + 1, static_cast<char>('a' + i))}};
  }
  const auto answers = [&](int batch_size) {
    return answer_questions(generator, {{.max_new_tokens = 4}, batch_size}, questions, {Variant::base, Variant::base},
                            loaded.silent.sinks());
  };
  const auto one_by_one = answers(1), together = answers(3);
  REQUIRE(one_by_one.size() == 2);
  REQUIRE(together.size() == 2);
  for (const auto& variant : together) {
    REQUIRE(variant.size() == questions.size());
    for (std::size_t i = 0; i < variant.size(); ++i) CHECK(variant[i].text == one_by_one[0][i].text);
  }
}
