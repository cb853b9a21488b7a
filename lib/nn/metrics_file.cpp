#include "nn/metrics_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/held_folder.hpp"
#include "base/path.hpp"
#include "record/json.hpp"
#include "record/json_line.hpp"

namespace intelia::nn {

/** Reads the lines that are kept; returns their number of bytes. */
std::int64_t MetricsFile::read(const MetricsLines& kept) {
  if (kept.count == 0) return 0;
  if (!is_file(path_)) throw Error(Kind::input, "'" + path_.string() + "' is missing or not a regular file");
  std::int64_t num_bytes = 0;
  for (LineReader lines(path_); num_lines_ < kept.count; ++num_lines_) {
    const auto line = lines.next();
    if (!line) break;
    num_bytes += static_cast<std::int64_t>(line->size()) + 1;
    add_to_checksum(*line);
  }
  if (lines().count != kept.count || lines().checksum != kept.checksum ||
      num_bytes > static_cast<std::int64_t>(file_bytes(path_)))
    throw Error(Kind::input, "'" + path_.string() + "' does not begin with the " + std::to_string(kept.count) +
                                 " lines that it had when the checkpoint was written; it was modified");
  return num_bytes;
}

void MetricsFile::add_to_checksum(std::string_view line) {
  Json json = Json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (json.is_object()) json.erase("measured");
  const std::string text = json_line(json);
  checksum_.update(text.data(), text.size());
}

MetricsLines MetricsFile::lines() const { return {num_lines_, fmt::format("{:016x}", checksum_.value())}; }

MetricsFile::MetricsFile(const std::filesystem::path& path, const MetricsLines& kept, bool is_hidden) : path_(path) {
  const std::filesystem::path hidden = path.parent_path() / ("." + path.filename().string() + ".partial");
  if (::unlink(held_entry(hidden).c_str()) != 0 && errno != ENOENT) fail();  // of a killed run
  if (is_hidden) hidden_path_ = hidden;
  const std::int64_t num_bytes = read(kept);
  file_ = ::open(held_entry(is_hidden ? hidden : path).c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file_ < 0 || ::ftruncate(file_, num_bytes) != 0 || ::lseek(file_, 0, SEEK_END) < 0) fail();
}

MetricsFile::~MetricsFile() {
  if (!hidden_path_.empty()) ::unlink(held_entry(hidden_path_).c_str());
  ::close(file_);
}

void MetricsFile::publish() {
  if (hidden_path_.empty()) return;
  if (::rename(held_entry(hidden_path_).c_str(), held_entry(path_).c_str()) != 0) fail();
  hidden_path_.clear();
}

void MetricsFile::append(const std::string& line) {
  const std::string text = line + "\n";
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t num_written = ::write(file_, text.data() + done, text.size() - done);
    if (num_written < 0 && errno != EINTR) fail();
    done += static_cast<std::size_t>(std::max<ssize_t>(num_written, 0));
  }
  ++num_lines_;
  add_to_checksum(line);
}

MetricsLines MetricsFile::sync() {
  if (::fsync(file_) != 0) fail();
  return lines();
}

void MetricsFile::fail() const {
  throw Error(Kind::io, "cannot write '" + path_.string() + "': " + system_message(errno));
}

}  // namespace intelia::nn
