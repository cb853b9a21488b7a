#include "cli/arguments.hpp"

#include "cli/foreign_options.hpp"

namespace intelia {

namespace {

/** The options of a command by the words that name them on the command line. */
class ArgumentNames {
 public:
  ArgumentNames(const OptionTable& own, const OptionTable& common) {
    for (const OptionTable* table : {&own, &common})
      for (const Option& option : table->options()) {
        if (option.is_positional)
          positionals_.push_back(&option);
        else
          named_.emplace(option.name, &option);
      }
  }

  /** The option of that name, or nullptr. */
  const Option* find(const std::string& name) const {
    const auto found = named_.find(name);
    return found == named_.end() ? nullptr : found->second;
  }

  /** The switch that --no-SWITCH turns off, or nullptr; `name` without the dashes. */
  const Option* find_negated(const std::string& name) const {
    const Option* option = name.starts_with("no-") ? find(name.substr(3)) : nullptr;
    return option != nullptr && option->is_switch() ? option : nullptr;
  }

  const std::vector<const Option*>& positionals() const { return positionals_; }

  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& [name, option] : named_) names.push_back(name);
    return names;
  }

 private:
  std::map<std::string, const Option*> named_;
  std::vector<const Option*> positionals_;
};

/** Splits "--name=value"; without "=" there is no value. */
std::pair<std::string, std::optional<std::string>> split_argument(const std::string& argument) {
  const std::size_t begin = argument.find_first_not_of('-');
  const std::size_t equals = argument.find('=');
  if (begin == std::string::npos) return {"", std::nullopt};
  if (equals == std::string::npos) return {argument.substr(begin), std::nullopt};
  return {argument.substr(begin, equals - begin), argument.substr(equals + 1)};
}

}  // namespace

ParsedArguments parse_arguments(const std::string& command, const std::vector<std::string>& arguments,
                                const OptionTable& own, const OptionTable& common) {
  const ArgumentNames known(own, common);
  ParsedArguments parsed;
  std::size_t num_positionals = 0;
  bool only_positionals = false;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (argument == "--" && !only_positionals) {
      only_positionals = true;
      continue;
    }
    if (only_positionals || argument.size() < 2 || argument[0] != '-') {
      if (num_positionals == known.positionals().size())
        throw Error(Kind::usage, "unexpected argument '" + argument + "'; see 'intelia " + command + " --help'");
      parsed.values[known.positionals()[num_positionals++]->name] = {argument};
      continue;
    }
    const auto [name, value] = split_argument(argument);
    const std::string typed = argument.substr(0, argument.find('='));
    const bool is_long = argument.starts_with("--") && argument[2] != '-';
    const Option* option = is_long ? known.find(name) : nullptr;
    if (option == nullptr && is_long && known.find_negated(name) != nullptr) {
      if (value) throw Error(Kind::usage, "option '" + typed + "' takes no value");
      parsed.values[known.find_negated(name)->name] = {"false"};
    } else if (option == nullptr) {
      throw Error(Kind::usage, "unknown option '" + typed + "'" + suggest_option(name, known.names()));
    } else if (option->is_switch()) {
      parsed.values[name] = {value.value_or("true")};
    } else {
      if (!value && i + 1 == arguments.size()) throw Error(Kind::usage, "option '" + typed + "' needs a value");
      std::vector<std::string>& given = parsed.values[name];
      if (!option->is_list()) given.clear();
      given.push_back(value ? *value : arguments[++i]);
    }
  }
  return parsed;
}

}  // namespace intelia
