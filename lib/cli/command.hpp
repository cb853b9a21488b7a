// A command: its name, a table of options bound to the fields of a struct, and the function that runs it. Help,
// completion, environment variables, configuration file and reference pages are generated from the table.
#pragma once

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/sinks.hpp"
#include "record/json.hpp"
#include "record/run.hpp"

namespace intelia {

enum class Origin { default_value, preset, file, environment, flag };

struct Option {
  std::string name;        // "learning-rate"
  std::string value_name;  // "NUMBER"; empty for a switch (--x, --no-x)
  std::string help;
  std::vector<std::string> choices;
  bool is_required = false;
  bool is_file = false;                         // completes to file names
  bool is_positional = false;                   // given by position, not by --name
  bool may_change = false;                      // between a run and one that resumes it or adds to it
  bool is_verbatim = false;                     // a list whose items are taken as they are typed, one at a time
  std::function<void(const std::string&)> set;  // throws Error{usage} "expected …, got '…'", without the option's name
  std::function<void(const std::vector<std::string>&)> set_items;  // of a list; throws as set
  std::function<std::string()> get;                                // the value as a user would write it
  std::function<Json()> json;                                      // the value for manifests
  Origin origin = Origin::default_value;

  bool is_switch() const { return value_name.empty() && !is_positional; }
  /** The option has several values: separated by commas unless is_verbatim; repeating the option appends. */
  bool is_list() const { return set_items != nullptr; }
  /** The items that `text` has when it is typed as a value of this list. */
  std::vector<std::string> split(const std::string& text) const;
  Option& required() {
    is_required = true;
    return *this;
  }
  Option& positional() {
    is_positional = true;
    return *this;
  }
  /** A resumed or incremental run may have another value: results do not depend on it. */
  Option& changeable() {
    may_change = true;
    return *this;
  }
};

/** A named set of defaults. */
struct OptionPreset {
  std::string name;
  std::vector<std::pair<std::string, std::string>> values;  // option and value, as a user would write them
};

class OptionTable {
 public:
  Option& add(const std::string& name, bool& target, const std::string& help);
  Option& add(const std::string& name, int& target, const std::string& help);
  /** A number, or `word`, which means `value_of_word`. */
  Option& add(const std::string& name, int& target, const std::string& help, const std::string& word,
              int value_of_word);
  Option& add(const std::string& name, std::int64_t& target, const std::string& help);
  Option& add(const std::string& name, std::uint64_t& target, const std::string& help);
  Option& add(const std::string& name, double& target, const std::string& help);
  Option& add(const std::string& name, std::vector<double>& target, const std::string& help,
              const std::string& value_name = "NUMBERS");  // comma-separated
  Option& add(const std::string& name, std::string& target, const std::string& help,
              const std::string& value_name = "TEXT");
  Option& add(const std::string& name, std::filesystem::path& target, const std::string& help,
              const std::string& value_name = "FILE");
  Option& add(const std::string& name, std::vector<std::string>& target, const std::string& help,
              const std::string& value_name = "LIST");  // comma-separated
  Option& add(const std::string& name, std::vector<std::filesystem::path>& target, const std::string& help,
              const std::string& value_name = "FILES");  // comma-separated, or the option repeated
  /** A list of texts with commas, spaces and line breaks of their own: each value of the option is one item. */
  Option& add_texts(const std::string& name, std::vector<std::string>& target, const std::string& help,
                    const std::string& value_name = "TEXT");
  /** An enumeration by the names of its values. */
  template <class Enum>
  requires std::is_enum_v<Enum> Option& add(const std::string& name, Enum& target, const std::string& help,
                                            const std::vector<std::pair<std::string, Enum>>& names) {
    Option& option = add_raw(name, "NAME", help);
    for (const auto& [word, value] : names) option.choices.push_back(word);
    option.set = [&target, names](const std::string& text) {
      for (const auto& [word, value] : names)
        if (word == text) {
          target = value;
          return;
        }
      std::string list;
      for (const auto& [word, value] : names) list += (list.empty() ? "" : ", ") + word;
      throw Error(Kind::usage, "expected one of " + list + ", got '" + text + "'");
    };
    option.get = [&target, names] {
      for (const auto& [word, value] : names)
        if (value == target) return word;
      return std::string();
    };
    option.json = option.get;
    return option;
  }

  /** The option `name`, which chooses one of `presets`. Values from elsewhere take precedence over those of a preset.
   */
  Option& add_presets(const std::string& name, std::string& target, const std::string& help,
                      std::vector<OptionPreset> presets);
  /** The values of the chosen preset; empty without presets. */
  const std::vector<std::pair<std::string, std::string>>& preset_values() const;
  /** The name of the option that chooses a preset; empty without presets. */
  const std::string& preset_option() const { return preset_option_; }

  std::vector<Option>& options() { return options_; }
  const std::vector<Option>& options() const { return options_; }
  Option* find(const std::string& name);
  /** Keeps the struct that the options are bound to alive as long as the table. */
  void keep(std::shared_ptr<void> bound) { bound_ = std::move(bound); }

 private:
  Option& add_raw(const std::string& name, const std::string& value_name, const std::string& help);
  Option& add_list(const std::string& name, const std::string& value_name, const std::string& help,
                   std::function<void(const std::vector<std::string>&)> set_items);
  std::vector<Option> options_;
  std::string preset_option_;
  std::vector<OptionPreset> presets_;
  std::shared_ptr<void> bound_;
};

/** The options that every command has. */
struct CommonOptions {
  bool force = false, verbose = false, quiet = false, json = false, dry_run = false, help = false;
  int threads = 0;  // 0: one per core
  std::filesystem::path config;
  enum class LogFormat { text, json } log_format = LogFormat::text;
  enum class Color { automatic, always, never } color = Color::automatic;
};

/** The number of threads that --threads asks for. */
int num_threads(const CommonOptions& common);

struct Command;

/** The program: its version and its commands. */
struct Program {
  const char* version;                          // "0.1.0"
  const char* commit;                           // git hash, or "unknown"
  const std::vector<const Command*>& commands;  // in the order of help
};

/** What a running command has access to. */
struct Context {
  const Program& program;
  std::FILE* out;  // results for machines
  Sinks sinks;
  CommonOptions common;
  bool uses_color = false;              // on stdout
  std::string command;                  // "train sft"
  Json options;                         // effective options, for manifests; never secrets
  Json fixed_options;                   // those that a resumed or incremental run must not change
  std::vector<std::string> given = {};  // names of options from flags, environment variables or the configuration file

  Log& log() const { return sinks.log; }
  RunInfo run_info() const { return {command, program.version, options, common.force, fixed_options}; }
  /** Writes a result to `out`. Throws ClosedPipe, which ends the program with status 0, when its reader has closed. */
  void print(std::string_view text) const;
  /** Reports the result of the command: `summary` on stdout with --json, otherwise `words` on stderr unless --quiet. */
  void finish(const Json& summary, const std::string& words) const;
  /** The same for a command that writes data to stdout: with --json the summary goes to stderr. */
  void finish_after_data(const Json& summary, const std::string& words) const;
};

/** Runs a command; returns the exit status (0, 3 or 4). */
using Action = std::function<int(Context&)>;

struct Command {
  const char* name;     // "train sft"
  const char* summary;  // one line, no full stop
  const char* details;  // a paragraph and an example, for --help and the reference page
  Action (*declare)(OptionTable& table);
};

/** Binds a new Options struct: `declare(table, options)` fills the table, `run(options, context)` runs the command. */
template <class Options, void (*declare)(OptionTable&, Options&), int (*run)(const Options&, Context&)>
Action bind(OptionTable& table) {
  auto options = std::make_shared<Options>();
  table.keep(options);
  declare(table, *options);
  return [options](Context& context) { return run(*options, context); };
}

/** `text` wrapped to `width` columns; lines after the first are indented by `indent` spaces. */
std::string wrap(const std::string& text, std::size_t indent, std::size_t width = 80);

}  // namespace intelia
