// intelia config: the effective value of each option and its source.
#include <fmt/format.h>

#include "base/nearest_word.hpp"
#include "cli/settings.hpp"
#include "record/json_line.hpp"
#include "text/visible_text.hpp"

namespace intelia {
namespace {

struct ConfigOptions {
  std::string command, subcommand;
  std::string name() const { return subcommand.empty() ? command : command + " " + subcommand; }
};

void declare(OptionTable& table, ConfigOptions& options) {
  table.add("command", options.command, "Print only the options of this command", "COMMAND").positional();
  table.add("subcommand", options.subcommand, "The second word of its name", "SUBCOMMAND").positional();
}

const char* origin_name(Origin origin) {
  switch (origin) {
    case Origin::flag:
      return "flag";
    case Origin::environment:
      return "environment";
    case Origin::preset:
      return "preset";
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
  std::vector<std::string> names;
  const std::string name = options.name();
  bool is_known = name.empty();
  for (const Command* command : context.program.commands) {
    names.push_back(command->name);
    const bool is_of_group = options.subcommand.empty() && std::string(command->name).starts_with(name + " ");
    if (!name.empty() && command->name != name && !is_of_group) continue;
    is_known = true;
    OptionTable table;
    command->declare(table);
    apply_settings(table, command->name, ParsedArguments{}, file);
    if (table.options().empty()) continue;
    text += fmt::format("[{}]\n", command->name);
    for (const Option& option : table.options()) {
      text += fmt::format("  {:<24}{:<28} {}\n", option.name, visible(option.get(), Newlines::shown),
                          origin_name(option.origin));
      summary[command->name][option.name] = {{"value", option.json()}, {"origin", origin_name(option.origin)}};
    }
  }
  if (!is_known) throw Error(Kind::usage, "unknown command '" + name + "'" + did_you_mean(name, names));
  context.print(context.common.json ? json_line(summary) : text);
  return 0;
}

}  // namespace

extern const Command config{"config", "Print the effective options and their sources",
                            "Prints each option of every command (or of COMMAND, such as train sft, or train for the "
                            "whole group) with the value that environment and "
                            "configuration file give it, and which of them it comes from.\n\n"
                            "Example: intelia config train sft",
                            bind<ConfigOptions, declare, run>};

}  // namespace intelia
