// Generation with continuous batching: an answer depends on its request alone, whatever else is computed with it.
#include "nn/generate.hpp"

#include <doctest/doctest.h>

#include <map>
#include <set>

#include "model_folder.hpp"
#include "nn/block_pool.hpp"
#include "nn/weights.hpp"

using namespace intelia;

namespace {

nn::Decoder load(const std::filesystem::path& folder, Precision precision = Precision::fp32,
                 Method method = Method::lora) {
  SilentSinks silent;
  return nn::load_model({.model = folder, .method = method, .precision = precision, .device = Device::cpu},
                        silent.sinks());
}

/** `config` with further keys, as a model folder. */
std::filesystem::path write_variant(const std::filesystem::path& folder, const Json& more) {
  make_model(folder);
  Json config = parse_json(read_file(folder / "config.json"), "config");
  config.update(more);
  write_file(folder / "config.json", config.dump());
  return folder;
}

std::vector<GenerationRequest> random_requests(std::int64_t count) {
  Random random(4);
  std::vector<GenerationRequest> requests;
  for (std::int64_t i = 0; i < count; ++i) {
    GenerationRequest request;
    const std::uint64_t length = 1 + random.below(40);
    for (std::uint64_t t = 0; t < length; ++t) request.prompt.push_back(static_cast<std::int32_t>(random.below(96)));
    requests.push_back(request);
  }
  return requests;
}

/** Requests from a list; checks that no more than `batch_size` are open, and ends answers at `last_id`. */
class CheckingClient final : public GenerationClient {
 public:
  CheckingClient(const std::vector<GenerationRequest>& requests, std::size_t batch_size, std::int32_t last_id = -1)
      : requests_(requests), batch_size_(batch_size), last_id_(last_id) {}
  std::optional<GenerationRequest> next() override {
    if (num_taken_ == requests_.size()) return std::nullopt;
    CHECK(num_taken_ - answers.size() < batch_size_);
    return requests_[num_taken_++];
  }
  bool add(std::int64_t number, std::int32_t id) override {
    streamed[number].push_back(id);
    return id == last_id_;
  }
  void finish(std::int64_t number, GeneratedTokens&& tokens) override {
    order.push_back(number);
    answers[number] = std::move(tokens);
  }
  std::map<std::int64_t, GeneratedTokens> answers;
  std::map<std::int64_t, std::vector<std::int32_t>> streamed;
  std::vector<std::int64_t> order;

 private:
  const std::vector<GenerationRequest>& requests_;
  std::size_t num_taken_ = 0, batch_size_;
  std::int32_t last_id_;
};

std::map<std::int64_t, GeneratedTokens> answers_of(const nn::Decoder& model,
                                                   const std::vector<GenerationRequest>& requests,
                                                   const SamplingSettings& sampling, int batch_size) {
  CheckingClient client(requests, static_cast<std::size_t>(batch_size));
  const StopFlag stop;
  nn::generate(model, client, sampling, batch_size, stop);
  CHECK(client.answers.size() == requests.size());
  for (const auto& [number, answer] : client.answers) CHECK(client.streamed[number] == answer.ids);
  return client.answers;
}

const Json kLlama = Json::object();
const Json kDynamic = {{"max_position_embeddings", 64},
                       {"rope_scaling", {{"rope_type", "dynamic"}, {"factor", 2.0}}},
                       {"original_max_position_embeddings", 24}};
const Json kMistral = {{"model_type", "mistral"}, {"sliding_window", 7}};
const Json kYarn = {
    {"rope_scaling", {{"rope_type", "yarn"}, {"factor", 4.0}, {"original_max_position_embeddings", 16}}}};

}  // namespace

TEST_CASE("batches of 1, 3 and 16 give equal ids and log-probabilities, greedy and sampled") {
  const TemporaryFolder folder;
  int number = 0;
  for (const Json& variant : {kLlama, kMistral, kYarn, kDynamic})
    for (const Precision precision : {Precision::fp32, Precision::bf16}) {
      CAPTURE(variant.dump());
      const nn::Decoder model = load(write_variant(folder / std::to_string(number++), variant), precision);
      std::vector<GenerationRequest> requests = random_requests(20);
      for (std::uint64_t sample = 1; sample < 4; ++sample) requests.push_back({requests[2].prompt, sample});
      for (const double temperature : {0.0, 1.0}) {
        SamplingSettings sampling{.max_new_tokens = 30, .temperature = temperature, .seed = 5, .stop_ids = {7, 40}};
        sampling.wants_log_probs = true;
        const auto alone = answers_of(model, requests, sampling, 1);
        std::set<std::size_t> lengths;
        for (const int batch_size : {3, 16}) {
          const auto together = answers_of(model, requests, sampling, batch_size);
          for (const auto& [i, answer] : alone) {
            CHECK(together.at(i).ids == answer.ids);
            CHECK(together.at(i).log_probs == answer.log_probs);
            CHECK(answer.log_probs.size() == answer.ids.size());
            lengths.insert(answer.ids.size());
          }
        }
        CHECK(lengths.size() > 2);  // sequences end at different times, and others take their place
      }
    }
}

TEST_CASE("NF4 weights, kept or not, give the same answers in every batch") {
  const TemporaryFolder folder;
  const nn::Decoder model = load(make_model(folder / "model"), Precision::fp32, Method::qlora);
  const std::vector<GenerationRequest> requests = random_requests(9);
  const auto alone = answers_of(model, requests, {.max_new_tokens = 12}, 1);
  for (const auto& [i, answer] : answers_of(model, requests, {.max_new_tokens = 12}, 4))
    CHECK(answer.ids == alone.at(i).ids);
}

TEST_CASE("a conversation over a kept sequence has the ids and log-probabilities that it has without") {
  const TemporaryFolder folder;
  int number = 0;
  for (const Json& variant : {kLlama, kMistral, kYarn, kDynamic})
    for (const Precision precision : {Precision::fp32, Precision::bf16}) {
      CAPTURE(variant.dump());
      Json longer = variant;
      if (variant != kDynamic) longer["max_position_embeddings"] = 256;  // its original length stays 64
      const nn::Decoder model = load(write_variant(folder / std::to_string(number++), longer), precision);
      nn::KeptSequence kept(model);
      SamplingSettings sampling{.max_new_tokens = 20};
      sampling.wants_log_probs = true;
      StopFlag stop;
      const auto check_answer = [&](const std::vector<std::int32_t>& prompt, bool uses_adapter = true) {
        const std::vector<GenerationRequest> requests{{prompt, 0, uses_adapter}};
        CheckingClient client(requests, 1);
        nn::generate(model, client, sampling, 1, stop, &kept);
        const GeneratedTokens expected = answers_of(model, requests, sampling, 1).at(0);
        CHECK(client.answers[0].ids == expected.ids);
        CHECK(client.answers[0].log_probs == expected.log_probs);
        CHECK(expected.reused_tokens == 0);
        return client.answers[0];
      };
      std::vector<std::int32_t> conversation(40);
      for (std::size_t i = 0; i < conversation.size(); ++i) conversation[i] = static_cast<std::int32_t>(i * 7 % 90);
      GeneratedTokens answer = check_answer(conversation);
      CHECK(answer.reused_tokens == 0);
      // With `dynamic` the keys of all tokens depend on the length beyond 64: nothing is used again.
      const auto reused = [&](std::size_t num_equal) {
        return variant == kDynamic && num_equal > 64 ? 0 : static_cast<std::int64_t>(num_equal / 32 * 32);
      };
      conversation.insert(conversation.end(), answer.ids.begin(), answer.ids.begin() + 15);
      conversation.insert(conversation.end(), {3, 1, 4, 1, 5, 9});
      answer = check_answer(conversation);
      CHECK(answer.reused_tokens == reused(40));
      conversation.insert(conversation.end(), answer.ids.begin(), answer.ids.end());
      CHECK(check_answer(conversation).reused_tokens == reused(conversation.size() - 1));
      CHECK(check_answer(conversation).reused_tokens == reused(conversation.size() - 1));
      // Without the adapter, another beginning, and a shorter one.
      CHECK(check_answer(conversation, /*uses_adapter=*/false).reused_tokens == 0);
      check_answer({conversation.begin() + 1, conversation.end()});
      check_answer({5, 6});
      // What was read before an interrupt is kept.
      conversation.resize(40);
      const std::vector<GenerationRequest> requests{{conversation}};
      class StoppingClient final : public GenerationClient {
       public:
        StoppingClient(const GenerationRequest& request, StopFlag& stop) : request_(request), stop_(stop) {}
        std::optional<GenerationRequest> next() override { return request_; }
        bool add(std::int64_t, std::int32_t) override {
          if (++num_added_ == 5) stop_.set(2);
          return false;
        }
        void finish(std::int64_t, GeneratedTokens&&) override { FAIL("it is interrupted"); }

       private:
        const GenerationRequest& request_;
        StopFlag& stop_;
        int num_added_ = 0;
      } stopping(requests[0], stop);
      CHECK_THROWS_AS(nn::generate(model, stopping, sampling, 1, stop, &kept), Interrupted);
      CHECK(!stop.take(15));
      CHECK(stop.take(2));
      CHECK(check_answer(conversation).reused_tokens == reused(conversation.size() - 1));
    }
}

TEST_CASE("an answer ends where the client says, and with a repetition penalty no token comes back") {
  const TemporaryFolder folder;
  const nn::Decoder model = load(make_model(folder / "model"));
  const StopFlag stop;
  const std::vector<GenerationRequest> requests{{{1, 2, 3}}};
  const std::vector<std::int32_t> ids = answers_of(model, requests, {.max_new_tokens = 12}, 1).at(0).ids;
  CheckingClient client(requests, 1, ids[4]);
  nn::generate(model, client, {.max_new_tokens = 12}, 1, stop);
  CHECK(client.answers[0].ids.back() == ids[4]);
  CHECK(client.answers[0].ids.size() <= 5);
  CHECK(!client.answers[0].is_truncated);

  SamplingSettings penalized{.max_new_tokens = 12};
  penalized.repetition_penalty = 1e6;
  const std::vector<std::int32_t> distinct = answers_of(model, requests, penalized, 1).at(0).ids;
  std::set<std::int32_t> seen(distinct.begin(), distinct.end());
  CHECK(seen.size() == distinct.size());
  for (const std::int32_t id : requests[0].prompt) CHECK(!seen.contains(id));
}

TEST_CASE("the cache grows in blocks with what is used, and blocks are used again") {
  const TemporaryFolder folder;
  const nn::Decoder model = load(make_model(folder / "model"));
  nn::KvCache cache;
  nn::BlockPool pool(model, cache);
  CHECK(pool.num_blocks() == 0);
  const std::int32_t first = pool.take();
  const std::size_t few = pool.num_blocks();
  CHECK(few == 8);
  cache.keys[1][first].fill_(3.0);
  std::set<std::int32_t> taken = {first};
  while (taken.size() <= few) taken.insert(pool.take());
  CHECK(pool.num_blocks() == 16);
  CHECK(cache.keys[1][first].eq(3.0).all().item<bool>());
  pool.share(first);
  pool.release(first);
  const std::int32_t other = pool.take();
  CHECK(!taken.contains(other));
  pool.release(first);
  CHECK(pool.take() == first);
  CHECK(pool.num_blocks() == 16);
}
