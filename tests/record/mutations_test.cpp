// Mutated CSV, TOML and manifests: each is read or refused with an Error, and what is read is consistent.
#include "mutations.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "record/csv.hpp"
#include "record/manifest.hpp"
#include "record/toml.hpp"
#include "temporary_folder.hpp"

using namespace intelia;

namespace {

/** The cells of `record`, at most five. */
std::vector<std::optional<std::string>> cells_of(const CsvRecord& record) {
  std::vector<std::optional<std::string>> cells;
  for (std::size_t i = 0; i < std::min<std::size_t>(record.num_cells(), 5); ++i) cells.emplace_back(record.cell(i));
  return cells;
}

/** The same cells as CSV, all but NULLs in quotes. */
std::string quoted(const std::vector<std::optional<std::string>>& cells) {
  std::string text;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) text += ',';
    if (!cells[i]) continue;
    text += '"';
    for (const char c : *cells[i]) text += c == '"' ? std::string("\"\"") : std::string(1, c);
    text += '"';
  }
  return text;
}

}  // namespace

TEST_CASE("mutated CSV has the same cells when it is written with quotes and read again") {
  Mutations mutations(
      {"a,b,c", "", R"("a,b","c ""d""",e)", "\"a\r\nb\n\",c", R"(1,"",,x,"{""k"": [1, 2]}")"},
      {",", "\"", "\"\"", "\",\"", "\r\n", "\n", "\t", ";", std::string(1, '\0'), "\xEF\xBB\xBF", "\xFF"});
  CsvRecord record;
  int num_read = 0;
  for (int i = 0; i < Mutations::count(); ++i) {
    const std::string text = mutations.next();
    CAPTURE(text);
    if (const auto fault = record.split(text, ',', 5)) {
      REQUIRE_FALSE(fault->empty());
      continue;
    }
    ++num_read;
    const auto cells = cells_of(record);
    CsvRecord again;
    REQUIRE_FALSE(again.split(quoted(cells), ',', 5));
    REQUIRE(again.num_cells() == cells.size());
    REQUIRE(cells_of(again) == cells);
  }
  CHECK(num_read > 100);
}

TEST_CASE("mutated TOML is read, with lines inside the file, or refused with its line") {
  const TemporaryFolder folder;
  const auto path = folder / "a.toml";
  Mutations mutations({"top = true\n[train.sft]\nlora_r = 4\nrate = 2e-5\n\nnames = [\"a\", \"b\"]\n",
                       "[a.b.c]\nday = 2026-07-01\nnested = [1, [2.5, false]]\n[[list]]\nx = {y = 1, z.w = 'q'}\n",
                       "a = \"\"\"\nlong \\\n  text\"\"\"\nb = '''x'''\n\"c d\" = 0xff\ne.f.g = -inf\n", ""},
                      {"[",
                       "]",
                       "[[",
                       "]]",
                       "{",
                       "}",
                       "=",
                       ".",
                       ",",
                       "\"",
                       "'",
                       "\"\"\"",
                       "'''",
                       "\n",
                       "\r\n",
                       "#",
                       "\\",
                       "\\u00e9",
                       "\\UFFFFFFFF",
                       "a.",
                       "a=1\n",
                       "[a]\n",
                       "[[a]]\n",
                       "1979-05-27T07:32:00Z",
                       "0x",
                       "inf",
                       "\xFF",
                       "\xEF\xBB\xBF",
                       std::string(1, '\0')});
  int num_read = 0;
  for (int i = 0; i < Mutations::count(); ++i) {
    const std::string text = mutations.next();
    CAPTURE(text);
    Mutations::write(path, text);
    try {
      const auto num_lines = std::count(text.begin(), text.end(), '\n') + 1;
      for (const TomlEntry& entry : read_toml(path)) REQUIRE((entry.line >= 1 && entry.line <= num_lines));
      ++num_read;
    } catch (const Error& error) {
      REQUIRE(error.kind() == Kind::usage);
      REQUIRE(contains(error.what(), path.string() + ":"));
    }
  }
  CHECK(num_read > 100);
}

TEST_CASE("a mutated manifest is read or refused, by those who continue, overwrite or copy it") {
  const TemporaryFolder folder;
  const auto path = folder / "manifest.json";
  Mutations mutations(
      {R"({"format": 1, "program": "intelia", "version": "0.1.0", "command": "extract", "options": {"split": [0.9, 0.1]},
 "inputs": [{"path": "a.jsonl", "sha256": "ab", "bytes": 3, "records": 1}], "origins": [{"path": "b", "manifest": {"format": 1}}],
 "outputs": [{"path": "train.jsonl", "sha256": "ab", "bytes": 12}], "measured": {"seconds": 0.5}})",
       R"({"format": 1, "program": "intelia", "outputs": []})"},
      Mutations::json_tokens({"\"outputs\":", "\"format\": 2,", "\"path\": 7,", "\"sha256\": null,", "\"inputs\": {},",
                              "\"train.jsonl\""}));
  const Json inputs = Json::array({{{"path", (folder / "train.jsonl").string()}, {"sha256", "ab"}}});
  int num_read = 0, num_opened = 0, num_origins = 0;
  for (int i = 0; i < Mutations::count(); ++i) {
    const std::string text = mutations.next();
    CAPTURE(text);
    Mutations::write(path, text);
    try {
      num_read += read_manifest(folder.path).has_value();
    } catch (const Error& error) {
      REQUIRE(error.kind() == Kind::input);
    }
    num_origins += !origins_of(inputs).empty();
    try {
      const OutputFolder output(folder.path, "extract", /*force=*/false);
      ++num_opened;
    } catch (const Error& error) {
      REQUIRE((error.kind() == Kind::usage || error.kind() == Kind::input));
    }
    std::filesystem::remove(folder / ".intelia.lock");
  }
  CHECK(num_read > 100);
  CHECK(num_opened > 10);
  CHECK(num_origins > 10);
}
