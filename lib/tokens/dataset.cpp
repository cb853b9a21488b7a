// See dataset.hpp.
#include "tokens/dataset.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <tuple>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/hash.hpp"

namespace intelia {

namespace fs = std::filesystem;

namespace {

void hash_sample(Sha256& hash, const TokenSample& sample) {
  const auto size = static_cast<std::uint64_t>(sample.ids.size());
  hash.update(&size, sizeof size);
  hash.update(sample.ids.data(), sample.ids.size() * sizeof(std::int32_t));
  hash.update(sample.is_target.data(), sample.is_target.size());
}

/** What is fixed for every record of a dataset. */
struct Recipe {
  const Tokenizer& tokenizer;
  const ChatTemplate& chat_template;
  const EncodeOptions& options;
};

/** Turns lines into samples in a store. */
class DatasetWriter {
 public:
  DatasetWriter(const Recipe& recipe, const fs::path& path, Rejects& rejects, TokenStoreWriter& store)
      : recipe_(recipe), path_(path), rejects_(rejects), store_(store) {}

  void take(std::string_view line, bool is_too_long, std::int64_t number) {
    ++summary_.num_read;
    Conversation conversation;
    EncodedConversation encoded;
    std::optional<std::string> fault = "line is longer than 64 MiB";
    if (is_too_long) line = line.substr(0, 200);
    else fault = parse_conversation(line, conversation);
    if (!fault) fault = encode(conversation, encoded);
    if (fault) {
      rejects_.add(fmt::format("{}:{}", path_.string(), number), *fault, line);
      store_.add_rejected(number, *fault, line);
      return;
    }
    hash_sample(hash_, encoded.tokens);
    store_.add(encoded.tokens, {number, encoded.target_bytes,
                                conversation.id.empty() ? fmt::format("line {}", number) : std::move(conversation.id),
                                std::move(conversation.language)});
  }

  TokenStoreSummary finish() {
    summary_.content_sha256 = hash_.finish();
    return summary_;
  }

 private:
  /** Fills `encoded`; returns the fault in words when nothing can be trained on. */
  std::optional<std::string> encode(const Conversation& conversation, EncodedConversation& encoded) {
    try {
      encoded = encode_conversation(recipe_.tokenizer, recipe_.chat_template, conversation, recipe_.options);
    } catch (const Error& error) {
      if (error.kind() != Kind::input) throw;
      return fmt::format("the chat template cannot make a sample of it: {}", error.what());
    }
    summary_.num_cut += encoded.is_cut;
    if (encoded.num_targets > 0) return std::nullopt;
    ++summary_.num_without_target;
    if (!encoded.is_cut) return "no trained token remains: it has no assistant turn with content";
    return fmt::format("no trained token remains: the answers begin after the {} tokens of --max-length", recipe_.options.max_length);
  }

  const Recipe& recipe_;
  const fs::path& path_;
  Rejects& rejects_;
  TokenStoreWriter& store_;
  Sha256 hash_;
  TokenStoreSummary summary_;
};

TokenStoreSummary tokenize(const Recipe& recipe, const fs::path& path, Rejects& rejects, Sinks sinks, TokenStoreWriter& store) {
  DatasetWriter writer(recipe, path, rejects, store);
  LineReader lines(path);
  while (const auto line = lines.next()) {
    sinks.stop.check("reading '" + path.string() + "'");
    writer.take(*line, lines.is_too_long(), lines.line_number());
    sinks.progress.update({"record", lines.line_number(), 0, ""});
  }
  sinks.progress.finish();
  return writer.finish();
}

/** What changes whenever the bytes of a file do. */
using FileStamp = std::tuple<dev_t, ino_t, off_t, time_t, long, time_t, long>;

/** Nothing when `path` is no regular file, which can be read but once. */
std::optional<FileStamp> stamp_of(const fs::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  return FileStamp(status.st_dev, status.st_ino, status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_ctim.tv_sec,
                   status.st_ctim.tv_nsec);
}

TokenStore load(const Recipe& recipe, const fs::path& path, Rejects& rejects, Sinks sinks, const TokenCacheSettings& cache) {
  const std::optional<FileStamp> stamp = stamp_of(path);
  if (cache.folder.empty() || !stamp) {
    TokenStoreWriter writer;
    const TokenStoreSummary summary = tokenize(recipe, path, rejects, sinks, writer);
    return writer.finish(summary, std::string(64, '0'));
  }
  const std::string key = token_key(recipe.tokenizer, recipe.chat_template, recipe.options, sha256_of_file(path), cache.program);
  bool is_made = false;
  const auto make = [&](TokenStoreWriter& writer) {
    is_made = true;
    return tokenize(recipe, path, rejects, sinks, writer);
  };
  TokenStore store = cached_tokens(cache, key, sinks.log, make, [&] { return stamp_of(path) == stamp; });
  if (!is_made) {
    store.for_each_rejected([&](std::int64_t line, const std::string& reason, const std::string& raw) {
      rejects.add(fmt::format("{}:{}", path.string(), line), reason, raw);
    });
  }
  return store;
}

}  // namespace

TokenizedDataset::TokenizedDataset(const fs::path& path, const Tokenizer& tokenizer, const ChatTemplate& chat_template,
                                   const EncodeOptions& options, Rejects& rejects, Sinks sinks, const TokenCacheSettings& cache)
    : store_(load({tokenizer, chat_template, options}, path, rejects, sinks, cache)) {}

}  // namespace intelia
