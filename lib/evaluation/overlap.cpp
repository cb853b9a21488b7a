#include "evaluation/overlap.hpp"

#include <algorithm>
#include <set>

#include "record/jsonl.hpp"
#include "record/trained_records.hpp"

namespace intelia {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMaxNamed = 5;

/** The keys of the samples, in their order. */
std::vector<RecordKey> keys_of(const TokenizedDataset& dataset, const fs::path& path, const StopFlag& stop) {
  std::vector<RecordKey> keys;
  SilentSinks silent;  // the dataset has named its bad records
  Rejects rejects({.max_rejected = 1}, silent.sinks().log);
  std::int64_t sample = 0;
  read_conversations(path, rejects, stop, [&](Conversation&& conversation, std::int64_t line) {
    if (sample == dataset.size() || dataset.line_of(sample) != line) return;  // rejected
    keys.push_back(key_of(conversation));
    ++sample;
  });
  if (sample != dataset.size()) throw Error(Kind::input, "'" + path.string() + "' was changed while it was read");
  return keys;
}

/** What the loss of a sample depends on: its tokens up to the last target, and which of them are targets. Weights only
    scale it. */
Key128 key_of(const TokenSample& sample) {
  const auto last = std::find(sample.is_target.rbegin(), sample.is_target.rend(), 1);
  const auto num_tokens = static_cast<std::size_t>(sample.is_target.rend() - last);
  std::string parts(reinterpret_cast<const char*>(sample.ids.data()), num_tokens * sizeof sample.ids[0]);
  parts.append(sample.is_target.begin(), sample.is_target.begin() + static_cast<std::ptrdiff_t>(num_tokens));
  return key128_of(parts);
}

}  // namespace

HeldOut find_held_out(const TokenizedDataset& dataset, const fs::path& path, const fs::path& base,
                      const fs::path& candidate, const Sinks& sinks) {
  const auto num_samples = static_cast<std::size_t>(dataset.size());
  std::vector<bool> is_trained(num_samples), is_selection(num_samples);
  HeldOut held_out;
  const auto candidate_index = find_trained_records(candidate), base_index = find_trained_records(base);
  held_out.overlap.has_index = held_out.overlap.is_known = candidate_index.has_value();
  const std::vector<RecordKey> keys = keys_of(dataset, path, sinks.stop);
  if (candidate_index || base_index) {
    RecordMatcher matcher;
    for (const RecordKey& key : keys) matcher.add(key);
    const auto mark = [&](TrainedUse use, const RecordKey& key) {
      matcher.match(key,
                    [&](std::size_t sample) { (use == TrainedUse::train ? is_trained : is_selection)[sample] = true; });
    };
    if (base_index) read_trained_records(*base_index, sinks.stop, mark);
    if (candidate_index) held_out.overlap.is_known = read_trained_records(*candidate_index, sinks.stop, mark);
  }
  std::set<Key128> compared;
  for (std::size_t i = 0; i < num_samples; ++i) {
    const auto sample = static_cast<std::int64_t>(i);
    if (!is_trained[i]) {
      if (!compared.insert(key_of(dataset.at(sample))).second) {
        ++held_out.overlap.num_duplicates;
        continue;
      }
      held_out.samples.push_back(sample);
      held_out.overlap.num_selection += is_selection[i];
      continue;
    }
    ++held_out.overlap.num_excluded;
    if (held_out.overlap.first_excluded.size() < kMaxNamed)
      held_out.overlap.first_excluded.push_back(dataset.id_of(sample));
  }
  return held_out;
}

}  // namespace intelia
