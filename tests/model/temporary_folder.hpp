// A folder of a test's own, removed with it, and the message of an expected Error.
#pragma once

#include <doctest/doctest.h>
#include <stdlib.h>

#include <filesystem>
#include <string>

#include "base/error.hpp"

struct TemporaryFolder {
  std::filesystem::path path;
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "intelia-model-XXXXXX").string();
    path = ::mkdtemp(name.data());
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  ~TemporaryFolder() { std::filesystem::remove_all(path); }
};

/** The message of the Error{input} that `work` throws; "" when it throws none. */
template <class Work>
std::string refusal(Work&& work) {
  try {
    work();
  } catch (const intelia::Error& error) {
    CHECK(error.kind() == intelia::Kind::input);
    return error.what();
  }
  return "";
}

inline bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }
