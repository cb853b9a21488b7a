#include "extraction/record_index.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <queue>
#include <string>
#include <utility>
#include <vector>

#include "base/error.hpp"

namespace intelia::extraction {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMaxRunsAtOnce = 64;
constexpr std::size_t kRunBufferBytes = 1 << 16;

/** An entry as it is stored: this, then the bytes of the id. */
struct StoredEntry {
  std::uint64_t offset, checksum;
  std::int64_t time, line;
  std::uint32_t size_bytes;
  std::uint16_t id_bytes;
  bool has_id : 1, has_time : 1, matches : 1;
};
static_assert(kMaxIdBytes <= UINT16_MAX && sizeof(StoredEntry) + kMaxIdBytes <= kRunBufferBytes);

void append(std::string& out, const IndexEntry& entry) {
  StoredEntry stored{};
  stored.offset = entry.offset;
  stored.checksum = entry.checksum;
  stored.time = entry.time;
  stored.line = entry.line;
  stored.size_bytes = entry.size_bytes;
  stored.id_bytes = static_cast<std::uint16_t>(entry.id.size());
  stored.has_id = entry.has_id;
  stored.has_time = entry.has_time;
  stored.matches = entry.matches;
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
          stored.has_time,
          stored.matches};
}

/** A file without a name in a folder: it goes with the process. */
class NamelessFile {
 public:
  explicit NamelessFile(const fs::path& folder) : folder_(folder) {
    std::string name = (folder / ".intelia-index-XXXXXX").string();
    file_ = ::mkostemp(name.data(), O_CLOEXEC);  // made 0600
    if (file_ < 0) fail(errno);
    ::unlink(name.c_str());
  }
  ~NamelessFile() { ::close(file_); }
  NamelessFile(const NamelessFile&) = delete;
  NamelessFile& operator=(const NamelessFile&) = delete;

  std::uint64_t size_bytes() const { return size_bytes_; }

  void append(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t num_written = ::pwrite(file_, bytes.data(), bytes.size(), static_cast<off_t>(size_bytes_));
      if (num_written < 0 && errno == EINTR) continue;
      if (num_written < 0) fail(errno);
      size_bytes_ += static_cast<std::uint64_t>(num_written);
      bytes.remove_prefix(static_cast<std::size_t>(num_written));
    }
  }

  void read(std::uint64_t offset, char* bytes, std::size_t num_bytes) const {
    while (num_bytes > 0) {
      const ssize_t num_read = ::pread(file_, bytes, num_bytes, static_cast<off_t>(offset));
      if (num_read < 0 && errno == EINTR) continue;
      if (num_read <= 0) fail(num_read == 0 ? EIO : errno);
      offset += static_cast<std::uint64_t>(num_read);
      bytes += num_read;
      num_bytes -= static_cast<std::size_t>(num_read);
    }
  }

 private:
  [[noreturn]] void fail(int number) const {
    throw Error(Kind::io, "cannot keep a temporary file in '" + folder_.string() + "': " + system_message(number));
  }

  fs::path folder_;
  int file_ = -1;
  std::uint64_t size_bytes_ = 0;
};

/** Sorted entries from `begin` to `end` of a file. */
struct Run {
  std::uint64_t begin, end;
};

class RunReader {
 public:
  RunReader(const NamelessFile& file, Run run) : file_(&file), run_(run) {}

  /** Goes on to the next entry; false at the end. */
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
    file_->read(run_.begin, buffer_.data() + num_kept, num_bytes);
    run_.begin += num_bytes;
  }

  const NamelessFile* file_;
  Run run_;
  std::string buffer_;
  std::size_t place_ = 0, entry_bytes_ = 0;
};

/** Merges runs; `take` gets the reader that stands at the next entry in order, and returns whether to go on. */
template <class Take>
void merge(const NamelessFile& file, const std::vector<Run>& runs, RecordIndex::Order order, Take&& take) {
  std::vector<RunReader> readers;
  for (const Run& run : runs) readers.emplace_back(file, run);
  auto comes_later = [&](std::size_t one, std::size_t other) {
    return order(readers[other].entry(), readers[one].entry());
  };
  std::priority_queue<std::size_t, std::vector<std::size_t>, decltype(comes_later)> queue(comes_later);
  for (std::size_t i = 0; i < readers.size(); ++i)
    if (readers[i].next()) queue.push(i);
  while (!queue.empty()) {
    const std::size_t first = queue.top();
    queue.pop();
    if (!take(readers[first])) return;
    if (readers[first].next()) queue.push(first);
  }
}

}  // namespace

bool comes_by_id(const IndexEntry& one, const IndexEntry& other) {
  if (one.has_id != other.has_id) return one.has_id;
  if (const int order = one.id.compare(other.id); order != 0) return order < 0;
  return one.offset < other.offset;
}

bool comes_newest_first(const IndexEntry& one, const IndexEntry& other) {
  return one.time != other.time ? one.time > other.time : comes_by_id(one, other);
}

bool comes_as_in_file(const IndexEntry& one, const IndexEntry& other) { return one.offset < other.offset; }

struct RecordIndex::State {
  Order order;
  fs::path spill_folder;
  std::size_t memory_bytes;
  std::string entries;                // those in memory, one after the other
  std::vector<std::uint32_t> places;  // of each, in entries
  std::unique_ptr<NamelessFile> file;
  std::vector<Run> runs;

  void sort() {
    std::sort(places.begin(), places.end(), [this](std::uint32_t one, std::uint32_t other) {
      return order(entry_at(entries.data() + one), entry_at(entries.data() + other));
    });
  }

  /** Writes what is in memory as a run. */
  void spill() {
    sort();
    if (!file) file = std::make_unique<NamelessFile>(spill_folder);
    const std::uint64_t begin = file->size_bytes();
    std::string buffer;
    for (const std::uint32_t place : places) {
      buffer.append(entries, place, sizeof(StoredEntry) + stored_at(entries.data() + place).id_bytes);
      if (buffer.size() >= kRunBufferBytes) {
        file->append(buffer);
        buffer.clear();
      }
    }
    file->append(buffer);
    runs.push_back({begin, file->size_bytes()});
    entries.clear();
    places.clear();
  }

  /** Merges neighbouring runs into longer ones until they can be merged at once. */
  void shorten_runs() {
    while (runs.size() > kMaxRunsAtOnce) {
      auto longer = std::make_unique<NamelessFile>(spill_folder);
      std::vector<Run> merged;
      for (std::size_t i = 0; i < runs.size(); i += kMaxRunsAtOnce) {
        const auto first = runs.begin() + static_cast<std::ptrdiff_t>(i);
        const std::uint64_t begin = longer->size_bytes();
        std::string buffer;
        merge(*file, {first, first + static_cast<std::ptrdiff_t>(std::min(kMaxRunsAtOnce, runs.size() - i))}, order,
              [&](const RunReader& reader) {
                buffer += reader.bytes();
                if (buffer.size() >= kRunBufferBytes) {
                  longer->append(buffer);
                  buffer.clear();
                }
                return true;
              });
        longer->append(buffer);
        merged.push_back({begin, longer->size_bytes()});
      }
      file = std::move(longer);
      runs = std::move(merged);
    }
  }
};

RecordIndex::RecordIndex(Order order, const fs::path& spill_folder, std::size_t memory_bytes)
    : state_(new State{order, spill_folder, memory_bytes}) {}

RecordIndex::~RecordIndex() = default;

void RecordIndex::add(const IndexEntry& entry) {
  State& s = *state_;
  const std::size_t num_bytes = sizeof(StoredEntry) + entry.id.size() + sizeof(std::uint32_t);
  const std::size_t num_used = s.entries.size() + s.places.size() * sizeof(std::uint32_t);
  if (num_used + num_bytes > s.memory_bytes && !s.places.empty()) s.spill();
  s.places.push_back(static_cast<std::uint32_t>(s.entries.size()));
  append(s.entries, entry);
}

void RecordIndex::for_each(const std::function<bool(const IndexEntry&)>& take) {
  State& s = *state_;
  if (s.runs.empty()) {
    s.sort();
    for (const std::uint32_t place : s.places)
      if (!take(entry_at(s.entries.data() + place))) return;
    return;
  }
  s.spill();
  std::string().swap(s.entries);  // the memory is for the runs now
  std::vector<std::uint32_t>().swap(s.places);
  s.shorten_runs();
  merge(*s.file, s.runs, s.order, [&](const RunReader& reader) { return take(reader.entry()); });
}

}  // namespace intelia::extraction
