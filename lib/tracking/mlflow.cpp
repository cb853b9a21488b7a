#include "tracking/mlflow.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/hash.hpp"
#include "base/held_folder.hpp"
#include "base/path.hpp"
#include "http/secret.hpp"
#include "record/json_text.hpp"
#include "text/utf8.hpp"
#include "tracking/background.hpp"
#include "tracking/mlflow_journal.hpp"

namespace intelia {

namespace fs = std::filesystem;

namespace {

constexpr const char* kApi = "/api/2.0/mlflow/";
constexpr const char* kArtifactApi = "/api/2.0/mlflow-artifacts/artifacts";
// Files of the output folder that become artifacts when the run has finished, and the optional weights.
constexpr const char* kSmallFiles[] = {"adapter_config.json", "manifest.json", "metrics.jsonl", "loss.svg",
                                       "samples.jsonl"};
constexpr const char* kWeights = "adapter_model.safetensors";
// Limits of one log-batch request (mlflow/utils/validation.py), the bytes with a margin for the rest of the request.
constexpr std::size_t kMaxMetrics = 1000, kMaxParams = 100, kMaxParamBytes = 6000, kMaxBatchBytes = 900'000;
constexpr double kSecondsBetweenBatches = 1, kFirstPauseSeconds = 5, kLongestPauseSeconds = 60;

/** The server does not respond, or asks to retry later. */
struct Unavailable {
  std::string reason;
};

std::int64_t milliseconds(double seconds) { return static_cast<std::int64_t>(std::llround(seconds * 1000)); }

/** A number that protobuf's JSON may write as a string. */
std::int64_t whole(const Json& value) {
  return value.is_string() ? std::stoll(value.get<std::string>()) : value.get<std::int64_t>();
}

const char* status_name(RunStatus status) {
  return status == RunStatus::finished ? "FINISHED" : status == RunStatus::failed ? "FAILED" : "KILLED";
}

/** MLflow's REST API. */
class MlflowServer {
 public:
  MlflowServer(HttpServer server, std::string experiment)
      : http_(std::move(server)), experiment_(std::move(experiment)) {}

  const std::string& url() const { return http_.url(); }
  /** When set, the current request is aborted. */
  std::atomic<bool>& ends() { return ends_; }

  /** The experiment's id; "" when it does not exist. */
  std::string find_experiment() {
    const HttpResponse response =
        http_.get(std::string(kApi) + "experiments/get-by-name?experiment_name=" + percent_encoded(experiment_), ends_);
    if (response.status == 404 && response.body.find("RESOURCE_DOES_NOT_EXIST") != std::string::npos) return "";
    const Json found = read(response, "looking up the experiment").at("experiment");
    if (found.value("lifecycle_stage", "active") != "active")
      throw Error(Kind::usage,
                  "the experiment '" + experiment_ + "' is deleted on " + url() + "; restore it or name another");
    return found.at("experiment_id");
  }

  /** The id of the run with tag `key`; "" when it does not exist. */
  std::string find_run(const std::string& experiment_id, const std::string& key) {
    const Json found = post(
        "runs/search",
        {{"experiment_ids", {experiment_id}}, {"filter", "tags.`intelia.key` = '" + key + "'"}, {"max_results", 1}},
        "looking up the run");
    return found.contains("runs") && !found["runs"].empty()
               ? found["runs"][0].at("info").at("run_id").get<std::string>()
               : "";
  }

  std::string create_experiment() {
    const HttpResponse response =
        http_.post(std::string(kApi) + "experiments/create", json_text(Json{{"name", experiment_}}), ends_);
    if (response.status == 400 && response.body.find("RESOURCE_ALREADY_EXISTS") != std::string::npos)
      return find_experiment();  // created by another run
    return read(response, "creating the experiment").at("experiment_id");
  }

  std::string create_run(const std::string& experiment_id, const JournalHead& head) {
    const auto tag = [](const char* key, const Json& value) { return Json{{"key", key}, {"value", value}}; };
    const Json tags = {tag("mlflow.source.name", "intelia " + head.run.at("command").get<std::string>()),
                       tag("mlflow.source.type", "LOCAL"), tag("intelia.version", head.run.at("version")),
                       tag("intelia.key", head.key)};
    return post("runs/create",
                {{"experiment_id", experiment_id},
                 {"run_name", head.run.at("name")},
                 {"start_time", head.run.at("start_time")},
                 {"tags", tags}},
                "creating the run")
        .at("run")
        .at("info")
        .at("run_id");
  }

  void log_params(const std::string& run_id, const Json& params) {
    Json batch = Json::array();
    const auto send = [&] { post("runs/log-batch", {{"run_id", run_id}, {"params", batch}}, "logging parameters"); };
    for (const auto& [name, value] : params.items()) {
      batch.push_back({{"key", name}, {"value", value}});
      if (batch.size() == kMaxParams) {
        send();
        batch.clear();
      }
    }
    if (!batch.empty()) send();
  }

  void log_metrics(const std::string& run_id, const Json& metrics) {
    post("runs/log-batch", {{"run_id", run_id}, {"metrics", metrics}}, "logging metrics");
  }

  /** The steps at which metric `name` has been logged. */
  std::set<std::int64_t> steps_of(const std::string& run_id, const std::string& name) {
    std::set<std::int64_t> steps;
    std::string page;
    do {
      const Json history = read(http_.get(std::string(kApi) + "metrics/get-history?run_id=" + percent_encoded(run_id) +
                                              "&metric_key=" + percent_encoded(name) + "&max_results=25000" + page,
                                          ends_),
                                "reading metrics");
      for (const Json& metric : history.value("metrics", Json::array()))
        steps.insert(whole(metric.value("step", Json(0))));
      const std::string token = history.value("next_page_token", "");
      page = token.empty() ? "" : "&page_token=" + percent_encoded(token);
    } while (!page.empty());
    return steps;
  }

  /** The run's folder among the artifacts that the server itself stores, "/7/RUN/artifacts"; "" when it stores none. */
  std::string find_artifacts(const std::string& run_id) {
    const Json run =
        read(http_.get(std::string(kApi) + "runs/get?run_id=" + percent_encoded(run_id), ends_), "reading the run");
    const std::string address = run.at("run").at("info").value("artifact_uri", "");
    constexpr std::string_view kScheme = "mlflow-artifacts:/";
    if (!address.starts_with(kScheme)) return "";
    std::string folder = address.substr(kScheme.size() - 1);
    const bool is_plain =
        std::all_of(folder.begin(), folder.end(), [](char c) { return c > ' ' && c != '?' && c != '#' && c != 127; });
    return folder.starts_with("//") || !is_plain ? "" : folder;  // "//HOST/…" is another server
  }

  /** Uploads `bytes` as the artifact `path` of `folder`; false when the server is configured to accept none.
     Error{usage} when it fails: a broken artifact store (500) must not block metrics. */
  bool put_artifact(const std::string& folder, const std::string& path, const std::string& bytes) {
    const HttpResponse response = http_.put(kArtifactApi + folder + "/" + path, bytes, ends_);
    const bool is_disabled = response.status == 503 && response.body.find("--no-serve-artifacts") != std::string::npos;
    if (is_disabled || response.status == 404 || response.status == 405) return false;
    const std::string what = "storing the artifact '" + path + "'";
    if (response.status == 500) throw Error(Kind::usage, url() + ": " + what + ": it responded with 500");
    if (response.status != 200) read(response, what);  // its 200 has an empty body
    return true;
  }

  void set_status(const std::string& run_id, const std::string& status, double time) {
    Json body = {{"run_id", run_id}, {"status", status}};
    if (status != "RUNNING") body["end_time"] = milliseconds(time);
    post("runs/update", body, "setting the status of the run to " + status);
  }

 private:
  Json post(const char* call, const Json& body, const std::string& what) {
    return read(http_.post(kApi + std::string(call), body.dump(-1, ' ', false, Json::error_handler_t::replace), ends_),
                what);
  }

  /** The response as JSON. Throws Unavailable, or Error{usage} with the server's message. */
  Json read(const HttpResponse& response, const std::string& what) {
    if (response.is_retryable())
      throw Unavailable{response.status == 0 ? response.problem : fmt::format("it responded with {}", response.status)};
    const std::string where = fmt::format("{}: {}: ", url(), what);
    if (response.status == 401 || response.status == 403)
      throw Error(Kind::usage,
                  fmt::format("{}it responded with {}: the credentials of MLFLOW_TRACKING_USERNAME and _PASSWORD or "
                              "MLFLOW_TRACKING_TOKEN are not accepted",
                              where, response.status));
    if (response.status >= 300 && response.status < 400)
      throw Error(
          Kind::usage,
          fmt::format("{}it responded with {}, a redirect, which is not followed; set MLFLOW_TRACKING_URI to the "
                      "server's own address",
                      where, response.status));
    const Json body = Json::parse(response.body, nullptr, /*allow_exceptions=*/false);
    if (response.status != 200 || !body.is_object())
      throw Error(Kind::usage,
                  fmt::format("{}it responded with {}{}", where, response.status,
                              body.is_object() && body.contains("message") && body["message"].is_string()
                                  ? ": " + std::string(truncated_utf8(body["message"].get<std::string>(), 400))
                                  : ", which is not a response of an MLflow server"));
    return body;
  }

  HttpClient http_;
  std::string experiment_;
  std::atomic<bool> ends_{false};
};

class Mlflow final : public Tracker {
 public:
  Mlflow(const TrackedRun& run, const HttpServer& server, const std::string& experiment, bool sends_weights, Log& log)
      : run_(run), experiment_(experiment), server_(server, experiment), sends_weights_(sends_weights), log_(log) {
    try {
      server_.find_experiment();
    } catch (const Unavailable& cause) {
      report_unavailable(cause);
    } catch (const Json::exception&) {
      throw Error(Kind::usage, server_.url() + " does not respond like an MLflow server");
    }
  }

  ~Mlflow() override { stop(/*seconds=*/0); }

  const char* name() const override { return "MLflow"; }

  void begin(const std::vector<MetricsLine>& kept) override {
    const fs::path file = tracker_folder(run_.output, "mlflow") / "journal.jsonl";
    std::optional<MlflowJournal> journal = MlflowJournal::open(file);
    const bool goes_on = run_.resumes && journal && journal->head().server == server_.url() &&
                         journal->head().experiment == experiment_ && journal->head().identity == run_.identity;
    if (!goes_on) {
      if (journal && !journal->unsent().empty())
        log_.warning(
            fmt::format("MLflow: {} entries of an earlier run in this folder were never sent to {} and are dropped",
                        journal->unsent().size(), journal->head().server));
      journal.reset();
      journal_.emplace(file, head());
    } else {
      journal_.emplace(std::move(*journal));
      mark_uncertain();
      if (!journal_->last_status().empty() && journal_->last_status() != "RUNNING")
        journal_->add_status("RUNNING", unix_seconds());
    }
    for (const MetricsLine& before : kept) add(before);
    sender_ = thread_without_signals([this] { send_until_stopped(); });
  }

  void line(const MetricsLine& line) override {
    const std::lock_guard lock(mutex_);
    add(line);
    news_.notify_all();
  }

  void answers(std::int64_t step, const std::vector<SampleAnswer>& answers) override {
    std::string text;
    for (const SampleAnswer& answer : answers) text += "[" + answer.prompt + "]\n" + answer.text + "\n\n";
    const std::lock_guard lock(mutex_);
    if (step > journal_->last_answers_step())
      journal_->add_answers(step, fmt::format("samples/step-{:08}.txt", step), text);
    news_.notify_all();
  }

  void end(RunStatus status) override {
    {
      const std::lock_guard lock(mutex_);
      if (status == RunStatus::finished) add_files();
      journal_->add_status(status_name(status), unix_seconds());
    }
    stop(seconds_to_finish(status));
    if (journal_->unsent().empty() || is_off_) return;
    log_.warning(
        fmt::format("MLflow: {} has not received all data; the rest is kept in '{}', resume the run to send it",
                    server_.url(), (run_.output / "mlflow" / "journal.jsonl").string()));
  }

 private:
  JournalHead head() const {
    Json params = Json::object();
    for (const auto& [name, value] : run_.settings.items()) {
      const std::string text = value.is_string() ? value.get<std::string>() : json_text(value);
      if (!text.empty()) params[name] = truncated_utf8(text, kMaxParamBytes);
    }
    return {server_.url(),
            experiment_,
            run_.identity,
            random_key(),
            {{"name", run_.name},
             {"command", run_.command},
             {"version", run_.version},
             {"start_time", milliseconds(unix_seconds())},
             {"params", params}}};
  }

  /** A resumed run repeats its first lines: only those that are not in the journal yet are new. */
  void add(const MetricsLine& line) {
    if (line.step > journal_->last_step() && !line.scalars.empty()) journal_->add(line);
  }

  /** Adds the files that the run leaves, except those already added with the same content. */
  void add_files() {
    std::vector<std::string> names(std::begin(kSmallFiles), std::end(kSmallFiles));
    if (sends_weights_) names.emplace_back(kWeights);
    for (const std::string& name : names) {
      const fs::path path = run_.output / name;
      std::error_code failure;
      if (fs::symlink_status(held_entry(path), failure).type() != fs::file_type::regular) continue;
      const std::string sha256 = sha256_of_file(path);
      if (journal_->has_file(name, sha256)) continue;
      journal_->add_file(name, sha256);
      if (name == kWeights)
        log_.info(fmt::format("MLflow: {} ({:.1f} MiB) is uploaded, too", name,
                              static_cast<double>(file_bytes(path)) / (1 << 20)));
    }
  }

  /** Lets the sender try once more, waits for it up to `seconds`, then aborts the current request. */
  void stop(double seconds) {
    if (!sender_.joinable()) return;
    std::unique_lock lock(mutex_);
    is_stopping_ = true;
    news_.notify_all();
    is_done_.wait_for(lock, std::chrono::duration<double>(seconds), [&] { return has_ended_; });
    server_.ends() = true;
    lock.unlock();
    sender_.join();
  }

  /** The sender's thread. */
  void send_until_stopped() {
    double pause = 0;
    std::unique_lock lock(mutex_);
    for (;;) {
      news_.wait_for(lock, std::chrono::duration<double>(pause), [&] { return is_stopping_; });
      news_.wait(lock, [&] { return is_stopping_ || !journal_->unsent().empty() || journal_->run_id().empty(); });
      const bool is_last = is_stopping_;
      try {
        send(lock);
        if (is_unavailable_) log_.info("MLflow: " + server_.url() + " is available again");
        is_unavailable_ = false;
        pause = kSecondsBetweenBatches;
      } catch (const Unavailable& cause) {
        if (!lock.owns_lock()) lock.lock();
        mark_uncertain();
        if (is_last) break;
        report_unavailable(cause);
        pause = std::clamp(2 * pause, kFirstPauseSeconds, kLongestPauseSeconds);
      } catch (const std::exception& fault) {
        if (!lock.owns_lock()) lock.lock();
        is_off_ = true;
        log_.warning(fmt::format("MLflow: {}; tracker disabled, training continues", fault.what()));
        break;
      }
      if (is_last) break;
    }
    has_ended_ = true;
    is_done_.notify_all();
  }

  /** Sends everything in the journal; `lock` is released during requests. */
  void send(std::unique_lock<std::mutex>& lock) {
    ensure_run(lock);
    while (!journal_->unsent().empty()) {
      const JournalEntry& first = journal_->unsent().front();
      if (!first.artifact.empty()) {
        send_artifact(lock, first);
      } else if (!first.status.empty()) {
        ask(lock, [&, status = first.status, time = first.line.time] {
          server_.set_status(journal_->run_id(), status, time);
        });
        note_sent(1);
      } else {
        send_lines(lock);
      }
    }
  }

  /** What is not acknowledged may still have arrived: the response was lost, or another process sent it. */
  void mark_uncertain() {
    num_uncertain_ = journal_->unsent().size();
    may_exist_ = true;
  }

  void note_sent(std::size_t count) {
    journal_->note_sent(count);
    num_uncertain_ -= std::min(count, num_uncertain_);
  }

  /** An artifact that is sent again replaces the first. A server that accepts none, or fails, is sent no other. */
  void send_artifact(std::unique_lock<std::mutex>& lock, const JournalEntry entry) {
    ask(lock, [&] {
      if (!artifacts_) {
        artifacts_ = server_.find_artifacts(journal_->run_id());
        if (artifacts_->empty()) report_no_artifacts();
      }
      if (artifacts_->empty()) return;
      std::string bytes;
      try {
        bytes = entry.text ? *entry.text : read_file(run_.output / entry.artifact);
      } catch (const Error& error) {
        log_.warning(fmt::format("MLflow: an artifact is skipped: {}", error.what()));
        return;
      }
      try {
        if (server_.put_artifact(*artifacts_, entry.artifact, bytes)) return;
        report_no_artifacts();
      } catch (const Error& error) {
        log_.warning(fmt::format("MLflow: {}; no more artifacts are sent, metrics still are", error.what()));
      }
      artifacts_ = "";
    });
    note_sent(1);
  }

  void report_no_artifacts() {
    log_.info(fmt::format("MLflow: {} accepts no artifacts; files and answers are only in '{}'", server_.url(),
                          run_.output.string()));
  }

  /** One batch of metrics. Where delivery is uncertain, what the server already has is left out. */
  void send_lines(std::unique_lock<std::mutex>& lock) {
    std::size_t num_entries = 0, num_bytes = 0;
    std::vector<MetricsLine> lines;
    std::set<std::string> names;
    std::size_t num_metrics = 0;
    for (const JournalEntry& entry : journal_->unsent()) {
      if (!entry.status.empty() || !entry.artifact.empty()) break;
      std::size_t bytes = 0;
      for (const auto& [name, value] : entry.line.scalars) bytes += name.size() + 120;
      if (num_entries > 0 &&
          (num_metrics + entry.line.scalars.size() > kMaxMetrics || num_bytes + bytes > kMaxBatchBytes))
        break;
      for (const auto& [name, value] : entry.line.scalars) names.insert(name);
      num_metrics += entry.line.scalars.size();
      num_bytes += bytes;
      lines.push_back(entry.line);
      ++num_entries;
    }
    ask(lock, [&] {
      std::set<std::pair<std::string, std::int64_t>> known;
      if (num_uncertain_ > 0)
        for (const std::string& name : names)
          for (const std::int64_t step : server_.steps_of(journal_->run_id(), name)) known.emplace(name, step);
      Json metrics = Json::array();
      for (const MetricsLine& line : lines)
        for (const auto& [name, value] : line.scalars)
          if (!known.contains({name, line.step}))
            metrics.push_back(
                {{"key", name}, {"value", value}, {"timestamp", milliseconds(line.time)}, {"step", line.step}});
      if (!metrics.empty()) server_.log_metrics(journal_->run_id(), metrics);
    });
    note_sent(num_entries);
  }

  /** The run on the server, created with its parameters when it does not exist yet. */
  void ensure_run(std::unique_lock<std::mutex>& lock) {
    if (journal_->run_id().empty()) {
      std::string run_id;
      ask(lock, [&] {
        std::string experiment_id = server_.find_experiment();
        if (experiment_id.empty()) experiment_id = server_.create_experiment();
        if (may_exist_) run_id = server_.find_run(experiment_id, journal_->head().key);
        if (run_id.empty()) run_id = server_.create_run(experiment_id, journal_->head());
      });
      journal_->note_run(run_id);
    }
    if (journal_->has_params()) return;
    ask(lock, [&] { server_.log_params(journal_->run_id(), journal_->head().run.at("params")); });
    journal_->note_params();
  }

  /** Runs `request` without the lock. */
  template <class Request>
  void ask(std::unique_lock<std::mutex>& lock, Request&& request) {
    lock.unlock();
    request();
    lock.lock();
  }

  void report_unavailable(const Unavailable& cause) {
    if (!is_unavailable_)
      log_.warning(fmt::format("MLflow: {} is unavailable ({}); metrics are kept in '{}' and sent later", server_.url(),
                               cause.reason, (run_.output / "mlflow" / "journal.jsonl").string()));
    is_unavailable_ = true;
  }

  TrackedRun run_;
  std::string experiment_;
  MlflowServer server_;
  bool sends_weights_;
  Log& log_;
  std::mutex mutex_;  // guards the journal and what follows
  std::condition_variable news_, is_done_;
  std::optional<MlflowJournal> journal_;
  bool is_stopping_ = false, has_ended_ = false, is_off_ = false;
  // Used only by the sender once it runs: what may have reached the server without its response having come back.
  std::size_t num_uncertain_ = 0;  // of the oldest unsent entries
  bool may_exist_ = false;         // the run
  bool is_unavailable_ = false;
  std::optional<std::string> artifacts_;  // the run's artifact folder, once it is known; empty: the server accepts none
  std::thread sender_;
};

}  // namespace

HttpServer mlflow_server_from_environment() {
  const std::string uri = secret_from_environment("MLFLOW_TRACKING_URI");
  if (uri.empty())
    throw Error(Kind::usage,
                "no MLflow server is configured; set MLFLOW_TRACKING_URI, for example to https://mlflow.example.com");
  HttpServer server = parse_server(uri, "MLFLOW_TRACKING_URI");
  const std::string user = secret_from_environment("MLFLOW_TRACKING_USERNAME"),
                    password = secret_from_environment("MLFLOW_TRACKING_PASSWORD");
  if (!user.empty() && !password.empty()) {
    server.user = user;
    server.password = password;
  } else if (server.user.empty()) {
    server.token = secret_from_environment("MLFLOW_TRACKING_TOKEN");
  }
  if (const char* path = std::getenv("MLFLOW_TRACKING_SERVER_CERT_PATH"); path != nullptr && *path != 0) {
    if (!input_problem(path, InputType::file).empty())
      throw Error(Kind::usage,
                  std::string("MLFLOW_TRACKING_SERVER_CERT_PATH: '") + path + "' is not a file that can be read");
    server.authorities = path;
  }
  return server;
}

std::unique_ptr<Tracker> make_mlflow(const TrackedRun& run, const HttpServer& server, const std::string& experiment,
                                     bool sends_weights, Log& log) {
  return std::make_unique<Mlflow>(run, server, experiment, sends_weights, log);
}

}  // namespace intelia
