// See date.hpp. Source: strftime(3); ISO 8601 for week numbers and years.
#include "jinja/date.hpp"

#include <fmt/format.h>

#include <array>

#include "jinja/value.hpp"

namespace intelia::jinja {

namespace {

constexpr std::array<std::string_view, 12> kMonths = {"January",   "February", "March",    "April",
                                                      "May",       "June",     "July",     "August",
                                                      "September", "October",  "November", "December"};
constexpr std::array<std::string_view, 7> kDays = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                   "Thursday", "Friday", "Saturday"};

bool is_leap_year(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

/** 1 for January 1. */
int day_of_year(const DateTime& date) {
  static constexpr std::array<int, 12> kDaysBefore = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
  return kDaysBefore[static_cast<std::size_t>(date.month - 1)] + date.day +
         (is_leap_year(date.year) && date.month > 2 ? 1 : 0);
}

/** 0 for Sunday. */
int weekday(const DateTime& date) {
  const int years = date.year - 1;
  return (years + years / 4 - years / 100 + years / 400 + day_of_year(date)) % 7;
}

struct Week {
  int year = 0, number = 0;
};

/** ISO 8601: the week that contains the date's Thursday, in the year that contains it. */
Week iso_week(const DateTime& date) {
  const int days_since_monday = (weekday(date) + 6) % 7;
  const int thursday = day_of_year(date) - days_since_monday + 3;
  const int year_length = is_leap_year(date.year) ? 366 : 365;
  if (thursday > year_length) return {date.year + 1, 1};
  if (thursday >= 1) return {date.year, (thursday + 6) / 7};
  const int last_year_length = is_leap_year(date.year - 1) ? 366 : 365;
  return {date.year - 1, (thursday + last_year_length + 6) / 7};
}

/** Padding of a number to its width: '0', ' ' or, with the flag '-', none. */
std::string filled(int value, int width, char fill, char flag) {
  if (flag == '-') return std::to_string(value);
  const char used = flag == '_' ? ' ' : flag == '0' ? '0' : fill;
  return used == '0' ? fmt::format("{:0{}d}", value, width) : fmt::format("{:{}d}", value, width);
}

/** Numeric codes; false for any other. */
bool append_number(std::string& out, char code, char flag, const DateTime& date) {
  const int hour12 = date.hour % 12 == 0 ? 12 : date.hour % 12;
  const int day = weekday(date);
  const auto number = [&](int value, int width, char fill = '0') {
    out += filled(value, width, fill, flag);
    return true;
  };
  switch (code) {
    case 'C':
      return number(date.year / 100, 2);
    case 'd':
      return number(date.day, 2);
    case 'e':
      return number(date.day, 2, ' ');
    case 'f':
      return number(0, 6);
    case 'g':
      return number(iso_week(date).year % 100, 2);
    case 'G':
      return number(iso_week(date).year, 1);
    case 'H':
      return number(date.hour, 2);
    case 'I':
      return number(hour12, 2);
    case 'j':
      return number(day_of_year(date), 3);
    case 'k':
      return number(date.hour, 2, ' ');
    case 'l':
      return number(hour12, 2, ' ');
    case 'm':
      return number(date.month, 2);
    case 'M':
      return number(date.minute, 2);
    case 'S':
      return number(date.second, 2);
    case 'u':
      return number(day == 0 ? 7 : day, 1);
    case 'U':
      return number((day_of_year(date) + 6 - day) / 7, 2);
    case 'V':
      return number(iso_week(date).number, 2);
    case 'w':
      return number(day, 1);
    case 'W':
      return number((day_of_year(date) + 6 - (day + 6) % 7) / 7, 2);
    case 'y':
      return number(date.year % 100, 2);
    case 'Y':
      return number(date.year, 1);
    default:
      return false;
  }
}

/** The expansion of a code that abbreviates several, or nothing. */
std::string_view expansion(char code) {
  switch (code) {
    case 'c':
      return "%a %b %e %H:%M:%S %Y";
    case 'D':
    case 'x':
      return "%m/%d/%y";
    case 'F':
      return "%Y-%m-%d";
    case 'r':
      return "%I:%M:%S %p";
    case 'R':
      return "%H:%M";
    case 'T':
    case 'X':
      return "%H:%M:%S";
    default:
      return {};
  }
}

void append_word(std::string& out, char code, const DateTime& date) {
  const std::string_view month = kMonths[static_cast<std::size_t>(date.month - 1)];
  const std::string_view day = kDays[static_cast<std::size_t>(weekday(date))];
  switch (code) {
    case 'a':
      out += day.substr(0, 3);
      break;
    case 'A':
      out += day;
      break;
    case 'b':
    case 'h':
      out += month.substr(0, 3);
      break;
    case 'B':
      out += month;
      break;
    case 'n':
      out += '\n';
      break;
    case 'p':
      out += date.hour < 12 ? "AM" : "PM";
      break;
    case 'P':
      out += date.hour < 12 ? "am" : "pm";
      break;
    case 't':
      out += '\t';
      break;
    case 'z':
    case 'Z':
      break;  // a time without a zone has neither
    case '%':
      out += '%';
      break;
    default:
      throw RenderError(fmt::format("strftime's %{} is not supported", code));
  }
}

}  // namespace

std::string format_date(std::string_view format, const DateTime& date) {
  std::string out;
  for (std::size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%' || i + 1 >= format.size()) {
      out += format[i];
      continue;
    }
    char flag = '\0';
    if (const char next = format[i + 1]; i + 2 < format.size() && (next == '-' || next == '_' || next == '0')) {
      flag = next;
      ++i;
    }
    const char code = format[++i];
    if (const std::string_view parts = expansion(code); !parts.empty()) {
      out += format_date(parts, date);
    } else if (!append_number(out, code, flag, date)) {
      append_word(out, code, date);
    }
  }
  return out;
}

}  // namespace intelia::jinja
