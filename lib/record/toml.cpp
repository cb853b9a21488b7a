#include "record/toml.hpp"

#include <toml++/toml.h>

#include "base/error.hpp"
#include "base/file.hpp"

namespace intelia {

namespace {

Json to_json(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return number->get();
  if (const auto* truth = node.as_boolean()) return truth->get();
  if (const auto* number = node.as_floating_point()) return number->get();
  const toml::array* list = node.as_array();
  if (list == nullptr) return nullptr;
  Json items = Json::array();
  for (const toml::node& item : *list) items.push_back(to_json(item));
  return items;
}

void collect(const toml::table& table, const std::vector<std::string>& tables, std::vector<TomlEntry>& entries) {
  for (const auto& [key, node] : table) {
    if (const toml::table* inner = node.as_table()) {
      std::vector<std::string> below = tables;
      below.emplace_back(key.str());
      collect(*inner, below, entries);
    } else {
      entries.push_back({tables, std::string(key.str()), to_json(node), node.source().begin.line});
    }
  }
}

}  // namespace

std::vector<TomlEntry> read_toml(const std::filesystem::path& path) {
  std::vector<TomlEntry> entries;
  try {
    collect(toml::parse(read_file(path), path.string()), {}, entries);
  } catch (const toml::parse_error& error) {
    throw Error(Kind::usage, path.string() + ":" + std::to_string(error.source().begin.line) + ": " +
                                 std::string(error.description()));
  }
  return entries;
}

}  // namespace intelia
