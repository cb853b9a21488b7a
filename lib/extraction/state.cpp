#include "extraction/state.hpp"

#include <fmt/format.h>

#include <cstring>

#include "base/error.hpp"
#include "base/path.hpp"
#include "extraction/open_file.hpp"

namespace intelia::extraction {

namespace fs = std::filesystem;

namespace {

// The file: entries, the summary as JSON, a footer.
struct Footer {
  std::uint64_t num_entries = 0;
  std::uint64_t summary_bytes = 0;
  std::uint64_t checksum = 0;  // of all before the footer
  char mark[8] = {'i', 'n', 't', 'e', 'l', 'i', 'a', 'S'};
};
static_assert(sizeof(Footer) == 32);

constexpr std::size_t kEntriesAtOnce = 8192;
constexpr std::uint64_t kMaxSummaryBytes = 256 << 20;

constexpr std::uint32_t kMaxLineBytes = (1U << 29) - 1;

/** 0 when there is no such file. */
std::uint64_t size_of(const fs::path& path) { return is_file(path) ? file_bytes(path) : 0; }

std::uint64_t checksum_of(const fs::path& path, std::uint64_t num_bytes) {
  const OpenFile file(path);
  if (!file.is_open()) return 0;
  Checksum checksum;
  std::vector<char> buffer(1 << 20);
  for (std::uint64_t offset = 0; offset < num_bytes; offset += buffer.size()) {
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), num_bytes - offset));
    file.read(offset, buffer.data(), size);
    checksum.update(buffer.data(), size);
  }
  return checksum.value();
}

Json to_json(const StateSummary& summary) {
  Json outputs = Json::array();
  for (const StateSummary::Output& output : summary.outputs)
    outputs.push_back(output.is_written ? Json{{"bytes", output.bytes}, {"checksum", output.checksum}} : Json());
  return {{"format", kStateFormat},
          {"identity", summary.identity},
          {"next_transaction", summary.next_transaction},
          {"snapshot", summary.snapshot},
          {"tallies", summary.tallies},
          {"num_kept", summary.num_kept},
          {"outputs", outputs}};
}

StateSummary summary_from(const Json& json, std::uint64_t num_entries) {
  StateSummary summary;
  summary.identity = json.at("identity");
  summary.next_transaction = json.at("next_transaction");
  summary.snapshot = json.at("snapshot");
  summary.tallies = json.at("tallies");
  summary.num_entries = num_entries;
  summary.num_kept = json.at("num_kept");
  for (std::size_t i = 0; i < kNumOutputs; ++i) {
    const Json& output = json.at("outputs").at(i);
    if (!output.is_null()) summary.outputs[i] = {output.at("bytes"), output.at("checksum"), true};
  }
  return summary;
}

}  // namespace

LinePlace line_place(OutputKind output, std::size_t num_bytes) {
  if (num_bytes > kMaxLineBytes)
    throw Error(Kind::input,
                fmt::format("a line of {} bytes is longer than the maximum of {}", num_bytes, kMaxLineBytes));
  return {.output = static_cast<std::uint32_t>(output) & 7U,
          .bytes = static_cast<std::uint32_t>(num_bytes) & kMaxLineBytes};
}

Key128 conversation_key(std::optional<std::string_view> conversation_id) {
  constexpr std::string_view kNull("\0", 1);  // no text of a database
  return key128_of(conversation_id.value_or(kNull));
}

std::uint64_t version_key(std::string_view version, std::string_view created_at, std::string_view language) {
  std::string all(version);
  all += '\n';
  all += created_at;
  all += '\n';
  all += language;
  return key128_of(all).low;
}

void StateWriter::add(const StateEntry& entry) {
  file_.write(&entry, sizeof entry);
  checksum_.update(&entry, sizeof entry);
  ++num_entries_;
}

void StateWriter::finish(const StateSummary& summary) {
  const std::string text = to_json(summary).dump(-1, ' ', false, Json::error_handler_t::replace);
  file_.write(text);
  checksum_.update(text.data(), text.size());
  const Footer footer{num_entries_, text.size(), checksum_.value()};
  file_.write(&footer, sizeof footer);
}

std::optional<State> State::open(const fs::path& path, const fs::path& folder, std::string& why_not) {
  State state;
  state.path_ = path;
  if (path_type(path) == PathType::missing) {
    why_not = "there is no state yet";
    return std::nullopt;
  }
  auto damaged = [&] {
    why_not = "the state '" + path.string() + "' is corrupt";
    return std::nullopt;
  };
  const OpenFile file(path);
  file.check();
  const std::uint64_t size = size_of(path);
  Footer footer, expected;
  if (size < sizeof footer) return damaged();
  const std::uint64_t num_bytes = size - sizeof footer;
  file.read(num_bytes, &footer, sizeof footer);
  if (std::memcmp(footer.mark, expected.mark, sizeof footer.mark) != 0 || footer.summary_bytes > kMaxSummaryBytes ||
      footer.num_entries > num_bytes / sizeof(StateEntry) ||
      footer.num_entries * sizeof(StateEntry) + footer.summary_bytes != num_bytes ||
      checksum_of(path, num_bytes) != footer.checksum)
    return damaged();
  std::string text(footer.summary_bytes, '\0');
  file.read(num_bytes - text.size(), text.data(), text.size());
  const Json json = parse_json(text, "the state '" + path.string() + "'");
  if (json.value("format", 0) > kStateFormat)
    throw SettingError(Kind::input, "state",
                       fmt::format("the state '{}' has format {}, written by a newer intelia; this one reads up to {}; "
                                   "name another file, or use the newer program",
                                   path.string(), json.value("format", 0), kStateFormat),
                       SettingError::Role::remedy);
  if (json.value("format", 0) < kStateFormat) {
    why_not = "the state '" + path.string() + "' was written by an earlier version";
    return std::nullopt;
  }
  state.summary_ = summary_from(json, footer.num_entries);
  for (std::size_t i = 0; i < kNumOutputs; ++i) {
    const fs::path output = folder / kOutputNames[i];
    const StateSummary::Output& written = state.summary_.outputs[i];
    if (!written.is_written) continue;
    if (size_of(output) == written.bytes && checksum_of(output, written.bytes) == written.checksum) continue;
    why_not = "'" + output.string() + "' has changed since the last run";
    return std::nullopt;
  }
  return state;
}

void State::for_each(const std::function<void(const StateEntry& entry, std::uint64_t offset)>& take) const {
  const OpenFile file(path_);
  file.check();
  std::array<std::uint64_t, kNumOutputs> offsets{};
  std::vector<StateEntry> entries;
  for (std::uint64_t begin = 0; begin < summary_.num_entries; begin += kEntriesAtOnce) {
    entries.resize(static_cast<std::size_t>(std::min<std::uint64_t>(kEntriesAtOnce, summary_.num_entries - begin)));
    file.read(begin * sizeof(StateEntry), entries.data(), entries.size() * sizeof(StateEntry));
    for (const StateEntry& entry : entries) {
      take(entry, offsets.at(entry.line.output));
      offsets[entry.line.output] += entry.line.bytes;
    }
  }
}

}  // namespace intelia::extraction
