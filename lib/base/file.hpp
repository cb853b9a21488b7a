// File access: whole files and lines in bounded memory, atomic writes (to a temporary file that is renamed), memory
// maps, and locks. It knows nothing about the content of files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.hpp"
#include "base/path.hpp"

namespace intelia {

/** The whole file as text. Throws Error{io} naming the file, and Error{input} above `max_bytes` or when it is not a
    regular file and `type` is not `stream`: reading a pipe may block, and a device may have no end. */
std::string read_file(const std::filesystem::path& path, std::uint64_t max_bytes = 1ULL << 30,
                      InputType type = InputType::file);

/** Reads lines without their newline in memory bounded by `max_line_bytes`. A last line without newline is a line, too.
 */
class LineReader {
 public:
  /** Throws as read_file(). */
  explicit LineReader(const std::filesystem::path& path, InputType type = InputType::file,
                      std::size_t max_line_bytes = 64 << 20);
  /** Reads this process's standard input, called "stdin" in messages. */
  static LineReader standard_input(std::size_t max_line_bytes = 64 << 20);
  ~LineReader();
  LineReader(LineReader&&) noexcept;

  /** The next line, valid until the next call; nothing at the end. A longer line is truncated to the bound, and
   * is_too_long() is true. */
  std::optional<std::string_view> next();
  bool is_too_long() const;
  /** Whether a complete line is buffered. */
  bool has_line() const;
  /** Whether next() can return without blocking; waits up to `timeout_ms` for that. */
  bool is_ready(int timeout_ms = 0) const;
  std::int64_t line_number() const;  // of the line last returned, from 1
  const std::filesystem::path& path() const;

 private:
  struct State;
  explicit LineReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/**
 * Writes `path` through the temporary file `.NAME.partial` in the same folder: commit() flushes, syncs, renames it and
 * syncs the folder; without commit() the temporary file is removed. The file has mode 0600. Failures are Error{io} with
 * path and cause.
 */
class AtomicFile {
 public:
  explicit AtomicFile(const std::filesystem::path& path);
  ~AtomicFile();
  AtomicFile(AtomicFile&&) noexcept;
  AtomicFile& operator=(AtomicFile&&) noexcept;

  void write(std::string_view bytes);
  void write(const void* bytes, std::size_t num_bytes) { write({static_cast<const char*>(bytes), num_bytes}); }
  /** Flushes, syncs and closes the temporary file without renaming it. */
  void close();
  /** close(), then the rename. */
  void commit();

  std::uint64_t num_bytes() const;
  /** The SHA-256 of everything written; valid after close() or commit(). */
  const std::string& sha256() const;
  const std::filesystem::path& path() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/** Writes `text` to `path` through an AtomicFile. */
void write_file(const std::filesystem::path& path, std::string_view text);

/** Syncs `folder`, so that renames and removals in it are durable. */
void sync_folder(const std::filesystem::path& folder);

/** A read-only memory map of a file. Throws Error{io}. If the file is truncated while it is mapped, reading the part
   that is missing raises SIGBUS; mapped_path() then names the file. */
class MappedFile {
 public:
  explicit MappedFile(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(MappedFile&&) noexcept;
  MappedFile& operator=(MappedFile&&) noexcept;
  const std::byte* data() const { return data_; }
  std::size_t size_bytes() const { return size_bytes_; }

 private:
  void unmap();

  const std::byte* data_ = nullptr;
  std::size_t size_bytes_ = 0;
};

/** The path of the MappedFile that contains `address`, or nullptr; for signal handlers. Of paths longer than 1023 bytes
   the beginning, of more than 1,024 files at once the first ones. */
const char* mapped_path(const void* address) noexcept;

/** The mapped files of this process. A plug-in, which has its own lib/base, begins with share_mapped_files(). */
struct MappedFiles;
MappedFiles& mapped_files();
void share_mapped_files(MappedFiles& files);

/** An exclusive flock on `path` (created with mode 0600), held until destruction or the end of the process, whose id
   and `note` are written to the file. Throws Error{unavailable} at once, naming the process, when another one holds it.
 */
class FileLock {
 public:
  explicit FileLock(const std::filesystem::path& path, const std::string& note = "");
  ~FileLock();
  FileLock(FileLock&&) noexcept;

 private:
  int file_ = -1;
};

/** Bytes available to this user on the file system of `path`, or of its nearest parent that exists. */
std::uint64_t free_disk_bytes(const std::filesystem::path& path);

/** "'FOLDER' has 3.1 MB free and the model needs 40.0 MB" when `needed_bytes` are not free there, else empty; `need` is
    "the model needs". */
std::string disk_shortage(const std::filesystem::path& folder, std::uint64_t needed_bytes, const std::string& need);

}  // namespace intelia
