#include "base/error.hpp"

#include <fmt/format.h>

#include <system_error>

#include "base/excerpt.hpp"

namespace intelia {

Error::Error(Kind kind, const std::string& message)
    : std::runtime_error(excerpt(message, kMaxMessageBytes)), kind_(kind) {}

int exit_status(const Error& error) {
  switch (error.kind()) {
    case Kind::usage:
      return 2;
    case Kind::unavailable:
      return 75;
    case Kind::refused:
      return 3;
    case Kind::interrupted:
      return 128 + static_cast<const Interrupted&>(error).signal_number();
    case Kind::input:
    case Kind::io:
    case Kind::internal:
      break;
  }
  return 1;
}

void check_fraction(const std::string& setting, double value) {
  if (!(value >= 0 && value <= 1))
    throw SettingError(Kind::usage, setting, fmt::format("expected a fraction from 0 to 1, got {}", value));
}

std::string system_message(int number) { return std::generic_category().message(number); }

}  // namespace intelia
