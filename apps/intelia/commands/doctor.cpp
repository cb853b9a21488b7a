// intelia doctor: is this machine ready? Each part is tried the way the commands use it.
#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/machine.hpp"
#include "cli/command.hpp"
#include "engine/engine.hpp"
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

/** Names of tables come from outside: what would move the terminal's cursor becomes a question mark. */
std::string printable(std::string words) {
  for (char& c : words)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  return words;
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
    text += fmt::format("  {:<7}  {:<12} {}\n", names.mark, finding.part, printable(finding.message));
    for (const std::string& remedy : finding.remedies)
      text += fmt::format("  {:<7}  {:<12}   {}\n", "", "", printable(remedy));
    summary[finding.part] = Json{{"state", names.name}, {"words", finding.message}};
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
