#include "extraction/record_file.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/hash.hpp"
#include "temporary_folder.hpp"

using namespace intelia;
using namespace intelia::extraction;

namespace {

struct Kept {
  std::string bytes;
  std::uint64_t offset;
  std::int64_t line;
  bool operator==(const Kept&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Kept& kept) {
  return out << '"' << kept.bytes << "\" at " << kept.offset << " in line " << kept.line;
}

std::vector<Kept> records_of(std::string_view text, RecordFile::Ends ends, std::size_t max_record_bytes = 1000) {
  TemporaryFolder folder;
  RecordFile file(folder.write("f", text), ends, max_record_bytes);
  std::vector<Kept> kept;
  RecordFile::Record record;
  while (file.next(record)) {
    std::string name =
        record.is_too_long ? "too long: " + std::to_string(record.size_bytes) : std::string(record.bytes);
    kept.push_back({(record.is_open ? "open: " : "") + name, record.offset, record.line});
    if (record.is_too_long) continue;
    std::string again;
    file.read_at(record.offset, record.bytes.size(), again);
    CHECK(again == record.bytes);
  }
  CHECK(file.sha256() == sha256_of(text));
  CHECK(file.size_bytes() == text.size());
  file.check_unchanged();
  return kept;
}

Error error_of(const auto& work) {
  try {
    work();
  } catch (const Error& error) {
    return error;
  }
  return {Kind::internal, "no error"};
}

}  // namespace

TEST_CASE("one record per line") {
  using Records = std::vector<Kept>;
  const auto lines = [](std::string_view text, std::size_t max = 1000) {
    return records_of(text, RecordFile::Ends::line, max);
  };
  CHECK(lines("").empty());
  CHECK(lines("\xef\xbb\xbf").empty());
  CHECK(lines("a\nb") == Records{{"a", 0, 1}, {"b", 2, 2}});
  CHECK(lines("a\r\n\r\n\"b\n") == Records{{"a", 0, 1}, {"", 3, 2}, {"\"b", 5, 3}});
  CHECK(lines("\xef\xbb\xbf"
              "a\nb\n") == Records{{"a", 3, 1}, {"b", 5, 2}});
  CHECK(lines("1234\n12345\n1\n", 4) == Records{{"1234", 0, 1}, {"too long: 5", 5, 2}, {"1", 11, 3}});
  CHECK(lines("12345", 4) == Records{{"too long: 5", 0, 1}});
}

TEST_CASE("lines longer than the read buffer") {
  for (const std::size_t size :
       {std::size_t{300'000}, std::size_t{(1 << 18) - 1}, std::size_t{1 << 18}, std::size_t{1'000'000}}) {
    CAPTURE(size);
    const std::string line(size, 'x');
    const std::string text = "a\n" + line + "\n" + line + "\nb\n" + line;
    const auto kept = records_of(text, RecordFile::Ends::line, size);
    REQUIRE(kept.size() == 5);
    CHECK(kept[2] == Kept{line, 3 + size, 3});
    CHECK(kept[3] == Kept{"b", 4 + 2 * size, 4});
    const auto cut = records_of(text, RecordFile::Ends::line, 100'000);
    REQUIRE(cut.size() == 5);
    CHECK(cut[2] == Kept{"too long: " + std::to_string(size), 3 + size, 3});
    CHECK(cut[3] == Kept{"b", 4 + 2 * size, 4});
    CHECK(cut[4] == Kept{"too long: " + std::to_string(size), 6 + 2 * size, 5});
  }
}

TEST_CASE("records that span several lines because of quotes") {
  using Records = std::vector<Kept>;
  const auto records = [](std::string_view text, std::size_t max = 1000) {
    return records_of(text, RecordFile::Ends::even_quotes, max);
  };
  CHECK(records("a,\"b\nc\"\r\nd\n") == Records{{"a,\"b\nc\"", 0, 1}, {"d", 9, 3}});
  CHECK(records("\"a\"\"\n\"\"b\"\nc") == Records{{"\"a\"\"\n\"\"b\"", 0, 1}, {"c", 10, 3}});
  // Of a record with an unclosed quote the first line is returned.
  CHECK(records("\"a\nb\n\"c\"\nd") == Records{{"open: \"a", 0, 1}, {"b", 3, 2}, {"\"c\"", 5, 3}, {"d", 9, 4}});
  CHECK(records("a\n\"") == Records{{"a", 0, 1}, {"open: \"", 2, 2}});
  CHECK(records("\"a\nbbbbbbbb\nccc\n\"d\"", 9) ==
        Records{{"open: \"a", 0, 1}, {"bbbbbbbb", 3, 2}, {"ccc", 12, 3}, {"\"d\"", 16, 4}});
}

TEST_CASE("the further lines of a record can be read as records") {
  TemporaryFolder folder;
  RecordFile file(folder.write("f", "\"a\r\nb\n\"c\nd\n"), RecordFile::Ends::even_quotes, 1000);
  RecordFile::Record record;
  REQUIRE(file.next(record));
  CHECK(record.bytes == "\"a\r\nb\n\"c");
  file.keep_first_line_only(record);
  CHECK(record.bytes == "\"a");
  REQUIRE(file.next(record));
  CHECK((record.bytes == "b" && record.line == 2 && record.offset == 4));
  file.keep_first_line_only(record);
  REQUIRE(file.next(record));
  CHECK((record.bytes == "\"c" && record.line == 3 && record.is_open));
  REQUIRE(file.next(record));
  CHECK((record.bytes == "d" && record.line == 4));
  CHECK_FALSE(file.next(record));
}

TEST_CASE("a file that changes is an error") {
  TemporaryFolder folder;
  const auto path = folder.write("f", "a\nb\n");
  RecordFile file(path, RecordFile::Ends::line, 100);
  std::ofstream(path, std::ios::app) << "c\n";
  CHECK(error_of([&] { file.check_unchanged(); }).kind() == Kind::input);
  folder.write("f", "a");
  std::string bytes;
  const Error error = error_of([&] { file.read_at(0, 4, bytes); });
  CHECK(error.kind() == Kind::input);
  CHECK(std::string(error.what()).find("changed while it was read") != std::string::npos);
}

TEST_CASE("files that cannot be read twice, or are not UTF-8, are errors") {
  TemporaryFolder folder;
  const auto open = [](const std::filesystem::path& path) { RecordFile file(path, RecordFile::Ends::line, 100); };
  const auto pipe = folder.path / "pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  CHECK(error_of([&] { open(pipe); }).kind() == Kind::usage);
  CHECK(error_of([&] { open(folder.path); }).kind() == Kind::usage);
  CHECK(error_of([&] { open(folder.path / "none"); }).kind() == Kind::io);
  CHECK(std::string(error_of([&] { open(folder.write("f", std::string_view("\xff\xfe{\0", 4))); }).what())
            .find("UTF-16") != std::string::npos);
}
