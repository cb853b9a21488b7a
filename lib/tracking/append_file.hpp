// A file that only grows, each piece in one write: what was appended outlives the process, kill -9 included.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

namespace intelia {

class AppendFile {
 public:
  /** Makes `path` (0600), or goes on after its first `keep_bytes`. Error{io}, also when it is a link. */
  explicit AppendFile(const std::filesystem::path& path, std::int64_t keep_bytes = 0);
  ~AppendFile();
  AppendFile(const AppendFile&) = delete;
  AppendFile& operator=(const AppendFile&) = delete;

  /** Error{io}; what had been written of the piece by then is taken back. */
  void append(std::string_view bytes);
  const std::filesystem::path& path() const { return path_; }

 private:
  [[noreturn]] void fail(int number) const;
  std::filesystem::path path_;
  int file_ = -1;
  std::int64_t num_bytes_ = 0;
};

}  // namespace intelia
