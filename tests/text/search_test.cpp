// Search compared with std::string, and in texts for which std::string takes the product of their lengths.
#include "text/search.hpp"

#include <doctest/doctest.h>

#include <string>

#include "base/random.hpp"

using namespace intelia;

TEST_CASE("the first and the last occurrence are those of std::string") {
  Random random(7);
  const auto text = [&](std::size_t max_size) {
    std::string out(random.below(max_size + 1), 'a');
    for (char& c : out) c = static_cast<char>('a' + random.below(2));
    return out;
  };
  for (int i = 0; i < 20000; ++i) {
    const std::string in = text(24), wanted = text(5);
    const std::size_t begin = random.below(in.size() + 1);
    CAPTURE(in);
    CAPTURE(wanted);
    CHECK(find_text(in, wanted, begin) == in.find(wanted, begin));
    CHECK(find_last_text(in, wanted) == in.rfind(wanted));
  }
}

TEST_CASE("texts that repeat themselves take linear time") {
  const std::string text(5'000'000, 'a'), wanted = std::string(2'500'000, 'a') + "b",
                                          reversed = "b" + std::string(2'500'000, 'a');
  CHECK(find_text(text, wanted) == std::string_view::npos);
  CHECK(find_last_text(text, wanted) == std::string_view::npos);
  CHECK(find_text(text, reversed) == std::string_view::npos);
  CHECK(find_last_text(text, reversed) == std::string_view::npos);
}
