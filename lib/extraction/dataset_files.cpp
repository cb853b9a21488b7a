#include "extraction/dataset_files.hpp"

#include <map>
#include <utility>

#include "base/error.hpp"
#include "record/json.hpp"

namespace intelia::extraction {

namespace {

using CountByName = std::map<std::string, std::int64_t, std::less<>>;

/** "fr\t4.5\t2026-09" → its part before the next tab, which is taken off. */
std::string_view take_part(std::string_view& tally) {
  const std::size_t end = std::min(tally.find('\t'), tally.size());
  const std::string_view part = tally.substr(0, end);
  tally.remove_prefix(std::min(end + 1, tally.size()));
  return part;
}

}  // namespace

void Notices::note(const Outcome& outcome) {
  constexpr std::int64_t kMaxWarnings = 20;
  if (outcome.place != Place::rejected && outcome.place != Place::quarantined) return;
  if (++num_warnings_ <= kMaxWarnings) log_.warning(outcome.words);
  if (num_warnings_ == kMaxWarnings + 1)
    log_.warning("more conversations are put aside; the rest is counted, not named");
  if (outcome.place == Place::rejected && policy_.is_strict) throw Error(Kind::input, outcome.words + " (--strict)");
}

DatasetFiles::DatasetFiles(const std::filesystem::path& folder, Tallies tallies)
    : tallies_(std::move(tallies)), counts_(tallies_.names().size()) {
  for (const char* name : kFileNames) files_.emplace_back(folder / name);
}

void DatasetFiles::write(Place place, std::string_view line, std::uint32_t tally) {
  files_[index_of(place)].write(line);
  checksums_[index_of(place)].update(line.data(), line.size());
  ++lines_[index_of(place)];
  ++counts_[tally][index_of(place)];
}

std::uint32_t DatasetFiles::add(const Outcome& outcome) {
  const std::uint32_t tally = tallies_.number_of(outcome.tally);
  counts_.resize(tallies_.names().size());
  write(outcome.place, outcome.line, tally);
  return tally;
}

std::int64_t DatasetFiles::num_rows() const {
  std::int64_t sum = 0;
  for (const std::int64_t lines : lines_) sum += lines;
  return sum;
}

Json DatasetFiles::counts() const {
  std::array<CountByName, kNumPlaces> reasons;
  CountByName languages, ratings, months;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    for (std::size_t place = 0; place < kNumPlaces; ++place) {
      const std::int64_t count = counts_[i][place];
      if (count == 0) continue;
      if (!is_kept(static_cast<Place>(place))) {
        reasons[place][tallies()[i]] += count;
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
          {"dropped", reasons[index_of(Place::dropped)]},
          {"rejected", reasons[index_of(Place::rejected)]},
          {"quarantined", reasons[index_of(Place::quarantined)]}};
}

void DatasetFiles::close() {
  for (AtomicFile& file : files_) file.close();
}

void DatasetFiles::commit() {
  for (AtomicFile& file : files_) file.commit();
}

}  // namespace intelia::extraction
