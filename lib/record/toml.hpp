// Reads TOML files into plain values with the line of each key. It does not interpret keys.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "record/json.hpp"

namespace intelia {

/** A key of a TOML file with its value. */
struct TomlEntry {
  std::vector<std::string> tables;  // enclosing tables, outermost first: {"train", "sft"}
  std::string key;
  Json value;  // a string, number, boolean or list of these; null for what JSON cannot represent, such as a date
  std::int64_t line = 0;  // from 1
};

/** Every key of `path` that is not itself a table, sorted by table and key. Error{io} when it cannot be read,
    Error{usage} "FILE:LINE: what is wrong" when it is not TOML. */
std::vector<TomlEntry> read_toml(const std::filesystem::path& path);

}  // namespace intelia
