// The preview shows what is trained on: the same ids and targets, and texts that add up to the rendered text.
#include "tokens/preview.hpp"

#include <doctest/doctest.h>

#include "tokenizer_folder.hpp"

namespace {

using namespace intelia;

struct Model {
  test::ModelFolder folder;
  std::unique_ptr<Tokenizer> tokenizer = Tokenizer::load(folder.path());
  ChatTemplate chat_template = ChatTemplate::load(folder.path());
};

std::string text_of(const PreviewPart& part) {
  std::string text;
  for (const PreviewToken& token : part.tokens) text += token.text;
  return text;
}

TEST_CASE("ids, targets and text are those of the sample") {
  const Model model;
  const Conversation conversation{{{"user", "abé <t>\n"}, {"assistant", "éa"}, {"user", "q"}, {"assistant", "whole"}}};
  const EncodedConversation encoded = encode_conversation(*model.tokenizer, model.chat_template, conversation);
  const std::vector<PreviewPart> parts = preview_conversation(*model.tokenizer, model.chat_template, conversation, {});
  REQUIRE(parts.size() == 1);
  const PreviewPart& part = parts[0];
  REQUIRE(part.tokens.size() == encoded.tokens.ids.size());
  for (std::size_t i = 0; i < part.tokens.size(); ++i) {
    CHECK(part.tokens[i].id == encoded.tokens.ids[i]);
    CHECK(part.tokens[i].is_trained == (encoded.tokens.is_target[i] != 0));
    CHECK_FALSE(part.tokens[i].is_truncated);
  }
  CHECK(part.num_trained == encoded.num_targets);
  CHECK(part.note.empty());
  CHECK(text_of(part) == model.chat_template.render(conversation.messages, false).text);
}

TEST_CASE("a trained token is shown with the weight of its message") {
  const Model model;
  Conversation conversation{{{"user", "q"}, {"assistant", "ab"}, {"user", "q"}, {"assistant", "z"}}};
  conversation.messages[1].more_json = R"({"weight":0.5})";
  const EncodedConversation encoded = encode_conversation(*model.tokenizer, model.chat_template, conversation);
  const PreviewPart part = preview_conversation(*model.tokenizer, model.chat_template, conversation, {})[0];
  std::vector<float> weights;
  for (std::size_t i = 0; i < part.tokens.size(); ++i) {
    CHECK(part.tokens[i].weight == (part.tokens[i].is_trained ? encoded.tokens.weights[i] : 1));
    if (part.tokens[i].is_trained) weights.push_back(part.tokens[i].weight);
  }
  CHECK(weights.front() == 0.5F);
  CHECK(weights.back() == 1);
  CHECK(part.num_trained == encoded.num_targets);
}

TEST_CASE("a control token is distinguished from text that looks like one, and a split character is shown once") {
  const Model model;
  const Conversation conversation{{{"user", "<t>"}, {"assistant", "é"}}};
  const PreviewPart part = preview_conversation(*model.tokenizer, model.chat_template, conversation, {})[0];
  std::string special;
  std::vector<std::string> texts;
  for (const PreviewToken& token : part.tokens) {
    if (token.is_special) special += token.text;
    texts.push_back(token.text);
  }
  CHECK(special == "<b><|user|><t><|bot|><t>");
  CHECK(std::count(texts.begin(), texts.end(), "é") == 1);  // of two tokens
  CHECK(std::count(texts.begin(), texts.end(), "") == 1);
}

TEST_CASE("tokens beyond max_length are shown as truncated and not trained") {
  const Model model;
  const Conversation conversation{{{"user", "q"}, {"assistant", "abc abc"}}};
  EncodeOptions options;
  options.max_length = 5;
  const EncodedConversation encoded = encode_conversation(*model.tokenizer, model.chat_template, conversation, options);
  const PreviewPart part = preview_conversation(*model.tokenizer, model.chat_template, conversation, options)[0];
  CHECK(part.num_trained == encoded.num_targets);
  CHECK(static_cast<std::int64_t>(part.tokens.size()) - part.num_truncated == 5);
  for (std::size_t i = 0; i < part.tokens.size(); ++i) CHECK(part.tokens[i].is_truncated == (i >= 5));
  options.max_length = 2;
  CHECK(preview_conversation(*model.tokenizer, model.chat_template, conversation, options)[0].note.find(
            "after the maximum length") != std::string::npos);
}

TEST_CASE("a plain text is shown with BOS and end-of-text") {
  const Model model;
  Conversation conversation;
  conversation.text = "ab";
  const PreviewPart part = preview_conversation(*model.tokenizer, model.chat_template, conversation, {})[0];
  CHECK(part.name == "text");
  CHECK(text_of(part) == "<b>ab<e>");
  CHECK(part.num_trained == 2);
}

TEST_CASE("a preference is shown as its prompt, which is not trained, and its two answers") {
  const Model model;
  const Preference preference{{{"user", "q"}}, {{"assistant", "abc"}}, {{"assistant", "x"}}};
  const std::vector<PreviewPart> parts = preview_preference(*model.tokenizer, model.chat_template, preference, {});
  const EncodedPreference encoded = encode_preference(*model.tokenizer, model.chat_template, preference);
  REQUIRE(parts.size() == 3);
  CHECK(parts[0].name == "prompt");
  CHECK(parts[1].name == "chosen");
  CHECK(parts[2].name == "rejected");
  CHECK(parts[0].tokens.size() == encoded.prompt.size());
  CHECK(parts[1].num_trained == static_cast<std::int64_t>(encoded.chosen.size()));
  CHECK(parts[2].num_trained == static_cast<std::int64_t>(encoded.rejected.size()));
  for (const PreviewPart& part : parts)
    for (const PreviewToken& token : part.tokens) CHECK(token.is_trained == (part.name != "prompt"));
  CHECK(text_of(parts[1]).starts_with("abc"));
}

TEST_CASE("a rated answer is shown as its prompt and the answer, named by its label") {
  const Model model;
  const RatedAnswer answer{.prompt = {{"user", "q"}}, .completion = {{"assistant", "abc"}}, .is_desirable = false};
  const std::vector<PreviewPart> parts = preview_rated_answer(*model.tokenizer, model.chat_template, answer, {});
  REQUIRE(parts.size() == 2);
  CHECK(parts[0].num_trained == 0);
  CHECK(parts[1].name == "undesirable");
  CHECK(parts[1].num_trained == static_cast<std::int64_t>(parts[1].tokens.size()));
}

}  // namespace
