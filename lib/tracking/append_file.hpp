// An append-only file, one write per record: what was appended survives the process, even kill -9.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

namespace intelia {

class AppendFile {
 public:
  /** Creates `path` (0600), or continues after its first `keep_bytes`. Error{io}, also when it is a symbolic link. */
  explicit AppendFile(const std::filesystem::path& path, std::int64_t keep_bytes = 0);
  ~AppendFile();
  AppendFile(const AppendFile&) = delete;
  AppendFile& operator=(const AppendFile&) = delete;

  /** Error{io}; what had been written of the record by then is removed. */
  void append(std::string_view bytes);
  const std::filesystem::path& path() const { return path_; }

 private:
  [[noreturn]] void fail(int number) const;
  std::filesystem::path path_;
  int file_ = -1;
  std::int64_t num_bytes_ = 0;
};

}  // namespace intelia
