// The entry point: finds the command, sets its options, runs it, and turns errors into messages and exit statuses.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <new>

#include "base/nearest_word.hpp"
#include "cli/help.hpp"
#include "cli/option_names.hpp"
#include "cli/settings.hpp"
#include "cli/terminal.hpp"
#include "program.hpp"

namespace intelia {
namespace {

/** The command that `words` begin with, and the number of words of its name; or nullptr. */
const Command* find_command(const std::vector<std::string>& words, std::size_t& num_words) {
  for (const Command* command : this_program().commands) {
    const std::string name = command->name;
    const std::size_t space = name.find(' ');
    if (space == std::string::npos
            ? !words.empty() && words[0] == name
            : words.size() > 1 && words[0] == name.substr(0, space) && words[1] == name.substr(space + 1)) {
      num_words = space == std::string::npos ? 1 : 2;
      return command;
    }
  }
  return nullptr;
}

bool is_group(const std::string& word) {
  const auto& commands = this_program().commands;
  return std::any_of(commands.begin(), commands.end(),
                     [&](const Command* command) { return std::string(command->name).starts_with(word + " "); });
}

[[noreturn]] void fail_unknown(const std::vector<std::string>& words) {
  std::vector<std::string> known;
  for (const Command* command : this_program().commands) known.push_back(command->name);
  std::string typed = words[0];
  if (is_group(words[0]) && words.size() > 1 && words[1][0] != '-') typed += " " + words[1];
  if (typed[0] == '-')
    throw Error(Kind::usage, "unknown option '" + typed + "'; options follow the command, see 'intelia --help'");
  const std::string best = nearest_word(typed, known);
  throw Error(Kind::usage, "unknown command '" + typed + "'" +
                               (best.empty() ? "; see 'intelia --help'" : " (did you mean '" + best + "'?)"));
}

int run(const std::vector<std::string>& words, TerminalLog& log, std::string& command_name) {
  TerminalProgress progress(log);
  static StopFlag stop;
  install_signals(stop);
  Context context{this_program(), stdout, Sinks{log, progress, stop}, {}, false, "", Json::object(), Json::object()};
  if (words.empty() || words[0] == "--help" || words[0] == "-h" || words[0] == "help") {
    context.print(program_help(this_program(), help_width()));
    return words.empty() ? 2 : 0;
  }
  if (words[0] == "--version") {
    context.print(std::string("intelia ") + context.program.version + " (commit " + context.program.commit + ")\n");
    return 0;
  }
  std::size_t num_words = 0;
  const Command* command = find_command(words, num_words);
  if (command == nullptr) {
    if (is_group(words[0]) && (words.size() == 1 || words[1] == "--help" || words[1] == "-h")) {
      context.print(group_help(this_program(), words[0]));
      return words.size() == 1 ? 2 : 0;
    }
    fail_unknown(words);
  }
  command_name = command->name;
  const std::vector<std::string> arguments(words.begin() + static_cast<std::ptrdiff_t>(num_words), words.end());
  // Help is printed before any side effect, and before the configuration file is read.
  if (std::find(arguments.begin(), arguments.end(), "--help") != arguments.end() ||
      std::find(arguments.begin(), arguments.end(), "-h") != arguments.end()) {
    context.print(command_help(*command, help_width()));
    return 0;
  }

  OptionTable own, common;
  const Action work = command->declare(own);
  declare_common(common, context.common);
  const ParsedArguments parsed = parse_arguments(command->name, arguments, own, common);
  apply_settings(common, "", parsed, {});
  check_environment(this_program());
  ConfigurationFile file;
  if (const auto path = configuration_path(context.common); !path.empty()) {
    file = read_configuration(path);
    check_configuration(this_program(), file);
  }
  apply_settings(common, "", parsed, file);
  apply_settings(own, command->name, parsed, file);
  for (const Option& option : own.options()) {
    if (option.is_required && option.get().empty())
      throw Error(Kind::usage,
                  (option.is_positional ? option.value_name : "--" + option.name) + " is missing: " + option.help);
  }

  log.configure(context.common, wants_color(context.common.color, stderr));
  context.uses_color = wants_color(context.common.color, stdout);
  context.command = command->name;
  for (const Option& option : own.options()) {
    context.options[option.name] = option.json();
    if (!option.may_change) context.fixed_options[option.name] = option.json();
    if (option.origin > Origin::preset) context.given.push_back(option.name);
    log.debug(option.name + " = " + option.get());
  }
  const int status = naming_options(own, [&] { return work(context); });
  progress.finish();
  return status;
}

/** The message for the user: the setting that the error is about is replaced by an option's name. */
std::string words_of(const SettingError& error) {
  const std::string option = "--" + error.setting();
  if (error.role() == SettingError::Role::remedy) return error.what() + (" (" + option + ")");
  return "--" + std::string(error.what());
}

int guarded_run(const std::vector<std::string>& words) {
  TerminalLog log;
  std::string command_name;
  const auto say = [&](const std::string& message) {
    log.draw_live("");
    log.write(Level::error, (command_name.empty() ? "" : command_name + ": ") + message);
  };
  try {
    return run(words, log, command_name);
  } catch (const ClosedPipe&) {
    return 0;
  } catch (const SettingError& error) {
    say(words_of(error));
    return exit_status(error);
  } catch (const Error& error) {
    say(error.what());
    return exit_status(error);
  } catch (const std::filesystem::filesystem_error& error) {
    say("cannot access '" + error.path1().string() + "': " + error.code().message());
  } catch (const std::system_error& error) {  // a thread that cannot be started
    say(std::string("the system refuses a resource: ") + error.code().message() +
        "; raise the limits of processes and memory (ulimit -u, ulimit -v)");
  } catch (const std::bad_alloc&) {
    say("out of memory");
  } catch (const std::exception& error) {
    say(std::string("internal error: ") + error.what());
  }
  return 1;
}

}  // namespace
}  // namespace intelia

int main(int argc, char** argv) {
  intelia::open_standard_descriptors();
  const int status = intelia::guarded_run({argv + 1, argv + argc});
  std::fflush(nullptr);
  // Threads of libtorch may hold locks: exit without running the destructors of loaded libraries.
  std::_Exit(status);
}
