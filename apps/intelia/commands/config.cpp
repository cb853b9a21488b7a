// intelia config: each effective value and where it came from.
#include <fmt/format.h>

#include "cli/settings.hpp"

namespace intelia {
namespace {

struct ConfigOptions {
  std::string command;
};

void declare(OptionTable& table, ConfigOptions& options) {
  table.add("command", options.command, "Only this command's values", "COMMAND").positional();
}

const char* origin_name(Origin origin) {
  switch (origin) {
    case Origin::flag:
      return "flag";
    case Origin::environment:
      return "environment";
    case Origin::file:
      return "file";
    case Origin::default_value:
      break;
  }
  return "default";
}

int run(const ConfigOptions& options, Context& context) {
  const std::filesystem::path path = configuration_path(context.common);
  const ConfigurationFile file = path.empty() ? ConfigurationFile{} : read_configuration(path);
  Json summary = Json::object();
  std::string text;
  for (const Command* command : context.program.commands) {
    if (!options.command.empty() && command->name != options.command) continue;
    OptionTable table;
    command->declare(table);
    apply_settings(table, command->name, ParsedArguments{}, file);
    if (table.options().empty()) continue;
    text += fmt::format("[{}]\n", command->name);
    for (const Option& option : table.options()) {
      text += fmt::format("  {:<24}{:<28} {}\n", option.name, option.get(), origin_name(option.origin));
      summary[command->name][option.name] = {{"value", option.json()}, {"origin", origin_name(option.origin)}};
    }
  }
  if (text.empty()) throw Error(Kind::usage, "there is no command '" + options.command + "' with options");
  context.print(context.common.json ? summary.dump() + "\n" : text);
  return 0;
}

}  // namespace

extern const Command config{"config", "Effective settings and where each came from",
                            "Prints every option of every command (or of COMMAND) as flags, environment and "
                            "configuration file leave it.\n\nExample: intelia config 'train sft'",
                            bind<ConfigOptions, declare, run>};

}  // namespace intelia
