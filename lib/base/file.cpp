#include "base/file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/error.hpp"
#include "base/held_folder.hpp"
#include "base/owned_file.hpp"
#include "base/path.hpp"

namespace intelia {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void fail(const char* verb, const fs::path& path, int number) {
  throw Error(Kind::io, std::string("cannot ") + verb + " '" + path.string() + "': " + system_message(number));
}

int open_for_reading(const fs::path& path, InputType type) {
  // Opening a pipe without a writer would block; for a regular file O_NONBLOCK has no effect.
  int file = ::open(held_place(path).c_str(), O_RDONLY | O_CLOEXEC | (type == InputType::stream ? 0 : O_NONBLOCK));
  if (file < 0) fail("read", path, errno);
  struct stat status {};
  const bool is_known = ::fstat(file, &status) == 0;
  const int number = !is_known ? errno : S_ISDIR(status.st_mode) ? EISDIR : 0;
  if (number == 0 && (type == InputType::stream || S_ISREG(status.st_mode))) return file;
  ::close(file);
  if (number != 0) fail("read", path, number);
  throw Error(Kind::input, "'" + path.string() + "' is not a regular file");
}

/** Fills `buffer` from `file`; 0 at the end. */
std::size_t read_some(int file, char* buffer, std::size_t size, const fs::path& path) {
  for (;;) {
    ssize_t num_read = ::read(file, buffer, size);
    if (num_read >= 0) return static_cast<std::size_t>(num_read);
    if (errno != EINTR) fail("read", path, errno);
  }
}

}  // namespace

std::string read_file(const fs::path& path, std::uint64_t max_bytes, InputType type) {
  OwnedFile file{open_for_reading(path, type)};
  std::string text;
  std::vector<char> buffer(1 << 16);
  while (std::size_t num_read = read_some(file.number, buffer.data(), buffer.size(), path)) {
    text.append(buffer.data(), num_read);
    if (text.size() > max_bytes)
      throw Error(Kind::input, "'" + path.string() + "' is larger than " + std::to_string(max_bytes) + " bytes");
  }
  return text;
}

struct LineReader::State {
  fs::path path;
  OwnedFile file;
  std::size_t max_line_bytes;
  std::string buffer;
  std::size_t begin = 0;
  bool at_end = false;
  bool is_too_long = false;
  std::int64_t line_number = 0;
  std::vector<char> chunk = std::vector<char>(1 << 18);

  bool fill() {
    if (at_end) return false;
    if (begin > 0) {
      buffer.erase(0, begin);
      begin = 0;
    }
    std::size_t num_read = read_some(file.number, chunk.data(), chunk.size(), path);
    if (num_read == 0) at_end = true;
    buffer.append(chunk.data(), num_read);
    return num_read > 0;
  }
};

LineReader::LineReader(const fs::path& path, InputType type, std::size_t max_line_bytes)
    : state_(new State{path, OwnedFile{open_for_reading(path, type)}, max_line_bytes}) {}
LineReader::LineReader(std::unique_ptr<State> state) : state_(std::move(state)) {}

LineReader LineReader::standard_input(std::size_t max_line_bytes) {
  const int file = ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
  if (file < 0) fail("read", "stdin", errno);
  return LineReader(std::unique_ptr<State>(new State{"stdin", OwnedFile{file}, max_line_bytes}));
}

LineReader::~LineReader() = default;
LineReader::LineReader(LineReader&&) noexcept = default;

std::optional<std::string_view> LineReader::next() {
  State& s = *state_;
  s.is_too_long = false;
  std::size_t searched = s.begin;
  for (;;) {
    std::size_t newline = s.buffer.find('\n', searched);
    if (newline != std::string::npos) {
      std::string_view line(s.buffer.data() + s.begin, newline - s.begin);
      s.begin = newline + 1;
      ++s.line_number;
      s.is_too_long = line.size() > s.max_line_bytes;
      return line.substr(0, s.max_line_bytes);
    }
    searched = s.buffer.size() - s.begin;
    if (searched > s.max_line_bytes) {
      s.is_too_long = true;
      s.buffer.erase(0, s.begin);
      s.buffer.resize(s.max_line_bytes);
      // Discard the rest of the line; what follows it is kept.
      for (;;) {
        std::size_t num_read = read_some(s.file.number, s.chunk.data(), s.chunk.size(), s.path);
        if (num_read == 0) {
          s.at_end = true;
          break;
        }
        const void* end = std::memchr(s.chunk.data(), '\n', num_read);
        if (end == nullptr) continue;
        std::size_t kept_from = static_cast<std::size_t>(static_cast<const char*>(end) - s.chunk.data()) + 1;
        s.buffer.append(s.chunk.data() + kept_from, num_read - kept_from);
        break;
      }
      s.begin = s.max_line_bytes;
      ++s.line_number;
      return std::string_view(s.buffer.data(), s.max_line_bytes);
    }
    if (!s.fill()) break;
  }
  if (s.begin == s.buffer.size()) return std::nullopt;
  std::string_view line(s.buffer.data() + s.begin, s.buffer.size() - s.begin);
  s.begin = s.buffer.size();
  ++s.line_number;
  return line;
}

bool LineReader::is_too_long() const { return state_->is_too_long; }

bool LineReader::has_line() const { return state_->buffer.find('\n', state_->begin) != std::string::npos; }

bool LineReader::is_ready(int timeout_ms) const {
  if (has_line() || state_->at_end) return true;
  pollfd request{state_->file.number, POLLIN, 0};
  return ::poll(&request, 1, timeout_ms) > 0;
}

std::int64_t LineReader::line_number() const { return state_->line_number; }
const fs::path& LineReader::path() const { return state_->path; }

constexpr std::size_t kBufferBytes = 1 << 20;

struct AtomicFile::State {
  fs::path path;
  fs::path partial;
  int file = -1;
  bool is_committed = false;
  std::uint64_t num_bytes = 0;
  std::string buffer;
  Sha256 hash;
  std::string sha256;
  dev_t device = 0;
  ino_t inode = 0;

  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    if (file >= 0) ::close(file);
    if (!is_committed && is_partial_ours()) ::unlink(held_entry(partial).c_str());
  }

  /** Whether the temporary file is still this one, and not another one with its name. */
  bool is_partial_ours() const {
    struct stat status {};
    return inode != 0 && ::lstat(held_entry(partial).c_str(), &status) == 0 && status.st_dev == device &&
           status.st_ino == inode;
  }

  void write_through(std::string_view bytes) {
    std::size_t done = 0;
    while (done < bytes.size()) {
      ssize_t num_written = ::write(file, bytes.data() + done, bytes.size() - done);
      if (num_written < 0 && errno == EINTR) continue;
      if (num_written < 0) fail("write", path, errno);
      done += static_cast<std::size_t>(num_written);
    }
  }

  void flush() {
    write_through(buffer);
    buffer.clear();
  }
};

AtomicFile::AtomicFile(const fs::path& path) : state_(std::make_unique<State>()) {
  State& s = *state_;
  s.path = path;
  s.partial = path.parent_path() / ("." + path.filename().string() + ".partial");
  // Remove the temporary file of a killed run; O_EXCL then refuses to follow a link at its path.
  const fs::path place = held_entry(s.partial);
  if (::unlink(place.c_str()) != 0 && errno != ENOENT) fail("replace", s.partial, errno);
  s.file = ::open(place.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (s.file < 0) fail("write", path, errno);
  struct stat status {};
  if (::fstat(s.file, &status) != 0) fail("write", path, errno);
  s.device = status.st_dev;
  s.inode = status.st_ino;
  s.buffer.reserve(kBufferBytes);
}

AtomicFile::~AtomicFile() = default;
AtomicFile::AtomicFile(AtomicFile&&) noexcept = default;
AtomicFile& AtomicFile::operator=(AtomicFile&&) noexcept = default;

void AtomicFile::write(std::string_view bytes) {
  State& s = *state_;
  s.hash.update(bytes);
  s.num_bytes += bytes.size();
  if (bytes.size() >= kBufferBytes) {
    s.flush();
    s.write_through(bytes);
    return;
  }
  s.buffer.append(bytes);
  if (s.buffer.size() >= kBufferBytes) s.flush();
}

void AtomicFile::close() {
  State& s = *state_;
  if (s.file < 0) return;
  s.flush();
  int file = std::exchange(s.file, -1);
  // A failed fsync is final: a second one can report success although data is lost.
  if (::fsync(file) != 0) {
    int number = errno;
    ::close(file);
    fail("write", s.path, number);
  }
  if (::close(file) != 0) fail("write", s.path, errno);
  s.sha256 = s.hash.finish();
}

void AtomicFile::commit() {
  State& s = *state_;
  close();
  if (::rename(held_entry(s.partial).c_str(), held_entry(s.path).c_str()) != 0) fail("write", s.path, errno);
  s.is_committed = true;
  sync_folder(s.path.parent_path());
}

std::uint64_t AtomicFile::num_bytes() const { return state_->num_bytes; }
const std::string& AtomicFile::sha256() const { return state_->sha256; }
const fs::path& AtomicFile::path() const { return state_->path; }

void write_file(const fs::path& path, std::string_view text) {
  AtomicFile file(path);
  file.write(text);
  file.commit();
}

void sync_folder(const fs::path& folder) {
  const fs::path place = folder.empty() ? fs::path(".") : folder;
  OwnedFile file{::open(held_place(place).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (file.number < 0) fail("open folder", place, errno);
  if (::fsync(file.number) != 0 && errno != EINVAL) fail("write folder", place, errno);
}

/** As a signal handler can read them: it may use nothing but static objects. */
struct MappedFiles {
  struct Mapping {
    std::atomic<bool> is_used = false;
    std::atomic<const std::byte*> begin = nullptr;  // nullptr while the other fields change
    std::size_t size_bytes = 0;
    char path[1024] = {};
  };
  std::array<Mapping, 1024> mappings;
};

namespace {

using Mapping = MappedFiles::Mapping;

MappedFiles own_mapped_files;
MappedFiles* current_mapped_files = &own_mapped_files;  // a plug-in replaces them by those of the program

void add_mapping(const std::byte* begin, std::size_t size_bytes, const std::string& path) {
  for (Mapping& mapping : mapped_files().mappings) {
    if (mapping.is_used.exchange(true)) continue;
    mapping.size_bytes = size_bytes;
    path.copy(mapping.path, sizeof mapping.path - 1);
    mapping.path[std::min(path.size(), sizeof mapping.path - 1)] = 0;
    mapping.begin = begin;
    return;
  }
}

void remove_mapping(const std::byte* begin) {
  for (Mapping& mapping : mapped_files().mappings) {
    if (mapping.begin != begin) continue;
    mapping.begin = nullptr;
    mapping.is_used = false;
    return;
  }
}

}  // namespace

MappedFiles& mapped_files() { return *current_mapped_files; }
void share_mapped_files(MappedFiles& files) { current_mapped_files = &files; }

const char* mapped_path(const void* address) noexcept {
  for (const Mapping& mapping : mapped_files().mappings) {
    const std::byte* begin = mapping.begin;
    if (begin != nullptr && address >= begin && address < begin + mapping.size_bytes) return mapping.path;
  }
  return nullptr;
}

MappedFile::MappedFile(const fs::path& path) {
  OwnedFile file{open_for_reading(path, InputType::file)};
  struct stat status {};
  if (::fstat(file.number, &status) != 0) fail("read", path, errno);
  size_bytes_ = static_cast<std::size_t>(status.st_size);
  if (size_bytes_ == 0) return;
  void* address = ::mmap(nullptr, size_bytes_, PROT_READ, MAP_PRIVATE, file.number, 0);
  if (address == MAP_FAILED) fail("map", path, errno);
  data_ = static_cast<const std::byte*>(address);
  add_mapping(data_, size_bytes_, path.string());
}

MappedFile::~MappedFile() { unmap(); }

void MappedFile::unmap() {
  if (data_ != nullptr) {
    remove_mapping(data_);
    ::munmap(const_cast<std::byte*>(data_), size_bytes_);
  }
  data_ = nullptr;
  size_bytes_ = 0;
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_bytes_(std::exchange(other.size_bytes_, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  if (this == &other) return *this;
  unmap();
  data_ = std::exchange(other.data_, nullptr);
  size_bytes_ = std::exchange(other.size_bytes_, 0);
  return *this;
}

FileLock::FileLock(const fs::path& path, const std::string& note) {
  file_ = ::open(held_entry(path).c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file_ < 0) fail("lock", path, errno);
  struct stat status {};
  if (::fstat(file_, &status) == 0 && !S_ISREG(status.st_mode)) {
    ::close(file_);
    throw Error(Kind::input, "cannot lock '" + path.string() + "', which is not a regular file");
  }
  if (::flock(file_, LOCK_EX | LOCK_NB) != 0) {
    int number = errno;
    char holder[64] = {};
    ssize_t num_read = ::pread(file_, holder, sizeof holder - 1, 0);
    ::close(file_);
    if (number != EWOULDBLOCK) fail("lock", path, number);
    std::string who = num_read > 0 ? "process " + std::string(holder, strcspn(holder, "\n")) : "another process";
    const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
    throw Error(Kind::unavailable, "'" + folder.string() + "' is in use by " + who + " (lock '" + path.string() +
                                       "'); try again when it has ended");
  }
  const std::string me = std::to_string(::getpid()) + "\n" + note + "\n";
  // Written before it is truncated, so that a process killed in between does not leave an empty file.
  if (::pwrite(file_, me.data(), me.size(), 0) < 0 || ::ftruncate(file_, static_cast<off_t>(me.size())) != 0) {
    int number = errno;
    ::close(file_);
    fail("lock", path, number);
  }
}

FileLock::~FileLock() {
  if (file_ >= 0) ::close(file_);
}

FileLock::FileLock(FileLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

std::uint64_t free_disk_bytes(const fs::path& path) {
  const fs::path place = nearest_existing(path);
  struct statvfs status {};
  if (::statvfs(held_place(place).c_str(), &status) != 0) fail("read the free disk space of", place, errno);
  return static_cast<std::uint64_t>(status.f_bavail) * status.f_frsize;
}

std::string disk_shortage(const fs::path& folder, std::uint64_t needed_bytes, const std::string& need) {
  const std::uint64_t free_bytes = free_disk_bytes(folder);
  if (needed_bytes <= free_bytes) return "";
  const auto words = [](std::uint64_t bytes) {
    const auto number = static_cast<double>(bytes);
    if (number >= 1e9) return fmt::format("{:.1f} GB", number / 1e9);
    return number >= 1e6 ? fmt::format("{:.1f} MB", number / 1e6) : fmt::format("{:.1f} kB", number / 1e3);
  };
  return fmt::format("'{}' has {} free and {} {}", folder.string(), words(free_bytes), need, words(needed_bytes));
}

}  // namespace intelia
