#include "base/spill_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <vector>

#include "base/error.hpp"
#include "base/held_folder.hpp"

namespace intelia {

namespace fs = std::filesystem;

namespace {

/** Writes all bytes at `offset`; false with errno on failure. */
bool write_at(int file, std::uint64_t offset, const char* bytes, std::size_t num_bytes) {
  while (num_bytes > 0) {
    const ssize_t num_written = ::pwrite(file, bytes, num_bytes, static_cast<off_t>(offset));
    if (num_written < 0 && errno == EINTR) continue;
    if (num_written < 0) return false;
    bytes += num_written;
    offset += static_cast<std::uint64_t>(num_written);
    num_bytes -= static_cast<std::size_t>(num_written);
  }
  return true;
}

int open_in_memory() {
  const int file = ::memfd_create("intelia-spill", MFD_CLOEXEC);
  if (file < 0)
    throw Error(Kind::io,
                "no disk space for a temporary file, and not enough memory instead: " + system_message(errno));
  return file;
}

int open_temporary() {
  std::error_code failure;
  std::string name = (fs::temp_directory_path(failure) / "intelia-spill-XXXXXX").string();
  const int file = failure ? -1 : ::mkostemp(name.data(), O_CLOEXEC);
  if (file < 0) return open_in_memory();
  ::unlink(name.c_str());
  return file;
}

bool is_same_file(int file, const fs::path& path) {
  struct stat opened {
  }, named{};
  return ::fstat(file, &opened) == 0 && ::lstat(held_entry(path).c_str(), &named) == 0 &&
         opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

/** Opens, locks and truncates it; -1 with `fault` on failure. */
int open_partial(const fs::path& partial, std::string& fault) {
  const int file = ::open(held_entry(partial).c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (file < 0) {
    fault = "cannot write '" + partial.string() + "': " + system_message(errno);
    return -1;
  }
  // Between open and lock, another run may have renamed the file. That is not an error.
  const bool is_mine = ::flock(file, LOCK_EX | LOCK_NB) == 0 && is_same_file(file, partial);
  if (is_mine && ::ftruncate(file, 0) == 0) return file;
  if (is_mine) fault = "cannot write '" + partial.string() + "': " + system_message(errno);
  ::close(file);
  return -1;
}

}  // namespace

struct SpillFile::State {
  static constexpr std::size_t kBufferBytes = 1 << 20;
  int file = -1;
  fs::path partial;  // empty: unnamed
  std::string fault;
  std::string buffer;
  std::uint64_t num_flushed = 0;

  ~State() {
    remove_name();
    if (file >= 0) ::close(file);
  }

  void remove_name() {
    if (!partial.empty()) ::unlink(held_entry(partial).c_str());
    partial.clear();
  }

  void write(std::uint64_t offset, const char* bytes, std::size_t num_bytes) {
    if (write_at(file, offset, bytes, num_bytes)) return;
    move_to_memory(errno);
    if (!write_at(file, offset, bytes, num_bytes))
      throw Error(Kind::io,
                  "no disk space for a temporary file, and not enough memory instead: " + system_message(errno));
  }

  /** Continues in memory from now on; the disk is not tried again. */
  void move_to_memory(int number) {
    const int memory = open_in_memory();
    std::vector<char> bytes(kBufferBytes);
    for (std::uint64_t offset = 0; offset < num_flushed; offset += bytes.size()) {
      const std::size_t size = static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), num_flushed - offset));
      read_at(file, offset, bytes.data(), size, partial);
      if (!write_at(memory, offset, bytes.data(), size))
        throw Error(Kind::io,
                    "no disk space for a temporary file, and not enough memory instead: " + system_message(errno));
    }
    fault = "cannot write '" + (partial.empty() ? std::string("a temporary file") : partial.string()) +
            "': " + system_message(number);
    remove_name();
    ::close(file);
    file = memory;
  }

  void flush() {
    if (buffer.empty()) return;
    write(num_flushed, buffer.data(), buffer.size());
    num_flushed += buffer.size();
    buffer.clear();
  }
};

SpillFile::SpillFile() : state_(std::make_unique<State>()) { state_->file = open_temporary(); }

SpillFile::SpillFile(const fs::path& partial) : state_(std::make_unique<State>()) {
  state_->file = open_partial(partial, state_->fault);
  if (state_->file >= 0)
    state_->partial = partial;
  else
    state_->file = open_temporary();
}

SpillFile::~SpillFile() = default;
SpillFile::SpillFile(SpillFile&&) noexcept = default;
SpillFile& SpillFile::operator=(SpillFile&&) noexcept = default;

void SpillFile::append(const void* bytes, std::size_t num_bytes) {
  state_->buffer.append(static_cast<const char*>(bytes), num_bytes);
  if (state_->buffer.size() >= State::kBufferBytes) state_->flush();
}

void SpillFile::overwrite(std::uint64_t offset, const void* bytes, std::size_t num_bytes) {
  state_->flush();
  state_->write(offset, static_cast<const char*>(bytes), num_bytes);
}

std::uint64_t SpillFile::size() const { return state_->num_flushed + state_->buffer.size(); }

void SpillFile::rename_to(const fs::path& path) {
  state_->flush();
  if (state_->partial.empty()) return;
  // Not synced: a file that a crash leaves incomplete is detected by its checksum and made again.
  if (::rename(held_entry(state_->partial).c_str(), held_entry(path).c_str()) == 0) return state_->partial.clear();
  state_->fault = "cannot write '" + path.string() + "': " + system_message(errno);
  state_->remove_name();
}

void SpillFile::remove_name() { state_->remove_name(); }

const std::string& SpillFile::fault() const { return state_->fault; }

void SpillFile::flush() { state_->flush(); }

int SpillFile::descriptor() const { return state_->file; }

void read_at(int file, std::uint64_t offset, void* bytes, std::size_t num_bytes, const fs::path& name) {
  auto* place = static_cast<char*>(bytes);
  while (num_bytes > 0) {
    const ssize_t num_read = ::pread(file, place, num_bytes, static_cast<off_t>(offset));
    if (num_read < 0 && errno == EINTR) continue;
    if (num_read <= 0)
      throw Error(Kind::io, "cannot read '" + name.string() + "': " +
                                (num_read == 0 ? std::string("unexpected end of file") : system_message(errno)));
    place += num_read;
    offset += static_cast<std::uint64_t>(num_read);
    num_bytes -= static_cast<std::size_t>(num_read);
  }
}

}  // namespace intelia
