#include "cli/input_history.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>

#include "base/counted.hpp"
#include "base/file.hpp"
#include "record/json.hpp"

namespace intelia {

namespace {

constexpr std::size_t kMaxLines = 1000;
constexpr std::uint64_t kMaxBytes = 64 << 20;

std::string json_of(std::string_view line) {
  std::string text;
  append_json_string(text, line);
  return text + '\n';
}

}  // namespace

template <class Work>
void InputHistory::guarded(const Work& work) {
  if (path_.empty()) return;
  try {
    work();
  } catch (const Error& error) {
    log_.warning(fmt::format("the history of input is not kept: {}", error.what()));
    path_.clear();
  }
}

InputHistory::InputHistory(std::filesystem::path path, Log& log) : path_(std::move(path)), log_(log) {
  guarded([&] {
    make_folder(path_.parent_path());
    if (path_type(path_) != PathType::missing) read();
  });
}

void InputHistory::read() {
  const std::string text = read_file(path_, kMaxBytes);
  std::size_t num_bad = 0, num_lines = 0;
  for (std::size_t begin = 0, end = 0; begin < text.size(); begin = end + 1) {
    end = std::min(text.find('\n', begin), text.size());
    ++num_lines;
    try {
      lines_.push_back(parse_json(text.substr(begin, end - begin), path_.string()).get<std::string>());
    } catch (const std::exception&) {
      ++num_bad;
    }
  }
  if (num_bad > 0)
    log_.warning(fmt::format("'{}' has {} that cannot be read", path_.string(), counted(num_bad, "line")));
  if (lines_.size() > kMaxLines) lines_.erase(lines_.begin(), lines_.end() - kMaxLines);
  if (!lines_.empty()) last_ = lines_.back();
  if (num_lines < 2 * kMaxLines) return;
  std::string kept;
  for (const std::string& line : lines_) kept += json_of(line);
  write_file(path_, kept);
}

void InputHistory::add(std::string_view line) {
  if (line == last_) return;
  last_ = line;
  guarded([&] { append(json_of(line)); });
}

void InputHistory::append(const std::string& text) {
  const int file = ::open(path_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0600);
  const ssize_t num_written = file < 0 ? -1 : ::write(file, text.data(), text.size());
  const int number = num_written < 0 ? errno : ENOSPC;
  if (file >= 0) ::close(file);
  if (num_written != static_cast<ssize_t>(text.size()))
    throw Error(Kind::io, "cannot write '" + path_.string() + "': " + system_message(number));
}

}  // namespace intelia
