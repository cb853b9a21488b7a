#include "postgres/connection.hpp"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "base/clock.hpp"
#include "base/file.hpp"

using namespace intelia;
using namespace intelia::postgres;

namespace {

struct Failure {
  Kind kind;
  std::string message;
};

Failure connect(const std::string& url, Timeouts timeouts = {}) {
  StopFlag stop;
  try {
    Connection connection(url, stop, timeouts);
  } catch (const Error& error) {
    return {error.kind(), error.what()};
  }
  return {Kind::internal, "connected"};
}

}  // namespace

TEST_CASE("SQLSTATEs are mapped to error kinds") {
  // https://www.postgresql.org/docs/15/errcodes-appendix.html
  for (const char* state : {"28P01", "28000", "3D000", "3F000", "42P01", "42703", "42501", "22007"})
    CHECK_MESSAGE(kind_of_sql_state(state) == Kind::usage, state);
  for (const char* state : {"", "57P01", "57P03", "53300", "40001", "57014", "08006", "25P03", "55P03"})
    CHECK_MESSAGE(kind_of_sql_state(state) == Kind::unavailable, state);
  for (const char* state : {"XX000", "XX001", "22P05", "54000", "21000"})
    CHECK_MESSAGE(kind_of_sql_state(state) == Kind::io, state);
}

TEST_CASE("secrets are redacted, plain and percent-encoded") {
  CHECK(hide_secrets("bad p@ss/word and p%40ss%2Fword and p%40ss%2fword.", {"p@ss/word"}) ==
        "bad *** and *** and ***.");
  CHECK(hide_secrets("hunter22 hunter2", {"hunter2", "hunter22"}) == "*** ***");
  CHECK(hide_secrets("password failed", {"a"}).find("suppressed") != std::string::npos);
  CHECK(hide_secrets("nothing here", {"", "x9"}) == "nothing here");
}

TEST_CASE("an ambiguous URL is an error that does not quote it") {
  for (const char* url :
       {"postgresql://user:can@ary@host/db", "postgresql://user:can/ary@host/db",
        "postgresql://user:canary?x/y@host/db", "postgresql://user:canary%zz@host/db",
        "postgresql://user:12/canary@host/db", "postgresql://host:canary/db", "user canary", "password=canary bogus=1",
        "host='canary", "canary", "postgresql://[canary", "", "dbname='postgresql://u:canary@127.0.0.1:1/d'",
        "host=127.0.0.1 dbname='password=canary'", "postgresql://127.0.0.1:1/postgresql%3A%2F%2Fu%3Acanary%40h%2Fd",
        "postgresql://127.0.0.1:1/?dbname=password%3Dcanary"}) {
    CAPTURE(std::string(url));
    const Failure failure = connect(url);
    CHECK(failure.kind == Kind::usage);
    CHECK(failure.message.find("canary") == std::string::npos);
    CHECK(failure.message.find("DATABASE_URL") != std::string::npos);
  }
}

TEST_CASE("an unreachable or unresponsive server is 'try again later'") {
  const auto folder =
      std::filesystem::temp_directory_path() / ("intelia-connection-test-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  const std::string url = "postgresql://user:canary42@/db?host=" + folder.string();
  Failure failure = connect(url);
  CHECK(failure.kind == Kind::unavailable);
  CHECK(failure.message.find("canary42") == std::string::npos);
  CHECK(failure.message.find("try again later") != std::string::npos);

  // A server that accepts connections and does not respond.
  const int listener = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = (folder / ".s.PGSQL.5432").string();
  REQUIRE(path.size() < sizeof address.sun_path);
  path.copy(address.sun_path, path.size());
  REQUIRE(::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  REQUIRE(::listen(listener, 4) == 0);
  const double start = monotonic_seconds();
  failure = connect(url, {.connect_seconds = 1});
  CHECK(failure.kind == Kind::unavailable);
  CHECK(failure.message.find("no answer within 1 seconds") != std::string::npos);
  CHECK(monotonic_seconds() - start < 5);
  StopFlag stop;
  stop.set(15);
  CHECK_THROWS_AS(Connection(url, stop), Interrupted);
  ::close(listener);
  std::filesystem::remove_all(folder);
}

TEST_CASE("the URL comes from the environment or a file") {
  ::unsetenv("DATABASE_URL");
  ::unsetenv("DATABASE_URL_FILE");
  CHECK_THROWS_WITH_AS(database_url_from_environment(), doctest::Contains("DATABASE_URL"), Error);
  const auto file = std::filesystem::temp_directory_path() / ("intelia-url-test-" + std::to_string(::getpid()));
  ::setenv("DATABASE_URL_FILE", file.c_str(), 1);
  CHECK_THROWS_AS(database_url_from_environment(), Error);
  write_file(file, "postgresql://host/db\n");
  CHECK(database_url_from_environment() == "postgresql://host/db");
  ::setenv("DATABASE_URL", "postgresql://other/db", 1);
  CHECK(database_url_from_environment() == "postgresql://other/db");
  ::unsetenv("DATABASE_URL");
  ::unsetenv("DATABASE_URL_FILE");
  std::filesystem::remove(file);
}
