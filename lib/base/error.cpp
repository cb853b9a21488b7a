#include "base/error.hpp"

#include <system_error>

namespace intelia {

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

std::string system_message(int number) { return std::generic_category().message(number); }

}  // namespace intelia
