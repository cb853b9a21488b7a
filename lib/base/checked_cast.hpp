// Conversion of integers from outside that must not wrap around.
#pragma once

#include <string>
#include <utility>

#include "base/error.hpp"

namespace intelia {

/** `value` as a `To`. Throws Error{input} "WHAT is N, which is out of range" if it does not fit. */
template <class To, class From>
To checked_cast(From value, const char* what) {
  if (!std::in_range<To>(value))
    throw Error(Kind::input, std::string(what) + " is " + std::to_string(value) + ", which is out of range");
  return static_cast<To>(value);
}

}  // namespace intelia
