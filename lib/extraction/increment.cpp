#include "extraction/increment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/error.hpp"
#include "extraction/open_file.hpp"

namespace intelia::extraction {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kSlotsAtOnce = 4096;
constexpr std::uint64_t kEntriesInMemory = 250'000;  // 14 MB of Known

/** An entry of the state with the offset of its line. */
struct Known {
  StateEntry entry;
  std::uint64_t offset = 0;
  bool is_found = false;
};

[[noreturn]] void fail_as_not_unique() {
  throw Error(Kind::input,
              "two rows have the same conversation_id, although an index says that it is unique; rebuild the index "
              "with REINDEX");
}

/** Reads pieces of a file, mostly in ascending order, through a buffer. */
class BufferedReader {
 public:
  BufferedReader(int file, fs::path name) : file_(file), name_(std::move(name)) {}

  /** Valid until the next call. */
  std::string_view read(std::uint64_t offset, std::size_t num_bytes, std::uint64_t file_bytes) {
    if (offset < begin_ || offset + num_bytes > begin_ + buffer_.size()) {
      if (offset + num_bytes > file_bytes)
        throw Error(Kind::io, "'" + name_.string() + "' is shorter than the state says; run it again");
      constexpr std::uint64_t kBufferBytes = 1 << 20;
      buffer_.resize(std::min(std::max<std::uint64_t>(kBufferBytes, num_bytes), file_bytes - offset));
      begin_ = offset;
      read_at(file_, offset, buffer_.data(), buffer_.size(), name_);
    }
    return std::string_view(buffer_).substr(offset - begin_, num_bytes);
  }

 private:
  int file_;
  fs::path name_;
  std::string buffer_;
  std::uint64_t begin_ = 0;
};

}  // namespace

Json to_json(const IncrementCounts& counts) {
  return {{"added", counts.added},
          {"updated", counts.updated},
          {"removed", counts.removed},
          {"unchanged", counts.unchanged}};
}

std::string in_words(const IncrementCounts& counts) {
  return fmt::format("{} added, {} updated, {} removed, {} unchanged", counts.added, counts.updated, counts.removed,
                     counts.unchanged);
}

Increment::Increment(const State& state) : state_(state), tallies_(state.summary().tallies) {}

void Increment::add(std::string_view conversation_id, std::uint64_t version) {
  Slot slot;
  slot.conversation = conversation_key(conversation_id);
  slot.version = version;
  slot.id_bytes = static_cast<std::uint32_t>(conversation_id.size());
  slots_.append(&slot, sizeof slot);
  ids_.append(conversation_id.data(), conversation_id.size());
  ++num_slots_;
}

/** Calls `change` with each slot and its number, in order. */
template <class Change>
void Increment::for_each_slot(Change&& change, bool writes_back) const {
  slots_.flush();
  std::vector<Slot> slots;
  for (std::uint64_t begin = 0; begin < num_slots_; begin += kSlotsAtOnce) {
    slots.resize(static_cast<std::size_t>(std::min(kSlotsAtOnce, num_slots_ - begin)));
    const std::size_t num_bytes = slots.size() * sizeof(Slot);
    read_at(slots_.descriptor(), begin * sizeof(Slot), slots.data(), num_bytes, "a temporary file");
    for (std::size_t i = 0; i < slots.size(); ++i) change(slots[i], begin + i);
    if (writes_back) slots_.overwrite(begin * sizeof(Slot), slots.data(), num_bytes);
  }
}

const IncrementCounts& Increment::resolve(const std::function<void()>& tick) {
  const std::uint64_t num_entries = state_.summary().num_entries;
  const std::uint64_t num_parts = std::max<std::uint64_t>(1, (num_entries + kEntriesInMemory - 1) / kEntriesInMemory);
  counts_ = {};
  for (std::uint64_t part = 0; part < num_parts; ++part) {
    tick();
    look_up(part, num_parts);
  }
  counts_.added = static_cast<std::int64_t>(num_slots_) - counts_.unchanged - counts_.updated;
  counts_.removed = static_cast<std::int64_t>(num_entries) - counts_.unchanged - counts_.updated;
  return counts_;
}

/** Looks up the conversations of one part of the key space. */
void Increment::look_up(std::uint64_t part, std::uint64_t num_parts) {
  std::vector<Known> known;
  state_.for_each([&](const StateEntry& entry, std::uint64_t offset) {
    if (entry.conversation.high % num_parts == part) known.push_back({entry, offset});
  });
  const auto comes_before = [](const Known& a, const Known& b) { return a.entry.conversation < b.entry.conversation; };
  std::sort(known.begin(), known.end(), comes_before);
  for_each_slot(
      [&](Slot& slot, std::uint64_t) {
        if (slot.conversation.high % num_parts != part) return;
        const auto found =
            std::lower_bound(known.begin(), known.end(), Known{{.conversation = slot.conversation}}, comes_before);
        if (found == known.end() || found->entry.conversation != slot.conversation) return;
        if (std::exchange(found->is_found, true)) fail_as_not_unique();
        if (found->entry.version != slot.version) {
          ++counts_.updated;
          return;
        }
        ++counts_.unchanged;
        slot.source = LineSource::state;
        slot.offset = found->offset;
        slot.tally = found->entry.tally;
        slot.line = found->entry.line;
      },
      /*writes_back=*/true);
}

void Increment::for_each_batch(std::size_t size, const std::function<void(const std::vector<std::string>& ids)>& read) {
  ids_.flush();
  BufferedReader id_reader(ids_.descriptor(), "a temporary file");
  std::vector<std::string> ids;
  std::uint64_t id_offset = 0;
  auto read_batch = [&] {
    if (ids.empty()) return;
    read(ids);
    if (!batch_.empty()) throw Error(Kind::internal, "a selected conversation was not found by its id");
    ids.clear();
  };
  for_each_slot(
      [&](const Slot& slot, std::uint64_t number) {
        if (slot.source == LineSource::unread) {
          ids.emplace_back(id_reader.read(id_offset, slot.id_bytes, ids_.size()));
          if (!batch_.emplace(slot.conversation, number).second) fail_as_not_unique();
        }
        id_offset += slot.id_bytes;
        if (ids.size() == size) read_batch();
      },
      /*writes_back=*/false);
  read_batch();
}

void Increment::put(std::string_view conversation_id, std::uint64_t version, const RowResult& result) {
  const Key128 key = conversation_key(conversation_id);
  const auto found = batch_.find(key);
  if (found == batch_.end())
    throw Error(Kind::internal, "a conversation was returned that was not requested, or twice");
  Slot slot;
  slot.conversation = key;
  slot.version = version;
  slot.offset = lines_.size();
  slot.tally = tallies_.number_of(result.tally);
  slot.line = line_place(result.output, result.line.size());
  slot.id_bytes = static_cast<std::uint32_t>(conversation_id.size());
  slot.source = LineSource::put;
  lines_.append(result.line.data(), result.line.size());
  slots_.overwrite(found->second * sizeof(Slot), &slot, sizeof slot);
  batch_.erase(found);
}

void Increment::compose(const fs::path& folder, DatasetFiles& files, StateWriter& state) const {
  std::vector<OpenFile> old_files;
  std::vector<BufferedReader> old_lines;
  for (std::size_t i = 0; i < kNumOutputs; ++i) {
    const fs::path path = folder / kOutputNames[i];
    old_files.emplace_back(path);
    if (state_.summary().outputs[i].is_written) old_files.back().check();
    old_lines.emplace_back(old_files.back().descriptor(), path);
  }
  lines_.flush();
  BufferedReader new_lines(lines_.descriptor(), "a temporary file");
  for_each_slot(
      [&](const Slot& slot, std::uint64_t) {
        if (slot.source == LineSource::unread) throw Error(Kind::internal, "a selected conversation was not read");
        const std::string_view line =
            slot.source == LineSource::put
                ? new_lines.read(slot.offset, slot.line.bytes, lines_.size())
                : old_lines.at(slot.line.output)
                      .read(slot.offset, slot.line.bytes, state_.summary().outputs[slot.line.output].bytes);
        files.write(static_cast<OutputKind>(slot.line.output), line, slot.tally);
        state.add({slot.conversation, slot.version, slot.tally, slot.line});
      },
      /*writes_back=*/false);
}

}  // namespace intelia::extraction
