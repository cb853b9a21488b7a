// `intelia doctor`: checks that this machine is ready. Options and output; lib/base and lib/postgres do the checks.
#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/machine.hpp"
#include "cli/command.hpp"
#include "cli/settings.hpp"
#include "engine/engine.hpp"
#include "postgres/inspection.hpp"
#include "record/json_line.hpp"
#include "text/visible_text.hpp"

namespace intelia {
namespace {

namespace fs = std::filesystem;

struct Options {
  bool engine = true;
  fs::path output;
  std::string table;
  std::vector<std::string> columns;
};

void declare(OptionTable& table, Options& options) {
  table.add("engine", options.engine, "Also load libtorch and check for a GPU");
  table.add("output", options.output,
            "Also check the output folder of 'extract'; default: that of 'extract', if it is set", "FOLDER");
  table.add("table", options.table, "Table or view for 'extract', NAME or SCHEMA.NAME; default: that of 'extract'",
            "NAME");
  table.add("columns", options.columns,
            "Names of its columns where they differ, such as conversation_id=id,messages=body; default: those of "
            "'extract'");
}

/** What 'extract' would do with this environment and configuration file, with the options that were given here. */
struct ExtractPlan {
  fs::path output;
  postgres::ExtractQuery query;
};

ExtractPlan plan_extract(const Options& options, const Context& context) {
  ExtractPlan plan{options.output, {}};
  OptionTable table;
  table.add("output", plan.output, "");
  table.add("table", plan.query.table, "");
  table.add("columns", plan.query.columns, "");
  const fs::path path = configuration_path(context.common);
  apply_settings(table, "extract", {}, path.empty() ? ConfigurationFile() : read_configuration(path));
  if (!options.output.empty()) plan.output = options.output;
  if (!options.table.empty()) plan.query.table = options.table;
  if (!options.columns.empty()) plan.query.columns = options.columns;
  return plan;
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

std::vector<Finding> inspect_all(const Options& options, const ExtractPlan& plan, const StopFlag& stop) {
  std::vector<Finding> findings{inspect_machine()};
  if (!plan.output.empty()) findings.push_back(inspect_output(plan.output));
  if (auto secret = postgres::inspect_secret()) findings.push_back(*secret);
  for (Finding& finding : postgres::inspect_database(plan.query, stop, unix_seconds))
    findings.push_back(std::move(finding));
  if (options.engine) findings.push_back(inspect_engine());
  for (Finding& finding : findings)
    if (!finding.setting.empty()) finding.message += " (--" + finding.setting + ")";
  return findings;
}

int run(const Options& options, Context& context) {
  const ExtractPlan plan = plan_extract(options, context);
  postgres::check(plan.query);
  bool is_ready = true;
  Json summary = Json::object();
  std::string text = fmt::format("intelia {} (commit {})\n", context.program.version, context.program.commit);
  for (const Finding& finding : inspect_all(options, plan, context.sinks.stop)) {
    const ConditionNames names = names_of(finding.condition);
    is_ready = is_ready && finding.condition != Condition::failed;
    text += fmt::format("  {:<7}  {:<12} {}\n", names.mark, finding.part, visible(finding.message, Newlines::shown));
    for (const std::string& remedy : finding.remedies)
      text += fmt::format("  {:<7}  {:<12}   {}\n", "", "", visible(remedy, Newlines::shown));
    summary[finding.part] = Json{{"state", names.name}, {"message", finding.message}};
    if (!finding.remedies.empty()) summary[finding.part]["remedies"] = finding.remedies;
  }
  context.print(context.common.json ? json_line(summary) : text);
  return is_ready ? 0 : 1;
}

}  // namespace

extern const Command doctor{
    "doctor", "Check that this machine is ready: engine, GPU, database, disk",
    "Checks what the commands need and suggests fixes. The database is checked for 'extract': version, encryption, "
    "table, columns and their types, privileges, indexes, timeouts, replication and clock; nothing is changed, and of "
    "conversations a few values are read only where columns are missing, to propose a mapping. Exit status 1 if a "
    "configured part does not work; notes and warnings do not affect it.\n\n"
    "Example: DATABASE_URL_FILE=/run/secrets/database intelia doctor --no-engine --table crm.chats --output "
    "data/nightly",
    bind<Options, declare, run>};

}  // namespace intelia
