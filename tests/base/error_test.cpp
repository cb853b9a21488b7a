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

TEST_CASE("a message has a limited length, and keeps its beginning and its end") {
  const std::string huge(1 << 20, 'x');
  try {
    with_context("file", [&] { throw Error(Kind::input, "the key '" + huge + "' is unknown"); });
    FAIL("no error came");
  } catch (const Error& error) {
    const std::string message = error.what();
    CHECK(message.size() <= kMaxMessageBytes);
    CHECK(message.starts_with("file: the key 'xxx"));
    CHECK(message.ends_with("xxx' is unknown"));
    CHECK(message.find("xxx … xxx") != std::string::npos);
  }
}
