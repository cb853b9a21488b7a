// Lines: the identity first, then "NUMBER<tab>CHECKSUM<tab>LINE".
#include "inference/generation_journal.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <optional>
#include <vector>

#include "base/error.hpp"
#include "base/held_folder.hpp"
#include "base/path.hpp"

namespace intelia {

namespace {

/** FNV-1a: a line of which a part never reached the disk is not taken for a complete one. */
std::uint64_t checksum(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return hash;
}

std::string head_of(std::int64_t record, std::string_view line) {
  return fmt::format("{}\t{:016x}\t", record, checksum(line));
}

/** The number of the record of a line and where its text begins; nothing when it is not complete. */
std::optional<std::pair<std::int64_t, std::size_t>> parse_line(std::string_view line) {
  std::int64_t record = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), record);
  if (error != std::errc()) return std::nullopt;
  const std::size_t begin = line.find('\t', static_cast<std::size_t>(end - line.data()) + 1);
  if (begin == std::string_view::npos) return std::nullopt;
  const std::string_view text = line.substr(begin + 1);
  if (line.substr(0, begin + 1) != head_of(record, text)) return std::nullopt;
  return std::pair(record, begin + 1);
}

std::string differences(const Json& before, const Json& now) {
  std::string names;
  for (const auto& [key, value] : now.items())
    if (!before.contains(key) || before[key] != value) names += (names.empty() ? "" : ", ") + key;
  for (const auto& [key, value] : before.items())
    if (!now.contains(key)) names += (names.empty() ? "" : ", ") + key;
  return names;
}

}  // namespace

GenerationJournal::GenerationJournal(const std::filesystem::path& path, const Json& identity, bool discards)
    : path_(path) {
  file_ = ::open(held_entry(path).c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | (discards ? O_TRUNC : 0), 0600);
  if (file_ < 0) throw Error(Kind::io, "'" + path.string() + "': " + system_message(errno));
  try {
    continue_from(identity);
  } catch (...) {
    ::close(file_);
    throw;
  }
}

GenerationJournal::~GenerationJournal() {
  ::close(file_);
  if (places_.empty()) ::unlink(held_entry(path_).c_str());
}

void GenerationJournal::continue_from(const Json& identity) {
  // A line that is as long as the reader's bound is truncated; an answer never is.
  LineReader lines(path_, InputType::file, std::size_t{1} << 30);
  const std::uint64_t size = file_bytes(path_);
  bool is_first = true;
  std::string changes;
  while (const auto line = lines.next()) {
    const std::uint64_t end = num_bytes_ + line->size() + 1;
    if (end > size) break;  // without newline
    if (is_first) {
      const Json before = Json::parse(*line, nullptr, /*allow_exceptions=*/false);
      if (!before.is_object()) break;
      changes = differences(before, identity);
    } else {
      const auto parsed = parse_line(*line);
      if (!parsed) break;
      if (!changes.empty())
        throw SettingError(Kind::usage, "force",
                           fmt::format("'{}' has the answers of a run that is not finished, and was started with other "
                                       "inputs or options ({}); finish it with those, or discard it",
                                       path_.string(), changes),
                           SettingError::Role::remedy);
      places_[parsed->first] = {num_bytes_ + parsed->second, line->size() - parsed->second};
    }
    is_first = false;
    num_bytes_ = end;
  }
  if (places_.empty()) num_bytes_ = 0;
  if (::ftruncate(file_, static_cast<off_t>(num_bytes_)) != 0)
    throw Error(Kind::io, "'" + path_.string() + "': " + system_message(errno));
  if (places_.empty()) append(identity.dump() + "\n");
}

void GenerationJournal::append(std::string_view bytes) {
  std::size_t written = 0;
  while (written < bytes.size()) {
    const ssize_t count =
        ::pwrite(file_, bytes.data() + written, bytes.size() - written, static_cast<off_t>(num_bytes_ + written));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw Error(Kind::io, "'" + path_.string() + "': " + system_message(errno));
    written += static_cast<std::size_t>(count);
  }
  num_bytes_ += bytes.size();
}

void GenerationJournal::add(std::int64_t record, std::string_view line) {
  std::string text = head_of(record, line);
  const Place place{num_bytes_ + text.size(), line.size()};
  text += line;
  text += '\n';
  append(text);
  places_[record] = place;
}

std::int64_t GenerationJournal::write_to(AtomicFile& file, std::int64_t end) const {
  std::int64_t num_lines = 0;
  std::string line;
  for (const auto& [record, place] : places_) {
    if (record >= end) break;
    line.resize(place.size);
    for (std::size_t read = 0; read < line.size();) {
      const ssize_t count =
          ::pread(file_, line.data() + read, line.size() - read, static_cast<off_t>(place.begin + read));
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0)
        throw Error(Kind::io, "'" + path_.string() + "': " + (count < 0 ? system_message(errno) : "it was truncated"));
      read += static_cast<std::size_t>(count);
    }
    line += '\n';
    file.write(line);
    ++num_lines;
  }
  return num_lines;
}

void GenerationJournal::remove() {
  remove_file(path_);
  places_.clear();
}

}  // namespace intelia
