#include "tracking/append_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "base/error.hpp"
#include "base/held_folder.hpp"

namespace intelia {

AppendFile::AppendFile(const std::filesystem::path& path, std::int64_t keep_bytes)
    : path_(path), num_bytes_(keep_bytes) {
  file_ = ::open(held_entry(path).c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file_ < 0) fail(errno);
  if (::ftruncate(file_, num_bytes_) == 0) return;
  const int number = errno;
  ::close(file_);
  fail(number);
}

AppendFile::~AppendFile() { ::close(file_); }

void AppendFile::append(std::string_view bytes) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t num_written =
        ::pwrite(file_, bytes.data() + done, bytes.size() - done, num_bytes_ + static_cast<std::int64_t>(done));
    if (num_written < 0 && errno == EINTR) continue;
    if (num_written < 0) {
      const int number = errno;
      if (::ftruncate(file_, num_bytes_) != 0) fail(errno);
      fail(number);
    }
    done += static_cast<std::size_t>(num_written);
  }
  num_bytes_ += static_cast<std::int64_t>(bytes.size());
}

void AppendFile::fail(int number) const {
  throw Error(Kind::io, "cannot write '" + path_.string() + "': " + system_message(number));
}

}  // namespace intelia
