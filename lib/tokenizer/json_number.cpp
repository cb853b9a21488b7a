// See json_number.hpp.
#include "tokenizer/json_number.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <string>

#include "base/error.hpp"

namespace intelia {

namespace {

constexpr int kLargestPower = 308;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/** 10 to the `exponent` (0 … 308), rounded to the nearest double. */
double power_of_ten(int exponent) {
  const std::string text = fmt::format("1e{}", exponent);
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

double scaled(std::uint64_t significand, std::int64_t exponent, std::string_view number) {
  auto value = static_cast<double>(significand);
  for (; exponent < -kLargestPower && value != 0; exponent += kLargestPower) value /= power_of_ten(kLargestPower);
  if (value == 0) return value;
  if (exponent < 0) return value / power_of_ten(static_cast<int>(-exponent));
  if (exponent <= kLargestPower) value *= power_of_ten(static_cast<int>(exponent));
  if (exponent > kLargestPower || std::isinf(value))
    throw Error(Kind::input, fmt::format("the number {} is too large", number));
  return value;
}

}  // namespace

double serde_number(std::string_view number) {
  const bool is_negative = number.starts_with('-');
  std::uint64_t significand = 0;
  std::int64_t exponent = 0;
  bool is_after_point = false, is_full = false;
  std::size_t i = is_negative ? 1 : 0;
  for (; i < number.size() && (is_digit(number[i]) || number[i] == '.'); ++i) {
    if (number[i] == '.') {
      is_after_point = true;
      continue;
    }
    const auto digit = static_cast<std::uint64_t>(number[i] - '0');
    is_full = is_full || significand > (UINT64_MAX - digit) / 10;  // further digits are skipped
    if (!is_full) significand = significand * 10 + digit;
    exponent += is_full ? (is_after_point ? 0 : 1) : (is_after_point ? -1 : 0);
  }
  if (i < number.size() && (number[i] == 'e' || number[i] == 'E')) {
    if (number[++i] == '+') ++i;
    int written = 0;
    const auto end = number.data() + number.size();
    if (std::from_chars(number.data() + i, end, written).ec != std::errc()) written = number[i] == '-' ? -99999 : 99999;
    exponent += written;
  }
  const double value = scaled(significand, exponent, number);
  return is_negative ? -value : value;
}

}  // namespace intelia
