#include "nn/generate.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <unordered_set>

#include "base/random.hpp"
#include "engine/sampling.hpp"

namespace intelia::nn {

namespace {

/** Tokens of a pass, at most: a long prompt is read in parts while other sequences go on. */
constexpr std::int64_t kPassTokens = 1024;

/** The random stream of a request: the same whatever the other requests of its batch are. */
Random stream_of(const GenerationRequest& request, std::uint64_t seed) {
  std::uint64_t state = Random(seed).next() ^ request.sample;
  for (const std::int32_t id : request.prompt) state = Random(state).next() ^ static_cast<std::uint32_t>(id);
  return Random(Random(state).next());
}

/** A request that is being answered. */
struct Sequence {
  std::int64_t number = 0;
  GenerationRequest request;
  Random stream;
  std::vector<std::int32_t> tokens;  // prompt and answer
  std::int64_t cached = 0;           // tokens whose keys and values are in the cache
  std::vector<std::int32_t> blocks;
  const Sequence* leader = nullptr;       // whose prompt is the same: it is read once, and this sequence waits
  std::unordered_set<std::int32_t> seen;  // with a repetition penalty: distinct tokens
  GeneratedTokens result;
  bool is_finished = false;

  bool has_read_prompt() const { return cached >= static_cast<std::int64_t>(request.prompt.size()); }
};

/** One call of generate(): the requests that are open. */
class Generation {
 public:
  Generation(const Decoder& model, GenerationClient& client, const SamplingSettings& sampling, int batch_size,
             KeptSequence& kept, bool keeps_sequence)
      : model_(model),
        client_(client),
        sampling_(sampling),
        batch_size_(static_cast<std::size_t>(std::max(1, batch_size))),
        has_independent_rows_(can_have_independent_rows(model)),
        kept_(kept),
        keeps_sequence_(keeps_sequence && has_independent_rows_) {}
  Generation(const Generation&) = delete;
  Generation& operator=(const Generation&) = delete;
  /** After an exception: what was read is kept, too. */
  ~Generation() {
    for (const auto& sequence : active_)
      if (!sequence->is_finished) close(*sequence);
  }

  void run(const StopFlag& stop) {
    for (;;) {
      stop.check("generation");
      admit();
      if (active_.empty()) return;
      for (const bool uses_adapter : {true, false}) pass(uses_adapter);
      std::erase_if(active_, [](const auto& sequence) { return sequence->is_finished; });
    }
  }

 private:
  /** Opens requests until the batch is full. */
  void admit() {
    while (active_.size() < batch_size_ && !is_exhausted_) {
      std::optional<GenerationRequest> request = client_.next();
      if (!request) {
        is_exhausted_ = true;
        return;
      }
      const std::vector<std::int32_t>& prompt = request->prompt;
      const std::int64_t context = context_length(model_.config);
      if (prompt.empty()) throw Error(Kind::usage, "a prompt has no tokens");
      if (static_cast<std::int64_t>(prompt.size()) > context)
        throw Error(Kind::usage, "a prompt of " + std::to_string(prompt.size()) +
                                     " tokens is longer than the model's context of " + std::to_string(context));
      check_ids(model_, {prompt.begin(), prompt.end()});
      auto sequence = std::make_unique<Sequence>(
          Sequence{.number = num_requests_++, .stream = stream_of(*request, sampling_.seed), .tokens = prompt});
      if (sampling_.repetition_penalty != 1) sequence->seen.insert(prompt.begin(), prompt.end());
      sequence->request = std::move(*request);
      if (has_independent_rows_) follow(*sequence);
      if (keeps_sequence_ && sequence->leader == nullptr) resume(*sequence);
      active_.push_back(std::move(sequence));
    }
  }

  /** Finds a sequence with the same prompt, which is read once for both. */
  void follow(Sequence& sequence) {
    for (const auto& other : active_) {
      if (other->request.uses_adapter != sequence.request.uses_adapter || other->leader != nullptr ||
          other->request.prompt != sequence.request.prompt || other->tokens.size() != sequence.tokens.size())
        continue;
      sequence.leader = other.get();
      return;
    }
  }

  /** After its leader has read the prompt: uses the blocks that the prompt fills. At least its last token is read
     again, for the logits. */
  void take_over(Sequence& sequence) {
    share(sequence, sequence.leader->blocks,
          (static_cast<std::int64_t>(sequence.request.prompt.size()) - 1) / kBlockTokens);
    sequence.leader = nullptr;
  }

  /** Uses the blocks of the kept sequence for the beginning that its tokens and the prompt have in common. */
  void resume(Sequence& sequence) {
    const std::vector<std::int32_t>& prompt = sequence.request.prompt;
    if (kept_.uses_adapter != sequence.request.uses_adapter ||
        has_keys_of_length(std::max(prompt.size(), kept_.tokens.size())))
      return;
    const auto differ = std::mismatch(prompt.begin(), prompt.end() - 1, kept_.tokens.begin(), kept_.tokens.end());
    share(sequence, kept_.blocks, (differ.first - prompt.begin()) / kBlockTokens);
    sequence.result.reused_tokens = sequence.cached;
  }

  /** Begins `sequence` with the first of `blocks`, which are full. */
  void share(Sequence& sequence, const std::vector<std::int32_t>& blocks, std::int64_t num_shared) {
    sequence.blocks.assign(blocks.begin(), blocks.begin() + num_shared);
    for (const std::int32_t block : sequence.blocks) kept_.pool.share(block);
    sequence.cached = num_shared * kBlockTokens;
  }

  /** Computes the next tokens of the open sequences with, or without, the adapter. */
  void pass(bool uses_adapter) {
    std::vector<Sequence*> with_logits;
    std::vector<std::int64_t> ids, positions, rows;
    std::vector<std::pair<Sequence*, std::int64_t>> read;  // and how many of its tokens will be cached
    TokenBatch batch;
    KvCache& cache = kept_.cache;
    cache.layout = {};
    cache.spans.clear();
    for (const auto& sequence : active_) {
      if (sequence->request.uses_adapter != uses_adapter || sequence->leader != nullptr) continue;
      const auto size = static_cast<std::int64_t>(sequence->tokens.size());
      const std::int64_t room = kPassTokens - static_cast<std::int64_t>(ids.size());
      const std::int64_t count =
          has_independent_rows_ ? std::min(size - sequence->cached, room) : size - sequence->cached;
      if (count <= 0) continue;
      const std::int64_t end = sequence->cached + count;
      while (static_cast<std::int64_t>(sequence->blocks.size()) * kBlockTokens < end)
        sequence->blocks.push_back(kept_.pool.take());
      for (std::int64_t i = sequence->cached; i < end; ++i) {
        ids.push_back(sequence->tokens[static_cast<std::size_t>(i)]);
        positions.push_back(i);
        cache.spans.push_back(size);
      }
      batch.lengths.push_back(count);
      cache.layout.blocks.push_back(sequence->blocks);
      cache.layout.lengths.push_back(count);
      cache.layout.totals.push_back(end);
      read.emplace_back(sequence.get(), end);
      if (end < size) continue;
      rows.push_back(static_cast<std::int64_t>(ids.size()) - 1);
      with_logits.push_back(sequence.get());
    }
    if (ids.empty()) return;
    const auto on_device = [&](const std::vector<std::int64_t>& list) {
      return at::tensor(list, at::kLong).to(model_.placement.device);
    };
    batch.ids = on_device(ids);
    batch.positions = on_device(positions);
    const Pass pass{.uses_adapter = uses_adapter, .has_independent_rows = has_independent_rows_};
    const bool is_whole = rows.size() == ids.size();
    const Tensor hidden = model_.hidden(batch, pass, is_whole ? Tensor() : on_device(rows), &cache);  // [S, D]
    for (const auto& [sequence, end] : read) sequence->cached = end;
    for (const auto& sequence : active_)
      if (sequence->leader != nullptr && sequence->leader->has_read_prompt()) take_over(*sequence);
    if (rows.empty()) return;
    const Tensor logits = model_.logits(hidden, pass).to(at::kFloat).to(at::kCPU).contiguous();  // [S, V]
    const auto vocabulary = static_cast<std::size_t>(logits.size(1));
    for (std::size_t row = 0; row < with_logits.size(); ++row)
      append_token(*with_logits[row], {logits.mutable_data_ptr<float>() + row * vocabulary, vocabulary});
  }

  /** Chooses the next token of a sequence, and ends it where that is its last. */
  void append_token(Sequence& sequence, std::span<float> logits) {
    std::optional<std::vector<float>> raw;  // for log-probabilities, which are those of the model itself
    if (sampling_.repetition_penalty != 1) {
      if (sampling_.wants_log_probs) raw.emplace(logits.begin(), logits.end());
      penalize(logits, std::vector<std::int32_t>(sequence.seen.begin(), sequence.seen.end()),
               sampling_.repetition_penalty);
    }
    const std::int32_t id = choose_token(logits, sampling_, sampling_.temperature > 0 ? sequence.stream.next() : 0);
    if (std::find(sampling_.stop_ids.begin(), sampling_.stop_ids.end(), id) != sampling_.stop_ids.end())
      return finish(sequence);
    GeneratedTokens& result = sequence.result;
    result.ids.push_back(id);
    if (sampling_.wants_log_probs)
      result.log_probs.push_back(log_probability(raw ? std::span<const float>(*raw) : logits, id));
    if (sampling_.repetition_penalty != 1) sequence.seen.insert(id);
    sequence.tokens.push_back(id);
    if (client_.add(sequence.number, id)) return finish(sequence);
    if (static_cast<int>(result.ids.size()) >= sampling_.max_new_tokens ||
        sequence.cached >= context_length(model_.config)) {
      result.is_truncated = true;
      return finish(sequence);
    }
    if (changes_keys(sequence.cached)) {
      sequence.cached = 0;
      release_blocks(sequence);  // others may share them
    }
  }

  void release_blocks(Sequence& sequence) {
    for (const std::int32_t block : sequence.blocks) kept_.pool.release(block);
    sequence.blocks.clear();
  }

  /** The sequence takes the place of the kept one, or only releases its blocks. */
  void close(Sequence& sequence) {
    if (keeps_sequence_) {
      kept_.blocks.swap(sequence.blocks);
      sequence.tokens.resize(static_cast<std::size_t>(sequence.cached));
      kept_.tokens = std::move(sequence.tokens);
      kept_.uses_adapter = sequence.request.uses_adapter;
    }
    release_blocks(sequence);
    sequence.is_finished = true;
  }

  void finish(Sequence& sequence) {
    close(sequence);
    client_.finish(sequence.number, std::move(sequence.result));
  }

  /** Whether the keys of a sequence change at this length: with longrope once, at the original length; with dynamic
     rope at every token beyond it. */
  bool changes_keys(std::int64_t length) const {
    const Rope& rope = model_.config.rope;
    return (rope.type == RopeType::longrope && length == rope.original_positions) ||
           (rope.type == RopeType::dynamic && length >= rope.original_positions);
  }

  /** Whether the keys of a sequence of this length differ from those of a shorter one. */
  bool has_keys_of_length(std::size_t length) const {
    const Rope& rope = model_.config.rope;
    return (rope.type == RopeType::longrope || rope.type == RopeType::dynamic) &&
           static_cast<std::int64_t>(length) > rope.original_positions;
  }

  const Decoder& model_;
  GenerationClient& client_;
  const SamplingSettings& sampling_;
  std::size_t batch_size_;
  bool has_independent_rows_;
  KeptSequence& kept_;
  bool keeps_sequence_;
  std::vector<std::unique_ptr<Sequence>> active_;  // in the order of requests
  std::int64_t num_requests_ = 0;
  bool is_exhausted_ = false;
};

/** Requests from a list, results into one. */
class ListClient final : public GenerationClient {
 public:
  ListClient(std::span<const GenerationRequest> requests, bool uses_adapter)
      : requests_(requests), uses_adapter_(uses_adapter), results_(requests.size()) {}
  std::optional<GenerationRequest> next() override {
    if (next_ == requests_.size()) return std::nullopt;
    GenerationRequest request = requests_[next_++];
    request.uses_adapter = uses_adapter_;
    return request;
  }
  void finish(std::int64_t number, GeneratedTokens&& tokens) override {
    results_[static_cast<std::size_t>(number)] = std::move(tokens);
  }
  std::vector<GeneratedTokens>& results() { return results_; }

 private:
  std::span<const GenerationRequest> requests_;
  bool uses_adapter_;
  std::size_t next_ = 0;
  std::vector<GeneratedTokens> results_;
};

}  // namespace

void generate(const Decoder& model, GenerationClient& client, const SamplingSettings& sampling, int batch_size,
              const StopFlag& stop, KeptSequence* kept) {
  const torch::autograd::AutoGradMode without_gradient(false);
  std::optional<KeptSequence> own;
  Generation(model, client, sampling, batch_size, kept != nullptr ? *kept : own.emplace(model), kept != nullptr)
      .run(stop);
}

std::vector<GeneratedTokens> generate(const Decoder& model, std::span<const GenerationRequest> requests,
                                      const SamplingSettings& sampling, bool uses_adapter, const StopFlag& stop) {
  ListClient client(requests, uses_adapter);
  generate(model, client, sampling, static_cast<int>(requests.size()), stop);
  return std::move(client.results());
}

}  // namespace intelia::nn
