#include "text/search.hpp"

#include <string.h>

#include <string>

namespace intelia {

std::size_t find_text(std::string_view text, std::string_view wanted, std::size_t begin) {
  // glibc's memmem is the two-way algorithm (Crochemore and Perrin 1991).
  const void* found = ::memmem(text.data() + begin, text.size() - begin, wanted.data(), wanted.size());
  return found == nullptr ? std::string_view::npos
                          : static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
}

std::size_t find_last_text(std::string_view text, std::string_view wanted) {
  const std::string reversed(text.rbegin(), text.rend()), reversed_wanted(wanted.rbegin(), wanted.rend());
  const std::size_t found = find_text(reversed, reversed_wanted);
  return found == std::string_view::npos ? found : text.size() - wanted.size() - found;
}

}  // namespace intelia
