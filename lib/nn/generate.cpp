#include "nn/generate.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/random.hpp"

namespace intelia::nn {

namespace {

/** Token ids, most likely first; ties in the order of ids. */
std::vector<std::int32_t> by_probability(std::span<const float> logits) {
  std::vector<std::int32_t> ids(logits.size());
  std::iota(ids.begin(), ids.end(), 0);
  std::stable_sort(ids.begin(), ids.end(), [&](std::int32_t a, std::int32_t b) {
    return logits[static_cast<std::size_t>(a)] > logits[static_cast<std::size_t>(b)];
  });
  return ids;
}

/** The tokens that top-k, then top-p (Holtzman et al. 2020: the smallest set of the most likely tokens that has this
   probability) keep. */
std::vector<std::int32_t> kept_tokens(std::span<const float> logits, const SamplingSettings& sampling) {
  std::vector<std::int32_t> ids = by_probability(logits);
  if (sampling.top_k > 0 && static_cast<std::size_t>(sampling.top_k) < ids.size())
    ids.resize(static_cast<std::size_t>(sampling.top_k));
  if (sampling.top_p >= 1) return ids;
  const double largest = logits[static_cast<std::size_t>(ids[0])];
  std::vector<double> weights;
  double sum = 0;
  for (const std::int32_t id : ids) {
    weights.push_back(std::exp((logits[static_cast<std::size_t>(id)] - largest) / sampling.temperature));
    sum += weights.back();
  }
  double kept = 0;
  std::size_t num_kept = 0;
  while (num_kept < weights.size() && (num_kept == 0 || kept < sampling.top_p * sum)) kept += weights[num_kept++];
  ids.resize(num_kept);
  return ids;
}

}  // namespace

std::int32_t choose_token(std::span<const float> logits, const SamplingSettings& sampling, std::uint64_t draw) {
  if (sampling.temperature <= 0)
    return static_cast<std::int32_t>(std::max_element(logits.begin(), logits.end()) - logits.begin());
  std::int32_t best = -1;
  double best_score = 0;
  const auto consider = [&](std::int32_t id) {
    const double uniform = 1 - Random(draw + static_cast<std::uint64_t>(id)).uniform();  // above 0
    const double score = logits[static_cast<std::size_t>(id)] / sampling.temperature - std::log(-std::log(uniform));
    if (best >= 0 && score <= best_score) return;
    best = id;
    best_score = score;
  };
  if (sampling.top_k > 0 || sampling.top_p < 1)
    for (const std::int32_t id : kept_tokens(logits, sampling)) consider(id);
  else
    for (std::size_t id = 0; id < logits.size(); ++id) consider(static_cast<std::int32_t>(id));
  return best;
}

namespace {

/** The random stream of a request: the same whatever the other requests of its batch are. */
Random stream_of(const GenerationRequest& request, std::uint64_t seed) {
  std::uint64_t state = Random(seed).next() ^ request.sample;
  for (const std::int32_t id : request.prompt) state = Random(state).next() ^ static_cast<std::uint32_t>(id);
  return Random(Random(state).next());
}

/** One call of generate(): the requests that are not finished, and the cache of their keys and values. */
class Generation {
 public:
  Generation(const Decoder& model, std::span<const GenerationRequest> requests, const SamplingSettings& sampling,
             bool uses_adapter)
      : model_(model), requests_(requests), sampling_(sampling), pass_{.uses_adapter = uses_adapter} {
    const std::int64_t context = context_length(model.config);
    std::size_t longest = 0;
    for (std::size_t i = 0; i < requests.size(); ++i) {
      const std::vector<std::int32_t>& prompt = requests[i].prompt;
      if (prompt.empty()) throw Error(Kind::usage, "a prompt has no tokens");
      if (static_cast<std::int64_t>(prompt.size()) > context)
        throw Error(Kind::usage, "a prompt of " + std::to_string(prompt.size()) +
                                     " tokens is longer than the model's context of " + std::to_string(context));
      longest = std::max(longest, prompt.size());
      streams_.push_back(stream_of(requests[i], sampling.seed));
      active_.push_back(i);
    }
    results_.resize(requests.size());
    capacity_ = std::min<std::int64_t>(context, static_cast<std::int64_t>(longest) + sampling.max_new_tokens);
    cache_ = make_cache(model, static_cast<std::int64_t>(requests.size()), capacity_);
  }

  std::vector<GeneratedTokens> run(const StopFlag& stop) {
    read_whole_sequences();
    for (;;) {
      stop.check("generation");
      const Tensor hidden = model_.hidden(batch_, pass_, last_, &cache_);       // [B, D]
      append_tokens(model_.logits(hidden, pass_).to(at::kFloat).to(at::kCPU));  // [B, V]
      if (active_.empty()) return std::move(results_);
      if (std::any_of(cache_.lengths.begin(), cache_.lengths.end(), [&](auto length) { return changes_keys(length); }))
        read_whole_sequences();
      else
        read_last_tokens();
    }
  }

 private:
  /** Chooses the next token of each active request and drops those that are finished, with their rows of the cache. */
  void append_tokens(const Tensor& logits) {
    const auto vocabulary = static_cast<std::size_t>(logits.size(1));
    std::vector<std::int64_t> kept_rows, kept_lengths;
    std::vector<std::size_t> still_active;
    for (std::size_t row = 0; row < active_.size(); ++row) {
      const std::size_t i = active_[row];
      const std::int32_t id = choose_token({logits.const_data_ptr<float>() + row * vocabulary, vocabulary}, sampling_,
                                           sampling_.temperature > 0 ? streams_[i].next() : 0);
      if (std::find(sampling_.stop_ids.begin(), sampling_.stop_ids.end(), id) != sampling_.stop_ids.end()) continue;
      results_[i].ids.push_back(id);
      if (static_cast<int>(results_[i].ids.size()) >= sampling_.max_new_tokens || cache_.lengths[row] >= capacity_) {
        results_[i].is_truncated = true;
        continue;
      }
      kept_rows.push_back(static_cast<std::int64_t>(row));
      kept_lengths.push_back(cache_.lengths[row]);
      still_active.push_back(i);
    }
    if (!still_active.empty() && still_active.size() < active_.size()) {
      const Tensor kept = at::tensor(kept_rows, at::kLong).to(model_.placement.device);
      for (Tensor& keys : cache_.keys) keys = keys.index_select(0, kept);
      for (Tensor& values : cache_.values) values = values.index_select(0, kept);
      cache_.lengths = kept_lengths;
    }
    active_ = still_active;
  }

  /** Whether the keys of a sequence change at this length: with longrope once, at the original length; with dynamic
     rope at every token beyond it. */
  bool changes_keys(std::int64_t length) const {
    const Rope& rope = model_.config.rope;
    return (rope.type == RopeType::longrope && length == rope.original_positions) ||
           (rope.type == RopeType::dynamic && length >= rope.original_positions);
  }

  /** Next is a pass over prompts and what was generated, which fills the cache. */
  void read_whole_sequences() {
    std::vector<std::vector<std::int32_t>> sequences;
    for (const std::size_t i : active_) {
      std::vector<std::int32_t>& sequence = sequences.emplace_back(requests_[i].prompt);
      sequence.insert(sequence.end(), results_[i].ids.begin(), results_[i].ids.end());
    }
    batch_ = make_batch(model_, sequences);
    last_ = at::tensor(batch_.lengths, at::kLong).cumsum(0).sub_(1).to(model_.placement.device);
    cache_.lengths.assign(sequences.size(), 0);
  }

  /** Next is a pass over the new token of each sequence. */
  void read_last_tokens() {
    std::vector<std::int64_t> ids;
    for (const std::size_t i : active_) ids.push_back(results_[i].ids.back());
    batch_.ids = at::tensor(ids, at::kLong).to(model_.placement.device);
    batch_.positions = at::tensor(cache_.lengths, at::kLong).to(model_.placement.device);
    batch_.lengths.assign(ids.size(), 1);
    last_ = Tensor();
  }

  const Decoder& model_;
  std::span<const GenerationRequest> requests_;
  const SamplingSettings& sampling_;
  Pass pass_;
  std::vector<Random> streams_;
  std::vector<GeneratedTokens> results_;
  std::vector<std::size_t> active_;  // requests that are not finished, in the order of the cache's rows
  std::int64_t capacity_ = 0;        // of the cache: tokens per sequence
  KvCache cache_;
  TokenBatch batch_;
  Tensor last_;  // positions in the batch of each sequence's last token; undefined: all of them
};

}  // namespace

std::vector<GeneratedTokens> generate(const Decoder& model, std::span<const GenerationRequest> requests,
                                      const SamplingSettings& sampling, bool uses_adapter, const StopFlag& stop) {
  const torch::autograd::AutoGradMode without_gradient(false);
  if (requests.empty()) return {};
  return Generation(model, requests, sampling, uses_adapter).run(stop);
}

}  // namespace intelia::nn
