#include "cli/terminal.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "base/clock.hpp"
#include "base/excerpt.hpp"
#include "text/visible_text.hpp"

namespace intelia {

void TerminalLog::configure(const CommonOptions& common, bool uses_color) {
  is_quiet_ = common.quiet;
  is_verbose_ = common.verbose;
  is_json_ = common.log_format == CommonOptions::LogFormat::json;
  uses_color_ = uses_color;
}

void TerminalLog::wipe() {
  if (num_live_lines_ == 0) return;
  if (num_live_lines_ > 1) fmt::print(stderr, "\x1b[{}A", num_live_lines_ - 1);
  std::fputs(num_live_lines_ > 1 ? "\r\x1b[J" : "\r\x1b[K", stderr);
  num_live_lines_ = 0;
}

void TerminalLog::write(Level level, std::string_view message) {
  if (level == Level::debug && !is_verbose_) return;
  if (level == Level::info && is_quiet_) return;
  std::lock_guard lock(mutex_);
  wipe();
  static constexpr const char* kNames[] = {"debug", "info", "warning", "error"};
  static constexpr const char* kColors[] = {"\x1b[2m", "", "\x1b[33m", "\x1b[31m"};
  const auto index = static_cast<std::size_t>(level);
  std::string line;
  if (is_json_) {
    line = fmt::format(R"({{"time":"{}","level":"{}","message":)", utc_now(), kNames[index]);
    append_json_string(line, excerpt(message, kMaxMessageBytes));
    line += "}\n";
  } else {
    const std::string label = level == Level::warning ? "warning: " : "";
    // Messages may quote text from outside, which must neither control the terminal nor begin a line of its own.
    const std::string plain = excerpt(visible(message, Newlines::shown), kMaxMessageBytes);
    line = uses_color_ && *kColors[index] != 0 ? fmt::format("intelia: {}{}{}\x1b[0m\n", kColors[index], label, plain)
                                               : fmt::format("intelia: {}{}\n", label, plain);
  }
  std::fwrite(line.data(), 1, line.size(), stderr);
}

namespace {

/** The first `num_columns` characters of `line` (UTF-8), assuming that each is one column wide. */
std::string_view columns(std::string_view line, std::size_t num_columns) {
  for (std::size_t i = 0; i < line.size(); ++i)
    if ((static_cast<unsigned char>(line[i]) & 0xC0) != 0x80 && num_columns-- == 0) return line.substr(0, i);
  return line;
}

}  // namespace

void TerminalLog::draw_live(std::string_view line, std::string_view picture) {
  std::lock_guard lock(mutex_);
  wipe();
  if (line.empty()) return;
  winsize size{};
  const bool is_known = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  const std::size_t width = is_known ? size.ws_col : 80;
  std::string text = "\r";
  num_live_lines_ = 1;
  if (is_known && std::count(picture.begin(), picture.end(), '\n') + 2 < size.ws_row) {
    for (std::size_t begin = 0, end = 0; (end = picture.find('\n', begin)) != std::string_view::npos; begin = end + 1) {
      text += columns(picture.substr(begin, end - begin), width - 1);
      text += '\n';
      ++num_live_lines_;
    }
  }
  text += columns(line, width - 1);
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

bool is_dumb_terminal() {
  const char* terminal = std::getenv("TERM");
  return terminal != nullptr && std::string_view(terminal) == "dumb";
}

TerminalProgress::TerminalProgress(TerminalLog& log)
    : log_(log), is_terminal_(::isatty(STDERR_FILENO) == 1 && !is_dumb_terminal()) {}

namespace {

std::string in_words(double seconds) {
  const auto whole = static_cast<long>(seconds + 0.5);
  if (whole < 60) return fmt::format("{}s", whole);
  if (whole < 3600) return fmt::format("{}m{:02}s", whole / 60, whole % 60);
  return fmt::format("{}h{:02}m", whole / 3600, whole / 60 % 60);
}

}  // namespace

void TerminalProgress::update(const ProgressPoint& point) {
  if (log_.is_quiet()) return;
  const double now = monotonic_seconds();
  if (started_ < 0 || unit_ != point.unit || point.done < first_done_) {
    started_ = drawn_ = now;
    first_done_ = point.done;
    unit_ = point.unit;
    if (!is_terminal_) return;
  }
  if (now - drawn_ < (is_terminal_ ? 0.1 : 10.0)) return;
  drawn_ = now;
  std::string line = fmt::format("{} {}", point.unit, point.done);
  if (point.total > 0) line += fmt::format("/{}", point.total);
  if (!point.detail.empty()) line += fmt::format("  {}", point.detail);
  if (point.total > point.done && point.done > first_done_)
    line += "  eta " + in_words((now - started_) * static_cast<double>(point.total - point.done) /
                                static_cast<double>(point.done - first_done_));
  if (is_terminal_)
    log_.draw_live(visible(line, Newlines::shown), picture_);
  else
    log_.info(line);
}

void TerminalProgress::finish() {
  started_ = -1;
  if (is_terminal_) log_.draw_live("");
}

bool wants_color(CommonOptions::Color choice, std::FILE* file) {
  if (choice != CommonOptions::Color::automatic) return choice == CommonOptions::Color::always;
  const char* no_color = std::getenv("NO_COLOR");
  return (no_color == nullptr || *no_color == 0) && !is_dumb_terminal() && ::isatty(::fileno(file)) == 1;
}

}  // namespace intelia
