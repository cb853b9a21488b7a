// What the loader does before libtorch is loaded. This test links the loader only, no libtorch.
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "engine/engine.hpp"

using namespace intelia;

TEST_CASE("a wrong INTELIA_LIBTORCH or a missing plug-in is an error that names it") {
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

TEST_CASE("idle OpenMP threads spin for 1,000 iterations, unless the environment sets a value") {
  ::setenv("INTELIA_LIBTORCH", "/nonexistent/libtorch", 1);
  ::unsetenv("OMP_WAIT_POLICY");
  ::unsetenv("GOMP_SPINCOUNT");
  CHECK_THROWS_AS(load_engine(), Error);
  CHECK(std::string(std::getenv("GOMP_SPINCOUNT")) == "1000");
  ::setenv("GOMP_SPINCOUNT", "7", 1);
  CHECK_THROWS_AS(load_engine(), Error);
  CHECK(std::string(std::getenv("GOMP_SPINCOUNT")) == "7");
  ::unsetenv("GOMP_SPINCOUNT");
  ::setenv("OMP_WAIT_POLICY", "active", 1);
  CHECK_THROWS_AS(load_engine(), Error);
  CHECK(std::getenv("GOMP_SPINCOUNT") == nullptr);
}

TEST_CASE("the build tag contains version and compiler") { CHECK(std::string(build_tag()).find("0.1.0") == 0); }
