// The names under which rows are counted, each with a number that is stored in states.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace intelia::extraction {

class Tallies {
 public:
  Tallies() = default;
  explicit Tallies(const std::vector<std::string>& names) {
    for (const std::string& name : names) number_of(name);
  }

  /** Assigns the next number to a new name. */
  std::uint32_t number_of(const std::string& name) {
    const auto [place, is_new] = numbers_.try_emplace(name, static_cast<std::uint32_t>(names_.size()));
    if (is_new) names_.push_back(name);
    return place->second;
  }

  /** By number. */
  const std::vector<std::string>& names() const { return names_; }

 private:
  std::vector<std::string> names_;
  std::unordered_map<std::string, std::uint32_t> numbers_;
};

}  // namespace intelia::extraction
