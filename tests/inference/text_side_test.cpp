// The text side of a folder: its files, their consistency, and stop ids.
#include "inference/text_side.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "inference/stop_ids.hpp"
#include "temporary_folder.hpp"
#include "tiny_model.hpp"

using namespace intelia;
namespace fs = std::filesystem;

TEST_CASE("configuration, tokenizer and template of one folder") {
  const test::TinyModel model;
  const TextSide text = load_text_side(model.path());
  CHECK(text.folder == model.path());
  CHECK(text.config.vocab_size == 320);
  CHECK(text.tokenizer->vocabulary_size() == 305);
  CHECK(text.chat_template.render({{"user", "ab"}}, true).text == "<b><|user|>ab<t>\n<|bot|>");
}

TEST_CASE("a tokenizer with ids above the embedding is an error") {
  const test::TinyModel model(304);
  CHECK(contains(refusal([&] { load_text_side(model.path()); }), "ids up to 304, but the embedding has 304 rows"));
}

TEST_CASE("a path that is not a folder, and a pipe with the name of a tokenizer file") {
  const test::TinyModel model;
  const fs::path absent = model.path() / "absent";
  CHECK(contains(refusal([&] { load_text_side(absent); }, Kind::usage), "does not exist"));
  CHECK(contains(refusal([&] { load_tokenizer(model.path() / "config.json"); }, Kind::usage), "is not a folder"));
  REQUIRE(::mkfifo((model.path() / "merges.txt").c_str(), 0600) == 0);
  CHECK(contains(refusal([&] { load_text_side(model.path()); }), "merges.txt: not a regular file"));
  CHECK(contains(refusal([&] { load_tokenizer(model.path()); }), "merges.txt: not a regular file"));
}

TEST_CASE("without a chat template, conversations are errors and plain text works") {
  const test::TinyModel model;
  fs::remove(model.path() / "chat_template.jinja");
  const TextSide text = load_text_side(model.path());
  CHECK(contains(refusal([&] { text.chat_template.render({{"user", "ab"}}, false); }), "has no chat template"));
}

TEST_CASE("an answer ends at the tokenizer's EOS, the template's end of turn and the configured ids") {
  const test::TinyModel model;
  const TextSide text = load_text_side(model.path());
  const auto ids = [&] { return stop_ids(*text.tokenizer, text.chat_template, text.folder); };
  fs::remove(model.path() / "config.json");
  CHECK(ids() == std::vector<std::int32_t>{301, 302});
  write_file(model.path() / "generation_config.json", R"({"eos_token_id":[303,301]})");
  CHECK(ids() == std::vector<std::int32_t>{301, 302, 303});
  write_file(model.path() / "config.json", R"({"eos_token_id":7})");
  CHECK(ids() == std::vector<std::int32_t>{7, 301, 302, 303});
}

TEST_CASE("an adapter's own tokenizer and chat template are used, else the model's") {
  const test::TinyModel model;
  const TemporaryFolder adapter;
  CHECK(load_text_side(model.path(), TokenizerRules::transformers, adapter.path).tokenizer_folder == model.path());
  for (const char* name : {"tokenizer.json", "tokenizer_config.json", "chat_template.jinja"})
    if (fs::exists(model.path() / name)) fs::copy(model.path() / name, adapter / name);
  adapter.write("chat_template.jinja", "own {{ messages[0].content }}");
  const TextSide own = load_text_side(model.path(), TokenizerRules::transformers, adapter.path);
  CHECK(own.folder == model.path());
  CHECK(own.tokenizer_folder == adapter.path);
  CHECK(own.config.vocab_size == 320);
  CHECK(own.chat_template.render({{"user", "ab"}}, false).text == "own ab");
  CHECK(load_chat_template(model.path(), TokenizerRules::transformers, adapter.path).sha256() ==
        own.chat_template.sha256());
  fs::remove(adapter / "chat_template.jinja");
  CHECK(load_text_side(model.path(), TokenizerRules::transformers, adapter.path).chat_template.sha256() ==
        load_text_side(model.path()).chat_template.sha256());
}

TEST_CASE("an adapter's tokenizer must fit the embedding, and its template needs a tokenizer") {
  const test::TinyModel large, small(304);
  const TemporaryFolder adapter;
  fs::copy(large.path() / "chat_template.jinja", adapter / "chat_template.jinja");
  CHECK(load_text_side(large.path(), TokenizerRules::transformers, adapter.path).tokenizer_folder == large.path());
  adapter.write("chat_template.jinja", "own");
  CHECK(contains(refusal([&] { load_text_side(large.path(), TokenizerRules::transformers, adapter.path); }),
                 "but no tokenizer"));
  for (const char* name : {"tokenizer.json", "tokenizer_config.json"})
    if (fs::exists(large.path() / name)) fs::copy(large.path() / name, adapter / name);
  CHECK(contains(refusal([&] { load_text_side(small.path(), TokenizerRules::transformers, adapter.path); }),
                 adapter.path.string() + "' has ids up to 304, but the embedding has 304 rows"));
}
