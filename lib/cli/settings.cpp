#include "cli/settings.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <thread>

#include "base/nearest_word.hpp"
#include "cli/foreign_options.hpp"

namespace intelia {

namespace {

/** More threads than this only slow the program down, or exceed what the system permits. */
int max_threads() { return std::max(64, 4 * static_cast<int>(std::thread::hardware_concurrency())); }

}  // namespace

void declare_common(OptionTable& table, CommonOptions& common) {
  table.add("force", common.force, "Overwrite outputs of other commands");
  table.add("dry-run", common.dry_run, "Print what would be done without doing it");
  table.add("json", common.json, "Print the summary as one JSON object on stdout");
  table.add("quiet", common.quiet, "Print only warnings and errors on stderr");
  table.add("verbose", common.verbose, "Print debug messages on stderr");
  Option& threads = table.add("threads", common.threads, "Number of threads (0 = one per core)");
  threads.set = [parse = threads.set, &common](const std::string& text) {
    parse(text);
    if (common.threads < 0 || common.threads > max_threads())
      throw Error(Kind::usage,
                  "expected 0 (one per core) to " + std::to_string(max_threads()) + ", got '" + text + "'");
  };
  table.add("config", common.config, "TOML configuration file; default: $INTELIA_CONFIG, then ./intelia.toml");
  table.add("log-format", common.log_format, "Format of log messages",
            {{"text", CommonOptions::LogFormat::text}, {"json", CommonOptions::LogFormat::json}});
  table.add("color", common.color, "Colors in the terminal",
            {{"auto", CommonOptions::Color::automatic},
             {"always", CommonOptions::Color::always},
             {"never", CommonOptions::Color::never}});
  table.add("help", common.help, "Show this help");
}

namespace {

std::vector<std::string> names_of(const OptionTable& table) {
  std::vector<std::string> names;
  for (const Option& option : table.options()) names.push_back(option.name);
  return names;
}

}  // namespace

std::string environment_name(const std::string& command, const std::string& option) {
  std::string name = "INTELIA_" + (command.empty() ? "" : command + "_") + option;
  for (char& c : name) c = c == ' ' || c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return name;
}

namespace {

/** " (did you mean 'train sft'?)" for the nearest command, or for the first one of the group `table`. */
std::string suggest_command(const std::string& table, const std::vector<std::string>& commands) {
  for (const std::string& command : commands)
    if (!table.empty() && command.starts_with(table + " ")) return " (did you mean '" + command + "'?)";
  return did_you_mean(table, commands);
}

}  // namespace

std::filesystem::path configuration_path(const CommonOptions& common) {
  if (!common.config.empty()) return common.config;
  const char* from_environment = std::getenv("INTELIA_CONFIG");
  if (from_environment != nullptr && *from_environment != 0) return from_environment;
  std::error_code failure;
  if (std::filesystem::exists("intelia.toml", failure)) return "intelia.toml";
  return {};
}

namespace {

/** Sets `option` from the source with the highest precedence that has it; `preset` is the value of the preset, if any.
 */
void apply_setting(Option& option, const std::string& command, const ParsedArguments& arguments,
                   const ConfigurationFile& file, const std::optional<std::string>& preset) {
  const auto set = [&](const std::vector<std::string>& values, Origin origin, const std::string& name,
                       bool are_items = false) {
    try {
      const bool is_path = option.is_file && !option.is_positional;
      if (is_path && std::find(values.begin(), values.end(), "-") != values.end())
        throw Error(Kind::usage,
                    "expected a path, got '-', which is neither standard input nor output here; a file of "
                    "that name is ./-");
      if (option.is_list()) {
        std::vector<std::string> items;
        for (const std::string& value : values)
          for (std::string& item : are_items ? std::vector<std::string>{value} : option.split(value))
            items.push_back(std::move(item));
        option.set_items(items);
      } else if (are_items) {
        throw Error(Kind::usage, "expected one value, got a list");
      } else {
        option.set(values.back());
      }
    } catch (const Error& error) {
      throw Error(Kind::usage, name + ": " + error.what());
    }
    option.origin = origin;
  };
  const auto file_table = file.find(command);
  const std::string variable = environment_name(command, option.name);
  const char* from_environment = std::getenv(variable.c_str());
  if (auto value = arguments.values.find(option.name); value != arguments.values.end()) {
    set(value->second, Origin::flag, option.is_positional ? option.value_name : "--" + option.name);
  } else if (from_environment != nullptr && *from_environment != 0) {
    set({from_environment}, Origin::environment, variable);
  } else if (file_table != file.end() && file_table->second.contains(option.name)) {
    const FileValue& value = file_table->second.at(option.name);
    set(value.values, Origin::file, value.where + ": " + option.name, value.is_list);
  } else if (preset) {
    set({*preset}, Origin::preset, "preset: " + option.name);
  }
}

}  // namespace

void apply_settings(OptionTable& table, const std::string& command, const ParsedArguments& arguments,
                    const ConfigurationFile& file) {
  if (Option* preset = table.find(table.preset_option()); preset != nullptr)
    apply_setting(*preset, command, arguments, file, std::nullopt);
  std::map<std::string, std::string> preset_values;
  for (const auto& [name, value] : table.preset_values()) preset_values[name] = value;
  for (Option& option : table.options()) {
    const auto value = preset_values.find(option.name);
    apply_setting(option, command, arguments, file,
                  value == preset_values.end() ? std::nullopt : std::optional<std::string>(value->second));
  }
}

void check_environment(const Program& program) {
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string variable(*entry, std::strcspn(*entry, "="));
    if (!variable.starts_with("INTELIA_")) continue;
    for (const Command* command : program.commands) {
      const std::string prefix = environment_name(command->name, "");
      if (!variable.starts_with(prefix)) continue;
      OptionTable table;
      command->declare(table);
      std::vector<std::string> known;
      for (const std::string& option : names_of(table)) known.push_back(environment_name(command->name, option));
      if (std::find(known.begin(), known.end(), variable) != known.end()) continue;
      throw Error(Kind::usage, "unknown environment variable '" + variable + "'" + did_you_mean(variable, known, "") +
                                   "; '" + command->name + "' has no such option");
    }
  }
}

void check_configuration(const Program& program, const ConfigurationFile& file) {
  std::map<std::string, std::vector<std::string>> known;
  CommonOptions common;
  OptionTable common_table;
  declare_common(common_table, common);
  known[""] = names_of(common_table);
  for (const Command* command : program.commands) {
    OptionTable table;
    command->declare(table);
    known[command->name] = names_of(table);
  }
  std::vector<std::string> commands;
  for (const auto& [name, options] : known) commands.push_back(name);
  for (const auto& [table, values] : file) {
    const auto options = known.find(table);
    for (const auto& [key, value] : values) {
      if (options == known.end())
        throw Error(Kind::usage, value.where + ": unknown command '" + table + "'" + suggest_command(table, commands));
      if (std::find(options->second.begin(), options->second.end(), key) == options->second.end())
        throw Error(Kind::usage, value.where + ": unknown key '" + key + "'" +
                                     (table.empty() ? "" : " of [" + table + "]") + suggest_key(key, options->second));
    }
  }
}

}  // namespace intelia
