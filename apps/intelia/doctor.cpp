// intelia doctor: is this machine ready? Each part is tried the way the commands use it.
#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <thread>

#include "base/file.hpp"
#include "command.hpp"
#include "engine/engine.hpp"
#include "postgres/connection.hpp"

namespace intelia {
namespace {

struct Options {
  bool engine = true;
};

void declare(OptionTable& table, Options& options) {
  table.add("engine", options.engine, "Also load libtorch and look for a GPU");
}

enum class State { good, absent, bad };

struct Finding {
  std::string part;
  State state;
  std::string words;
};

Finding look_at_machine() {
  const auto pages = static_cast<double>(::sysconf(_SC_PHYS_PAGES)) * static_cast<double>(::sysconf(_SC_PAGESIZE));
  return {"machine", State::good,
          fmt::format("{} cores, {:.1f} GiB of memory, {:.1f} GiB free on this disk", std::thread::hardware_concurrency(),
                      pages / (1 << 30), static_cast<double>(free_disk_bytes(".")) / (1 << 30))};
}

Finding look_at_engine() {
  try {
    const Json versions = load_engine().versions(/*look_for_gpu=*/true);
    std::string words = "torch " + versions.value("torch", "?");
    words += versions["cuda"].is_string() ? ", CUDA " + versions["cuda"].get<std::string>() : ", CPU only";
    if (versions.contains("gpu")) words += " (" + versions["gpu"].get<std::string>() + ")";
    return {"engine", State::good, words};
  } catch (const Error& error) {
    return {"engine", State::bad, error.what()};
  }
}

Finding look_at_database(const StopFlag& stop) {
  if (std::getenv("DATABASE_URL") == nullptr && std::getenv("DATABASE_URL_FILE") == nullptr)
    return {"database", State::absent, "DATABASE_URL is not set; 'extract' needs it"};
  try {
    postgres::Connection connection(postgres::database_url_from_environment(), stop);
    return {"database", State::good,
            fmt::format("PostgreSQL {} at {}, database '{}'", connection.server_version(), connection.host(), connection.database())};
  } catch (const Error& error) {
    return {"database", State::bad, error.what()};
  }
}

int run(const Options& options, Context& context) {
  std::vector<Finding> findings{look_at_machine(), look_at_database(context.sinks.stop)};
  if (options.engine) findings.push_back(look_at_engine());
  bool is_ready = true;
  Json summary = Json::object();
  std::string text = fmt::format("intelia {} (commit {})\n", program_version(), program_commit());
  for (const Finding& finding : findings) {
    static constexpr const char* kMarks[] = {"ok     ", "not set", "FAILED "};
    static constexpr const char* kNames[] = {"ok", "not set", "failed"};
    const auto index = static_cast<std::size_t>(finding.state);
    is_ready = is_ready && finding.state != State::bad;
    text += fmt::format("  {}  {:<9} {}\n", kMarks[index], finding.part, finding.words);
    summary[finding.part] = {{"state", kNames[index]}, {"words", finding.words}};
  }
  context.print(context.common.json ? summary.dump() + "\n" : text);
  return is_ready ? 0 : 1;
}

}  // namespace

extern const Command doctor{"doctor", "Is this machine ready: engine, GPU, database, disk",
                            "Tries each part as the commands would use it, and says what to do where one fails. Exit status 1 "
                            "when a part that is configured does not work.\n\nExample: intelia doctor",
                            bind<Options, declare, run>};

}  // namespace intelia
