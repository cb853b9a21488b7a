// Token stores round-trip, damage is detected, concurrent runs do not block or affect each other, and a failing folder
// or disk is tolerated. Full disks and kills are in tests/faults/test_faults_token_cache.py.
#include "tokens/token_store.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <thread>
#include <vector>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/random.hpp"
#include "peak_memory.hpp"
#include "tokenizer_folder.hpp"
#include "tokens/dataset.hpp"
#include "tokens/token_cache.hpp"

namespace {

using namespace intelia;
namespace fs = std::filesystem;

const std::string kKey(64, 'k');
const std::string kContent(64, 'c');

/** A folder that is removed with the test. */
struct Folder {
  fs::path path =
      fs::temp_directory_path() / ("intelia-store-" + std::to_string(::getpid()) + "-" + std::to_string(next++));
  Folder() { fs::create_directories(path); }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
  static inline int next = 0;
};

/** Collects the log messages. */
struct Words final : Log {
  std::string text;
  void write(Level level, std::string_view message) override {
    if (level == Level::warning) text += std::string(message) + "\n";
  }
};

TokenSample sample_of(std::size_t length, std::uint64_t seed) {
  Random random(seed);
  TokenSample sample;
  for (std::size_t i = 0; i < length; ++i) {
    sample.ids.push_back(static_cast<std::int32_t>(random.below(1U << 31)));
    sample.is_target.push_back(static_cast<std::uint8_t>(random.below(2)));
    if (seed % 3 == 2)
      sample.weights.push_back(sample.is_target.back() != 0 ? static_cast<float>(1 + random.below(9)) / 10 : 0);
  }
  return sample;
}

const std::vector<std::size_t> kLengths = {1, 2, 31, 32, 33, 64, 1000, 100000, 7};

TokenStoreSummary fill(TokenStoreWriter& writer) {
  for (std::size_t i = 0; i < kLengths.size(); ++i) {
    const auto line = static_cast<std::int64_t>(2 * i + 1);
    writer.add(sample_of(kLengths[i], i), {line, line * 10, "id " + std::to_string(i), i % 2 == 0 ? "fr" : ""});
    writer.add_rejected(line + 1, "reason: " + std::to_string(i), std::string(i, '\0') + "raw \xFF");
  }
  return {kContent, 18, 3, 2};
}

void check_filled(const TokenStore& store) {
  REQUIRE(store.num_records() == static_cast<std::int64_t>(kLengths.size()));
  CHECK(store.summary().content_sha256 == kContent);
  CHECK(store.summary().num_read == 18);
  CHECK(store.summary().num_truncated == 3);
  CHECK(store.summary().num_without_target == 2);
  std::int64_t num_tokens = 0, num_targets = 0;
  for (std::size_t i = kLengths.size(); i-- > 0;) {
    const auto index = static_cast<std::int64_t>(i);
    const TokenSample expected = sample_of(kLengths[i], i);
    const TokenSample sample = store.sample(index);
    CHECK(sample.ids == expected.ids);
    CHECK(sample.is_target == expected.is_target);
    const SampleSize size = store.size_at(index);
    CHECK(size.tokens == static_cast<std::int64_t>(expected.ids.size()));
    const std::int64_t says_first = !expected.is_target.empty() && expected.is_target[0] != 0;  // from nothing
    CHECK(size.targets == std::count(expected.is_target.begin(), expected.is_target.end(), 1) - says_first);
    CHECK(sample.weights == expected.weights);
    const StoredRecord record = store.record(index);
    CHECK(record.line == 2 * index + 1);
    CHECK(record.target_bytes == 10 * record.line);
    CHECK(record.id == "id " + std::to_string(i));
    CHECK(record.language == (i % 2 == 0 ? "fr" : ""));
    num_tokens += static_cast<std::int64_t>(expected.ids.size());
    num_targets += std::count(expected.is_target.begin(), expected.is_target.end(), 1);
  }
  CHECK(store.summary().num_tokens == num_tokens);
  CHECK(store.summary().num_targets == num_targets);
  std::int64_t count = 0;
  store.for_each_rejected([&](std::int64_t line, const std::string& reason, const std::string& raw) {
    CHECK(line == 2 * count + 2);
    CHECK(reason == "reason: " + std::to_string(count));
    CHECK(raw == std::string(static_cast<std::size_t>(count), '\0') + "raw \xFF");
    ++count;
  });
  CHECK(count == static_cast<std::int64_t>(kLengths.size()));
  CHECK_THROWS_AS(store.sample(-1), Error);
  CHECK_THROWS_AS(store.record(store.num_records()), Error);
}

void write_store(const fs::path& path) {
  TokenStoreWriter writer(path);
  const TokenStoreSummary summary = fill(writer);
  check_filled(writer.finish(summary, kKey));
  CHECK(writer.fault().empty());
}

std::string refusal(const fs::path& path, const std::string& key = kKey) {
  try {
    return TokenStore::open(path, key) ? "" : "nothing there";
  } catch (const Error& error) {
    return error.what();
  }
}

std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

TEST_CASE("a store is readable at once and by the next process, and is private") {
  const Folder folder;
  const fs::path path = folder.path / "a.tokens";
  CHECK(refusal(path) == "nothing there");
  write_store(path);
  CHECK(refusal(path).empty());
  check_filled(*TokenStore::open(path, kKey));
  CHECK((fs::status(path).permissions() & fs::perms::all) == (fs::perms::owner_read | fs::perms::owner_write));
  CHECK(names_in(folder.path) == std::vector<std::string>{"a.tokens"});
}

TEST_CASE("an unnamed store works and leaves no file") {
  TokenStoreWriter writer;
  const TokenStoreSummary summary = fill(writer);
  check_filled(writer.finish(summary, kKey));
  CHECK(writer.fault().empty());
}

TEST_CASE("a dataset without records has a store, too") {
  const Folder folder;
  TokenStoreWriter writer(folder.path / "empty.tokens");
  writer.finish({kContent, 0, 0, 0}, kKey);
  CHECK(TokenStore::open(folder.path / "empty.tokens", kKey)->num_records() == 0);
}

TEST_CASE("every flipped bit, truncation and other key is detected") {
  const Folder folder;
  const fs::path path = folder.path / "a.tokens";
  TokenStoreWriter writer(path);
  writer.add(sample_of(20, 1), {1, 2, "id", "fr"});
  writer.add_rejected(2, "reason", "raw");
  writer.finish({kContent, 2, 0, 0}, kKey);
  const std::string whole = read_file(path);
  CHECK(refusal(path, std::string(64, 'x')) == "it was made from other inputs");
  const auto write = [&](const std::string& bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
  };
  for (std::size_t i = 0; i < whole.size(); ++i) {
    if (i >= 248 && i < 256) continue;  // between the header and the first section: never read
    std::string flipped = whole;
    flipped[i] = static_cast<char>(flipped[i] ^ 1 << i % 8);
    write(flipped);
    CAPTURE(i);
    CHECK_FALSE(refusal(path).empty());
  }
  for (std::size_t size = 0; size < whole.size(); ++size) {
    write(whole.substr(0, size));
    CAPTURE(size);
    CHECK_FALSE(refusal(path).empty());
  }
  write(whole + "x");
  CHECK(refusal(path) == "it is incomplete");
  write(whole);
  CHECK(refusal(path).empty());
}

TEST_CASE("an index that no dataset can have is refused, whatever its checksum") {
  const Folder folder;
  const fs::path path = folder.path / "a.tokens";
  TokenSample longer_weights = sample_of(20, 1);
  longer_weights.weights.assign(21, 1.0F);
  for (const TokenSample& sample : {sample_of(0, 1), longer_weights}) {
    TokenStoreWriter writer(path);
    writer.add(sample, {1, 2, "id", "fr"});
    writer.finish({kContent, 1, 0, 0}, kKey);
    CHECK(refusal(path) == "its index is invalid");
  }
}

TEST_CASE("files that are not token stores of this user are not opened") {
  const Folder folder;
  fs::create_directory(folder.path / "folder");
  REQUIRE(::mkfifo((folder.path / "pipe").c_str(), 0600) == 0);
  write_store(folder.path / "a.tokens");
  fs::create_symlink(folder.path / "a.tokens", folder.path / "link");
  for (const char* name : {"folder", "pipe", "link"}) {
    CAPTURE(name);
    CHECK_FALSE(refusal(folder.path / name).empty());
    CHECK(refusal(folder.path / name) != "nothing there");
  }
}

/** cached_tokens of the filled store; counts how often it was created. */
TokenStore cached(const TokenCacheSettings& settings, Log& log, int& num_made, const std::string& key = kKey,
                  bool is_unchanged = true) {
  return cached_tokens(
      settings, key, log,
      [&](TokenStoreWriter& writer) {
        ++num_made;
        return fill(writer);
      },
      [&] { return is_unchanged; });
}

TEST_CASE("tokens are computed once, and again when their file is damaged") {
  const Folder folder;
  Words words;
  int num_made = 0;
  const TokenCacheSettings settings{folder.path / "cache" / "tokens"};
  check_filled(cached(settings, words, num_made));
  check_filled(cached(settings, words, num_made));
  CHECK(num_made == 1);
  CHECK(words.text.empty());
  CHECK((fs::status(settings.folder).permissions() & fs::perms::all) == fs::perms::owner_all);
  fs::resize_file(settings.folder / (kKey + ".tokens"), 1000);
  check_filled(cached(settings, words, num_made));
  check_filled(cached(settings, words, num_made));
  CHECK(num_made == 2);
  CHECK(words.text.find("are recreated: it is incomplete") != std::string::npos);
}

TEST_CASE("tokens of a dataset that changed meanwhile are used but not cached") {
  const Folder folder;
  Words words;
  int num_made = 0;
  check_filled(cached({folder.path}, words, num_made, kKey, false));
  CHECK(names_in(folder.path).empty());
  CHECK(words.text.find("changed while it was read") != std::string::npos);
}

TEST_CASE("an unusable cache folder is a warning") {
  const Folder folder;
  write_file(folder.path / "file", "");
  Words words;
  int num_made = 0;
  check_filled(cached({folder.path / "file" / "tokens"}, words, num_made));
  CHECK(words.text.find("the tokens are not cached for the next run: cannot write") != std::string::npos);
  fs::create_directory(folder.path / "tokens");
  fs::create_directory(folder.path / "tokens" / (kKey + ".tokens"));  // where the name of the file is in use
  check_filled(cached({folder.path / "tokens"}, words, num_made));
  CHECK(num_made == 2);
}

TEST_CASE("the least recently used files are evicted first; the newest stays if it fits") {
  const Folder folder;
  Words words;
  int num_made = 0;
  const auto key_of = [](char c) { return std::string(64, c); };
  cached({folder.path}, words, num_made, key_of('a'));
  const std::uint64_t size = fs::file_size(folder.path / (key_of('a') + ".tokens"));
  const TokenCacheSettings two{folder.path, 2 * size};
  const auto age = [&](char c, int hours) {
    fs::last_write_time(folder.path / (key_of(c) + ".tokens"),
                        fs::file_time_type::clock::now() - std::chrono::hours(hours));
  };
  cached(two, words, num_made, key_of('b'));
  age('a', 2);
  age('b', 1);
  cached(two, words, num_made, key_of('a'));  // used again: now b is the least recently used
  cached(two, words, num_made, key_of('c'));
  CHECK(names_in(folder.path) == std::vector<std::string>{key_of('a') + ".tokens", key_of('c') + ".tokens"});
  check_filled(cached({folder.path, size - 1}, words, num_made, key_of('d')));
  CHECK(names_in(folder.path).empty());
}

TEST_CASE("files of a killed run are removed, those of a running one are not") {
  const Folder folder;
  Words words;
  int num_made = 0;
  const fs::path left = folder.path / ".left.tokens.partial", held = folder.path / ".held.tokens.partial";
  write_file(left, "torn");
  write_file(held, "at work");
  const int file = ::open(held.c_str(), O_RDWR);
  REQUIRE(::flock(file, LOCK_EX) == 0);
  cached({folder.path}, words, num_made);
  CHECK_FALSE(fs::exists(left));
  CHECK(fs::exists(held));
  ::close(file);
}

TEST_CASE("concurrent runs have the same tokens and leave one file") {
  const Folder folder;
  for (int round = 0; round < 10; ++round) {
    std::vector<std::thread> threads;
    std::vector<Words> words(6);
    std::vector<std::int64_t> tokens(6);
    for (std::size_t i = 0; i < 6; ++i) {
      threads.emplace_back([&, i] {
        int num_made = 0;
        tokens[i] = cached({folder.path}, words[i], num_made).summary().num_tokens;
      });
    }
    for (std::thread& thread : threads) thread.join();
    for (std::size_t i = 0; i < 6; ++i) {
      CHECK(tokens[i] == tokens[0]);
      CHECK(words[i].text.empty());
    }
    CHECK(names_in(folder.path) == std::vector<std::string>{kKey + ".tokens"});
    check_filled(*TokenStore::open(folder.path / (kKey + ".tokens"), kKey));
    fs::remove(folder.path / (kKey + ".tokens"));
  }
}

TEST_CASE("memory does not grow with the number of tokens, in writing or reading") {
  const Folder folder;
  const TokenSample sample = sample_of(1 << 16, 1);
  const PeakMemory memory;
  TokenStoreWriter writer(folder.path / "large.tokens");
  for (int i = 0; i < 400; ++i) writer.add(sample, {i, 0, "id", "fr"});
  writer.finish({kContent, 400, 0, 0}, kKey);
  const auto store = TokenStore::open(folder.path / "large.tokens", kKey);
  std::int64_t sum = 0;
  for (std::int64_t i = 0; i < store->num_records(); ++i) sum += static_cast<std::int64_t>(store->sample(i).ids.size());
  CHECK(sum == 400LL << 16);
  CHECK(fs::file_size(folder.path / "large.tokens") > 100'000'000);
  CHECK(memory.growth() < 16'000'000);
}

struct Facts {
  std::string sha256;
  std::vector<std::string> records;
  std::map<std::string, std::int64_t> rejected;
  std::string rejected_file;
  std::vector<std::int64_t> counts;
  bool operator==(const Facts&) const = default;
};

Facts facts_of(const test::ModelFolder& folder, const fs::path& dataset, const EncodeOptions& options = {},
               const TokenCacheSettings& cache = {}, int threads = 1) {
  const auto tokenizer = Tokenizer::load(folder.path());
  const ChatTemplate chat_template = ChatTemplate::load(folder.path());
  SilentSinks silent;
  const fs::path copied = folder.path() / "rejected.jsonl";
  AtomicFile file(copied);
  Rejects rejects({1.0, false}, silent.sinks().log, &file);
  const TokenizedDataset data(dataset, *tokenizer, chat_template, options, rejects, silent.sinks(), cache, threads);
  file.commit();
  Facts facts{data.content_sha256()};
  for (std::int64_t i = 0; i < data.size(); ++i) {
    const TokenSample sample = data.at(i);
    std::string text = data.id_of(i) + "|" + data.language_of(i) + "|" + std::to_string(data.line_of(i)) + "|" +
                       std::to_string(data.target_bytes_of(i));
    for (std::size_t t = 0; t < sample.ids.size(); ++t)
      text += " " + std::to_string(sample.ids[t]) + (sample.is_target[t] != 0 ? "+" : "") +
              (sample.weights.empty() ? "" : std::to_string(sample.weights[t]));
    facts.records.push_back(text);
  }
  facts.rejected = rejects.by_reason();
  facts.rejected_file = read_file(copied);
  facts.counts = {data.num_read(), data.num_truncated(), data.num_without_target(), data.num_tokens(),
                  data.num_targets()};
  return facts;
}

constexpr const char* kDataset =
    "{\"messages\":[{\"role\":\"user\",\"content\":\"q\"},{\"role\":\"assistant\",\"content\":\"abc "
    "ab\"}],\"metadata\":{\"conversation_id\":\"one\",\"language\":\"fr\"}}\n"
    "{\"messages\":[{\"role\":\"user\",\"content\":\"q\"}]}\n"
    "not json \xFF\n"
    "{\"text\":\"ab\"}";

TEST_CASE("a dataset is the same from its lines, from a new store and from a cached one") {
  const test::ModelFolder model;
  const Folder folder;
  write_file(folder.path / "d.jsonl", kDataset);
  const TokenCacheSettings cache{folder.path / "tokens"};
  const Facts plain = facts_of(model, folder.path / "d.jsonl");
  CHECK(plain.records.size() == 2);
  CHECK(plain.rejected.size() == 2);
  const Facts made = facts_of(model, folder.path / "d.jsonl", {}, cache);
  REQUIRE(names_in(cache.folder).size() == 1);
  const auto time = fs::last_write_time(cache.folder / names_in(cache.folder)[0]);
  const Facts kept = facts_of(model, folder.path / "d.jsonl", {}, cache);
  CHECK(plain == made);
  CHECK(plain == kept);
  CHECK(fs::last_write_time(cache.folder / names_in(cache.folder)[0]) >= time);
  CHECK(names_in(cache.folder).size() == 1);
  // The same bytes under another name: the cached tokens are used, and messages name the new file.
  fs::rename(folder.path / "d.jsonl", folder.path / "e.jsonl");
  const Facts moved = facts_of(model, folder.path / "e.jsonl", {}, cache);
  CHECK(moved.records == plain.records);
  CHECK(moved.rejected_file.find("e.jsonl:2") != std::string::npos);
  CHECK(names_in(cache.folder).size() == 1);
}

TEST_CASE("a dataset stores message weights, and its hash depends on them") {
  const test::ModelFolder model;
  const Folder folder;
  const auto facts = [&](const std::string& weight, const TokenCacheSettings& cache = {}) {
    write_file(folder.path / "d.jsonl",
               R"({"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"abc")" + weight +
                   R"(},{"role":"user","content":"q"},{"role":"assistant","content":"ab"}]})"
                   "\n");
    return facts_of(model, folder.path / "d.jsonl", {}, cache);
  };
  const TokenCacheSettings cache{folder.path / "tokens"};
  const Facts half = facts(",\"weight\":0.5");
  REQUIRE(half.records.size() == 1);
  CHECK(half.records[0].find("+0.5") != std::string::npos);
  CHECK(facts(",\"weight\":0.5", cache) == half);
  CHECK(facts(",\"weight\":0.5", cache) == half);
  const Facts whole = facts("");
  CHECK(whole.counts == half.counts);
  CHECK(whole.sha256 != half.sha256);
  CHECK(facts(",\"weight\":0.25").sha256 != half.sha256);
  CHECK(facts(",\"weight\":1.0") == whole);
}

TEST_CASE("a dataset is the same on any number of threads") {
  const test::ModelFolder model;
  const Folder folder;
  std::string lines;
  for (int i = 0; i < 1500; ++i) {
    lines += "{\"messages\":[{\"role\":\"user\",\"content\":\"" + std::string(static_cast<std::size_t>(i % 97), 'a') +
             "\"},{\"role\":\"assistant\",\"content\":\"abc\"}],\"metadata\":{\"conversation_id\":\"" +
             std::to_string(i) + "\"}}\n";
    if (i % 13 == 0) lines += "bad " + std::to_string(i) + "\n";
  }
  write_file(folder.path / "d.jsonl", lines);
  const Facts one = facts_of(model, folder.path / "d.jsonl");
  CHECK(one.records.size() == 1500);
  for (const int threads : {2, 5}) CHECK(facts_of(model, folder.path / "d.jsonl", {}, {}, threads) == one);
}

TEST_CASE("everything that tokens depend on is in the key") {
  test::ModelFolder model;
  const Folder folder;
  const TokenCacheSettings cache{folder.path / "tokens"};
  const fs::path dataset = folder.path / "d.jsonl";
  write_file(dataset, kDataset);
  std::size_t num_files = 0;
  const auto makes_a_file = [&](const EncodeOptions& options, TokenCacheSettings settings) {
    const Facts facts = facts_of(model, dataset, options, settings);
    CHECK(facts == facts_of(model, dataset, options));
    const std::size_t before = std::exchange(num_files, names_in(cache.folder).size());
    return num_files == before + 1;
  };
  const auto with = [](auto member, const char* value) {
    EncodeOptions options;
    options.render.*member = value;
    return options;
  };
  EncodeOptions shorter;
  shorter.max_length = 4;
  CHECK(makes_a_file({}, cache));
  CHECK_FALSE(makes_a_file({}, cache));
  CHECK(makes_a_file(shorter, cache));
  CHECK(makes_a_file(with(&RenderOptions::date, "2026-11-21"), cache));
  CHECK(makes_a_file(with(&RenderOptions::bos_token, ""), cache));
  CHECK(makes_a_file(with(&RenderOptions::eos_token, ""), cache));
  CHECK(makes_a_file(with(&RenderOptions::tools_json, "[]"), cache));
  CHECK(makes_a_file(with(&RenderOptions::documents_json, "[]"), cache));
  CHECK(makes_a_file(with(&RenderOptions::variables_json, "{}"), cache));
  CHECK(makes_a_file({}, {cache.folder, cache.max_bytes, "another build"}));
  model.chat_template += " ";
  model.write();
  CHECK(makes_a_file({}, cache));
  model.file["model"]["merges"].erase(0);
  model.write();
  CHECK(makes_a_file({}, cache));
  write_file(dataset, std::string(kDataset) + "\n");
  CHECK(makes_a_file({}, cache));
}

TEST_CASE("a pipe is read once and not cached") {
  const test::ModelFolder model;
  const Folder folder;
  const fs::path pipe = folder.path / "pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  std::thread writer([&] { std::ofstream(pipe) << kDataset; });
  const Facts facts = facts_of(model, pipe, {}, {folder.path / "tokens"});
  writer.join();
  CHECK(facts.records.size() == 2);
  CHECK_FALSE(fs::exists(folder.path / "tokens"));
}

}  // namespace
