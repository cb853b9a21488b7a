// Secrets from the environment, or from a file that it names.
#include "http/secret.hpp"

#include <stdlib.h>

#include "temporary_folder.hpp"

using namespace intelia;

TEST_CASE("a secret is the value of NAME, else the content of the file in NAME_FILE") {
  const TemporaryFolder folder;
  ::unsetenv("PROBE_SECRET");
  ::unsetenv("PROBE_SECRET_FILE");
  CHECK(secret_from_environment("PROBE_SECRET").empty());
  ::setenv("PROBE_SECRET_FILE", folder.write("secret", "from file \r\n").c_str(), 1);
  CHECK(secret_from_environment("PROBE_SECRET") == "from file");
  ::setenv("PROBE_SECRET", "direct", 1);
  CHECK(secret_from_environment("PROBE_SECRET") == "direct");
  ::setenv("PROBE_SECRET", "two\nlines", 1);
  const std::string said = refusal([] { secret_from_environment("PROBE_SECRET"); }, Kind::usage);
  CHECK(contains(said, "PROBE_SECRET"));
  CHECK(!contains(said, "two"));
  ::unsetenv("PROBE_SECRET");
  ::setenv("PROBE_SECRET_FILE", (folder.path / "absent").c_str(), 1);
  CHECK(contains(refusal([] { secret_from_environment("PROBE_SECRET"); }, Kind::usage), "PROBE_SECRET_FILE: "));
}

TEST_CASE("keys are 32 hexadecimal digits, and differ") {
  const std::string key = random_key();
  CHECK(key.size() == 32);
  CHECK(key.find_first_not_of("0123456789abcdef") == std::string::npos);
  CHECK(key != random_key());
}
