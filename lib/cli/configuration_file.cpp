// Reads intelia.toml: [train.sft] learning-rate = 2e-5. Keys may be written with dashes or underscores.
#include <cmath>

#include "base/path.hpp"
#include "cli/settings.hpp"
#include "record/toml.hpp"

namespace intelia {

namespace {

/** `value` as it would be typed after the option. */
std::string value_text(const Json& value, const TomlEntry& entry, const std::string& where) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean()) return value.get<bool>() ? "true" : "false";
  if (value.is_number_float()) {
    if (!std::isfinite(value.get<double>())) return std::to_string(value.get<double>());  // JSON has no such number
    std::string text;
    append_json_number(text, value.get<double>());
    return text;
  }
  if (value.is_number()) return value.dump();
  throw Error(Kind::usage, where + ": '" + entry.key + "' must be a string, a number, true, false or a list of these");
}

FileValue file_value(const TomlEntry& entry, const std::string& where) {
  FileValue value{.values = {}, .is_list = entry.value.is_array(), .where = where};
  if (!value.is_list) value.values.push_back(value_text(entry.value, entry, where));
  if (value.is_list)
    for (const Json& item : entry.value) value.values.push_back(value_text(item, entry, where));
  return value;
}

}  // namespace

ConfigurationFile read_configuration(const std::filesystem::path& path) {
  check_input(path, InputType::stream);
  ConfigurationFile out;
  for (const TomlEntry& entry : read_toml(path)) {
    std::string command, option = entry.key;
    for (const std::string& table : entry.tables) command += (command.empty() ? "" : " ") + table;
    for (char& c : option)
      if (c == '_') c = '-';
    const std::string where = path.string() + ":" + std::to_string(entry.line);
    out[command][option] = file_value(entry, where);
  }
  return out;
}

}  // namespace intelia
