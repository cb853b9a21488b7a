// What the loader says when libtorch is not where it was told to be. This test links the loader only, no libtorch.
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "engine/engine.hpp"

using namespace intelia;

TEST_CASE("a wrong INTELIA_LIBTORCH is named, and so is a missing plug-in") {
  ::setenv("INTELIA_LIBTORCH", "/nonexistent/libtorch", 1);
  try {
    load_engine();
    FAIL("loaded");
  } catch (const Error& error) {
    CHECK(error.kind() == Kind::usage);
    const std::string words = error.what();
    const bool has_plugin = std::filesystem::exists(
        std::filesystem::read_symlink("/proc/self/exe").parent_path().parent_path() / "lib" / "libintelia_engine.so");
    CHECK_MESSAGE(words.find(has_plugin ? "/nonexistent/libtorch" : "libintelia_engine.so") != std::string::npos,
                  words);
  }
}

TEST_CASE("the build tag names version and compiler") { CHECK(std::string(build_tag()).find("0.1.0") == 0); }
