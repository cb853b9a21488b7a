#include "cli/option_names.hpp"

#include <doctest/doctest.h>

using namespace intelia;

namespace {

OptionTable table_of(int& batch_size) {
  OptionTable table;
  table.add("batch-size", batch_size, "Sequences per micro-batch");
  return table;
}

}  // namespace

TEST_CASE("settings in backticks become the command's options, others lose their backticks") {
  int batch_size = 0;
  const OptionTable table = table_of(batch_size);
  CHECK(with_option_names("lower `batch_size` or `max_length`", table) == "lower --batch-size or max_length");
  CHECK(with_option_names("`batch-size` was 8", table) == "--batch-size was 8");
  CHECK(with_option_names("no setting, and one ` alone", table) == "no setting, and one ` alone");
  CHECK(with_option_names("", table).empty());
}

TEST_CASE("an error that names settings keeps its kind and its signal") {
  int batch_size = 0;
  const OptionTable table = table_of(batch_size);
  try {
    naming_options(table, []() -> int { throw Error(Kind::io, "lower `batch_size`"); });
    FAIL("nothing was thrown");
  } catch (const Error& error) {
    CHECK(error.kind() == Kind::io);
    CHECK(std::string(error.what()) == "lower --batch-size");
  }
  try {
    naming_options(table, []() -> int { throw Interrupted(15, "stopped"); });
    FAIL("nothing was thrown");
  } catch (const Interrupted& error) {
    CHECK(error.signal_number() == 15);
  }
  CHECK(naming_options(table, [] { return 3; }) == 3);
}
