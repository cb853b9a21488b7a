// What `extract` makes of a file, for tests in Python. file_rows_probe FILE NAME=VALUE…, the names being those of
// extraction::Selection: lines go to stdout; stderr gets {"where":…,"reason":…} for each rejected record and a summary.
#include <fmt/format.h>

#include <cstdio>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "extraction/file_rows.hpp"
#include "record/json.hpp"

namespace {

using namespace intelia;
using namespace intelia::extraction;

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

Selection selection_of(int argc, char** argv) {
  Selection selection;
  for (int i = 2; i < argc; ++i) {
    const std::string argument = argv[i];
    const std::size_t equals = argument.find('=');
    const std::string name = argument.substr(0, equals), value = argument.substr(equals + 1);
    if (name == "min_rating")
      selection.min_rating = std::stod(value);
    else if (name == "min_messages")
      selection.min_messages = std::stoll(value);
    else if (name == "limit")
      selection.limit = std::stoll(value);
    else if (name == "since")
      selection.since = value;
    else if (name == "until")
      selection.until = value;
    else if (name == "languages")
      selection.languages = split(value);
    else if (name == "signals")
      selection.signals = split(value);
    else if (name == "columns")
      selection.columns = split(value);
    else
      throw Error(Kind::usage, "no setting '" + name + "'");
  }
  return selection;
}

/** The most memory that this process has had, in bytes. */
std::int64_t peak_bytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmHWM:")) return std::stoll(line.substr(6)) * 1024;
  return 0;
}

void say_rejected(const std::string& where, const std::string& reason) {
  fmt::print(stderr, "{}\n", Json{{"where", where}, {"reason", reason}}.dump());
}

void run(const std::filesystem::path& path, const Selection& selection) {
  FileRows rows(path, selection);
  RowReader reader(row_rules(selection, MessagesForm::any));
  SilentSinks silent;
  std::string line;
  std::int64_t num_kept = 0, num_rejected = 0;
  std::map<std::string, std::int64_t> dropped;
  const FileCounts counts = rows.read(
      silent.sinks(),
      [&](const Row& row, const std::string& where) {
        line.clear();
        switch (reader.read(row, line)) {
          case Fate::kept:
            ++num_kept;
            std::fwrite(line.data(), 1, line.size(), stdout);
            break;
          case Fate::dropped:
            ++dropped[reader.reason().substr(0, reader.reason().find(':'))];
            break;
          default:
            ++num_rejected;
            say_rejected(where, reader.reason());
        }
      },
      [&](const std::string& where, const std::string& reason, std::string_view) {
        ++num_rejected;
        say_rejected(where, reason);
      });
  fmt::print(stderr, "{}\n",
             Json{{"read", counts.read},
                  {"matched", counts.matched},
                  {"unmatched", counts.unmatched_by_reason},
                  {"kept", num_kept},
                  {"dropped", dropped},
                  {"rejected", num_rejected},
                  {"sha256", rows.sha256()},
                  {"peak_bytes", peak_bytes()}}
                 .dump());
}

}  // namespace

int main(int argc, char** argv) {
  try {
    run(argv[1], selection_of(argc, argv));
    return 0;
  } catch (const Error& error) {
    fmt::print(stderr, "{}\n", Json{{"error", error.what()}}.dump());
    return exit_status(error);
  }
}
