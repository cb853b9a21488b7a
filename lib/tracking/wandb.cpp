#include "tracking/wandb.hpp"

#include <fmt/format.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/subprocess.hpp"
#include "http/secret.hpp"
#include "record/json_line.hpp"
#include "tracking/background.hpp"

namespace intelia {

namespace fs = std::filesystem;

namespace {

constexpr int kMissingPackage = 3, kMissingKey = 4;  // exit statuses of the client's check

class Wandb final : public Tracker {
 public:
  Wandb(const TrackedRun& run, const std::string& project, Log& log) : run_(run), project_(project), log_(log) {}
  ~Wandb() override { stop(/*seconds=*/0); }
  const char* name() const override { return "Weights & Biases"; }

  void begin(const std::vector<MetricsLine>& kept) override {
    log_file_ = tracker_folder(run_.output, "wandb") / "intelia.log";
    child_.emplace(std::vector<std::string>{python_program(), "-c", wandb_client()}, log_file_, run_.output);
    Json config = run_.settings;
    config["version"] = run_.version;
    lines_.push_back(json_line({{"project", project_},
                                {"name", run_.name},
                                {"command", run_.command},
                                {"key", random_key()},
                                {"identity", run_.identity},
                                {"resumes", run_.resumes},
                                {"config", config}}));
    for (const MetricsLine& before : kept) lines_.push_back(json_line(to_json(before)));
    feeder_ = thread_without_signals([this] { feed_until_stopped(); });
  }

  void line(const MetricsLine& line) override { send(json_line(to_json(line))); }

  void answers(std::int64_t step, const std::vector<SampleAnswer>& answers) override {
    Json rows = Json::array();
    for (const SampleAnswer& answer : answers) rows.push_back({answer.prompt, answer.text});
    send(json_line({{"step", step}, {"answers", rows}}));
  }

  void end(RunStatus status) override {
    const int exit_code = status == RunStatus::finished ? 0 : status == RunStatus::failed ? 1 : 143;
    {
      const std::lock_guard lock(mutex_);
      lines_.push_back(json_line({{"exit_code", exit_code}}));
    }
    stop(seconds_to_finish(status));
  }

 private:
  void send(std::string line) {
    const std::lock_guard lock(mutex_);
    if (has_ended_) return;
    lines_.push_back(std::move(line));
    news_.notify_all();
  }

  /** Lets the feeder send the rest and the client end; after `seconds` the client is left running. */
  void stop(double seconds) {
    if (!feeder_.joinable()) return;
    {
      std::unique_lock lock(mutex_);
      is_stopping_ = true;
      news_.notify_all();
      is_fed_.wait_for(lock, std::chrono::duration<double>(seconds), [&] { return has_ended_; });
      gives_up_ = true;
    }
    feeder_.join();
    child_->close_input();
    if (is_broken_) return;  // reported already
    if (const std::optional<int> status = child_->wait(seconds); status && *status != 0) {
      report_broken(*status);
    } else if (!status && seconds > 0) {
      log_.info(
          fmt::format("Weights & Biases: its client (process {}) is still uploading and ends by itself", child_->id()));
    }
  }

  /** The feeder's thread. */
  void feed_until_stopped() {
    std::unique_lock lock(mutex_);
    for (;;) {
      news_.wait(lock, [&] { return is_stopping_ || !lines_.empty(); });
      if (lines_.empty()) break;
      const std::string line = std::move(lines_.front());
      lines_.pop_front();
      lock.unlock();
      const bool is_read = child_->write(line, [&] { return gives_up_.load(); });
      lock.lock();
      if (is_read) continue;
      is_broken_ = !gives_up_;
      if (is_broken_) report_broken(child_->wait(/*seconds=*/2).value_or(0));
      break;
    }
    has_ended_ = true;
    is_fed_.notify_all();
  }

  void report_broken(int status) {
    log_.warning(fmt::format(
        "Weights & Biases: its client ended with {} ({}); tracker disabled, training continues; its output is in '{}'",
        status, last_words(), log_file_.string()));
  }

  /** The last line of the client's log that is not blank. */
  std::string last_words() const {
    std::string words = "no output";
    try {
      LineReader reader(log_file_);
      while (const auto line = reader.next())
        if (line->find_first_not_of(" \t\r") != std::string_view::npos) words = line->substr(0, 300);
    } catch (const Error& error) {
      words = error.what();
    }
    return words;
  }

  TrackedRun run_;
  std::string project_;
  Log& log_;
  fs::path log_file_;
  std::optional<ChildProcess> child_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable news_, is_fed_;
  std::deque<std::string> lines_;
  bool is_stopping_ = false, has_ended_ = false, is_broken_ = false;
  std::atomic<bool> gives_up_{false};
  std::thread feeder_;
};

}  // namespace

void check_wandb() {
  const std::string program = python_program();
  const int status = run_process({program, "-c", wandb_client(), "check"}).exit_status;
  if (status == 127)
    throw Error(Kind::usage,
                "'" + program + "' cannot be run; set INTELIA_PYTHON to a Python that has the package wandb");
  if (status == kMissingKey)
    throw Error(Kind::usage,
                "no API key for Weights & Biases; set WANDB_API_KEY or WANDB_API_KEY_FILE, or WANDB_MODE=offline");
  if (status == kMissingPackage)
    throw Error(Kind::usage,
                "'" + program + "' has no package wandb; install it there (pip install wandb), or set INTELIA_PYTHON");
  if (status != 0)
    throw Error(Kind::usage,
                fmt::format("the client of Weights & Biases ended with {} in '{}'; see '{} -c \"import wandb\"'",
                            status, program, program));
}

std::unique_ptr<Tracker> make_wandb(const TrackedRun& run, const std::string& project, Log& log) {
  return std::make_unique<Wandb>(run, project, log);
}

}  // namespace intelia
