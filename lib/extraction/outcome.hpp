// What became of one stored conversation: in which file of the dataset its line stands, and under what it is counted.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "extraction/row.hpp"

namespace intelia::extraction {

/** The files of a dataset that was extracted; the numbers are written into states. */
enum class Place : std::uint8_t { train, validation, rejected, dropped, quarantined };
inline constexpr std::size_t kNumPlaces = 5;
inline constexpr std::array<const char*, kNumPlaces> kFileNames = {"train.jsonl", "validation.jsonl", "rejected.jsonl",
                                                                   "dropped.jsonl", "quarantine.jsonl"};

constexpr std::size_t index_of(Place place) { return static_cast<std::size_t>(place); }
constexpr bool is_kept(Place place) { return place == Place::train || place == Place::validation; }

struct Outcome {
  Place place = Place::rejected;
  std::string line;   // with its newline
  std::string tally;  // of a kept one: language, rating in halves and month, tabs between; else the reason's name
  std::string words;  // of any other: which conversation, and the reason in full
};

/** The outcome of a record that could not be read as a row. */
Outcome rejected(std::string_view where, const std::string& reason, std::string_view raw);

/** Rows to outcomes. Not for several threads at once. */
class Judge {
 public:
  Judge(const RowRules& rules, double train_fraction);

  /** `where`: how to name the row to people; empty: by its id. Valid until the next call. Never throws on content. */
  const Outcome& judge(const Row& row, std::string_view where = {});

 private:
  RowReader reader_;
  double train_fraction_;
  Outcome outcome_;
};

}  // namespace intelia::extraction
