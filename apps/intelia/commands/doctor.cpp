// intelia doctor: is this machine ready? Each part is tried the way the commands use it.
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <thread>

#include "base/clock.hpp"
#include "base/file.hpp"
#include "cli/command.hpp"
#include "engine/engine.hpp"
#include "postgres/connection.hpp"
#include "postgres/inspection.hpp"

namespace intelia {
namespace {

namespace fs = std::filesystem;

struct Options {
  bool engine = true;
  fs::path output;
  postgres::ExtractQuery query;
};

void declare(OptionTable& table, Options& options) {
  table.add("engine", options.engine, "Also load libtorch and look for a GPU");
  table.add("output", options.output, "Also look at the folder that 'extract' is to write", "FOLDER");
  table.add("table", options.query.table, "Table or view that 'extract' is to read, NAME or SCHEMA.NAME", "NAME");
  table.add("columns", options.query.columns,
            "Names of the table's columns where they differ: conversation_id=id,messages=body,rating=…,created_at=…,"
            "language=…");
}

enum class State { ok, note, warning, absent, failed };

struct Finding {
  std::string part;
  State state;
  std::string words;
  std::vector<std::string> remedies = {};  // SQL statements
};

Finding look_at_machine() {
  const auto pages = static_cast<double>(::sysconf(_SC_PHYS_PAGES)) * static_cast<double>(::sysconf(_SC_PAGESIZE));
  return {
      "machine", State::ok,
      fmt::format("{} cores, {:.1f} GiB of memory, {:.1f} GiB free on this disk", std::thread::hardware_concurrency(),
                  pages / (1 << 30), static_cast<double>(free_disk_bytes(".")) / (1 << 30))};
}

Finding look_at_output(const fs::path& folder) {
  constexpr double kLittleGibibytes = 1;
  fs::path existing = fs::absolute(folder).lexically_normal();
  std::error_code status;
  while (!fs::exists(existing, status) && existing.has_parent_path() && existing != existing.parent_path())
    existing = existing.parent_path();
  if (!fs::is_directory(existing, status))
    return {"output", State::failed, "'" + existing.string() + "' is not a folder"};
  if (::access(existing.c_str(), W_OK | X_OK) != 0)
    return {"output", State::failed, "'" + existing.string() + "': " + system_message(errno)};
  const double gibibytes = static_cast<double>(free_disk_bytes(existing)) / (1 << 30);
  Finding finding{"output", State::ok, fmt::format("{:.1f} GiB free for '{}'", gibibytes, folder.string())};
  if (gibibytes < kLittleGibibytes) {
    finding.state = State::warning;
    finding.words += "; the new files stand beside the old ones until they are whole";
  }
  return finding;
}

/** The file with the connection's secret, if one is named. */
void look_at_secret(std::vector<Finding>& findings) {
  const char* file = std::getenv("DATABASE_URL_FILE");
  if (file == nullptr || *file == '\0') return;
  if (const char* url = std::getenv("DATABASE_URL"); url != nullptr && *url != '\0') {
    findings.push_back({"secret", State::note, "DATABASE_URL is set as well, and wins over DATABASE_URL_FILE"});
    return;
  }
  struct stat status {};
  if (::stat(file, &status) != 0) {
    findings.push_back(
        {"secret", State::failed, fmt::format("DATABASE_URL_FILE '{}': {}", file, system_message(errno))});
  } else if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    findings.push_back({"secret", State::warning,
                        fmt::format("DATABASE_URL_FILE '{}' is open to others (mode {:03o}); chmod 600 it", file,
                                    status.st_mode & 0777U)});
  } else {
    findings.push_back({"secret", State::ok, fmt::format("'{}', open to its owner only", file)});
  }
}

Finding look_at_engine() {
  try {
    const Json versions = load_engine().versions(/*look_for_gpu=*/true);
    std::string words = "torch " + versions.value("torch", "?");
    words += versions["cuda"].is_string() ? ", CUDA " + versions["cuda"].get<std::string>() : ", CPU only";
    if (versions.contains("gpu")) words += " (" + versions["gpu"].get<std::string>() + ")";
    return {"engine", State::ok, words};
  } catch (const Error& error) {
    return {"engine", State::failed, error.what()};
  }
}

State state_of(postgres::Condition condition) {
  switch (condition) {
    case postgres::Condition::ok:
      return State::ok;
    case postgres::Condition::note:
      return State::note;
    case postgres::Condition::warning:
      return State::warning;
    case postgres::Condition::failed:
      break;
  }
  return State::failed;
}

void look_at_database(const postgres::ExtractQuery& query, const StopFlag& stop, std::vector<Finding>& findings) {
  if (std::getenv("DATABASE_URL") == nullptr && std::getenv("DATABASE_URL_FILE") == nullptr) {
    findings.push_back({"database", State::absent, "DATABASE_URL is not set; 'extract' needs it"});
    return;
  }
  try {
    const std::string url = postgres::database_url_from_environment();
    postgres::Connection connection(url, stop);
    findings.push_back({"database", State::ok, fmt::format("'{}' at {}", connection.database(), connection.host())});
    for (postgres::Finding& finding : postgres::inspect(connection, url, query, unix_seconds))
      findings.push_back({finding.part, state_of(finding.condition), finding.words, finding.remedies});
  } catch (const Interrupted&) {
    throw;
  } catch (const Error& error) {
    findings.push_back({"database", State::failed, error.what()});
  }
}

/** Names of tables come from outside: what would move the terminal's cursor becomes a question mark. */
std::string printable(std::string words) {
  for (char& c : words)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  return words;
}

int run(const Options& options, Context& context) {
  postgres::check(options.query);
  std::vector<Finding> findings{look_at_machine()};
  if (!options.output.empty()) findings.push_back(look_at_output(options.output));
  look_at_secret(findings);
  look_at_database(options.query, context.sinks.stop, findings);
  if (options.engine) findings.push_back(look_at_engine());
  bool is_ready = true;
  Json summary = Json::object();
  std::string text = fmt::format("intelia {} (commit {})\n", context.program.version, context.program.commit);
  for (const Finding& finding : findings) {
    static constexpr const char* kMarks[] = {"ok", "note", "WARNING", "not set", "FAILED"};
    static constexpr const char* kNames[] = {"ok", "note", "warning", "not set", "failed"};
    const auto index = static_cast<std::size_t>(finding.state);
    is_ready = is_ready && finding.state != State::failed;
    text += fmt::format("  {:<7}  {:<12} {}\n", kMarks[index], finding.part, printable(finding.words));
    for (const std::string& remedy : finding.remedies)
      text += fmt::format("  {:<7}  {:<12}   {}\n", "", "", printable(remedy));
    summary[finding.part] = Json{{"state", kNames[index]}, {"words", finding.words}};
    if (!finding.remedies.empty()) summary[finding.part]["remedies"] = finding.remedies;
  }
  context.print(context.common.json ? summary.dump() + "\n" : text);
  return is_ready ? 0 : 1;
}

}  // namespace

extern const Command doctor{
    "doctor", "Is this machine ready: engine, GPU, database, disk",
    "Tries each part as the commands would use it, and says what to do where one fails. Of the database it looks at "
    "what "
    "'extract' will meet: version, encryption, table, columns and their types, privileges, indexes, time limits, "
    "replication and the clock; it reads no conversation and changes nothing. Exit status 1 when a part that is "
    "configured "
    "does not work; notes and warnings do not change it.\n\n"
    "Example: DATABASE_URL_FILE=/run/secrets/database intelia doctor --no-engine --table crm.chats --output "
    "data/nightly",
    bind<Options, declare, run>};

}  // namespace intelia
