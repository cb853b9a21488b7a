#include "extraction/record_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "base/error.hpp"
#include "base/hash.hpp"
#include "record/record_lines.hpp"

namespace intelia::extraction {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kChunkBytes = 1 << 18;
constexpr std::size_t kMaxBeginningBytes = 200;  // kept of a record that is too long

[[noreturn]] void fail(const fs::path& path, int number) {
  throw Error(Kind::io, "cannot read '" + path.string() + "': " + system_message(number));
}

struct stat status_of(int file, const fs::path& path) {
  struct stat status {};
  if (::fstat(file, &status) != 0) fail(path, errno);
  return status;
}

bool is_same_time(const timespec& one, const timespec& other) {
  return one.tv_sec == other.tv_sec && one.tv_nsec == other.tv_nsec;
}

}  // namespace

struct RecordFile::State {
  fs::path path;
  Ends ends;
  std::size_t max_record_bytes;
  int file = -1;
  struct stat opened {};
  Sha256 hash;
  std::string sha256;

  std::string buffer;  // read but not yet consumed, from `begin` on
  std::size_t begin = 0;
  std::uint64_t buffer_offset = 0;  // of buffer[0] in the file
  std::int64_t line = 1;            // of buffer[begin]
  bool is_at_end = false;
  std::vector<char> chunk = std::vector<char>(kChunkBytes);
  std::string beginning;  // of a record that is too long

  ~State() {
    if (file >= 0) ::close(file);
  }

  std::size_t read_chunk() {
    ssize_t num_read = 0;
    do num_read = ::read(file, chunk.data(), chunk.size());
    while (num_read < 0 && errno == EINTR);
    if (num_read < 0) fail(path, errno);
    hash.update(chunk.data(), static_cast<std::size_t>(num_read));
    if (num_read == 0) {
      is_at_end = true;
      sha256 = hash.finish();
    }
    return static_cast<std::size_t>(num_read);
  }

  void fill() { buffer.append(chunk.data(), read_chunk()); }

  void forget_taken() {
    buffer.erase(0, begin);
    buffer_offset += begin;
    begin = 0;
  }

  /** The position of the first line end from `from` on; npos: the file ends before it, or the record is too long. */
  std::size_t find_line_end(std::size_t from) {
    for (;;) {
      const std::size_t newline = buffer.find('\n', from);
      if (newline != std::string::npos) return newline;
      if (is_at_end || buffer.size() - begin > max_record_bytes) return std::string::npos;
      from = buffer.size();
      fill();
    }
  }

  /** Skips to the next line end; returns the number of bytes skipped. */
  std::uint64_t skip_line() {
    std::uint64_t num_skipped = buffer.size() - begin;
    buffer_offset += buffer.size();
    buffer.clear();
    begin = 0;
    while (!is_at_end) {
      const std::size_t num_read = read_chunk();
      const std::string_view bytes(chunk.data(), num_read);
      const std::size_t newline = bytes.find('\n');
      if (newline == std::string_view::npos) {
        num_skipped += num_read;
        buffer_offset += num_read;
        continue;
      }
      buffer_offset += newline + 1;
      buffer.assign(bytes.substr(newline + 1));
      return num_skipped + newline;
    }
    return num_skipped;
  }

  static std::string_view without_return(std::string_view bytes) {
    if (!bytes.empty() && bytes.back() == '\r') bytes.remove_suffix(1);
    return bytes;
  }

  bool next(Record& record) {
    if (begin >= kChunkBytes) forget_taken();
    if (begin == buffer.size() && !is_at_end) {
      forget_taken();
      fill();
    }
    record = {};
    std::size_t searched = begin, first_end = std::string::npos;
    std::int64_t num_lines = 0;
    bool is_odd = false;
    for (;;) {
      const std::size_t newline = find_line_end(searched);
      const bool is_last = newline == std::string::npos && is_at_end;
      if (is_last && begin == buffer.size()) return false;
      const std::size_t end = is_last ? buffer.size() : newline;
      const bool is_too_long = end == std::string::npos || end - begin > max_record_bytes;
      if (!is_too_long && ends == Ends::even_quotes)
        is_odd ^= std::count(buffer.begin() + static_cast<std::ptrdiff_t>(searched),
                             buffer.begin() + static_cast<std::ptrdiff_t>(end), '"') %
                      2 !=
                  0;
      if (first_end == std::string::npos) first_end = end;
      record.offset = buffer_offset + begin;
      record.line = line;
      if (is_too_long && num_lines == 0) {
        beginning.assign(buffer, begin, kMaxBeginningBytes);
        record.bytes = beginning;
        record.is_too_long = true;
        if (newline != std::string::npos || is_last) {
          record.size_bytes = end - begin;
          begin = std::min(end + 1, buffer.size());
        } else {
          record.size_bytes = skip_line();
        }
        ++line;
        return true;
      }
      if (is_too_long || (is_last && is_odd)) {
        take(record, first_end, 1);
        record.is_open = true;
        return true;
      }
      ++num_lines;
      if (!is_odd) {
        take(record, end, num_lines);
        return true;
      }
      searched = std::min(end + 1, buffer.size());
    }
  }

  /** Consumes the bytes before `end`, a line end or the end of the file. */
  void take(Record& record, std::size_t end, std::int64_t num_lines) {
    record.bytes = without_return(std::string_view(buffer).substr(begin, end - begin));
    record.size_bytes = record.bytes.size();
    begin = std::min(end + 1, buffer.size());
    line += num_lines;
  }
};

RecordFile::RecordFile(const fs::path& path, Ends ends, std::size_t max_record_bytes) : state_(new State) {
  State& s = *state_;
  s.path = path;
  s.ends = ends;
  s.max_record_bytes = max_record_bytes;
  const auto refuse = [&] {
    throw Error(Kind::usage, "'" + path.string() +
                                 "' is not a regular file, but it has to be read twice; write it to a file "
                                 "first");
  };
  s.file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);  // opening a pipe without a writer would block
  if (s.file < 0) fail(path, errno);
  s.opened = status_of(s.file, path);
  if (!S_ISREG(s.opened.st_mode)) refuse();
  s.fill();
  s.begin = byte_order_mark_bytes(s.buffer, path);
}

RecordFile::~RecordFile() = default;

bool RecordFile::next(Record& record) { return state_->next(record); }

void RecordFile::keep_first_line_only(Record& record) {
  State& s = *state_;
  const std::size_t newline = record.bytes.find('\n');
  if (newline == std::string_view::npos) return;
  s.begin = static_cast<std::size_t>(record.bytes.data() - s.buffer.data()) + newline + 1;
  s.line = record.line + 1;
  record.bytes = State::without_return(record.bytes.substr(0, newline));
  record.size_bytes = record.bytes.size();
}

void RecordFile::read_at(std::uint64_t offset, std::size_t num_bytes, std::string& bytes) const {
  const State& s = *state_;
  bytes.resize(num_bytes);
  for (std::size_t done = 0; done < num_bytes;) {
    const ssize_t num_read = ::pread(s.file, bytes.data() + done, num_bytes - done, static_cast<off_t>(offset + done));
    if (num_read < 0 && errno == EINTR) continue;
    if (num_read < 0) fail(s.path, errno);
    if (num_read == 0) fail_as_changed();
    done += static_cast<std::size_t>(num_read);
  }
}

void RecordFile::check_unchanged() const {
  const State& s = *state_;
  const struct stat now = status_of(s.file, s.path);
  if (now.st_size != s.opened.st_size || !is_same_time(now.st_mtim, s.opened.st_mtim)) fail_as_changed();
}

void RecordFile::fail_as_changed() const {
  throw Error(Kind::input, "'" + state_->path.string() +
                               "' changed while it was read; run again when nothing writes to it, or on a copy");
}

const std::string& RecordFile::sha256() const { return state_->sha256; }
std::uint64_t RecordFile::size_bytes() const { return static_cast<std::uint64_t>(state_->opened.st_size); }
const fs::path& RecordFile::path() const { return state_->path; }

}  // namespace intelia::extraction
