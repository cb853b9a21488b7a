// The journal for MLflow: read by the next process, also with an incomplete last line.
#include "tracking/mlflow_journal.hpp"

#include "base/file.hpp"
#include "temporary_folder.hpp"

using namespace intelia;

namespace {

const JournalHead kHead{"http://host", "experiment", "identity", "key", {{"name", "run"}}};

MetricsLine line_of(std::int64_t step) {
  return {step, 10.5, {{"loss", 1.0 / static_cast<double>(step)}, {"measured/seconds", 2}}};
}

}  // namespace

TEST_CASE("unacknowledged entries are kept for the next process, in order") {
  const TemporaryFolder folder;
  const auto path = folder.path / "journal.jsonl";
  {
    MlflowJournal journal(path, kHead);
    for (int step = 1; step <= 3; ++step) journal.add(line_of(step));
    journal.note_run("id");
    journal.note_sent(2);
    journal.add_status("KILLED", 20);
  }
  const auto journal = MlflowJournal::open(path);
  REQUIRE(journal);
  CHECK(journal->head().server == "http://host");
  CHECK(journal->head().run == kHead.run);
  CHECK(journal->run_id() == "id");
  CHECK(!journal->has_params());
  CHECK(journal->last_step() == 3);
  CHECK(journal->last_status() == "KILLED");
  REQUIRE(journal->unsent().size() == 2);
  CHECK(journal->unsent()[0].line.step == 3);
  CHECK(journal->unsent()[0].line.time == 10.5);
  CHECK(journal->unsent()[0].line.scalars == line_of(3).scalars);
  CHECK(journal->unsent()[1].status == "KILLED");
}

TEST_CASE("artifacts are read back among lines and states") {
  const TemporaryFolder folder;
  const auto path = folder.path / "journal.jsonl";
  {
    MlflowJournal journal(path, kHead);
    journal.add_answers(4, "samples/step-4.txt", "[p]\nœuf\n\"\n");
    journal.add(line_of(4));
    journal.add_file("manifest.json", "abc");
    journal.add_file("manifest.json", "def");
    journal.add_status("FINISHED", 20);
    journal.note_sent(3);
  }
  const auto journal = MlflowJournal::open(path);
  REQUIRE(journal);
  CHECK(journal->last_answers_step() == 4);
  CHECK(journal->last_step() == 4);
  CHECK(journal->has_file("manifest.json", "def"));
  CHECK(!journal->has_file("manifest.json", "abc"));
  CHECK(!journal->has_file("loss.svg", "def"));
  REQUIRE(journal->unsent().size() == 2);
  CHECK(journal->unsent()[0].artifact == "manifest.json");
  CHECK(!journal->unsent()[0].text);
  CHECK(journal->unsent()[1].status == "FINISHED");

  MlflowJournal told(folder.path / "told.jsonl", kHead);
  told.add_answers(4, "samples/step-4.txt", "[p]\nœuf\n\"\n");
  CHECK(MlflowJournal::open(folder.path / "told.jsonl")->unsent().at(0).text == "[p]\nœuf\n\"\n");
}

TEST_CASE("a journal cannot upload files outside the output folder") {
  const TemporaryFolder folder;
  MlflowJournal(folder.path / "journal.jsonl", kHead).add_status("RUNNING", 1);
  const std::string head = read_file(folder.path / "journal.jsonl");
  const auto path = folder.write("odd.jsonl", head + R"({"artifact":"../secret","sha256":"abc"})" + "\n");
  CHECK(contains(refusal([&] { MlflowJournal::open(path); }), "outside"));
}

TEST_CASE("a journal of the first format is continued") {
  const TemporaryFolder folder;
  const auto path =
      folder.write("journal.jsonl", R"({"format":1,"server":"s","experiment":"e","identity":"i","key":"k","run":{}}
{"step":1,"time":1.5,"metrics":{"loss":2}}
)");
  CHECK(MlflowJournal::open(path)->last_step() == 1);
}

TEST_CASE("an incomplete last line is truncated, and the file is continued") {
  const TemporaryFolder folder;
  const auto path = folder.path / "journal.jsonl";
  {
    MlflowJournal journal(path, kHead);
    journal.add(line_of(1));
  }
  const std::string whole = read_file(path);
  folder.write("journal.jsonl", whole + R"({"step":2,"ti)");
  {
    auto journal = MlflowJournal::open(path);
    REQUIRE(journal);
    CHECK(journal->last_step() == 1);
    journal->add(line_of(2));
  }
  CHECK(read_file(path).starts_with(whole));
  CHECK(MlflowJournal::open(path)->last_step() == 2);
}

TEST_CASE("a missing, empty, foreign or newer journal") {
  const TemporaryFolder folder;
  CHECK(!MlflowJournal::open(folder.path / "absent"));
  CHECK(!MlflowJournal::open(folder.write("empty", "")));
  CHECK(!MlflowJournal::open(folder.write("torn", R"({"format":1,"ser)")));
  for (const char* text : {"{}\n", "7\n", "{\"format\":1}\n", "not json\n"})
    CHECK(contains(refusal([&] { MlflowJournal::open(folder.write("odd", text)); }), "odd'"));
  CHECK(contains(refusal([&] { MlflowJournal::open(folder.write("new", "{\"format\":3}\n")); }), "another version"));
}
