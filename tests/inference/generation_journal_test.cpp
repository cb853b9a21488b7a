// The journal of an unfinished run: complete lines survive, whatever happened to the last one.
#include "inference/generation_journal.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "base/path.hpp"
#include "temporary_folder.hpp"

using namespace intelia;

namespace {

const Json kIdentity = {{"seed", 1}, {"prompts.jsonl", "abc"}};

std::string written(const GenerationJournal& journal, const std::filesystem::path& path, std::int64_t end = 100) {
  AtomicFile file(path);
  journal.write_to(file, end);
  file.commit();
  return read_file(path);
}

}  // namespace

TEST_CASE("lines come back in the order of the records, after a restart too") {
  const TemporaryFolder folder;
  const auto path = folder / "journal";
  {
    GenerationJournal journal(path, kIdentity, false);
    journal.add(2, "{\"c\":3}");
    journal.add(0, "{\"a\":\"\u2028\"}");
  }
  GenerationJournal journal(path, kIdentity, false);
  CHECK(journal.size() == 2);
  CHECK(journal.has(0));
  CHECK(!journal.has(1));
  journal.add(1, "{}");
  CHECK(written(journal, folder / "out") == "{\"a\":\"\u2028\"}\n{}\n{\"c\":3}\n");
  CHECK(written(journal, folder / "out", 2) == "{\"a\":\"\u2028\"}\n{}\n");
  journal.remove();
  CHECK(path_type(path) == PathType::missing);
}

TEST_CASE("whatever a kill leaves of the last line, and a line that changed, is dropped") {
  const TemporaryFolder folder;
  const auto path = folder / "journal";
  {
    GenerationJournal journal(path, kIdentity, false);
    journal.add(0, "{\"a\":1}");
    journal.add(1, "{\"b\":2}");
  }
  const std::string whole = read_file(path);
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    write_file(path, whole.substr(0, size));
    GenerationJournal journal(path, kIdentity, false);
    CHECK(journal.size() == std::count(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size), '\n') -
                                (size > whole.find('\n') ? 1 : 0));
    if (!journal.has(0)) journal.add(0, "{\"a\":1}");
    if (!journal.has(1)) journal.add(1, "{\"b\":2}");
    CHECK(read_file(path) == whole);
  }
  std::string changed = whole;
  changed[changed.find("\"b\"") + 1] = 'x';
  write_file(path, changed);
  CHECK(GenerationJournal(path, kIdentity, false).size() == 1);
}

TEST_CASE("a journal of other settings is refused by name, or discarded") {
  const TemporaryFolder folder;
  const auto path = folder / "journal";
  GenerationJournal(path, kIdentity, false).add(0, "{}");
  Json other = kIdentity;
  other["seed"] = 2;
  CHECK(
      contains(refusal([&] { GenerationJournal(path, other, false); }, Kind::usage), "other inputs or options (seed)"));
  CHECK(GenerationJournal(path, kIdentity, false).size() == 1);
  CHECK(GenerationJournal(path, other, true).size() == 0);
  CHECK(path_type(path) == PathType::missing);  // a journal without answers is not kept
  write_file(path, other.dump() + "\n");
  CHECK(GenerationJournal(path, kIdentity, false).size() == 0);
}
