// The table of settings, and the name under which trackers show a run.
#include "training/training_run.hpp"

#include <doctest/doctest.h>

#include "temporary_folder.hpp"
#include "tiny_model.hpp"

using namespace intelia;

TEST_CASE("the settings log has one line per option with a value") {
  const RunOptions options{{{"epochs", 3}, {"adapter", ""}, {"optimizer", "adamw"}}, Json::object()};
  CHECK(settings_table(options, 16, "24 records") ==
        "settings\n  epochs                        3\n  optimizer                     adamw\n"
        "  sequences per optimizer step  16\n  data                          24 records");
}

TEST_CASE("a tracked run is named after its folder; its identity follows from what a resumed run must not change") {
  const test::TinyModel model;
  const TextSide text = load_text_side(model.path());
  const TemporaryFolder folder;
  const auto path = folder.write("train.jsonl",
                                 R"({"messages":[{"role":"user","content":"ab"},{"role":"assistant","content":"x"}]})");
  SilentSinks silent;
  Rejects rejects({}, silent.sinks().log);
  const TokenizedDataset train(path, *text.tokenizer, text.chat_template, {}, rejects, silent.sinks());
  const auto tracked = [&](const std::filesystem::path& output, const Json& identity) {
    return tracked_run({"train sft", "0.1.0"}, {{{"epochs", 3}}, Json::object()}, output, false, identity, train);
  };
  CHECK(tracked("runs/sft-q3", {{"seed", 1}}).name == "sft-q3");
  CHECK(tracked("runs/sft-q3/", {{"seed", 1}}).name == "sft-q3");
  CHECK(tracked("a", {{"seed", 1}}).identity == tracked("b", {{"seed", 1}}).identity);
  CHECK(tracked("a", {{"seed", 1}}).identity != tracked("a", {{"seed", 2}}).identity);
  CHECK(tracked("a", {{"seed", 1}}).settings["epochs"] == 3);
}
