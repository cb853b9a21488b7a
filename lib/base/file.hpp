// Files as this house handles them: read whole or line by line in bounded memory; written beside their place and
// renamed into it; folders locked by flock. It does not know what is in them.
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

namespace intelia {

/** The whole file as text. Throws Error{io} (Error{input} above `max_bytes`) naming the file. */
std::string read_file(const std::filesystem::path& path, std::uint64_t max_bytes = 1ULL << 30);

/** Reads lines without their newline, in memory bounded by `max_line_bytes`. A last line without newline counts. */
class LineReader {
 public:
  explicit LineReader(const std::filesystem::path& path, std::size_t max_line_bytes = 64 << 20);
  /** Of this process's standard input; messages name it "stdin". */
  static LineReader standard_input(std::size_t max_line_bytes = 64 << 20);
  ~LineReader();
  LineReader(LineReader&&) noexcept;

  /** The next line, valid until the next call; nothing at the end. A line above the bound comes back cut, with
   * is_too_long(). */
  std::optional<std::string_view> next();
  bool is_too_long() const;
  /** Whether a whole line is in memory already. */
  bool has_line() const;
  /** Whether next() finds something to read, or the end, without waiting; waits for it up to `timeout_ms`. */
  bool is_ready(int timeout_ms = 0) const;
  std::int64_t line_number() const;  // of the line last returned, from 1
  const std::filesystem::path& path() const;

 private:
  struct State;
  explicit LineReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

enum class Privacy { shared /* 0644 before umask */, personal /* 0600 */ };

/**
 * Writes `path` through `.NAME.partial` beside it: commit() flushes, fsyncs, renames and fsyncs the folder;
 * without commit() nothing stays. Every failure is Error{io} with the path and the system's words.
 */
class AtomicFile {
 public:
  explicit AtomicFile(const std::filesystem::path& path, Privacy privacy = Privacy::personal);
  ~AtomicFile();
  AtomicFile(AtomicFile&&) noexcept;
  AtomicFile& operator=(AtomicFile&&) noexcept;

  void write(std::string_view bytes);
  void write(const void* bytes, std::size_t num_bytes) { write({static_cast<const char*>(bytes), num_bytes}); }
  /** Makes everything written so far durable and closes, without giving it its name yet. */
  void close();
  /** close(), then the rename. */
  void commit();

  std::uint64_t num_bytes() const;
  /** Of everything written; valid after close() or commit(). */
  const std::string& sha256() const;
  const std::filesystem::path& path() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/** Writes `text` to `path` through an AtomicFile. */
void write_file(const std::filesystem::path& path, std::string_view text, Privacy privacy = Privacy::personal);

/** Makes the renames and removals inside `folder` durable. */
void sync_folder(const std::filesystem::path& folder);

/** A file seen as memory, read-only. Throws Error{io}. */
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

/** An exclusive flock on `path` (made 0600), held until destroyed or the process dies; the file then says the process
    and `note`. Throws Error{unavailable} at once when another holds it, saying which process. */
class FileLock {
 public:
  explicit FileLock(const std::filesystem::path& path, const std::string& note = "");
  ~FileLock();
  FileLock(FileLock&&) noexcept;

 private:
  int file_ = -1;
};

/** Free bytes for this user on the file system that holds `path` (or its nearest existing parent). */
std::uint64_t free_disk_bytes(const std::filesystem::path& path);

/** "'FOLDER' has 3.1 MB free and the model needs 40.0 MB" when `needed_bytes` are not free there, else empty; `need` is
    "the model needs". */
std::string disk_shortage(const std::filesystem::path& folder, std::uint64_t needed_bytes, const std::string& need);

}  // namespace intelia
