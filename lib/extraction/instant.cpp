#include "extraction/instant.hpp"

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <cmath>
#include <iterator>

namespace intelia::extraction {

namespace {

constexpr std::int64_t kMicrosecondsPerSecond = 1'000'000;
constexpr std::int64_t kSecondsPerDay = 86'400;
constexpr std::size_t kMaxYearDigits = 5;  // std::chrono::year ends at 32767

/** Consumes the front of a text if it matches. */
struct Reader {
  std::string_view rest;

  bool take(char c) {
    if (rest.empty() || rest.front() != c) return false;
    rest.remove_prefix(1);
    return true;
  }

  bool take(std::string_view word) {
    if (!rest.starts_with(word)) return false;
    rest.remove_prefix(word.size());
    return true;
  }

  std::size_t num_digits() const {
    const std::size_t end = rest.find_first_not_of("0123456789");
    return end == std::string_view::npos ? rest.size() : end;
  }

  bool take_number(std::size_t count, std::int64_t& number) {
    if (num_digits() < count) return false;
    std::from_chars(rest.data(), rest.data() + count, number);
    rest.remove_prefix(count);
    return true;
  }
};

std::optional<std::int64_t> parse_epoch(std::string_view text) {
  double number = 0;
  const auto [stopped, status] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (status != std::errc{} || stopped != text.data() + text.size()) return std::nullopt;
  const double size = std::abs(number);
  if (size >= 1e8 && size < 1e11) return std::llround(number * 1e6);
  if (size >= 1e11 && size < 1e14) return std::llround(number * 1e3);
  return std::nullopt;
}

/** Seconds and microseconds of a day: HH:MM[:SS[.fraction]]. */
bool take_time_of_day(Reader& reader, std::int64_t& microseconds) {
  std::int64_t hour = 0, minute = 0, second = 0, fraction = 0;
  if (!reader.take_number(2, hour) || !reader.take(':') || !reader.take_number(2, minute)) return false;
  if (reader.take(':')) {
    if (!reader.take_number(2, second)) return false;
    if (!reader.rest.empty() && reader.rest.front() == '.') {
      const std::size_t size = 1 + Reader{reader.rest.substr(1)}.num_digits();
      double value = 0;
      if (size == 1) return false;
      std::from_chars(reader.rest.data(), reader.rest.data() + size, value);
      fraction = static_cast<std::int64_t>(std::rint(value * 1e6));
      reader.rest.remove_prefix(size);
    }
  }
  if (minute > 59 || second > 60) return false;
  const std::int64_t seconds = hour * 3600 + minute * 60 + second;
  microseconds = seconds * kMicrosecondsPerSecond + fraction;
  return microseconds <= kSecondsPerDay * kMicrosecondsPerSecond;
}

/** Z, UTC, ±HH[[:]MM[:SS]] or nothing, to the end of the text: seconds east of UTC. */
bool take_zone(Reader& reader, std::int64_t& offset_seconds) {
  reader.take(' ');
  if (reader.rest.empty() || reader.take('Z') || reader.take('z') || reader.take("UTC")) return reader.rest.empty();
  const bool is_west = reader.rest.front() == '-';
  std::int64_t hours = 0, minutes = 0, seconds = 0;
  if (!reader.take('-') && !reader.take('+')) return false;
  if (!reader.take_number(2, hours)) return false;
  if (!reader.rest.empty()) {
    const bool has_colon = reader.take(':');
    if (!reader.take_number(2, minutes)) return false;
    if (has_colon && reader.take(':') && !reader.take_number(2, seconds)) return false;
  }
  if (hours > 15 || minutes > 59 || seconds > 59) return false;
  offset_seconds = (hours * 3600 + minutes * 60 + seconds) * (is_west ? -1 : 1);
  return reader.rest.empty();
}

}  // namespace

std::optional<std::int64_t> parse_instant(std::string_view text) {
  Reader reader{text};
  const std::size_t num_year_digits = reader.num_digits();
  if (num_year_digits == text.size() || text[num_year_digits] != '-' || text.front() == '-') return parse_epoch(text);
  std::int64_t year = 0, month = 0, day = 0, time_microseconds = 0, offset_seconds = 0;
  if (num_year_digits < 4 || num_year_digits > kMaxYearDigits || !reader.take_number(num_year_digits, year) ||
      !reader.take('-') || !reader.take_number(2, month) || !reader.take('-') || !reader.take_number(2, day))
    return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(year)),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (year < 1 || year > 32767 || !date.ok()) return std::nullopt;
  if (reader.take('T') || reader.take('t') ||
      (reader.rest.size() > 1 && reader.rest[1] >= '0' && reader.rest[1] <= '9' && reader.take(' '))) {
    if (!take_time_of_day(reader, time_microseconds)) return std::nullopt;
  }
  if (!take_zone(reader, offset_seconds)) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  return (days * kSecondsPerDay - offset_seconds) * kMicrosecondsPerSecond + time_microseconds;
}

void append_instant(std::string& out, std::int64_t microseconds) {
  using namespace std::chrono;
  const auto instant = sys_time<std::chrono::microseconds>(std::chrono::microseconds(microseconds));
  const auto day = floor<days>(instant);
  const year_month_day date(day);
  const hh_mm_ss time(instant - day);
  fmt::format_to(std::back_inserter(out), "{:04}-{:02}-{:02} {:02}:{:02}:{:02}", static_cast<int>(date.year()),
                 static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), time.hours().count(),
                 time.minutes().count(), time.seconds().count());
  if (const auto fraction = time.subseconds().count(); fraction != 0) {
    fmt::format_to(std::back_inserter(out), ".{:06}", fraction);
    while (out.back() == '0') out.pop_back();
  }
  out += "+00";
}

}  // namespace intelia::extraction
