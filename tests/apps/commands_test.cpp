// The list of commands and their tables: names, help, completion.
#include <doctest/doctest.h>

#include <regex>
#include <set>

#include "cli/help.hpp"
#include "cli/settings.hpp"
#include "program.hpp"

using namespace intelia;

TEST_CASE("every command has a name, words, and options that are named once and explained") {
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

TEST_CASE("a default reads back as itself") {
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

TEST_CASE("help pages are narrow enough for a terminal of 100 columns and name every option") {
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
