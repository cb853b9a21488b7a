#include "extraction/selection.hpp"

#include <doctest/doctest.h>

#include <limits>

#include "base/error.hpp"

using namespace intelia;
using namespace intelia::extraction;

namespace {

std::string fault_of(const Selection& query) {
  try {
    check(query);
  } catch (const Error& error) {
    CHECK(error.kind() == Kind::usage);
    return error.what();
  }
  return "";
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("wrong settings are named with their option") {
  Selection query;
  CHECK(fault_of(query).empty());
  for (const char* time : {"2026-01-01", "2026-01-01T10:00", "2026-01-01 10:00:00.123456Z", "2026-01-01T10:00:00+02:00",
                           "2026-01-01T10:00:00-0330", "2026-01-01T10:00:00+02"}) {
    query.since = time;
    CHECK_MESSAGE(fault_of(query).empty(), time);
  }
  for (const char* time : {"yesterday", "2026-1-1", "01/02/2026", "2026-01-01T", "2026-01-01T10", "2026-01-01T10:00:00.",
                           "2026-01-01T10:00:00.1234567", "2026-01-01Z", "infinity", "2026-01-01T10:00:00 CET"}) {
    query.since = time;
    CHECK_MESSAGE(contains(fault_of(query), "--since"), time);
  }
  query = {};
  query.limit = -1;
  CHECK(contains(fault_of(query), "--limit"));
  query = {};
  query.columns = {"converstion_id=id"};
  CHECK(contains(fault_of(query), "did you mean 'conversation_id'"));
  query.columns = {"rating=a", "rating=b"};
  CHECK(contains(fault_of(query), "twice"));
  query.columns = {"rating"};
  CHECK(contains(fault_of(query), "OUR_NAME=THEIR_NAME"));
  query = {};
  query.min_rating = std::numeric_limits<double>::quiet_NaN();
  CHECK(contains(fault_of(query), "--min-rating"));
}
