#include "record/toml.hpp"

#include <toml++/toml.h>

#include "base/error.hpp"
#include "base/file.hpp"

namespace intelia {

namespace {

constexpr std::uint64_t kMaxBytes = 16 << 20;

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

/** Throws Error{usage} for a dotted key of more than 64 parts: toml++ and collect() recurse once per part. */
void check_depth(std::string_view text, const std::string& name) {
  constexpr int kMaxParts = 64;
  int num_parts = 1, line = 1;
  char quote = 0;
  for (const char c : text) {
    if (c == '\n') ++line;
    if (quote != 0) {
      if (c == quote || c == '\n') quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '.') {
      if (++num_parts > kMaxParts)
        throw Error(Kind::usage,
                    name + ":" + std::to_string(line) + ": a key of more than " + std::to_string(kMaxParts) + " parts");
    } else if (c == '=' || c == ',' || c == '[' || c == ']' || c == '{' || c == '}' || c == '\n') {
      num_parts = 1;
    }
  }
}

}  // namespace

std::vector<TomlEntry> read_toml(const std::filesystem::path& path) {
  std::vector<TomlEntry> entries;
  std::string text;
  try {
    text = read_file(path, kMaxBytes, InputType::stream);
  } catch (const Error& error) {
    if (error.kind() == Kind::input) throw Error(Kind::usage, error.what());
    throw;
  }
  check_depth(text, path.string());
  try {
    collect(toml::parse(text, path.string()), {}, entries);
  } catch (const toml::parse_error& error) {
    throw Error(Kind::usage, path.string() + ":" + std::to_string(error.source().begin.line) + ": " +
                                 std::string(error.description()));
  }
  return entries;
}

}  // namespace intelia
