// excerpt.hpp: length, and characters at the places where it cuts.
#include "base/excerpt.hpp"

#include <doctest/doctest.h>

namespace {

using namespace intelia;

TEST_CASE("a text that fits is unchanged") {
  CHECK(excerpt("") == "");
  CHECK(excerpt(std::string(200, 'x')) == std::string(200, 'x'));
}

TEST_CASE("a longer text loses its middle, and no character is divided") {
  CHECK(excerpt("abcdefghijklmnopqrstuvwxyz", 20) == "abcdefghij … vwxyz");
  for (const std::string character : {"x", "é", "▁", "😀"}) {
    std::string text = "a";
    for (int i = 0; i < 100; ++i) text += character;
    for (std::size_t size = 16; size < 40; ++size) {
      CAPTURE(size);
      const std::string shortened = excerpt(text, size);
      CHECK(shortened.size() <= size);
      CHECK(shortened.size() + 10 >= size);
      const std::size_t gap = shortened.find(" … ");
      REQUIRE(gap != std::string::npos);
      CHECK((gap - 1) % character.size() == 0);
      CHECK((shortened.size() - gap - 5) % character.size() == 0);
    }
  }
  CHECK(excerpt(std::string(100, '\x80'), 20).size() <= 20);
}

TEST_CASE("the part of a text around a place") {
  const std::string text = std::string(100, 'a') + "(" + std::string(100, 'b');
  CHECK(excerpt_around("a(b", 1) == "a(b");
  CHECK(excerpt_around(text, 100, 6) == "…aaa(bb…");
  CHECK(excerpt_around(text, 1, 6) == "aaaaaa…");
  CHECK(excerpt_around(text, 201, 6) == "…bbbbbb");
  CHECK(excerpt_around("ééééé", 4, 5) == "…éé…");
}

}  // namespace
