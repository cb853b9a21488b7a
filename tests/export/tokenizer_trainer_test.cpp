// Training a tokenizer on text.
#include "export/tokenizer_trainer.hpp"

#include <doctest/doctest.h>

#include "base/file.hpp"
#include "record/json.hpp"
#include "temporary_folder.hpp"

using namespace intelia;

TEST_CASE("a tokenizer trained on little text reports its number of pieces, and is reproducible") {
  TemporaryFolder folder;
  SilentSinks silent;
  write_file(folder.path / "a.md", "# Water\r\nHens drink twice what they eat.\n\nHens drink more when it is hot.\n");
  write_file(
      folder.path / "b.jsonl",
      R"({"messages":[{"role":"user","content":"Why do hens drink?"},{"role":"assistant","content":"It is hot."}]})"
      "\n"
      R"({"text":"Plain text\nof two lines"})"
      "\n");
  const std::vector<std::filesystem::path> files = {folder.path / "a.md", folder.path / "b.jsonl"};
  const TrainedTokenizer tokenizer = train_tokenizer(files, 5000, 2048, silent.sinks());
  CHECK(tokenizer.num_lines == 7);
  CHECK(tokenizer.vocab_size > 262);
  CHECK(tokenizer.vocab_size < 5000);
  CHECK(train_tokenizer(files, 5000, 2048, silent.sinks()).files == tokenizer.files);
  CHECK(train_tokenizer(files, 300, 2048, silent.sinks()).vocab_size == 300);
  for (const auto& [name, content] : tokenizer.files)
    if (name == "tokenizer.json")
      CHECK(Json::parse(content)["model"]["vocab"].size() == static_cast<std::size_t>(tokenizer.vocab_size));
}

TEST_CASE("training a tokenizer on invalid text is an error") {
  TemporaryFolder folder;
  SilentSinks silent;
  const auto train = [&](const char* name, const std::string& content, std::int64_t vocab_size) {
    write_file(folder.path / name, content);
    return refusal([&] { train_tokenizer({folder.path / name}, vocab_size, 2048, silent.sinks()); });
  };
  CHECK(contains(train("empty.md", "\n \n", 300), "no text"));
  CHECK(contains(train("latin1.md", "fine\ncaf\xe9\n", 300), "latin1.md:2: not UTF-8"));
  CHECK(contains(train("broken.jsonl", "{\"messages\":[\n", 300), "broken.jsonl:1"));
  write_file(folder.path / "a.md", "Some text\n");
  CHECK_THROWS_AS(train_tokenizer({folder.path / "a.md"}, 100, 2048, silent.sinks()), Error);
}
