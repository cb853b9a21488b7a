// What can be asked of the engine. Every default of training and generation lives here, once.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace intelia {

enum class Method { qlora, lora, full };
enum class Precision {
  automatic,
  fp32,
  bf16,
  fp16
};                                           // automatic: bf16 where the device has it, else fp16 (CUDA) or fp32 (CPU)
enum class Device { automatic, cpu, cuda };  // automatic: CUDA when a GPU is there
enum class Scheduler { linear, cosine, constant, wsd };  // wsd: warm-up, stable, decay
enum class DecayShape { linear, cosine, one_minus_sqrt };
enum class OptimizerKind { adamw, adamw_8bit, adafactor, sgd };
enum class AdapterType { automatic, fp32, bf16 };  // automatic: fp32; under Compat::trl and QLoRA bf16
enum class Compat { none, trl };  // trl: where TRL 1.16 does otherwise, do as it does (docs/training.md)

enum class LoraInit {
  kaiming,   // A uniform, B zero
  gaussian,  // A normal with standard deviation 1/r, B zero
  pissa,     // the base's largest singular values and vectors; the base keeps the rest (Meng et al. 2024)
  olora,     // the first columns of the base's QR; the base keeps the rest (Büyükakyüz 2024)
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
  /** Trained whole beside the adapter, by the end of their path: "embed_tokens", "lm_head", "norm" (every norm). */
  std::vector<std::string> modules_to_save;
  bool ensures_weight_tying = false;  // of a tied embedding and head that are trained whole
};

struct QuantizeSettings {
  std::filesystem::path model;  // Hugging Face folder, dense
  std::filesystem::path output;
  bool uses_double_quantization = true;
  std::uint64_t max_file_bytes = 4'000'000'000;  // a larger tensor has a file of its own
  int threads = 0;                               // 0: as many as cores
};

struct OptimizerSettings {
  OptimizerKind kind = OptimizerKind::adamw;
  double weight_decay = 0;
  double momentum = 0;        // of SGD
  double loraplus_ratio = 0;  // LoRA+: the rate of B matrices over that of A; 0: the same rate
};

/** The learning rate over the updates, as a fraction of its peak. */
struct ScheduleSettings {
  Scheduler kind = Scheduler::linear;
  double warmup = 0;                            // updates when >= 1, else a fraction of all updates
  double minimum_ratio = 0;                     // cosine and wsd: where they end
  double stable = 0;                            // wsd: as warmup; 0: what warm-up and decay leave
  double decay = 0.1;                           // wsd: as warmup
  DecayShape decay_shape = DecayShape::cosine;  // wsd
};

/** Where and how a model is loaded. */
struct ModelSettings {
  std::filesystem::path model;    // Hugging Face folder
  std::filesystem::path adapter;  // PEFT folder, or empty
  Method method = Method::qlora;  // qlora: the base's linear layers in NF4 with double quantization
  Precision precision = Precision::automatic;
  Device device = Device::automatic;
  int threads = 0;  // 0: as many as cores
  double max_memory =
      0;  // GiB that may be taken beyond what the program has at its start; 0: what the machine can give
};

struct SamplingSettings {
  int max_new_tokens = 256;
  double temperature = 0;  // 0: greedy
  double top_p = 1;
  int top_k = 0;  // 0: no limit
  std::uint64_t seed = 42;
  std::vector<std::int32_t> stop_ids;
};

struct SftSettings {
  ModelSettings base;
  LoraSettings lora;
  std::filesystem::path output;
  bool resume = false;  // go on from the newest whole checkpoint in output
  double epochs = 3;
  std::int64_t max_steps = 0;  // 0: no limit
  int batch_size = 4;  // sequences a micro-batch; 0: the most that fit the memory (Engine::plan_sft says how many)
  int gradient_accumulation = 4;  // micro-batches an update
  double learning_rate = 2e-5;
  ScheduleSettings schedule;
  OptimizerSettings optimizer;
  AdapterType adapter_type = AdapterType::automatic;
  Compat compat = Compat::none;
  double max_grad_norm = 1.0;           // 0: no clipping
  int max_length = 2048;                // tokens; longer samples are cut on the right
  std::int64_t eval_every = 100;        // updates; 0: only at the end
  int early_stopping = 0;               // evaluations without improvement after which training ends; 0: never
  double early_stopping_threshold = 0;  // what a loss must fall by to be an improvement
  std::int64_t save_every = 500;        // updates; 0: only at the end
  int keep = 3;                         // checkpoints
  std::int64_t log_every = 10;          // updates
  std::uint64_t seed = 42;
  bool shuffle = true;
  bool packs = false;  // rows of max_length tokens with several samples, best-fit decreasing; batch_size counts rows
  bool groups_by_length = false;                          // rows of an update are alike in length
  double neftune_alpha = 0;                               // NEFTune: noise on embeddings (Jain et al. 2023); 0: none
  std::vector<std::vector<std::int32_t>> sample_prompts;  // continued at each evaluation, for people to read
  SamplingSettings sampling;                              // how
  bool probes = true;  // what needs most memory is run before the first step, and forgotten
};

struct SftSummary {
  std::int64_t steps = 0;
  std::int64_t trained_tokens = 0;  // targets of the loss
  std::int64_t seen_tokens = 0;     // all tokens, without padding
  double first_loss = 0, final_loss = 0;
  double best_eval_loss = 0;  // NaN without validation
  std::int64_t best_step = 0;
  bool is_stopped_early = false;
  std::int64_t trainable_parameters = 0;
  double seconds = 0;
  double tokens_per_second = 0;            // seen_tokens a second
  std::uint64_t peak_bytes = 0;            // CUDA: of the allocator; CPU: of the process
  std::uint64_t allocator_peak_bytes = 0;  // of tensors alone, above those of the loaded model
};

/** What a run of SFT will take, told beforehand. Bytes are of tensors, as an allocator is asked for them. */
struct SftPlan {
  int batch_size = 0, gradient_accumulation = 0;  // as given, or as found for batch_size 0
  std::int64_t steps = 0, tokens = 0;             // updates; tokens over all epochs
  std::int64_t longest_sample = 0, median_sample = 0;
  std::int64_t longest_tokens = 0, longest_targets = 0;  // of the micro-batch that needs most
  std::uint64_t model_bytes = 0;                         // the base model as it is held
  std::uint64_t trained_bytes = 0;  // adapter (under full training: part of the model), its best state included
  std::uint64_t optimizer_bytes = 0;
  std::uint64_t peak_bytes = 0;       // most at once above the model: the two above, gradients, activations
  std::uint64_t besides_bytes = 0;    // an allowance for what is not of tensors: buffers of libraries, gaps
  std::uint64_t available_bytes = 0;  // what the machine can give, or what was allowed
  bool fits = false;
  std::vector<std::string> remedies;       // what would make it fit, in words
  double seconds_a_step = 0, seconds = 0;  // 0: not measured
};

/** Loss of one sample: summed over its targets, each by its weight. */
struct SampleLoss {
  double loss_sum = 0;  // nats
  std::int64_t num_targets = 0;
  double weight = 0;  // of all its targets together: their number, where none has a weight of its own
};

struct GeneratedTokens {
  std::vector<std::int32_t> ids;  // without prompt and without the stop id
  bool is_cut = false;            // max_new_tokens or the context ended it
};

}  // namespace intelia
