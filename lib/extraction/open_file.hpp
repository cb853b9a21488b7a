// Random reads of a file that this program wrote. Private to the readers of states and of their lines.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <utility>

#include "base/error.hpp"
#include "base/held_folder.hpp"
#include "base/spill_file.hpp"

namespace intelia::extraction {

class OpenFile {
 public:
  explicit OpenFile(const std::filesystem::path& path)
      : path_(path), file_(::open(held_entry(path).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)), error_number_(errno) {}
  ~OpenFile() {
    if (file_ >= 0) ::close(file_);
  }
  OpenFile(OpenFile&& other) noexcept
      : path_(std::move(other.path_)), file_(std::exchange(other.file_, -1)), error_number_(other.error_number_) {}
  bool is_open() const { return file_ >= 0; }
  /** Throws Error{io} unless it is open. */
  void check() const {
    if (file_ < 0) throw Error(Kind::io, "cannot read '" + path_.string() + "': " + system_message(error_number_));
  }
  /** Reads exactly `num_bytes` at `offset`; throws Error{io}. */
  void read(std::uint64_t offset, void* bytes, std::size_t num_bytes) const {
    read_at(file_, offset, bytes, num_bytes, path_);
  }
  int descriptor() const { return file_; }

 private:
  std::filesystem::path path_;
  int file_;
  int error_number_;
};

}  // namespace intelia::extraction
