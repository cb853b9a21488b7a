// See dataset.hpp.
#include "tokens/dataset.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <optional>
#include <tuple>

#include "base/counted.hpp"
#include "base/error.hpp"
#include "base/hash.hpp"
#include "tokens/dataset_lines.hpp"

namespace intelia {

namespace fs = std::filesystem;

namespace {

void hash_sample(Sha256& hash, const TokenSample& sample) {
  constexpr std::uint64_t kHasWeights = std::uint64_t{1} << 63, kIsPair = kHasWeights >> 1,
                          kIsUndesirable = kHasWeights >> 2;
  const std::uint64_t size = sample.ids.size() | (sample.weights.empty() ? 0 : kHasWeights) |
                             (sample.second_begin == 0 ? 0 : kIsPair) | (sample.is_desirable ? 0 : kIsUndesirable);
  hash.update(&size, sizeof size);
  if (sample.second_begin != 0) hash.update(&sample.second_begin, sizeof sample.second_begin);
  hash.update(sample.ids.data(), sample.ids.size() * sizeof(std::int32_t));
  hash.update(sample.is_target.data(), sample.is_target.size());
  hash.update(sample.weights.data(), sample.weights.size() * sizeof(float));
}

/** What the samples of a dataset depend on in addition to its lines. */
struct EncodeContext {
  const Tokenizer& tokenizer;
  const ChatTemplate& chat_template;
  const EncodeOptions& options;
};

/** A line, and what it becomes: a sample, of a preference whose answers are rated one by one two. */
struct EncodedLine : DatasetLine {
  std::optional<std::string> fault;  // why nothing can be trained on it
  std::vector<TokenSample> samples;
  std::int64_t target_bytes = 0;  // see EncodedConversation
  std::string id, language;
  bool is_truncated = false, has_no_target = false, has_skipped_turns = false, has_lost_prompt = false,
       has_equal_answers = false, has_duplicate_key = false;

  template <class Record>
  void describe(Record& record) {
    has_duplicate_key = !record.duplicate_key.empty();
    id = record.id.empty() ? fmt::format("line {}", number) : std::move(record.id);
    language = std::move(record.language);
  }
};

void encode(const EncodeContext& context, Conversation& conversation, EncodedLine& line) {
  EncodedConversation encoded =
      encode_conversation(context.tokenizer, context.chat_template, conversation, context.options);
  line.is_truncated = encoded.is_truncated;
  line.has_no_target = encoded.num_targets == 0;
  line.has_skipped_turns = !encoded.skipped_turns.empty();
  line.target_bytes = encoded.target_bytes;
  if (!line.has_no_target)
    line.samples.push_back(std::move(encoded.tokens));
  else if (line.is_truncated)
    line.fault = fmt::format("no trained token remains: the answers begin after the maximum length of {} tokens",
                             context.options.max_length);
  else
    line.fault = "no trained token remains: the record has no assistant turn with content that is trained";
}

void encode(const EncodeContext& context, Preference& preference, EncodedLine& line) {
  const EncodedPreference encoded =
      encode_preference(context.tokenizer, context.chat_template, preference, context.options);
  line.samples.push_back(pair_sample(encoded, context.options));
  line.is_truncated = encoded.is_chosen_truncated || encoded.is_rejected_truncated;
  line.has_lost_prompt = encoded.num_lost_prompt_tokens > 0;
  line.has_equal_answers = encoded.chosen == encoded.rejected;
}

void encode(const EncodeContext& context, RatedAnswer& answer, EncodedLine& line) {
  EncodedAnswer encoded = encode_rated_answer(context.tokenizer, context.chat_template, answer, context.options);
  line.is_truncated = line.is_truncated || encoded.is_truncated;
  line.has_lost_prompt = line.has_lost_prompt || encoded.num_lost_prompt_tokens > 0;
  line.samples.push_back(std::move(encoded.sample));
}

/** Parses and encodes a line; returns why it cannot. */
template <class Record>
std::optional<std::string> take_record(const EncodeContext& context, EncodedLine& line,
                                       std::optional<std::string> (*parse)(std::string_view, Record&)) {
  Record record;
  if (auto fault = line.parse(parse, record)) return fault;
  line.describe(record);
  if (const auto refusal = refusal_of([&] { encode(context, record, line); }))
    return fmt::format("cannot be encoded: {}", *refusal);
  return line.fault;
}

/** A preference as two rated answers. */
std::optional<std::string> take_both_answers(const EncodeContext& context, EncodedLine& line) {
  Preference preference;
  if (auto fault = line.parse(parse_preference, preference)) return fault;
  line.describe(preference);
  for (const bool is_desirable : {true, false}) {
    RatedAnswer answer{.prompt = preference.prompt,
                       .completion = is_desirable ? preference.chosen : preference.rejected,
                       .prompt_text = preference.prompt_text,
                       .completion_text = is_desirable ? preference.chosen_text : preference.rejected_text,
                       .is_text = preference.is_text,
                       .is_desirable = is_desirable,
                       .inputs = preference.inputs};
    if (const auto refusal = refusal_of([&] { encode(context, answer, line); }))
      return fmt::format("cannot be encoded: {}", *refusal);
  }
  return std::nullopt;
}

void encode_line(const EncodeContext& context, EncodedLine& line) {
  switch (context.options.records) {
    case RecordKind::conversation:
      line.fault = take_record(context, line, parse_conversation);
      break;
    case RecordKind::pair:
      line.fault = take_record(context, line, parse_preference);
      break;
    case RecordKind::rated_answer:
      line.fault = is_preference_line(line.raw) ? take_both_answers(context, line)
                                                : take_record(context, line, parse_rated_answer);
      break;
  }
  if (line.fault) line.samples.clear();
}

/** Adds lines to a store in order, and counts them. */
class DatasetWriter {
 public:
  DatasetWriter(const fs::path& path, Rejects& rejects, TokenStoreWriter& store)
      : path_(path), rejects_(rejects), store_(store) {}

  void take(const EncodedLine& line) {
    ++summary_.num_read;
    summary_.num_duplicate_keys += line.has_duplicate_key;
    summary_.num_truncated += line.is_truncated;
    summary_.num_with_skipped_turns += line.has_skipped_turns;
    summary_.num_with_lost_prompt += line.has_lost_prompt;
    summary_.num_with_equal_answers += line.has_equal_answers;
    summary_.num_without_target += line.has_no_target;
    if (line.fault) {
      rejects_.add(fmt::format("{}:{}", path_.string(), line.number), *line.fault, line.raw);
      store_.add_rejected(line.number, *line.fault, line.raw);
      return;
    }
    for (const TokenSample& sample : line.samples) {
      hash_sample(hash_, sample);
      store_.add(sample, {line.number, line.target_bytes, line.id, line.language});
    }
  }

  TokenStoreSummary finish() {
    summary_.content_sha256 = hash_.finish();
    return summary_;
  }

 private:
  const fs::path& path_;
  Rejects& rejects_;
  TokenStoreWriter& store_;
  Sha256 hash_;
  TokenStoreSummary summary_;
};

TokenStoreSummary tokenize(const EncodeContext& context, const fs::path& path, Rejects& rejects, const Sinks& sinks,
                           int threads, TokenStoreWriter& store) {
  DatasetWriter writer(path, rejects, store);
  process_lines<EncodedLine>(
      path, /*limit=*/0, threads, sinks, "reading", [&](EncodedLine& line) { encode_line(context, line); },
      [&](const EncodedLine& line) { writer.take(line); });
  return writer.finish();
}

/** Changes whenever the content of a file does. */
using FileStamp = std::tuple<dev_t, ino_t, off_t, time_t, long, time_t, long>;

/** Nothing when `path` is not a regular file, which can be read only once. */
std::optional<FileStamp> stamp_of(const fs::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  return FileStamp(status.st_dev, status.st_ino, status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec,
                   status.st_ctim.tv_sec, status.st_ctim.tv_nsec);
}

TokenStore load(const EncodeContext& context, const fs::path& path, Rejects& rejects, Sinks sinks,
                const TokenCacheSettings& cache, int threads) {
  const std::optional<FileStamp> stamp = stamp_of(path);
  if (cache.folder.empty() || !stamp) {
    TokenStoreWriter writer;
    const TokenStoreSummary summary = tokenize(context, path, rejects, sinks, threads, writer);
    return writer.finish(summary, std::string(64, '0'));
  }
  const std::string key =
      token_key(context.tokenizer, context.chat_template, context.options, sha256_of_file(path), cache.program);
  bool is_made = false;
  const auto make = [&](TokenStoreWriter& writer) {
    is_made = true;
    return tokenize(context, path, rejects, sinks, threads, writer);
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
                                   const EncodeOptions& options, Rejects& rejects, Sinks sinks,
                                   const TokenCacheSettings& cache, int threads)
    : store_(load({tokenizer, chat_template, options}, path, rejects, sinks, cache, threads)) {
  const std::int64_t count = store_.summary().num_duplicate_keys;
  if (count > 0) sinks.log.warning(duplicate_keys_warning(path, count));
}

std::string duplicate_keys_warning(const fs::path& path, std::int64_t count) {
  return fmt::format("{}: a key occurs twice in {}; the last value is used", path.string(), counted(count, "record"));
}

std::string skipped_turns_warning(const fs::path& path, std::int64_t count, std::int64_t total) {
  return fmt::format(
      "{}: in {} of {} only the last answers are trained: the chat template renders earlier ones differently "
      "once another turn follows, as templates do that remove earlier reasoning; to train all of them, put "
      "{{% generation %}} around the answer in the template",
      path.string(), count, counted(total, "record"));
}

void warn_about_dataset(const fs::path& path, const TokenizedDataset& dataset, const EncodeOptions& options, Log& log) {
  if (dataset.num_truncated() > 0)
    log.warning(fmt::format("{}: {} of {} {} longer than the maximum length of {} and {} truncated", path.string(),
                            dataset.num_truncated(), counted(dataset.num_read(), "record"),
                            is_or_are(dataset.num_truncated()), counted(options.max_length, "token"),
                            is_or_are(dataset.num_truncated())));
  if (dataset.num_with_lost_prompt() > 0)
    log.warning(fmt::format(
        "{}: in {} of {} the end of the prompt is rendered differently once an answer follows, and is left out "
        "of the training: its context differs from the one in generation; make the chat template render both the same "
        "way",
        path.string(), dataset.num_with_lost_prompt(), counted(dataset.num_read(), "record")));
  if (dataset.num_with_equal_answers() > 0)
    log.warning(
        fmt::format("{}: in {} of {} chosen and rejected are the same tokens{}: nothing is preferred, so the "
                    "pair teaches nothing; remove such pairs",
                    path.string(), dataset.num_with_equal_answers(), counted(dataset.num_read(), "record"),
                    options.max_length > 0 ? fmt::format(" up to the maximum length of {}", options.max_length) : ""));
  if (dataset.num_with_skipped_turns() > 0)
    log.warning(skipped_turns_warning(path, dataset.num_with_skipped_turns(), dataset.num_read()));
}

std::string describe_dataset(const TokenizedDataset& dataset) {
  return fmt::format("{}, {}, {} of them trained, {} truncated", counted(dataset.size(), "record"),
                     counted(dataset.num_tokens(), "token"), dataset.num_targets(),
                     counted(dataset.num_truncated(), "record"));
}

}  // namespace intelia
