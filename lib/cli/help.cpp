#include "cli/help.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "cli/settings.hpp"

namespace intelia {

namespace {

constexpr const char* kStatuses =
    "Exit status: 0 success; 1 failure; 2 usage or configuration error; 3 negative result; 4 inconclusive; 75 "
    "temporary "
    "failure, try again later; 128+N terminated by signal N.";

std::string command_lines(const Program& program, const std::string& prefix) {
  std::string text;
  for (const Command* command : program.commands)
    if (std::string(command->name).starts_with(prefix))
      text += fmt::format("  {:<17}{}\n", command->name, command->summary);
  return text;
}

std::string option_lines(const OptionTable& table, std::size_t width) {
  constexpr std::size_t kIndent = 30;
  std::string text;
  for (const Option& option : table.options()) {
    std::string name = option.is_positional ? option.value_name : "--" + option.name;
    if (!option.is_positional && !option.value_name.empty()) name += " " + option.value_name;
    std::string help = option.help;
    if (!option.choices.empty()) {
      help += " (";
      for (const std::string& choice : option.choices) help += (help.back() == '(' ? "" : "|") + choice;
      help += ")";
    }
    const std::string value = option.get();
    if (option.is_required)
      help += " [required]";
    else if (!value.empty() && value != "false" && !option.is_positional)
      help += " [default: " + value + "]";
    std::string line = "  " + name;
    line += line.size() + 2 > kIndent ? "\n" + std::string(kIndent, ' ') : std::string(kIndent - line.size(), ' ');
    text += line + wrap(help, kIndent, width) + "\n";
  }
  return text;
}

}  // namespace

std::size_t help_width() {
  constexpr std::size_t kDefault = 80, kLeast = 50, kMost = 160;
  const char* columns = std::getenv("COLUMNS");
  std::size_t width = columns == nullptr ? 0 : std::strtoul(columns, nullptr, 10);
  winsize size{};
  if (width == 0 && ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) width = size.ws_col;
  return width == 0 ? kDefault : std::clamp(width, kLeast, kMost);
}

std::string program_help(const Program& program, std::size_t width) {
  constexpr const char* kMore =
      "'intelia COMMAND --help' shows the options of a command, 'intelia --version' the version. Options can also be "
      "set "
      "in the environment (INTELIA_TRAIN_SFT_LEARNING_RATE) or in intelia.toml ([train.sft] learning-rate = 2e-5); "
      "'intelia config' shows the effective values.";
  return fmt::format(
      "intelia {}: fine-tunes language models on rated conversations and evaluates them\n\n"
      "Usage: intelia COMMAND [OPTIONS]\n\nCommands:\n{}\n{}\n\n{}\n",
      program.version, command_lines(program, ""), wrap(kMore, 0, width), wrap(kStatuses, 0, width));
}

std::string group_help(const Program& program, const std::string& group) {
  return fmt::format("Usage: intelia {} COMMAND [OPTIONS]\n\nCommands:\n{}", group,
                     command_lines(program, group + " "));
}

std::string command_help(const Command& command, std::size_t width) {
  OptionTable own, common;
  CommonOptions values;
  command.declare(own);
  declare_common(common, values);
  std::string positionals;
  for (const Option& option : own.options())
    if (option.is_positional)
      positionals += option.is_required ? " " + option.value_name : " [" + option.value_name + "]";
  return fmt::format("intelia {}: {}\n\nUsage: intelia {} [OPTIONS]{}\n\n{}\n{}\nCommon options:\n{}\n{}\n",
                     command.name, command.summary, command.name, positionals, wrap(command.details, 0, width) + "\n",
                     own.options().empty() ? "" : "Options:\n" + option_lines(own, width), option_lines(common, width),
                     wrap(kStatuses, 0, width));
}

namespace {

/** The words that may follow "intelia": the first words of all commands. */
std::vector<std::string> first_words(const Program& program) {
  std::vector<std::string> words;
  for (const Command* command : program.commands) {
    std::string word = std::string(command->name);
    word = word.substr(0, word.find(' '));
    if (words.empty() || std::find(words.begin(), words.end(), word) == words.end()) words.push_back(word);
  }
  return words;
}

std::string second_words(const Program& program, const std::string& first) {
  std::string words;
  for (const Command* command : program.commands)
    if (std::string name = command->name; name.starts_with(first + " ")) words += " " + name.substr(first.size() + 1);
  return words;
}

std::vector<Option> every_option(const Command& command) {
  OptionTable own, common;
  CommonOptions values;
  command.declare(own);
  declare_common(common, values);
  std::vector<Option> options = own.options();
  options.insert(options.end(), common.options().begin(), common.options().end());
  return options;
}

std::string join_words(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

std::string quote_single(const std::string& text) {
  std::string out;
  for (char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out;
}

/** For bash, and for zsh through bashcompinit. */
std::string bash_script(const Program& program) {
  std::string cases, values;
  for (const Command* command : program.commands) {
    std::string names;
    for (const Option& option : every_option(*command)) {
      if (option.is_positional) {
        names += " " + join_words(option.choices);
        continue;
      }
      names += " --" + option.name;
      if (!option.choices.empty())
        values += fmt::format("    '{} --{}') words='{}' ;;\n", command->name, option.name, join_words(option.choices));
      else if (option.is_file)
        values += fmt::format("    '{} --{}') COMPREPLY=($(compgen -f -- \"$current\")); return ;;\n", command->name,
                              option.name);
      else if (!option.is_switch())
        values += fmt::format("    '{} --{}') return ;;\n", command->name, option.name);
    }
    cases += fmt::format("    '{}') words='{}' ;;\n", command->name, names.substr(names.empty() ? 0 : 1));
  }
  std::string groups;
  for (const std::string& word : first_words(program))
    if (std::string seconds = second_words(program, word); !seconds.empty())
      groups += fmt::format("    {}) words='{}' ;;\n", word, seconds.substr(1));
  return fmt::format(
      R"(# bash completion for intelia: source <(intelia completion bash)
_intelia() {{
  local current="${{COMP_WORDS[COMP_CWORD]}}" previous="${{COMP_WORDS[COMP_CWORD-1]}}" words='' command="${{COMP_WORDS[1]}}"
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '{} --help --version' -- "$current"))
    return
  fi
  case "$command" in
{}  esac
  if [ -n "$words" ]; then
    if [ "$COMP_CWORD" -eq 2 ]; then
      COMPREPLY=($(compgen -W "$words" -- "$current"))
      return
    fi
    command="$command ${{COMP_WORDS[2]}}"
  fi
  words=''
  case "$command $previous" in
{}  esac
  if [ -z "$words" ]; then
    case "$command" in
{}    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}}
complete -o default -F _intelia intelia
)",
      join_words(first_words(program)), groups, values, cases);
}

std::string fish_script(const Program& program) {
  std::string text = "# fish completion for intelia: intelia completion fish | source\ncomplete -c intelia -f\n";
  for (const std::string& word : first_words(program)) {
    const std::string seconds = second_words(program, word);
    text += fmt::format("complete -c intelia -n __fish_use_subcommand -a {}\n", word);
    if (!seconds.empty())
      text += fmt::format(
          "complete -c intelia -n '__fish_seen_subcommand_from {}; and not __fish_seen_subcommand_from{}' -a '{}'\n",
          word, seconds, seconds.substr(1));
  }
  for (const Command* command : program.commands) {
    const std::string name = command->name;
    const std::size_t space = name.find(' ');
    std::string condition = "__fish_seen_subcommand_from " + name.substr(0, space);
    if (space != std::string::npos) condition += "; and __fish_seen_subcommand_from " + name.substr(space + 1);
    for (const Option& option : every_option(*command)) {
      if (option.is_positional) {
        text += fmt::format("complete -c intelia -n '{}' -a '{}'\n", condition, join_words(option.choices));
        continue;
      }
      std::string line = fmt::format("complete -c intelia -n '{}' -l {}", condition, option.name);
      if (!option.value_name.empty()) line += " -r";
      if (option.is_file) line += " -F";
      if (!option.choices.empty()) line += " -a '" + join_words(option.choices) + "'";
      text += line + " -d '" + quote_single(option.help) + "'\n";
    }
  }
  return text;
}

}  // namespace

std::string completion_script(const Program& program, const std::string& shell) {
  if (shell == "fish") return fish_script(program);
  if (shell == "zsh")
    return "# zsh completion for intelia: source <(intelia completion zsh)\n"
           "autoload -Uz +X compinit bashcompinit && compinit -u && bashcompinit\n" +
           bash_script(program);
  return bash_script(program);
}

}  // namespace intelia
