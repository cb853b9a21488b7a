#include "base/nearest_word.hpp"

#include <doctest/doctest.h>

using namespace intelia;

TEST_CASE("the nearest word is a plausible misspelling") {
  CHECK(nearest_word("conversation", {"feedback", "conversations"}) == "conversations");
  CHECK(nearest_word("chats", {"feedback", "conversations"}) == "");
}
