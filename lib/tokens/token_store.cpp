// See token_store.hpp. Read with pread and not through a mapping: a page of a mapping that cannot be read from disk
// ends the process with a signal, pread returns an error; and pages once read do not count as memory of the process.
#include "tokens/token_store.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <vector>

#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/held_folder.hpp"
#include "base/spill_file.hpp"

namespace intelia {

namespace fs = std::filesystem;

namespace {

static_assert(std::endian::native == std::endian::little, "the file has the byte order of memory");

constexpr char kMagic[16] = {'i', 'n', 't', 'e', 'l', 'i', 'a', ' ', 't', 'o', 'k', 'e', 'n', 's', '\r', '\n'};
// 1 had no weights and no count of targets, 2 no counts of duplicate keys and of skipped turns, 5 no pairs and labels,
// 6 no count of equal answers
constexpr std::uint64_t kFormat = 7;

struct Head {
  char magic[16];
  std::uint64_t format;
  char key[64];
  char content_sha256[64];
  std::int64_t num_records, num_tokens, num_targets, num_read, num_truncated, num_without_target, num_duplicate_keys,
      num_with_skipped_turns, num_with_lost_prompt, num_with_equal_answers, num_rejected;
  std::uint64_t index_begin, names_begin, rejected_begin, file_size;  // bytes from the start of the file
  std::uint64_t checksum;  // of everything after the header, then of the header before this field
};
static_assert(sizeof(Head) == 280);
constexpr std::size_t kHeadBytes = sizeof(Head);

struct IndexEntry {
  std::uint64_t sample_begin;  // bytes from the start of the file
  std::uint64_t names_begin;   // bytes from the start of the names
  std::int64_t line;
  std::int64_t target_bytes;
  std::uint32_t num_tokens;
  std::uint32_t id_bytes;
  std::uint32_t language_bytes;
  std::uint32_t num_targets;   // that count in the loss
  std::uint32_t num_weights;   // 0, or as many as tokens
  std::uint32_t second_begin;  // of a pair, else 0
  std::uint32_t is_desirable;
  std::uint32_t unused = 0;
};
static_assert(sizeof(IndexEntry) == 64);

struct RejectedHead {
  std::int64_t line;
  std::uint32_t reason_bytes;
  std::uint32_t raw_bytes;
};
static_assert(sizeof(RejectedHead) == 16);

std::size_t target_words(std::size_t num_tokens) { return (num_tokens + 31) / 32; }

/** Of the bytes after the header of `file`, and of `head`. */
std::uint64_t checksum_of(int file, const Head& head, const fs::path& name) {
  Checksum checksum;
  std::vector<char> bytes(1 << 20);
  for (std::uint64_t offset = kHeadBytes; offset < head.file_size; offset += bytes.size()) {
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), head.file_size - offset));
    read_at(file, offset, bytes.data(), size, name);
    checksum.update(bytes.data(), size);
  }
  checksum.update(&head, offsetof(Head, checksum));
  return checksum.value();
}

/** Throws Error{input} when `head` cannot be that of a file of `file_size` bytes with this key. */
void check_head(const Head& head, std::uint64_t file_size, std::string_view key) {
  const auto need = [](bool holds, const char* what) {
    if (!holds) throw Error(Kind::input, what);
  };
  need(std::memcmp(head.magic, kMagic, sizeof kMagic) == 0 && head.format == kFormat,
       "it is not a token file of this program");
  need(std::string_view(head.key, sizeof head.key) == key, "it was made from other inputs");
  need(head.file_size == file_size, "it is incomplete");
  need(kHeadBytes <= head.index_begin && head.index_begin <= head.names_begin &&
           head.names_begin <= head.rejected_begin && head.rejected_begin <= file_size && head.num_records >= 0 &&
           head.num_tokens >= 0 && head.num_targets >= 0 && head.num_read >= 0 && head.num_truncated >= 0 &&
           head.num_without_target >= 0 && head.num_duplicate_keys >= 0 && head.num_with_skipped_turns >= 0 &&
           head.num_with_lost_prompt >= 0 && head.num_with_equal_answers >= 0 && head.num_rejected >= 0 &&
           static_cast<std::uint64_t>(head.num_records) <= (head.names_begin - head.index_begin) / sizeof(IndexEntry),
       "its header is damaged");
}

/** Throws Error{input} unless every entry of the index lies in the file and the entries add up to the tokens of `head`:
   a checksum only finds accidents. */
void check_index(int file, const Head& head, const fs::path& name) {
  std::vector<IndexEntry> entries(4096);
  std::uint64_t num_tokens = 0;
  const auto num_records = static_cast<std::uint64_t>(head.num_records);
  for (std::uint64_t first = 0; first < num_records; first += entries.size()) {
    entries.resize(static_cast<std::size_t>(std::min<std::uint64_t>(entries.size(), num_records - first)));
    read_at(file, head.index_begin + first * sizeof(IndexEntry), entries.data(), entries.size() * sizeof(IndexEntry),
            name);
    for (const IndexEntry& entry : entries) {
      const std::uint64_t sample_bytes =
          (std::uint64_t{entry.num_tokens} + target_words(entry.num_tokens) + entry.num_weights) * 4;
      const std::uint64_t name_bytes = std::uint64_t{entry.id_bytes} + entry.language_bytes;
      const bool is_possible = entry.num_tokens > 0 && entry.num_targets <= entry.num_tokens &&
                               (entry.num_weights == 0 || entry.num_weights == entry.num_tokens) &&
                               entry.second_begin < entry.num_tokens && entry.is_desirable <= 1 &&
                               entry.sample_begin >= kHeadBytes && entry.sample_begin <= head.index_begin &&
                               sample_bytes <= head.index_begin - entry.sample_begin &&
                               entry.names_begin <= head.rejected_begin - head.names_begin &&
                               name_bytes <= head.rejected_begin - head.names_begin - entry.names_begin;
      if (!is_possible) throw Error(Kind::input, "its index is invalid");
      num_tokens += entry.num_tokens;
    }
  }
  if (num_tokens != static_cast<std::uint64_t>(head.num_tokens))
    throw Error(Kind::input, "its head does not belong to its index");
}

}  // namespace

struct TokenStore::State {
  fs::path path;
  std::optional<SpillFile> spill;  // of a store just written
  int file = -1;
  Head head{};
  TokenStoreSummary summary;

  ~State() {
    if (file >= 0 && !spill) ::close(file);
  }

  void read(std::uint64_t offset, void* bytes, std::size_t num_bytes) const {
    read_at(file, offset, bytes, num_bytes, path);
  }

  void take_summary() {
    summary = {std::string(head.content_sha256, sizeof head.content_sha256),
               head.num_read,
               head.num_truncated,
               head.num_without_target,
               head.num_duplicate_keys,
               head.num_with_skipped_turns,
               head.num_with_lost_prompt,
               head.num_with_equal_answers,
               head.num_records,
               head.num_tokens,
               head.num_targets,
               head.num_rejected};
  }

  IndexEntry entry(std::int64_t index) const {
    if (index < 0 || index >= head.num_records)
      throw Error(Kind::internal, fmt::format("sample {} of {} was requested", index, head.num_records));
    IndexEntry entry{};
    read(head.index_begin + static_cast<std::uint64_t>(index) * sizeof entry, &entry, sizeof entry);
    return entry;
  }
};

TokenStore::TokenStore(std::unique_ptr<State> state) : state_(std::move(state)) {}
TokenStore::~TokenStore() = default;
TokenStore::TokenStore(TokenStore&&) noexcept = default;
TokenStore& TokenStore::operator=(TokenStore&&) noexcept = default;

std::optional<TokenStore> TokenStore::open(const fs::path& path, std::string_view key) {
  auto state = std::make_unique<State>();
  state->path = path;
  state->file = ::open(held_entry(path).c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (state->file < 0 && errno == ENOENT) return std::nullopt;
  if (state->file < 0) throw Error(Kind::input, system_message(errno));
  struct stat status {};
  if (::fstat(state->file, &status) != 0) throw Error(Kind::input, system_message(errno));
  if (!S_ISREG(status.st_mode) || status.st_uid != ::geteuid())
    throw Error(Kind::input, "it is not a file of this user");
  if (static_cast<std::uint64_t>(status.st_size) < kHeadBytes) throw Error(Kind::input, "it is incomplete");
  state->read(0, &state->head, sizeof state->head);
  check_head(state->head, static_cast<std::uint64_t>(status.st_size), key);
  if (checksum_of(state->file, state->head, path) != state->head.checksum)
    throw Error(Kind::input, "its checksum does not match");
  check_index(state->file, state->head, path);
  state->take_summary();
  return TokenStore(std::move(state));
}

const TokenStoreSummary& TokenStore::summary() const { return state_->summary; }

TokenSample TokenStore::sample(std::int64_t index) const {
  const IndexEntry entry = state_->entry(index);
  TokenSample sample{std::vector<std::int32_t>(entry.num_tokens), std::vector<std::uint8_t>(entry.num_tokens)};
  std::vector<std::uint32_t> targets(target_words(entry.num_tokens));
  const std::size_t ids_bytes = entry.num_tokens * sizeof(std::int32_t);
  state_->read(entry.sample_begin, sample.ids.data(), ids_bytes);
  state_->read(entry.sample_begin + ids_bytes, targets.data(), targets.size() * sizeof(std::uint32_t));
  for (std::size_t i = 0; i < sample.is_target.size(); ++i) sample.is_target[i] = targets[i / 32] >> i % 32 & 1;
  sample.weights.resize(entry.num_weights);
  state_->read(entry.sample_begin + ids_bytes + targets.size() * sizeof(std::uint32_t), sample.weights.data(),
               sample.weights.size() * sizeof(float));
  sample.second_begin = static_cast<std::int32_t>(entry.second_begin);
  sample.is_desirable = entry.is_desirable != 0;
  return sample;
}

SampleSize TokenStore::size_at(std::int64_t index) const {
  const IndexEntry entry = state_->entry(index);
  return {static_cast<std::int32_t>(entry.num_tokens), static_cast<std::int32_t>(entry.num_targets)};
}

bool TokenStore::is_desirable_at(std::int64_t index) const { return state_->entry(index).is_desirable != 0; }

StoredRecord TokenStore::record(std::int64_t index) const {
  const IndexEntry entry = state_->entry(index);
  StoredRecord record{entry.line, entry.target_bytes, std::string(entry.id_bytes, '\0'),
                      std::string(entry.language_bytes, '\0')};
  const std::uint64_t begin = state_->head.names_begin + entry.names_begin;
  state_->read(begin, record.id.data(), entry.id_bytes);
  state_->read(begin + entry.id_bytes, record.language.data(), entry.language_bytes);
  return record;
}

void TokenStore::for_each_rejected(
    const std::function<void(std::int64_t, const std::string&, const std::string&)>& take) const {
  std::uint64_t offset = state_->head.rejected_begin;
  for (std::int64_t i = 0; i < state_->head.num_rejected; ++i) {
    RejectedHead head{};
    state_->read(offset, &head, sizeof head);
    std::string reason(head.reason_bytes, '\0'), raw(head.raw_bytes, '\0');
    state_->read(offset + sizeof head, reason.data(), reason.size());
    state_->read(offset + sizeof head + reason.size(), raw.data(), raw.size());
    offset += sizeof head + reason.size() + raw.size();
    take(head.line, reason, raw);
  }
}

struct TokenStoreWriter::State {
  fs::path path;      // empty: none
  SpillFile samples;  // the file itself, head first
  SpillFile index, names, rejected;
  Checksum checksum;
  TokenStoreSummary summary;
  std::string fault;

  State() : samples() { begin(); }
  explicit State(const fs::path& place)
      : path(place), samples(place.parent_path() / ("." + place.filename().string() + ".partial")) {
    begin();
  }

  void begin() {
    const char nothing[kHeadBytes] = {};
    samples.append(nothing, sizeof nothing);
  }

  void append(const void* bytes, std::size_t num_bytes) {
    samples.append(bytes, num_bytes);
    checksum.update(bytes, num_bytes);
  }

  /** Pads to the next multiple of 8, where the next section begins. */
  std::uint64_t align() {
    const std::uint64_t zero = 0;
    append(&zero, (8 - samples.size() % 8) % 8);
    return samples.size();
  }

  std::uint64_t append_section(SpillFile& section) {
    const std::uint64_t begin = align();
    section.flush();
    std::vector<char> bytes(1 << 20);
    for (std::uint64_t offset = 0; offset < section.size(); offset += bytes.size()) {
      const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), section.size() - offset));
      read_at(section.descriptor(), offset, bytes.data(), size, "a temporary file");
      append(bytes.data(), size);
    }
    return begin;
  }
};

TokenStoreWriter::TokenStoreWriter() : state_(std::make_unique<State>()) {}
TokenStoreWriter::TokenStoreWriter(const fs::path& path) : state_(std::make_unique<State>(path)) {}
TokenStoreWriter::~TokenStoreWriter() = default;

void TokenStoreWriter::add(const TokenSample& sample, const StoredRecord& record) {
  State& s = *state_;
  const IndexEntry entry{s.samples.size(),
                         s.names.size(),
                         record.line,
                         record.target_bytes,
                         static_cast<std::uint32_t>(sample.ids.size()),
                         static_cast<std::uint32_t>(record.id.size()),
                         static_cast<std::uint32_t>(record.language.size()),
                         static_cast<std::uint32_t>(size_of(sample).targets),
                         static_cast<std::uint32_t>(sample.weights.size()),
                         static_cast<std::uint32_t>(sample.second_begin),
                         sample.is_desirable ? 1U : 0U};
  s.index.append(&entry, sizeof entry);
  s.names.append(record.id.data(), record.id.size());
  s.names.append(record.language.data(), record.language.size());
  std::vector<std::uint32_t> targets(target_words(sample.ids.size()));
  for (std::size_t i = 0; i < sample.is_target.size(); ++i) {
    targets[i / 32] |= static_cast<std::uint32_t>(sample.is_target[i] != 0) << i % 32;
    s.summary.num_targets += sample.is_target[i] != 0;
  }
  s.append(sample.ids.data(), sample.ids.size() * sizeof(std::int32_t));
  s.append(targets.data(), targets.size() * sizeof(std::uint32_t));
  s.append(sample.weights.data(), sample.weights.size() * sizeof(float));
  ++s.summary.num_records;
  s.summary.num_tokens += static_cast<std::int64_t>(sample.ids.size());
}

void TokenStoreWriter::add_rejected(std::int64_t line, std::string_view reason, std::string_view raw) {
  const RejectedHead head{line, static_cast<std::uint32_t>(reason.size()), static_cast<std::uint32_t>(raw.size())};
  SpillFile& rejected = state_->rejected;
  rejected.append(&head, sizeof head);
  rejected.append(reason.data(), reason.size());
  rejected.append(raw.data(), raw.size());
  ++state_->summary.num_rejected;
}

TokenStore TokenStoreWriter::finish(TokenStoreSummary summary, std::string_view key, bool keeps_name) {
  State& s = *state_;
  if (key.size() != sizeof Head::key || summary.content_sha256.size() != sizeof Head::content_sha256)
    throw Error(Kind::internal, "the key of a token file has 64 characters");
  Head head{};
  std::memcpy(head.magic, kMagic, sizeof kMagic);
  head.format = kFormat;
  std::memcpy(head.key, key.data(), sizeof head.key);
  std::memcpy(head.content_sha256, summary.content_sha256.data(), sizeof head.content_sha256);
  head.num_records = s.summary.num_records;
  head.num_tokens = s.summary.num_tokens;
  head.num_targets = s.summary.num_targets;
  head.num_read = summary.num_read;
  head.num_truncated = summary.num_truncated;
  head.num_without_target = summary.num_without_target;
  head.num_duplicate_keys = summary.num_duplicate_keys;
  head.num_with_skipped_turns = summary.num_with_skipped_turns;
  head.num_with_lost_prompt = summary.num_with_lost_prompt;
  head.num_with_equal_answers = summary.num_with_equal_answers;
  head.num_rejected = s.summary.num_rejected;
  head.index_begin = s.append_section(s.index);
  head.names_begin = s.append_section(s.names);
  head.rejected_begin = s.append_section(s.rejected);
  head.file_size = s.samples.size();
  s.checksum.update(&head, offsetof(Head, checksum));
  head.checksum = s.checksum.value();
  s.samples.overwrite(0, &head, sizeof head);
  if (!s.path.empty() && keeps_name)
    s.samples.rename_to(s.path);
  else
    s.samples.remove_name();
  s.fault = s.samples.fault();

  auto state = std::make_unique<TokenStore::State>();
  state->path = s.path.empty() ? fs::path("a temporary file") : s.path;
  state->file = s.samples.descriptor();
  state->spill = std::move(s.samples);
  state->head = head;
  state->take_summary();
  return TokenStore(std::move(state));
}

const std::string& TokenStoreWriter::fault() const { return state_->fault; }

}  // namespace intelia
