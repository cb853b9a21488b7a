// The result of extracting one stored conversation: its output, its line, and what it is counted as.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "dataset/split.hpp"
#include "extraction/row.hpp"

namespace intelia::extraction {

/** The output files of an extraction; the numeric values are stored in states. */
enum class OutputKind : std::uint8_t { train, validation, rejected, dropped, quarantined, test };
inline constexpr std::size_t kNumOutputs = 6;
inline constexpr std::array<const char*, kNumOutputs> kOutputNames = {
    "train.jsonl", "validation.jsonl", "rejected.jsonl", "dropped.jsonl", "quarantine.jsonl", "test.jsonl"};

constexpr std::size_t index_of(OutputKind output) { return static_cast<std::size_t>(output); }
constexpr bool is_kept(OutputKind output) {
  return output == OutputKind::train || output == OutputKind::validation || output == OutputKind::test;
}
/** Whether an extraction with this split writes the output. */
constexpr bool is_written(OutputKind output, bool has_test) { return output != OutputKind::test || has_test; }

struct RowResult {
  OutputKind output = OutputKind::rejected;
  std::string line;  // with its newline
  std::string
      tally;  // if kept: language, rating rounded to halves and month, separated by tabs; else the name of the reason
  std::string message;  // if not kept: the conversation and the full reason
};

/** The result of a record that could not be read as a row. */
RowResult rejected(std::string_view where, const std::string& reason, std::string_view raw);

/** Converts rows to results. Not thread-safe. */
class RowClassifier {
 public:
  RowClassifier(const RowRules& rules, const Split& split);

  /** `where`: names the row in messages; empty: its id does. Valid until the next call. Never throws on content. */
  const RowResult& classify(const Row& row, std::string_view where = {});

 private:
  RowReader reader_;
  Split split_;
  RowResult result_;
};

}  // namespace intelia::extraction
