// The output files of an extraction, written in the order of the rows, and their counts.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.hpp"
#include "base/hash.hpp"
#include "base/sinks.hpp"
#include "extraction/row_result.hpp"
#include "extraction/state.hpp"
#include "extraction/tallies.hpp"
#include "record/json_fwd.hpp"
#include "record/jsonl.hpp"
#include "record/run.hpp"

namespace intelia::extraction {

/** Warns about the first conversations that are rejected or quarantined. */
class SetAsideWarnings {
 public:
  SetAsideWarnings(const RejectPolicy& policy, Log& log)
      : is_strict_(policy.is_strict),
        warnings_(log, "more conversations are rejected or quarantined; further warnings are suppressed") {}
  /** Throws Error{input} for a rejected one under a strict policy. */
  void add(const RowResult& result);

 private:
  bool is_strict_;
  FirstWarnings warnings_;
};

class DatasetFiles {
 public:
  /** Stages the outputs in `run`, which must outlive this; that for the test part only with `has_test`. `tallies`:
     those whose numbers are passed to write(). */
  explicit DatasetFiles(Run& run, bool has_test = false, Tallies tallies = {});

  /** Writes the line and counts it; returns the number of its tally. */
  std::uint32_t add(const RowResult& result);
  void write(OutputKind output, std::string_view line, std::uint32_t tally);

  std::int64_t count(OutputKind output) const { return lines_[index_of(output)]; }
  std::int64_t num_rows() const;
  std::int64_t num_kept() const {
    return count(OutputKind::train) + count(OutputKind::validation) + count(OutputKind::test);
  }

  /** {"matched","kept","kept_by_language","kept_by_rating","kept_by_month","dropped","rejected","quarantined"}. */
  Json counts() const;

  const std::vector<std::string>& tallies() const { return tallies_.names(); }

  /** Sets the number of records of each output in the run. */
  void set_records();

  /** Of everything written to the output so far, for the state. */
  StateSummary::Output state_of(OutputKind output) const;

 private:
  Run& run_;
  std::array<AtomicFile*, kNumOutputs> files_{};  // null: not written
  std::array<Checksum, kNumOutputs> checksums_;
  std::array<std::int64_t, kNumOutputs> lines_{};
  Tallies tallies_;
  std::vector<std::array<std::int64_t, kNumOutputs>> counts_;  // by tally
};

}  // namespace intelia::extraction
