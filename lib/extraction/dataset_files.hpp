// The files that conversations are extracted to, written side by side in the order of the rows, and what is counted of
// them.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.hpp"
#include "base/hash.hpp"
#include "base/sinks.hpp"
#include "extraction/outcome.hpp"
#include "extraction/tallies.hpp"
#include "record/json_fwd.hpp"
#include "record/jsonl.hpp"

namespace intelia::extraction {

/** Warns of conversations that are put aside, the first of them by name. */
class Notices {
 public:
  Notices(const RejectPolicy& policy, Log& log) : policy_(policy), log_(log) {}
  /** Throws Error{input} for a rejected one under --strict. */
  void note(const Outcome& outcome);

 private:
  RejectPolicy policy_;
  Log& log_;
  std::int64_t num_warnings_ = 0;
};

class DatasetFiles {
 public:
  /** `tallies`: those whose numbers write() will be given. */
  explicit DatasetFiles(const std::filesystem::path& folder, Tallies tallies = {});

  /** Writes the line and counts it; returns the number of its tally. */
  std::uint32_t add(const Outcome& outcome);
  void write(Place place, std::string_view line, std::uint32_t tally);

  std::int64_t count(Place place) const { return lines_[index_of(place)]; }
  std::int64_t num_rows() const;
  std::int64_t num_kept() const { return count(Place::train) + count(Place::validation); }

  /** {"matched","kept","kept_by_language","kept_by_rating","kept_by_month","dropped","rejected","quarantined"}. */
  Json counts() const;

  const std::vector<std::string>& tallies() const { return tallies_.names(); }

  /** Makes all durable, without giving names yet. */
  void close();
  void commit();

  AtomicFile& file(Place place) { return files_[index_of(place)]; }
  /** Of all that was written to the file so far. */
  std::uint64_t checksum(Place place) const { return checksums_[index_of(place)].value(); }

 private:
  std::vector<AtomicFile> files_;
  std::array<Checksum, kNumPlaces> checksums_;
  std::array<std::int64_t, kNumPlaces> lines_{};
  Tallies tallies_;
  std::vector<std::array<std::int64_t, kNumPlaces>> counts_;  // by tally
};

}  // namespace intelia::extraction
