// Runs one JSON request on standard input through the engine and prints one JSON object, so that pytest can compare the
// engine with reference implementations on token ids, without text. Logits go to the file `out` as raw little-endian
// fp32.
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>

#include "base/hash.hpp"
#include "engine/engine.hpp"
#include "engine/sampling.hpp"
#include "engine/schedule.hpp"
#include "record/json.hpp"

namespace {

using namespace intelia;

class Samples final : public SampleSource {
 public:
  explicit Samples(const Json& rows) {
    for (const Json& row : rows) {
      TokenSample& sample = samples_.emplace_back();
      sample.ids = row.at("ids").get<std::vector<std::int32_t>>();
      sample.is_target = row.at("is_target").get<std::vector<std::uint8_t>>();
      sample.weights = row.value("weights", sample.weights);
    }
    sha256_ = sha256_of(rows.dump());
  }
  std::int64_t size() const override { return static_cast<std::int64_t>(samples_.size()); }
  TokenSample at(std::int64_t index) const override { return samples_[static_cast<std::size_t>(index)]; }
  std::string content_sha256() const override { return sha256_; }
  const std::vector<TokenSample>& all() const { return samples_; }

 private:
  std::vector<TokenSample> samples_;
  std::string sha256_;
};

/** Requests from a list, results into one. */
struct ListClient final : GenerationClient {
  explicit ListClient(const std::vector<GenerationRequest>& list) : requests(list), results(list.size()) {}
  std::optional<GenerationRequest> next() override {
    return num_taken < requests.size() ? std::optional(requests[num_taken++]) : std::nullopt;
  }
  void finish(std::int64_t number, GeneratedTokens&& tokens) override {
    results[static_cast<std::size_t>(number)] = std::move(tokens);
  }
  const std::vector<GenerationRequest>& requests;
  std::size_t num_taken = 0;
  std::vector<GeneratedTokens> results;
};

struct ErrorLog final : Log {
  void write(Level level, std::string_view message) override {
    if (level < Level::warning) return;
    std::cerr << message << '\n';
    warnings.emplace_back(message);
  }
  std::vector<std::string> warnings;
};

struct NoProgress final : Progress {
  void update(const ProgressPoint&) override {}
  void finish() override {}
};

ModelSettings model_settings(const Json& request) {
  ModelSettings settings;
  settings.model = request.at("model").get<std::string>();
  settings.adapter = request.value("adapter", "");
  const std::string method = request.value("method", "lora"), precision = request.value("precision", "fp32");
  settings.method = method == "qlora" ? Method::qlora : method == "full" ? Method::full : Method::lora;
  settings.precision = precision == "bf16" ? Precision::bf16 : precision == "fp16" ? Precision::fp16 : Precision::fp32;
  settings.device = request.value("device", "cpu") == std::string("cuda") ? Device::cuda : Device::cpu;
  settings.threads = request.value("threads", 1);
  return settings;
}

/** The value named by the request; without a name the first. */
template <class Value>
Value named(const Json& request, const char* key, std::initializer_list<std::pair<const char*, Value>> values) {
  const std::string name = request.value(key, values.begin()->first);
  for (const auto& [known, value] : values)
    if (name == known) return value;
  throw Error(Kind::usage, std::string(key) + " '" + name + "' is unknown to this probe");
}

ScheduleSettings schedule_settings(const Json& request) {
  ScheduleSettings settings;
  settings.kind = named<Scheduler>(request, "scheduler",
                                   {{"linear", Scheduler::linear},
                                    {"cosine", Scheduler::cosine},
                                    {"constant", Scheduler::constant},
                                    {"wsd", Scheduler::wsd}});
  settings.warmup = request.value("warmup", settings.warmup);
  settings.minimum_ratio = request.value("minimum_ratio", settings.minimum_ratio);
  settings.stable = request.value("stable", settings.stable);
  settings.decay = request.value("decay", settings.decay);
  settings.decay_shape = named<DecayShape>(
      request, "decay_shape",
      {{"cosine", DecayShape::cosine}, {"linear", DecayShape::linear}, {"1-sqrt", DecayShape::one_minus_sqrt}});
  return settings;
}

SftSettings sft_settings(const Json& request) {
  SftSettings settings;
  if (request.contains("model")) settings.base = model_settings(request);
  settings.output = request.value("output", "");
  settings.resume = request.value("resume", false);
  settings.probes = request.value("probes", true);
  settings.lora.r = request.value("lora_r", settings.lora.r);
  settings.lora.alpha = request.value("lora_alpha", settings.lora.alpha);
  settings.lora.dropout = request.value("lora_dropout", 0.0);
  settings.lora.targets = request.value("lora_targets", settings.lora.targets);
  settings.lora.uses_rslora = request.value("lora_rslora", false);
  settings.lora.uses_dora = request.value("lora_dora", false);
  settings.lora.rank_pattern = request.value("rank_pattern", settings.lora.rank_pattern);
  settings.lora.alpha_pattern = request.value("alpha_pattern", settings.lora.alpha_pattern);
  settings.lora.modules_to_save = request.value("modules_to_save", settings.lora.modules_to_save);
  settings.lora.ensures_weight_tying = request.value("ensure_weight_tying", false);
  const std::string init = request.value("lora_init", "kaiming");
  settings.lora.init = init == "gaussian" ? LoraInit::gaussian
                       : init == "pissa"  ? LoraInit::pissa
                       : init == "olora"  ? LoraInit::olora
                                          : LoraInit::kaiming;
  settings.epochs = request.value("epochs", settings.epochs);
  settings.max_steps = request.value("max_steps", settings.max_steps);
  settings.batch_size = request.value("batch_size", settings.batch_size);
  settings.gradient_accumulation = request.value("gradient_accumulation", settings.gradient_accumulation);
  settings.learning_rate = request.value("learning_rate", settings.learning_rate);
  settings.schedule = schedule_settings(request);
  settings.optimizer.kind = named<OptimizerKind>(request, "optimizer",
                                                 {{"adamw", OptimizerKind::adamw},
                                                  {"adamw-8bit", OptimizerKind::adamw_8bit},
                                                  {"adafactor", OptimizerKind::adafactor},
                                                  {"sgd", OptimizerKind::sgd}});
  settings.optimizer.weight_decay = request.value("weight_decay", settings.optimizer.weight_decay);
  settings.optimizer.momentum = request.value("momentum", settings.optimizer.momentum);
  settings.optimizer.loraplus_ratio = request.value("loraplus_ratio", settings.optimizer.loraplus_ratio);
  settings.adapter_type =
      named<AdapterType>(request, "adapter_type",
                         {{"auto", AdapterType::automatic}, {"fp32", AdapterType::fp32}, {"bf16", AdapterType::bf16}});
  settings.compat = named<Compat>(request, "compat", {{"none", Compat::none}, {"trl", Compat::trl}});
  settings.early_stopping = request.value("early_stopping", settings.early_stopping);
  settings.early_stopping_threshold = request.value("early_stopping_threshold", settings.early_stopping_threshold);
  settings.max_grad_norm = request.value("max_grad_norm", settings.max_grad_norm);
  settings.eval_every = request.value("eval_every", settings.eval_every);
  settings.save_every = request.value("save_every", settings.save_every);
  settings.keep = request.value("keep", settings.keep);
  settings.log_every = request.value("log_every", std::int64_t{1});
  settings.seed = request.value("seed", settings.seed);
  settings.shuffle = request.value("shuffle", true);
  settings.packs = request.value("packing", false);
  settings.max_length = request.value("max_length", settings.max_length);
  settings.groups_by_length = request.value("group_by_length", false);
  settings.neftune_alpha = request.value("neftune_alpha", 0.0);
  return settings;
}

void write_floats(const std::string& path, const std::vector<float>& values) {
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(values.data()), static_cast<std::streamsize>(values.size() * sizeof(float)));
}

Json answer(const Json& request) {
  ErrorLog log;
  NoProgress progress;
  const StopFlag stop;
  const Sinks sinks{log, progress, stop};
  const std::string work = request.at("do");
  if (work == "schedule") {
    const std::int64_t total = request.at("total");
    const Schedule schedule(schedule_settings(request), total);
    Json factors = Json::array();
    for (std::int64_t step = 0; step <= total; ++step) factors.push_back(schedule.factor(step));
    return {{"factors", factors}};
  }
  if (work == "plan") {
    const Samples train(request.at("samples"));
    const TrainingPlan plan = load_engine().plan(sft_settings(request), train, nullptr, /*measures_time=*/false, sinks);
    return {{"model_bytes", plan.model_bytes}, {"peak_bytes", plan.peak_bytes}};
  }
  if (work == "train") {
    const Samples train(request.at("samples"));
    std::optional<Samples> validation;
    if (request.contains("validation")) validation.emplace(request["validation"]);
    const TrainingSummary summary = load_engine().train(
        sft_settings(request), train, validation ? &*validation : nullptr, request.value("run", Json::object()), sinks);
    return {{"steps", summary.steps},
            {"first_loss", summary.first_loss},
            {"final_loss", summary.final_loss},
            {"best_step", summary.best_step},
            {"is_stopped_early", summary.is_stopped_early},
            {"trained_tokens", summary.trained_tokens},
            {"trainable_parameters", summary.trainable_parameters},
            {"tokens_per_second", summary.tokens_per_second},
            {"peak_bytes", summary.peak_bytes},
            {"allocator_peak_bytes", summary.allocator_peak_bytes}};
  }
  if (work == "adapters") {
    // The result of each adapter folder on the same model: the SHA-256 of its logits, or its error.
    Json verdicts = Json::array();
    for (const Json& folder : request.at("folders")) {
      Json one = request;
      one["adapter"] = folder;
      try {
        const std::vector<float> logits = load_engine()
                                              .load(model_settings(one), sinks)
                                              ->logits(request.at("ids").get<std::vector<std::int32_t>>(), true);
        verdicts.push_back(
            {{"logits", sha256_of({reinterpret_cast<const char*>(logits.data()), logits.size() * sizeof(float)})}});
      } catch (const Error& error) {
        verdicts.push_back({{"error", error.what()}, {"status", exit_status(error)}});
      }
    }
    return {{"verdicts", verdicts}};
  }
  if (work == "kept_tokens") {
    auto logits = request.at("logits").get<std::vector<float>>();
    penalize(logits, request.at("seen").get<std::vector<std::int32_t>>(), request.value("repetition_penalty", 1.0));
    SamplingSettings sampling;
    sampling.temperature = request.at("temperature");
    sampling.top_k = request.value("top_k", sampling.top_k);
    sampling.top_p = request.value("top_p", sampling.top_p);
    sampling.min_p = request.value("min_p", sampling.min_p);
    return {{"ids", kept_tokens(logits, sampling)}, {"logits", logits}};
  }
  const auto model = load_engine().load(model_settings(request), sinks);
  const bool uses_adapter = request.value("use_adapter", true);
  if (work == "logits") {
    write_floats(request.at("out"), model->logits(request.at("ids").get<std::vector<std::int32_t>>(), uses_adapter));
    return {{"description", model->description()},
            {"vocabulary_size", model->vocabulary_size()},
            {"warnings", log.warnings}};
  }
  if (work == "score") {
    Json scores = Json::array();
    for (const SampleLoss& loss : model->score(Samples(request.at("samples")).all(), uses_adapter))
      scores.push_back({{"loss_sum", loss.loss_sum}, {"num_targets", loss.num_targets}, {"weight", loss.weight}});
    return {{"scores", scores}};
  }
  if (work == "generate") {
    SamplingSettings sampling;
    sampling.max_new_tokens = request.value("max_new_tokens", sampling.max_new_tokens);
    sampling.temperature = request.value("temperature", sampling.temperature);
    sampling.top_k = request.value("top_k", sampling.top_k);
    sampling.top_p = request.value("top_p", sampling.top_p);
    sampling.seed = request.value("seed", sampling.seed);
    sampling.stop_ids = request.value("stop_ids", sampling.stop_ids);
    sampling.wants_log_probs = request.value("log_probs", sampling.wants_log_probs);
    std::vector<GenerationRequest> requests;
    for (const Json& prompt : request.at("prompts"))
      requests.push_back({prompt.get<std::vector<std::int32_t>>(), 0, uses_adapter});
    ListClient client(requests);
    model->generate(client, sampling, request.value("batch_size", static_cast<int>(requests.size())), stop);
    Json generated = Json::array();
    for (const GeneratedTokens& tokens : client.results)
      generated.push_back(
          {{"ids", tokens.ids}, {"is_truncated", tokens.is_truncated}, {"log_probs", tokens.log_probs}});
    return {{"generated", generated}};
  }
  throw Error(Kind::usage, "'" + work + "' is unknown to this probe");
}

}  // namespace

int main() {
  try {
    const std::string text{std::istreambuf_iterator<char>(std::cin), {}};
    std::cout << answer(parse_json(text, "request")).dump() << '\n';
    return 0;
  } catch (const Error& error) {
    std::cerr << "error: " << error.what() << '\n';
    return exit_status(error);
  } catch (const std::exception& error) {
    std::cerr << "exception: " << error.what() << '\n';
    return 70;
  }
}
