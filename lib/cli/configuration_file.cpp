// Reads intelia.toml: [train.sft] learning-rate = 2e-5. Keys may be written with dashes or underscores.
#include <toml++/toml.h>

#include "base/file.hpp"
#include "cli/settings.hpp"

namespace intelia {

namespace {

std::string value_text(const toml::node& node, const std::string& where, const std::string& key) {
  if (auto text = node.as_string()) return text->get();
  if (auto number = node.as_integer()) return std::to_string(number->get());
  if (auto truth = node.as_boolean()) return truth->get() ? "true" : "false";
  if (auto number = node.as_floating_point()) {
    std::string text;
    append_json_number(text, number->get());
    return text;
  }
  if (auto list = node.as_array()) {
    std::string text;
    for (const toml::node& item : *list) text += (text.empty() ? "" : ",") + value_text(item, where, key);
    return text;
  }
  throw Error(Kind::usage, where + ": '" + key + "' must be a text, a number, true, false or a list of these");
}

void collect(const toml::table& table, const std::string& command, const std::string& file, ConfigurationFile& out) {
  for (const auto& [raw_key, node] : table) {
    std::string key(raw_key.str());
    if (const toml::table* inner = node.as_table()) {
      collect(*inner, command.empty() ? key : command + " " + key, file, out);
      continue;
    }
    for (char& c : key)
      if (c == '_') c = '-';
    const std::string where = file + ":" + std::to_string(node.source().begin.line);
    out[command][key] = {value_text(node, where, key), where};
  }
}

}  // namespace

ConfigurationFile read_configuration(const std::filesystem::path& path) {
  ConfigurationFile out;
  try {
    collect(toml::parse(read_file(path), path.string()), "", path.string(), out);
  } catch (const toml::parse_error& error) {
    throw Error(Kind::usage, path.string() + ":" + std::to_string(error.source().begin.line) + ": " +
                                 std::string(error.description()));
  }
  return out;
}

}  // namespace intelia
