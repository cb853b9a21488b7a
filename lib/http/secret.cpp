#include "http/secret.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <random>

#include "base/error.hpp"
#include "base/file.hpp"

namespace intelia {

std::string secret_from_environment(const std::string& name) {
  std::string value, source = name;
  if (const char* direct = std::getenv(name.c_str()); direct != nullptr && *direct != 0) {
    value = direct;
  } else if (const char* file = std::getenv((name + "_FILE").c_str()); file != nullptr && *file != 0) {
    source += "_FILE";
    try {
      value = read_file(file, 1 << 16, InputType::stream);
    } catch (const Error& error) {
      throw Error(Kind::usage, source + ": " + error.what());
    }
    value.erase(value.find_last_not_of(" \t\r\n") + 1);
  }
  if (std::any_of(value.begin(), value.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; }))
    throw Error(Kind::usage, source + " contains a line break or another control character");
  return value;
}

std::string random_key() {
  std::random_device device;
  std::string key;
  for (int i = 0; i < 4; ++i) key += fmt::format("{:08x}", device());
  return key;
}

}  // namespace intelia
