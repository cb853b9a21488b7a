#include "model/config_section.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>

#include "base/error.hpp"

namespace intelia {

std::string shown(const Json& value) {
  std::string text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
  return text.size() > 80 ? text.substr(0, 80) + "..." : text;
}

void ConfigSection::refuse(const std::string& key, const std::string& why) const {
  throw Error(Kind::input, fmt::format("{}: {}{} {}", file, prefix, key, why));
}

const Json* ConfigSection::find(const std::string& key) const {
  const auto found = object.find(key);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

std::optional<std::int64_t> ConfigSection::integer(const std::string& key, std::int64_t least,
                                                   std::int64_t most) const {
  const Json* value = find(key);
  if (value == nullptr) return std::nullopt;
  const bool fits = value->is_number_integer() &&
                    (!value->is_number_unsigned() ||
                     value->get<std::uint64_t>() <= std::uint64_t{std::numeric_limits<std::int64_t>::max()});
  if (!fits || value->get<std::int64_t>() < least || value->get<std::int64_t>() > most)
    refuse(key, fmt::format("is {}; expected a whole number from {} to {}", shown(*value), least, most));
  return value->get<std::int64_t>();
}

std::int64_t ConfigSection::required_integer(const std::string& key, std::int64_t least, std::int64_t most) const {
  const auto value = integer(key, least, most);
  if (!value) refuse(key, "is missing");
  return *value;
}

std::optional<double> ConfigSection::number(const std::string& key, double least, double most) const {
  const Json* value = find(key);
  if (value == nullptr) return std::nullopt;
  if (!value->is_number() || !(value->get<double>() > least && value->get<double>() <= most))
    refuse(key, fmt::format("is {}; expected a number above {}, at most {}", shown(*value), least, most));
  return value->get<double>();
}

double ConfigSection::required_number(const std::string& key, double least, double most) const {
  const auto value = number(key, least, most);
  if (!value) refuse(key, "is missing");
  return *value;
}

std::vector<double> ConfigSection::required_numbers(const std::string& key, std::size_t size) const {
  const Json* value = find(key);
  if (value == nullptr) refuse(key, "is missing");
  const bool fits =
      value->is_array() && value->size() == size && std::all_of(value->begin(), value->end(), [](const Json& item) {
        return item.is_number() && item.get<double>() > 0 && item.get<double>() < 1e9;
      });
  if (!fits) refuse(key, fmt::format("is {}; expected a list of {} numbers above 0", shown(*value), size));
  return value->get<std::vector<double>>();
}

bool ConfigSection::flag(const std::string& key, bool fallback) const {
  const Json* value = find(key);
  if (value == nullptr) return fallback;
  if (!value->is_boolean()) refuse(key, fmt::format("is {}; expected true or false", shown(*value)));
  return value->get<bool>();
}

std::optional<std::string> ConfigSection::text(const std::string& key) const {
  const Json* value = find(key);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) refuse(key, fmt::format("is {}; expected a string", shown(*value)));
  return value->get<std::string>();
}

std::string ConfigSection::one_of(const std::string& key, const std::string& fallback,
                                  const std::vector<std::string>& known) const {
  const std::string value = text(key).value_or(fallback);
  if (std::find(known.begin(), known.end(), value) == known.end())
    refuse(key, fmt::format("'{}' is not supported; supported: {}", value, fmt::join(known, ", ")));
  return value;
}

std::vector<std::int32_t> ConfigSection::ids(const std::string& key, const std::vector<std::int32_t>& fallback) const {
  const auto found = object.find(key);
  if (found == object.end()) return fallback;
  if (found->is_null()) return {};
  std::vector<std::int32_t> ids;
  const Json list = found->is_array() ? *found : Json::array({*found});
  for (const Json& id : list) {
    const bool is_id = id.is_number_unsigned() && id.get<std::uint64_t>() <= std::numeric_limits<std::int32_t>::max();
    if (!is_id) refuse(key, fmt::format("is {}; expected a token id or a list of them", shown(*found)));
    ids.push_back(id.get<std::int32_t>());
  }
  return ids;
}

}  // namespace intelia
