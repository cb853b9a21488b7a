// `intelia doctor`: checks that this machine is ready. Options and output; lib/base and lib/postgres do the checks.
#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/machine.hpp"
#include "cli/command.hpp"
#include "engine/engine.hpp"
#include "postgres/inspection.hpp"
#include "text/visible_text.hpp"

namespace intelia {
namespace {

namespace fs = std::filesystem;

struct Options {
  bool engine = true;
  fs::path output;
  postgres::ExtractQuery query;
};

void declare(OptionTable& table, Options& options) {
  table.add("engine", options.engine, "Also load libtorch and check for a GPU");
  table.add("output", options.output, "Also check the output folder of 'extract'", "FOLDER");
  table.add("table", options.query.table, "Table or view for 'extract', NAME or SCHEMA.NAME", "NAME");
  table.add("columns", options.query.columns,
            "Names of its columns where they differ, such as conversation_id=id,messages=body");
}

Finding inspect_engine() {
  try {
    const Json versions = load_engine().versions(/*look_for_gpu=*/true);
    std::string words = "torch " + versions.value("torch", "?");
    words += versions["cuda"].is_string() ? ", CUDA " + versions["cuda"].get<std::string>() : ", CPU only";
    if (versions.contains("gpu")) words += " (" + versions["gpu"].get<std::string>() + ")";
    return {"engine", Condition::ok, words};
  } catch (const Error& error) {
    return {"engine", Condition::failed, error.what()};
  }
}

struct ConditionNames {
  const char* mark;  // for people
  const char* name;  // for programs
};

ConditionNames names_of(Condition condition) {
  switch (condition) {
    case Condition::ok:
      return {"ok", "ok"};
    case Condition::note:
      return {"note", "note"};
    case Condition::absent:
      return {"not set", "not set"};
    case Condition::warning:
      return {"WARNING", "warning"};
    case Condition::failed:
      break;
  }
  return {"FAILED", "failed"};
}

std::vector<Finding> inspect_all(const Options& options, const StopFlag& stop) {
  std::vector<Finding> findings{inspect_machine()};
  if (!options.output.empty()) findings.push_back(inspect_output(options.output));
  if (auto secret = postgres::inspect_secret()) findings.push_back(*secret);
  for (Finding& finding : postgres::inspect_database(options.query, stop, unix_seconds))
    findings.push_back(std::move(finding));
  if (options.engine) findings.push_back(inspect_engine());
  for (Finding& finding : findings)
    if (!finding.setting.empty()) finding.message += " (--" + finding.setting + ")";
  return findings;
}

int run(const Options& options, Context& context) {
  postgres::check(options.query);
  bool is_ready = true;
  Json summary = Json::object();
  std::string text = fmt::format("intelia {} (commit {})\n", context.program.version, context.program.commit);
  for (const Finding& finding : inspect_all(options, context.sinks.stop)) {
    const ConditionNames names = names_of(finding.condition);
    is_ready = is_ready && finding.condition != Condition::failed;
    text += fmt::format("  {:<7}  {:<12} {}\n", names.mark, finding.part, visible(finding.message, Newlines::shown));
    for (const std::string& remedy : finding.remedies)
      text += fmt::format("  {:<7}  {:<12}   {}\n", "", "", visible(remedy, Newlines::shown));
    summary[finding.part] = Json{{"state", names.name}, {"message", finding.message}};
    if (!finding.remedies.empty()) summary[finding.part]["remedies"] = finding.remedies;
  }
  context.print(context.common.json ? summary.dump() + "\n" : text);
  return is_ready ? 0 : 1;
}

}  // namespace

extern const Command doctor{
    "doctor", "Check that this machine is ready: engine, GPU, database, disk",
    "Checks what the commands need and suggests fixes. The database is checked for 'extract': version, encryption, "
    "table, columns and their types, privileges, indexes, timeouts, replication and clock; conversations are not read "
    "and nothing is changed. Exit status 1 if a configured part does not work; notes and warnings do not affect it.\n\n"
    "Example: DATABASE_URL_FILE=/run/secrets/database intelia doctor --no-engine --table crm.chats --output "
    "data/nightly",
    bind<Options, declare, run>};

}  // namespace intelia
