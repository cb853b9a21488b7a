// The settings in the log, and the name under which trackers show a run.
#include "training/training_run.hpp"

#include <doctest/doctest.h>

#include "temporary_folder.hpp"
#include "tiny_model.hpp"

using namespace intelia;

TEST_CASE("the log has one line per option that is not the default") {
  const RunOptions options{{{"epochs", 3}, {"optimizer", "adamw"}, {"dora", false}},
                           Json::object(),
                           {{"epochs", 3}, {"optimizer", "adamw"}}};
  CHECK(settings_lines(options, 16, "24 records") ==
        std::vector<std::string>{"settings, where not the default:", "  epochs                        3",
                                 "  optimizer                     adamw", "  sequences per optimizer step  16",
                                 "  data                          24 records"});
}

TEST_CASE("a tracked run is named after its folder; its identity follows from what a resumed run must not change") {
  const test::TinyModel model;
  const TextSide text = load_text_side(model.path());
  const TemporaryFolder folder;
  const auto path = folder.write("train.jsonl",
                                 R"({"messages":[{"role":"user","content":"ab"},{"role":"assistant","content":"x"}]})");
  SilentSinks silent;
  Rejects rejects({}, silent.sinks().log);
  std::vector<TokenizedDataset> datasets;
  datasets.emplace_back(path, *text.tokenizer, text.chat_template, EncodeOptions{}, rejects, silent.sinks());
  const TrainingMix train(std::move(datasets), {1}, 0);
  const auto tracked = [&](const std::filesystem::path& output, const Json& identity) {
    return tracked_run({"train sft", "0.1.0"}, {{{"epochs", 3}}, Json::object(), Json::object()}, output, false,
                       identity, train);
  };
  CHECK(tracked("runs/sft-q3", {{"seed", 1}}).name == "sft-q3");
  CHECK(tracked("runs/sft-q3/", {{"seed", 1}}).name == "sft-q3");
  CHECK(tracked("a", {{"seed", 1}}).identity == tracked("b", {{"seed", 1}}).identity);
  CHECK(tracked("a", {{"seed", 1}}).identity != tracked("a", {{"seed", 2}}).identity);
  CHECK(tracked("a", {{"seed", 1}}).settings["epochs"] == 3);
}

TEST_CASE("neither threads nor folders are part of a tracked run's identity") {
  const test::TinyModel model;
  const TextSide text = load_text_side(model.path());
  const TemporaryFolder folder;
  const auto path = folder.write("train.jsonl", "{\"text\":\"abc\"}\n");
  SilentSinks silent;
  Rejects rejects({}, silent.sinks().log);
  std::vector<TokenizedDataset> datasets;
  datasets.emplace_back(path, *text.tokenizer, text.chat_template, EncodeOptions{}, rejects, silent.sinks());
  const TrainingMix train(std::move(datasets), {1}, 0);
  const auto identity = [&](int threads, const char* place, const char* sha256) {
    const Json run = {{"threads", threads}, {"model", {{{"path", place}, {"sha256", sha256}}}}};
    return tracked_run({"train sft", "0.1.0"}, {Json::object(), Json::object()}, "a", false, run, train).identity;
  };
  CHECK(identity(1, "a/x", "1") == identity(2, "b/x", "1"));
  CHECK(identity(1, "a/x", "1") != identity(1, "a/x", "2"));
}
