#include "nn/metrics_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/held_folder.hpp"
#include "base/path.hpp"
#include "record/json.hpp"

namespace intelia::nn {

namespace {

/** The size of the first `num_lines` lines. Throws Error{input} unless each is complete and a JSON object. */
std::int64_t bytes_of_lines(const std::filesystem::path& path, std::int64_t num_lines) {
  if (num_lines == 0) return 0;
  if (!is_file(path)) throw Error(Kind::input, "'" + path.string() + "' is missing or not a regular file");
  const auto file_size = static_cast<std::int64_t>(file_bytes(path));
  std::int64_t num_bytes = 0;
  LineReader lines(path);
  for (std::int64_t i = 0; i < num_lines; ++i) {
    const auto line = lines.next();
    if (!line)
      throw Error(Kind::input,
                  "'" + path.string() + "' has fewer lines than when the checkpoint was written; it was modified");
    num_bytes += static_cast<std::int64_t>(line->size()) + 1;
    if (!Json::parse(*line, nullptr, /*allow_exceptions=*/false).is_object() || num_bytes > file_size)
      throw Error(Kind::input, "'" + path.string() + "': line " + std::to_string(i + 1) +
                                   " is incomplete or not a JSON object; it was modified");
  }
  return num_bytes;
}

}  // namespace

MetricsFile::MetricsFile(const std::filesystem::path& path, std::int64_t num_lines, bool is_hidden)
    : path_(path), num_lines_(num_lines) {
  const std::filesystem::path hidden = path.parent_path() / ("." + path.filename().string() + ".partial");
  if (::unlink(held_entry(hidden).c_str()) != 0 && errno != ENOENT) fail();  // of a killed run
  if (is_hidden) hidden_path_ = hidden;
  const std::int64_t num_bytes = bytes_of_lines(path, num_lines);
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
}

std::int64_t MetricsFile::sync() {
  if (::fsync(file_) != 0) fail();
  return num_lines_;
}

void MetricsFile::fail() const {
  throw Error(Kind::io, "cannot write '" + path_.string() + "': " + system_message(errno));
}

}  // namespace intelia::nn
