#include "extraction/dataset_files.hpp"

#include <map>
#include <utility>

#include "record/json.hpp"

namespace intelia::extraction {

namespace {

using CountByName = std::map<std::string, std::int64_t, std::less<>>;

/** Removes the part before the next tab from "fr\t4.5\t2026-09" and returns it. */
std::string_view take_part(std::string_view& tally) {
  const std::size_t end = std::min(tally.find('\t'), tally.size());
  const std::string_view part = tally.substr(0, end);
  tally.remove_prefix(std::min(end + 1, tally.size()));
  return part;
}

}  // namespace

void SetAsideWarnings::add(const RowResult& result) {
  if (result.output != OutputKind::rejected && result.output != OutputKind::quarantined) return;
  warnings_.add(result.message);
  if (is_strict_ && result.output == OutputKind::rejected) fail_strictly(result.message);
}

DatasetFiles::DatasetFiles(Run& run, bool has_test, Tallies tallies)
    : run_(run), tallies_(std::move(tallies)), counts_(tallies_.names().size()) {
  for (std::size_t i = 0; i < kNumOutputs; ++i)
    if (is_written(static_cast<OutputKind>(i), has_test)) files_[i] = &run.stage(kOutputNames[i]);
}

void DatasetFiles::write(OutputKind output, std::string_view line, std::uint32_t tally) {
  files_[index_of(output)]->write(line);
  checksums_[index_of(output)].update(line.data(), line.size());
  ++lines_[index_of(output)];
  ++counts_[tally][index_of(output)];
}

std::uint32_t DatasetFiles::add(const RowResult& result) {
  const std::uint32_t tally = tallies_.number_of(result.tally);
  counts_.resize(tallies_.names().size());
  write(result.output, result.line, tally);
  return tally;
}

std::int64_t DatasetFiles::num_rows() const {
  std::int64_t sum = 0;
  for (const std::int64_t lines : lines_) sum += lines;
  return sum;
}

Json DatasetFiles::counts() const {
  std::array<CountByName, kNumOutputs> reasons;
  CountByName languages, ratings, months;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    for (std::size_t output = 0; output < kNumOutputs; ++output) {
      const std::int64_t count = counts_[i][output];
      if (count == 0) continue;
      if (!is_kept(static_cast<OutputKind>(output))) {
        reasons[output][tallies()[i]] += count;
        continue;
      }
      std::string_view rest = tallies()[i];
      for (CountByName* distribution : {&languages, &ratings, &months})
        (*distribution)[std::string(take_part(rest))] += count;
    }
  }
  return {{"matched", num_rows()},
          {"kept", num_kept()},
          {"kept_by_language", languages},
          {"kept_by_rating", ratings},
          {"kept_by_month", months},
          {"dropped", reasons[index_of(OutputKind::dropped)]},
          {"rejected", reasons[index_of(OutputKind::rejected)]},
          {"quarantined", reasons[index_of(OutputKind::quarantined)]}};
}

void DatasetFiles::set_records() {
  for (std::size_t i = 0; i < kNumOutputs; ++i)
    if (files_[i] != nullptr) run_.set_records(*files_[i], lines_[i]);
}

StateSummary::Output DatasetFiles::state_of(OutputKind output) const {
  const AtomicFile* file = files_[index_of(output)];
  if (file == nullptr) return {};
  return {file->num_bytes(), checksums_[index_of(output)].value(), true};
}

}  // namespace intelia::extraction
