// The list of commands and their tables: names, help, completion, documentation and golden tests.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <regex>
#include <set>

#include "cli/help.hpp"
#include "cli/settings.hpp"
#include "program.hpp"

using namespace intelia;
namespace fs = std::filesystem;

namespace {

/** "train sft" as files are named after it: "train-sft". */
std::string file_name(const Command& command) {
  std::string name = command.name;
  std::replace(name.begin(), name.end(), ' ', '-');
  return name;
}

bool has_golden_test(const fs::path& folder) {
  std::error_code failure;
  for (fs::directory_iterator entry(folder, failure), end; entry != end; entry.increment(failure))
    if (fs::exists(entry->path() / "cmd", failure)) return true;
  return false;
}

}  // namespace

TEST_CASE("every command and option has a unique name and a help text") {
  std::set<std::string> commands;
  for (const Command* command : this_program().commands) {
    CAPTURE(command->name);
    CHECK(commands.insert(command->name).second);
    CHECK(std::regex_match(command->name, std::regex("[a-z]+( [a-z]+)?")));
    CHECK(std::string(command->summary).size() <= 64);
    CHECK(std::string(command->summary).back() != '.');
    CHECK(std::string(command->details).find("Example: ") != std::string::npos);
    OptionTable own, common;
    CommonOptions values;
    command->declare(own);
    declare_common(common, values);
    std::set<std::string> names;
    for (const OptionTable* table : {&own, &common}) {
      for (const Option& option : table->options()) {
        CAPTURE(option.name);
        CHECK(names.insert(option.name).second);
        CHECK(std::regex_match(option.name, std::regex("[a-z][a-z0-9-]+")));
        CHECK(!option.help.empty());
        CHECK(option.help.back() != '.');
        CHECK(option.set != nullptr);
        CHECK(option.json != nullptr);
      }
    }
  }
}

TEST_CASE("a default is accepted as a value and does not change") {
  for (const Command* command : this_program().commands) {
    OptionTable table;
    command->declare(table);
    for (Option& option : table.options()) {
      const std::string before = option.get();
      if (before.empty()) continue;
      CAPTURE(option.name);
      option.set(before);
      CHECK(option.get() == before);
    }
  }
}

TEST_CASE("help and completion contain every command and option, in lines of at most 110 columns") {
  for (const Command* command : this_program().commands) {
    const std::string page = command_help(*command);
    CAPTURE(command->name);
    for (std::size_t begin = 0; begin < page.size();) {
      const std::size_t end = std::min(page.find('\n', begin), page.size());
      CHECK(end - begin <= 110);
      begin = end + 1;
    }
    OptionTable table;
    command->declare(table);
    for (const Option& option : table.options())
      if (!option.is_positional) CHECK(page.find("--" + option.name) != std::string::npos);
    CHECK(program_help(this_program()).find(command->name) != std::string::npos);
    for (const char* shell : {"bash", "zsh", "fish"}) {
      const std::string name = command->name;
      CHECK(completion_script(this_program(), shell).find(name.substr(name.find(' ') + 1)) != std::string::npos);
    }
  }
}

TEST_CASE("every command has a reference page and golden tests") {
  for (const Command* command : this_program().commands) {
    const std::string name = file_name(*command);
    CAPTURE(name);
    CHECK(fs::exists("docs/commands/" + name + ".md"));
    CHECK(has_golden_test("tests/cli/" + name));
  }
  CHECK_FALSE(has_golden_test("tests/cli/no-such-command"));
}

TEST_CASE("every golden test and reference page belongs to a command") {
  std::set<std::string> known = {"program"};  // the program's own behavior
  for (const Command* command : this_program().commands) known.insert(file_name(*command));
  for (const fs::directory_entry& entry : fs::directory_iterator("tests/cli"))
    CHECK_MESSAGE(known.contains(entry.path().filename()), entry.path().string());
  for (const fs::directory_entry& entry : fs::directory_iterator("docs/commands"))
    CHECK_MESSAGE(known.contains(entry.path().stem()), entry.path().string());
}
