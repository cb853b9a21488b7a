// TOML values, their tables and lines.
#include "record/toml.hpp"

#include <doctest/doctest.h>

#include "temporary_folder.hpp"

using namespace intelia;

TEST_CASE("keys have tables, values and lines") {
  const TemporaryFolder folder;
  const auto path = folder.write("a.toml",
                                 "top = true\n[train.sft]\nlora_r = 4\nrate = 2e-5\n\nnames = [\"a\", \"b\"]\n"
                                 "[train.sft.inner]\nday = 2026-07-01\nnested = [1, [2.5, false]]\n");
  const std::vector<TomlEntry> entries = read_toml(path);
  REQUIRE(entries.size() == 6);
  const auto find = [&](const std::string& key) -> const TomlEntry& {
    for (const TomlEntry& entry : entries)
      if (entry.key == key) return entry;
    FAIL("no key " << key);
    return entries.front();
  };
  CHECK(find("top").tables.empty());
  CHECK(find("top").value == Json(true));
  CHECK(find("lora_r").tables == std::vector<std::string>{"train", "sft"});
  CHECK(find("lora_r").value == Json(4));
  CHECK(find("lora_r").line == 3);
  CHECK(find("rate").value == Json(2e-5));
  CHECK(find("names").value == Json({"a", "b"}));
  CHECK(find("names").line == 6);
  CHECK(find("day").tables == std::vector<std::string>{"train", "sft", "inner"});
  CHECK(find("day").value.is_null());
  CHECK(find("nested").value == Json::parse("[1,[2.5,false]]"));
}

TEST_CASE("malformed or missing TOML files are errors with file and line") {
  const TemporaryFolder folder;
  const auto broken = folder.write("b.toml", "a = 1\nb = = 2\n");
  CHECK(contains(refusal([&] { read_toml(broken); }, Kind::usage), broken.string() + ":2: "));
  CHECK(contains(refusal([&] { read_toml(folder / "none.toml"); }, Kind::io), "No such file"));
  const auto large = folder.write("large.toml", std::string((16 << 20) + 1, '#'));
  CHECK(contains(refusal([&] { read_toml(large); }, Kind::usage), "is larger than 16777216 bytes"));
}

TEST_CASE("deep nesting is an error and not a stack overflow") {
  const TemporaryFolder folder;
  const std::string parts = [] {
    std::string text = "a";
    for (int i = 0; i < 30000; ++i) text += ".a";
    return text;
  }();
  for (const std::string& text :
       {parts + " = 1\n", "[" + parts + "]\n", "[[" + parts + "]]\n", "x = { " + parts + " = 1 }\n"}) {
    const auto path = folder.write("deep.toml", "top = 1\n" + text);
    CHECK(contains(refusal([&] { read_toml(path); }, Kind::usage), "deep.toml:2: a key of more than 64 parts"));
  }
  const auto lists = folder.write("lists.toml", "x = " + std::string(30000, '[') + std::string(30000, ']') + "\n");
  CHECK(contains(refusal([&] { read_toml(lists); }, Kind::usage), "lists.toml:1: "));
  std::string numbers = "x = [";
  for (int i = 0; i < 100; ++i) numbers += "0.5, ";
  CHECK(read_toml(folder.write("numbers.toml", numbers + "]\ny = \"" + std::string(100, '.') + "\"\n")).size() == 2);
}
