// Errors and settings when callers add context.
#include "base/error.hpp"

#include <doctest/doctest.h>

#include "temporary_folder.hpp"

using namespace intelia;

TEST_CASE("an error names its setting; context keeps a setting that would help") {
  const auto at_fault = [] { throw SettingError(Kind::usage, "min-rating", "expected a finite number"); };
  CHECK(refusal([&] { with_context("'file'", at_fault); }, Kind::usage) == "min-rating: expected a finite number");
  const auto remedy = [] {
    throw SettingError(Kind::input, "allow-empty", "nothing is left", SettingError::Role::remedy);
  };
  try {
    with_context("'file'", remedy);
    FAIL("no error came");
  } catch (const SettingError& error) {
    CHECK(std::string(error.what()) == "'file': nothing is left");
    CHECK(error.setting() == "allow-empty");
    CHECK(error.role() == SettingError::Role::remedy);
    CHECK(error.kind() == Kind::input);
  }
}
