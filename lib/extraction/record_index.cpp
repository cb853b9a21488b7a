#include "extraction/record_index.hpp"

#include <algorithm>
#include <cstring>
#include <queue>
#include <string>
#include <utility>
#include <vector>

#include "base/spill_file.hpp"

namespace intelia::extraction {

namespace {

constexpr std::size_t kMaxRunsAtOnce = 64;
constexpr std::size_t kRunBufferBytes = 1 << 16;

/** A stored entry; the bytes of the id follow. */
struct StoredEntry {
  std::uint64_t offset, checksum;
  std::int64_t time, line;
  std::uint32_t size_bytes;
  std::uint16_t id_bytes;
  bool has_id, has_time;
};
static_assert(kMaxIdBytes <= UINT16_MAX && sizeof(StoredEntry) + kMaxIdBytes <= kRunBufferBytes);

void append(std::string& out, const IndexEntry& entry) {
  const StoredEntry stored{entry.offset, entry.checksum,   entry.time,
                           entry.line,   entry.size_bytes, static_cast<std::uint16_t>(entry.id.size()),
                           entry.has_id, entry.has_time};
  out.append(reinterpret_cast<const char*>(&stored), sizeof stored);
  out.append(entry.id);
}

StoredEntry stored_at(const char* bytes) {
  StoredEntry stored;
  std::memcpy(&stored, bytes, sizeof stored);
  return stored;
}

IndexEntry entry_at(const char* bytes) {
  const StoredEntry stored = stored_at(bytes);
  return {{bytes + sizeof stored, stored.id_bytes},
          stored.offset,
          stored.checksum,
          stored.time,
          stored.line,
          stored.size_bytes,
          stored.has_id,
          stored.has_time};
}

/** Sorted entries from `begin` to `end` of a file. */
struct Run {
  std::uint64_t begin, end;
};

class RunReader {
 public:
  RunReader(int file, Run run) : file_(file), run_(run) {}

  /** Advances to the next entry; false at the end. */
  bool next() {
    place_ += entry_bytes_;
    if (buffer_.size() - place_ < sizeof(StoredEntry)) fill();
    if (buffer_.size() == place_) return false;
    entry_bytes_ = sizeof(StoredEntry) + stored_at(buffer_.data() + place_).id_bytes;
    if (buffer_.size() - place_ < entry_bytes_) fill();
    return true;
  }

  IndexEntry entry() const { return entry_at(buffer_.data() + place_); }
  std::string_view bytes() const { return std::string_view(buffer_).substr(place_, entry_bytes_); }

 private:
  void fill() {
    buffer_.erase(0, place_);
    place_ = 0;
    const std::size_t num_kept = buffer_.size();
    const std::size_t num_bytes = std::min<std::uint64_t>(kRunBufferBytes - num_kept, run_.end - run_.begin);
    buffer_.resize(num_kept + num_bytes);
    read_at(file_, run_.begin, buffer_.data() + num_kept, num_bytes, "a temporary file");
    run_.begin += num_bytes;
  }

  int file_;
  Run run_;
  std::string buffer_;
  std::size_t place_ = 0, entry_bytes_ = 0;
};

/** Merges runs; calls `take` with the reader positioned at the next entry. */
template <class Take>
void merge(SpillFile& file, const std::vector<Run>& runs, Take&& take) {
  file.flush();
  std::vector<RunReader> readers;
  for (const Run& run : runs) readers.emplace_back(file.descriptor(), run);
  const auto comes_later = [&](std::size_t one, std::size_t other) {
    return comes_before(readers[other].entry(), readers[one].entry());
  };
  std::priority_queue<std::size_t, std::vector<std::size_t>, decltype(comes_later)> queue(comes_later);
  for (std::size_t i = 0; i < readers.size(); ++i)
    if (readers[i].next()) queue.push(i);
  while (!queue.empty()) {
    const std::size_t first = queue.top();
    queue.pop();
    take(readers[first]);
    if (readers[first].next()) queue.push(first);
  }
}

}  // namespace

bool comes_before(const IndexEntry& one, const IndexEntry& other) {
  if (one.has_time != other.has_time) return one.has_time;
  if (one.has_time) {
    if (one.time != other.time) return one.time > other.time;
    if (one.has_id != other.has_id) return one.has_id;
    if (const int order = one.id.compare(other.id); order != 0) return order < 0;
  }
  return one.offset < other.offset;
}

struct RecordIndex::State {
  std::size_t memory_bytes;
  std::string entries;                // in memory, concatenated
  std::vector<std::uint32_t> places;  // of each, in entries
  SpillFile file;
  std::vector<Run> runs;

  void sort() {
    std::sort(places.begin(), places.end(), [this](std::uint32_t one, std::uint32_t other) {
      return comes_before(entry_at(entries.data() + one), entry_at(entries.data() + other));
    });
  }

  /** Writes the entries in memory as a run. */
  void spill() {
    sort();
    const std::uint64_t begin = file.size();
    for (const std::uint32_t place : places)
      file.append(entries.data() + place, sizeof(StoredEntry) + stored_at(entries.data() + place).id_bytes);
    runs.push_back({begin, file.size()});
    entries.clear();
    places.clear();
  }

  /** Merges adjacent runs until the rest can be merged in one pass. */
  void shorten_runs() {
    while (runs.size() > kMaxRunsAtOnce) {
      SpillFile longer;
      std::vector<Run> merged;
      for (std::size_t i = 0; i < runs.size(); i += kMaxRunsAtOnce) {
        const auto first = runs.begin() + static_cast<std::ptrdiff_t>(i);
        const auto size = static_cast<std::ptrdiff_t>(std::min(kMaxRunsAtOnce, runs.size() - i));
        const std::uint64_t begin = longer.size();
        merge(file, {first, first + size},
              [&](const RunReader& reader) { longer.append(reader.bytes().data(), reader.bytes().size()); });
        merged.push_back({begin, longer.size()});
      }
      file = std::move(longer);
      runs = std::move(merged);
    }
  }
};

RecordIndex::RecordIndex(std::size_t memory_bytes) : state_(new State{memory_bytes}) {}

RecordIndex::~RecordIndex() = default;

void RecordIndex::add(const IndexEntry& entry) {
  State& s = *state_;
  const std::size_t num_bytes = sizeof(StoredEntry) + entry.id.size() + sizeof(std::uint32_t);
  const std::size_t num_used = s.entries.size() + s.places.size() * sizeof(std::uint32_t);
  if (num_used + num_bytes > s.memory_bytes && !s.places.empty()) s.spill();
  s.places.push_back(static_cast<std::uint32_t>(s.entries.size()));
  append(s.entries, entry);
}

void RecordIndex::for_each(const std::function<void(const IndexEntry&)>& take) {
  State& s = *state_;
  if (s.runs.empty()) {
    s.sort();
    for (const std::uint32_t place : s.places) take(entry_at(s.entries.data() + place));
    return;
  }
  s.spill();
  std::string().swap(s.entries);  // frees memory for merging
  std::vector<std::uint32_t>().swap(s.places);
  s.shorten_runs();
  merge(s.file, s.runs, [&](const RunReader& reader) { take(reader.entry()); });
}

}  // namespace intelia::extraction
