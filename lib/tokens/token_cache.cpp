// See token_cache.hpp.
#include "tokens/token_cache.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/held_folder.hpp"
#include "base/path.hpp"

namespace intelia {

namespace fs = std::filesystem;

namespace {

constexpr const char* kSuffix = ".tokens";

/** Hashes fields so that different lists have different inputs. */
class FieldHash {
 public:
  void add(std::string_view field) {
    hash_.update(std::to_string(field.size()) + ":");
    hash_.update(field);
  }
  void add(const std::optional<std::string>& field) {
    add(std::string_view(field ? "given" : "absent"));
    if (field) add(std::string_view(*field));
  }
  std::string finish() { return hash_.finish(); }

 private:
  Sha256 hash_;
};

struct KeptFile {
  fs::path path;
  std::uint64_t bytes = 0;
  fs::file_time_type used;
};

/** Removes what a killed run left, unless a run is writing it. */
void remove_partial(const fs::path& path) {
  const int file = ::open(held_entry(path).c_str(), O_RDWR | O_NOFOLLOW | O_CLOEXEC);
  if (file < 0) return;
  if (::flock(file, LOCK_EX | LOCK_NB) == 0) ::unlink(held_entry(path).c_str());
  ::close(file);
}

/** Removes the least recently used files except `newest` until the rest fits; a file that another run has open stays
   readable for it. */
void evict(const fs::path& folder, std::uint64_t max_bytes, const fs::path& newest) {
  std::error_code failure;
  std::vector<KeptFile> files;
  std::uint64_t total = 0;
  const fs::directory_iterator end;
  for (fs::directory_iterator member(held_place(folder), failure); member != end; member.increment(failure)) {
    const std::string name = member->path().filename().string();
    const fs::path path = folder / name;
    if (name.ends_with(std::string(kSuffix) + ".partial")) remove_partial(path);
    if (!name.ends_with(kSuffix)) continue;
    std::error_code vanished;
    const std::uint64_t bytes = member->file_size(vanished);
    if (vanished) continue;
    total += bytes;
    if (path != newest) files.push_back({path, bytes, member->last_write_time(vanished)});
  }
  std::sort(files.begin(), files.end(), [](const KeptFile& a, const KeptFile& b) { return a.used < b.used; });
  for (const KeptFile& file : files) {
    if (max_bytes == 0 || total <= max_bytes) return;
    fs::remove(held_entry(file.path), failure);
    total -= file.bytes;
  }
  if (max_bytes != 0 && total > max_bytes) fs::remove(held_entry(newest), failure);
}

/** The file at `path`, marked as used; nothing when it does not exist or is damaged. */
std::optional<TokenStore> find(const fs::path& path, const std::string& key, Log& log) {
  try {
    std::optional<TokenStore> store = TokenStore::open(path, key);
    if (store) ::utimensat(AT_FDCWD, held_entry(path).c_str(), nullptr, 0);
    return store;
  } catch (const Error& error) {
    log.warning("the cached tokens in '" + path.string() + "' are recreated: " + error.what());
    return std::nullopt;
  }
}

}  // namespace

std::string token_key(const Tokenizer& tokenizer, const ChatTemplate& chat_template, const EncodeOptions& options,
                      const std::string& dataset_sha256, const std::string& program) {
  // Structured bindings, so that a new option cannot be forgotten: this would not compile.
  const auto& [render, max_length, trained_turns, refuses_long, records] = options;
  const auto& [date, bos_token, eos_token, tools_json, documents_json, variables_json] = render;
  FieldHash hash;
  for (const std::string* field : {&program, &dataset_sha256, &tokenizer.sha256(), &chat_template.sha256(), &date,
                                   &tools_json, &documents_json, &variables_json})
    hash.add(std::string_view(*field));
  hash.add(bos_token);
  hash.add(eos_token);
  for (const std::int64_t number : {max_length, static_cast<std::int64_t>(trained_turns), std::int64_t{refuses_long},
                                    static_cast<std::int64_t>(records)})
    hash.add(std::string_view(std::to_string(number)));
  return hash.finish();
}

TokenStore cached_tokens(const TokenCacheSettings& settings, const std::string& key, Log& log,
                         const std::function<TokenStoreSummary(TokenStoreWriter&)>& make,
                         const std::function<bool()>& is_unchanged) {
  const fs::path path = settings.folder / (key + kSuffix);
  std::error_code failure;
  fs::create_directories(settings.folder.parent_path(), failure);
  if (fs::create_directory(settings.folder, failure)) fs::permissions(settings.folder, fs::perms::owner_all, failure);
  std::optional<HeldFolder> held;
  try {
    held.emplace(settings.folder, /*may_be_link=*/true);
  } catch (const Error&) {  // not a folder: nothing is cached, and the writer says why
  }
  if (auto store = find(path, key, log)) {
    log.debug("using cached tokens of '" + path.string() + "'");
    return std::move(*store);
  }
  TokenStoreWriter writer(path);
  const TokenStoreSummary summary = make(writer);
  const bool is_current = is_unchanged();
  TokenStore store = writer.finish(summary, key, is_current);
  if (!is_current) log.warning("the dataset changed while it was read, so its tokens are not cached");
  if (!writer.fault().empty()) log.warning("the tokens are not cached for the next run: " + writer.fault());
  evict(settings.folder, settings.max_bytes, path);
  return store;
}

}  // namespace intelia
