// Settings and results of training, scoring, generation and quantization. The one place for their defaults.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace intelia {

/** Base weights: qlora: linear layers in NF4 with double quantization; lora: as stored; full: as stored, all trained;
    automatic: as an adapter was trained, which resolve_method() replaces before the engine sees it. */
enum class Method { qlora, lora, full, automatic };
/** automatic: bf16 where the device supports it, else fp16 (CUDA) or fp32 (CPU). */
enum class Precision { automatic, fp32, bf16, fp16 };
enum class Device { automatic, cpu, cuda };              // automatic: CUDA when a GPU is available
enum class Scheduler { linear, cosine, constant, wsd };  // wsd: warm-up, stable, decay
enum class DecayShape { linear, cosine, one_minus_sqrt };
enum class OptimizerKind { adamw, adamw_8bit, adafactor, sgd };
enum class AdapterType { automatic, fp32, bf16 };  // automatic: fp32; under Compat::trl and QLoRA bf16
enum class Compat { none, trl };                   // trl: follow TRL 1.16 where it differs (docs/training.md)

enum class LoraInit {
  kaiming,   // A uniform, B zero
  gaussian,  // A normal with standard deviation 1/r, B zero
  pissa,     // largest singular values and vectors of the base, which keeps the residual (Meng et al. 2024)
  olora,     // first columns of the base's QR factorization; the base keeps the residual (Büyükakyüz 2024)
};

struct LoraSettings {
  int r = 16;
  double alpha = 32;
  double dropout = 0.05;
  /** Linear layers by name ("q_proj"), "attention" (all its projections) or "all-linear". */
  std::vector<std::string> targets = {"attention"};
  bool uses_rslora = false;  // scaled by alpha/sqrt(r) instead of alpha/r
  bool uses_dora = false;
  LoraInit init = LoraInit::kaiming;
  std::vector<std::string> rank_pattern;   // "PATTERN=R"
  std::vector<std::string> alpha_pattern;  // "PATTERN=ALPHA"
  /** Modules trained in full beside the adapter, by suffix of their path: "embed_tokens", "lm_head", "norm". */
  std::vector<std::string> modules_to_save;
  bool ensures_weight_tying = false;  // keep a tied embedding and head tied when modules_to_save trains them
};

struct QuantizeSettings {
  std::filesystem::path model;  // Hugging Face folder, dense
  std::filesystem::path output;
  bool uses_double_quantization = true;
  std::uint64_t max_file_bytes = 4'000'000'000;  // a larger tensor gets its own file
  int threads = 0;                               // 0: one per core
};

struct OptimizerSettings {
  OptimizerKind kind = OptimizerKind::adamw;
  double weight_decay = 0;
  double momentum = 0;        // of SGD
  double loraplus_ratio = 0;  // LoRA+: learning rate of B matrices relative to A; 0: the same
};

/** The learning rate over the optimizer steps, as a fraction of its peak. */
struct ScheduleSettings {
  Scheduler kind = Scheduler::linear;
  double warmup = 0;                            // optimizer steps when >= 1, else a fraction of all steps
  double minimum_ratio = 0;                     // of cosine and wsd at the end
  double stable = 0;                            // wsd: as warmup; 0: all steps between warm-up and decay
  double decay = 0.1;                           // wsd: as warmup
  DecayShape decay_shape = DecayShape::cosine;  // wsd
};

/** What to load, in which form, and where. */
struct ModelSettings {
  std::filesystem::path model;    // Hugging Face folder
  std::filesystem::path adapter;  // PEFT folder, or empty
  Method method = Method::qlora;
  bool allows_mismatch = false;  // use an adapter with another model than it was trained with
  Precision precision = Precision::automatic;
  Device device = Device::automatic;
  int threads = 0;        // 0: one per core
  double max_memory = 0;  // GiB that plans may count on; 0: what the machine has available
  /** Keep freed memory until the run ends or the model is destroyed, which is faster; false: until each call ends. */
  bool retains_memory = true;
  /** Keep the keys and values of the last answer between calls of generate(), so that of a prompt which continues that
     conversation only the rest is read. On the CPU, except with fp16. */
  bool keeps_keys = false;
};

struct SamplingSettings {
  int max_new_tokens = 256;
  double temperature = 0;  // 0: greedy
  double top_p = 1;
  int top_k = 0;                  // 0: no limit
  double min_p = 0;               // probability relative to that of the most likely token; 0: no limit
  double repetition_penalty = 1;  // of tokens that occur in the prompt or the answer; 1: none
  bool wants_log_probs = false;
  std::uint64_t seed = 42;
  std::vector<std::int32_t> stop_ids;
};

/** A prompt to continue. What is sampled depends on the seed, the prompt and the sample number alone. */
struct GenerationRequest {
  std::vector<std::int32_t> prompt;
  std::uint64_t sample = 0;  // tells apart several answers to the same prompt
  bool uses_adapter = true;
};

/** What every training needs, whatever its loss. */
struct TrainingSettings {
  ModelSettings base;
  LoraSettings lora;
  AdapterType adapter_type = AdapterType::automatic;
  std::filesystem::path output;
  bool resume = false;  // continue from the newest complete checkpoint in output
  std::uint64_t seed = 42;
  Compat compat = Compat::none;

  double epochs = 3;
  std::int64_t max_steps = 0;     // maximum number of optimizer steps; 0: no limit
  int batch_size = 4;             // sequences per micro-batch; 0: the largest that fits (Engine::plan finds it)
  int gradient_accumulation = 4;  // micro-batches per optimizer step
  bool shuffle = true;
  int max_length = 2048;  // tokens; longer samples are truncated on the right
  bool packs = false;     // several samples per row of max_length tokens, best-fit decreasing; batch_size counts rows
  bool groups_by_length = false;  // rows of an optimizer step have similar lengths

  double learning_rate = 2e-5;
  ScheduleSettings schedule;
  OptimizerSettings optimizer;
  double max_grad_norm = 1.0;  // 0: no clipping

  std::int64_t log_every = 10;          // optimizer steps
  std::int64_t eval_every = 100;        // optimizer steps; 0: only at the end
  int early_stopping = 0;               // evaluations without improvement after which training ends; 0: never
  double early_stopping_threshold = 0;  // minimum decrease of the loss that counts as an improvement
  std::int64_t save_every = 500;        // optimizer steps; 0: only at the end
  int keep = 3;                         // checkpoints
  std::vector<std::vector<std::int32_t>> sample_prompts;  // answered at each evaluation
  SamplingSettings sampling;                              // of those answers
  bool probes = true;  // run the largest micro-batch before the first step, to detect out-of-memory early
};

/** Supervised fine-tuning. */
struct SftSettings : TrainingSettings {
  double neftune_alpha = 0;  // NEFTune: noise on embeddings (Jain et al. 2023); 0: none
};

/** The model that a preference training compares its own with. Its weights do not change. */
struct ReferenceSettings {
  enum class Kind {
    start,  // the model as training starts: a new adapter's base, or a copy of the adapter that is continued
    base,   // the model without an adapter
  };
  Kind kind = Kind::start;
  std::filesystem::path adapter;  // the model with this adapter instead, or empty
  bool is_precomputed = false;    // its log-probabilities are computed once, before the first step
  std::filesystem::path cache;    // where they are kept for later runs: a file per set of samples, or empty
};

/** Losses of a pair of answers: those of TRL 1.16, cDPO (torchtune), SimPO and ORPO (nn/preference_loss.hpp). */
enum class PairLoss {
  sigmoid,
  robust,
  hinge,
  ipo,
  sigmoid_norm,
  exo_pair,
  nca_pair,
  bco_pair,
  sppo_hard,
  aot,
  aot_unpaired,
  apo_zero,
  apo_down,
  discopop,
  sft,
  cdpo,
  simpo,
  orpo,
};

enum class Divergence { reverse_kl, forward_kl, js_divergence, alpha_divergence };

/** When the values on held-out pairs show that a preference training goes wrong; 0: never stop for that reason. */
struct HealthLimits {
  double max_chosen_drop = 0;  // nats per token by which the chosen answers have become less likely, on average
  double max_saturation = 0;   // fraction of pairs whose gradient is below 1 % of its largest value
  double max_length_bias = 0;  // correlation of reward margin and difference in length, absolute
  double min_accuracy = 0;     // fraction of pairs whose chosen answer has the larger reward
};

/** Preference optimization over pairs of answers (DPO and its variants). */
struct DpoSettings : TrainingSettings {
  DpoSettings() {
    learning_rate = 1e-6;
    lora.dropout = 0;
  }
  std::vector<PairLoss> losses = {PairLoss::sigmoid};
  std::vector<double> loss_weights;  // one per loss; empty: 1 each
  double beta = 0.1;
  double label_smoothing = 0;  // of robust, exo_pair, aot, aot_unpaired, cdpo and simpo
  Divergence divergence = Divergence::reverse_kl;
  double divergence_alpha = 0.5;   // of alpha_divergence
  std::optional<double> ld_alpha;  // LD-DPO: weight of an answer's tokens beyond the length of the other one
  bool uses_weighting = false;     // WPO: pairs weighted by how likely the model itself is to give their answers
  double discopop_tau = 0.05;
  double simpo_gamma = 0.5;
  ReferenceSettings reference;
  HealthLimits health;
  bool shares_prompts = true;  // the prompt of a pair is computed once for both answers
};

enum class AnswerLoss { kto, apo_zero_unpaired };

/** Preference optimization over single answers that are labelled desirable or not (KTO). */
struct KtoSettings : TrainingSettings {
  KtoSettings() {
    learning_rate = 1e-6;
    lora.dropout = 0;
  }
  AnswerLoss loss = AnswerLoss::kto;
  double beta = 0.1;
  double desirable_weight = 1, undesirable_weight = 1;
  ReferenceSettings reference;
};

struct TrainingSummary {
  std::int64_t steps = 0;
  std::int64_t trained_tokens = 0;  // targets of the loss
  std::int64_t seen_tokens = 0;     // all tokens, without padding
  double first_loss = 0, final_loss = 0;
  double best_eval_loss = 0;  // NaN without validation
  std::int64_t best_step = 0;
  bool is_stopped_early = false;
  std::string reason_to_stop;  // of a run that was stopped early
  std::int64_t trainable_parameters = 0;
  double seconds = 0;
  double tokens_per_second = 0;            // of seen_tokens
  std::uint64_t peak_bytes = 0;            // CUDA: of the allocator; CPU: of the process
  std::uint64_t allocator_peak_bytes = 0;  // of tensors alone, above those of the loaded model
};

/** Settings with which a run that does not fit would; those without a value stay as they are. */
struct PlanRemedy {
  std::optional<int> batch_size, gradient_accumulation;
  std::optional<std::int64_t> max_length;
  std::optional<Method> method;
};

/** What a training run will need, computed before it. Bytes are of tensors, as an allocator is asked for them. */
struct TrainingPlan {
  int batch_size = 0, gradient_accumulation = 0;  // as given, or as found for batch_size 0
  std::int64_t steps = 0, tokens = 0;             // optimizer steps; tokens over all epochs
  std::int64_t longest_sample = 0, median_sample = 0;
  std::int64_t longest_tokens = 0, longest_targets = 0;  // of the micro-batch that needs the most memory
  std::uint64_t model_bytes = 0;                         // the base model as it is held
  std::uint64_t trained_bytes = 0;  // adapter (under full training: part of the model), its best state included
  std::uint64_t optimizer_bytes = 0;
  std::uint64_t peak_bytes = 0;       // peak above the model: the two above, gradients, activations
  std::uint64_t overhead_bytes = 0;   // estimate of what is not in tensors: buffers of libraries, fragmentation
  std::uint64_t available_bytes = 0;  // what the machine can give, or what was allowed
  bool fits = false;
  std::vector<PlanRemedy> remedies;          // when it does not fit; empty: nothing but a smaller model or more memory
  double seconds_per_step = 0, seconds = 0;  // 0: not measured
};

/** Loss of one sample: Σ weight · loss over its targets. */
struct SampleLoss {
  double loss_sum = 0;  // nats
  std::int64_t num_targets = 0;
  double weight = 0;  // Σ of the targets' weights: their number, where none has its own
};

struct GeneratedTokens {
  std::vector<std::int32_t> ids;  // without the prompt and the stop id
  /** With wants_log_probs, of each id: its logarithmic probability in the model's own distribution, before penalty,
     temperature and filters. */
  std::vector<float> log_probs = {};
  bool is_truncated = false;       // it ended at max_new_tokens or at the context length
  std::int64_t reused_tokens = 0;  // of the prompt: their keys and values were kept from an earlier call
};

}  // namespace intelia
