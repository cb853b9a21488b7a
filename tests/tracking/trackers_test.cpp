// Several trackers of a run, one of which fails: what each receives, and the warnings.
#include "tracking/trackers.hpp"

#include "temporary_folder.hpp"

using namespace intelia;

namespace {

struct Warnings final : Log {
  void write(Level level, std::string_view message) override {
    if (level == Level::warning) list.emplace_back(message);
  }
  std::vector<std::string> list;
};

/** Records its calls, and fails at `fails_at`. */
class Witness final : public Tracker {
 public:
  explicit Witness(std::vector<std::string>& heard, std::string fails_at = "")
      : heard_(heard), fails_at_(std::move(fails_at)) {}
  const char* name() const override { return "witness"; }
  void begin(const std::vector<MetricsLine>& kept) override {
    std::string steps;
    for (const MetricsLine& line : kept) steps += " " + std::to_string(line.step);
    hear("begin" + steps);
  }
  void line(const MetricsLine& line) override { hear("line " + std::to_string(line.step)); }
  void answers(std::int64_t step, const std::vector<SampleAnswer>& answers) override {
    std::string words = "answers " + std::to_string(step);
    for (const SampleAnswer& answer : answers) words += " " + answer.prompt + ":" + answer.text;
    hear(words);
  }
  void trained() override { hear("trained"); }
  void end(RunStatus status) override { hear("end " + std::to_string(static_cast<int>(status))); }

 private:
  void hear(const std::string& what) {
    heard_.push_back(what);
    if (what == fails_at_) throw Error(Kind::io, "disk full");
  }
  std::vector<std::string>& heard_;
  std::string fails_at_;
};

using Heard = std::vector<std::string>;

AnswerTexts texts() {
  return {{"p", "q"}, [](const std::vector<std::int32_t>& ids) { return std::to_string(ids.size()); }};
}

}  // namespace

TEST_CASE("a failing tracker is reported once and disabled, the others receive everything") {
  const TemporaryFolder folder;
  const auto metrics = folder.write("metrics.jsonl", "{\"step\":1}\n{\"step\":2}\n{\"step\":3}\n");
  Warnings log;
  Heard good, bad;
  std::vector<std::unique_ptr<Tracker>> list;
  list.push_back(std::make_unique<Witness>(bad, "line 3"));
  list.push_back(std::make_unique<Witness>(good));
  Trackers trackers(std::move(list), metrics, texts(), log);
  CHECK(trackers.follow([&] {
    trackers.begin(2);
    trackers.line("{\"step\":3}");
    trackers.answers(4, {{1, 2}, {}});
    trackers.line("{\"step\":4}");
    trackers.trained();
    return 7;
  }) == 7);
  CHECK(good == Heard{"begin 1 2", "line 3", "answers 4 p:2 q:0", "line 4", "trained", "end 0"});
  CHECK(bad == Heard{"begin 1 2", "line 3"});
  REQUIRE(log.list.size() == 1);
  CHECK(log.list[0] == "witness: disk full; tracker disabled, training continues");
}

TEST_CASE("trackers receive the end state, and the error propagates") {
  Warnings log;
  for (const bool is_killed : {false, true}) {
    Heard heard;
    std::vector<std::unique_ptr<Tracker>> list;
    list.push_back(std::make_unique<Witness>(heard));
    Trackers trackers(std::move(list), "absent", texts(), log);
    CHECK_THROWS(trackers.follow([&]() -> int {
      trackers.begin(0);
      if (is_killed) throw Interrupted(15, "stopped");
      throw Error(Kind::internal, "broken");
    }));
    CHECK(heard == Heard{"begin", is_killed ? "end 2" : "end 1"});
  }
  CHECK(log.list.empty());
}

TEST_CASE("a run that never began is not reported; unreadable metrics are a warning") {
  Warnings log;
  Heard heard;
  std::vector<std::unique_ptr<Tracker>> list;
  list.push_back(std::make_unique<Witness>(heard));
  Trackers trackers(std::move(list), "absent", texts(), log);
  CHECK_THROWS(trackers.follow([]() -> int { throw Error(Kind::usage, "no model"); }));
  CHECK(heard.empty());
  trackers.begin(3);
  trackers.line("not json");
  trackers.answers(1, {{1}, {2}, {3}});  // more answers than prompts
  CHECK(heard == Heard{"begin"});
  CHECK(log.list.size() == 3);
}
