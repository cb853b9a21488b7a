#include "export/hub_process.hpp"

#include <signal.h>
#include <unistd.h>

#include "base/file.hpp"
#include "base/subprocess.hpp"

namespace intelia {

namespace fs = std::filesystem;

namespace {

/** What the program has printed so far, by line; lines that are not JSON are warnings of its libraries. */
std::vector<Json> reports_in(const fs::path& log) {
  std::vector<Json> reports;
  LineReader lines(log);
  while (const auto line = lines.next()) {
    Json report = Json::parse(*line, nullptr, /*allow_exceptions=*/false);
    if (report.is_object()) reports.push_back(std::move(report));
  }
  return reports;
}

Kind kind_named(const std::string& name) {
  if (name == "usage") return Kind::usage;
  if (name == "input") return Kind::input;
  return name == "io" ? Kind::io : Kind::unavailable;
}

/** Ends the program when the command is interrupted. */
class Client {
 public:
  Client(const std::vector<std::string>& arguments, const fs::path& log, const fs::path& folder)
      : process_(arguments, log, folder) {}
  ~Client() {
    if (!has_ended_) ::kill(process_.id(), SIGKILL);  // also one that is stopped; downloads can be resumed
  }
  void send(std::string_view input, const StopFlag& stop) {
    process_.write(input, [&] { return stop.is_set(); });  // a program that no longer reads reports why
    stop.check("the transfer");
    process_.close_input();
  }
  bool ends_within(double seconds) {
    has_ended_ = process_.wait(seconds).has_value();
    return has_ended_;
  }

 private:
  ChildProcess process_;
  bool has_ended_ = false;
};

}  // namespace

std::vector<Json> run_hub_program(const char* program, const std::vector<std::string>& arguments,
                                  std::string_view input, const fs::path& folder, const fs::path& log,
                                  const std::string& subject, const StopFlag& stop,
                                  const std::function<void(const std::vector<Json>& reports)>& watch) {
  std::vector<std::string> command{python_program(), "-c", program, std::to_string(::getpid())};
  command.insert(command.end(), arguments.begin(), arguments.end());
  Client client(command, log, folder);
  client.send(input, stop);
  while (!client.ends_within(0.2)) {
    stop.check("the transfer");
    watch(reports_in(log));
  }
  std::vector<Json> reports = reports_in(log);
  for (const Json& report : reports)
    if (report.contains("error"))
      throw Error(kind_named(report.value("kind", "")), "'" + subject + "': " + report["error"].get<std::string>());
  return reports;
}

void fail_without_result(const fs::path& log) {
  throw Error(Kind::unavailable,
              "the Hugging Face client ended without a result; its messages are in '" + log.string() + "'");
}

}  // namespace intelia
