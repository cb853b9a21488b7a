// Checked access to a JSON object of a config file: errors name the file, the key, its value and what was expected.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "record/json.hpp"

namespace intelia {

/** A value for error messages, truncated to 80 bytes. */
std::string shown(const Json& value);

struct ConfigSection {
  const Json& object;
  std::string file;
  std::string prefix;  // the path of the object: "rope_scaling."

  /** Throws Error{input} "FILE: PREFIX KEY WHY". */
  [[noreturn]] void refuse(const std::string& key, const std::string& why) const;

  /** nullptr when absent or null. */
  const Json* find(const std::string& key) const;
  bool says(const std::string& key) const { return object.contains(key); }  // null counts

  std::optional<std::int64_t> integer(const std::string& key, std::int64_t least, std::int64_t most) const;
  std::int64_t required_integer(const std::string& key, std::int64_t least, std::int64_t most) const;
  /** A number in (least, most]. */
  std::optional<double> number(const std::string& key, double least, double most) const;
  double required_number(const std::string& key, double least, double most) const;
  /** `size` numbers above 0. */
  std::vector<double> required_numbers(const std::string& key, std::size_t size) const;
  bool flag(const std::string& key, bool fallback) const;
  std::optional<std::string> text(const std::string& key) const;
  /** One of `known`; `fallback` when the key is absent. */
  std::string one_of(const std::string& key, const std::string& fallback, const std::vector<std::string>& known) const;
  /** A token id or a list of them; `fallback` when the key is absent, none when it is null. */
  std::vector<std::int32_t> ids(const std::string& key, const std::vector<std::int32_t>& fallback) const;
};

}  // namespace intelia
