#include "cli/foreign_options.hpp"

#include <algorithm>

#include "base/nearest_word.hpp"

namespace intelia {

namespace {

struct ForeignOption {
  const char* names;  // separated by spaces
  const char* ours;   // an option, or an option and its value
};

/** In order of preference: a name in several rows means the first option that the command has. */
constexpr ForeignOption kForeignOptions[] = {
    {"model-name-or-path model-name model-path base-model base-model-name-or-path pretrained "
     "pretrained-model-name-or-path model-id m",
     "model"},
    {"adapter-name-or-path adapter-path adapter-model lora lora-path lora-model-dir peft-model peft-model-id",
     "adapter"},
    {"dataset datasets dataset-name dataset-path data data-path data-file data-files train-file train-files train-data "
     "train-dataset training-data",
     "train"},
    {"dataset dataset-path data data-path data-file data-files input input-file file in", "from"},
    {"eval-dataset eval-data eval-file validation-file validation-data validation-dataset val-data val-file "
     "val-dataset "
     "test-file dataset data",
     "validation"},
    {"prompts prompts-file prompt-file", "questions"},
    {"output-dir output-path output-file out out-dir save-dir save-path save-folder o", "output"},
    {"overwrite-output-dir overwrite", "force"},
    {"resume-from-checkpoint auto-resume-from-checkpoints resume-from", "resume"},
    {"num-train-epochs num-epochs n-epochs epoch max-epochs", "epochs"},
    {"max-train-steps num-train-steps num-steps train-steps total-steps steps max-iters", "max-steps"},
    {"per-device-train-batch-size per-device-eval-batch-size train-batch-size eval-batch-size micro-batch-size "
     "batchsize bs b",
     "batch-size"},
    {"auto-find-batch-size", "batch-size auto"},
    {"gradient-accumulation-steps grad-accumulation-steps grad-accum gradient-accumulate-steps accumulation-steps",
     "gradient-accumulation"},
    {"optim optimizer-name", "optimizer"},
    {"lr peak-lr base-lr", "learning-rate"},
    {"min-lr-ratio cosine-min-lr-ratio lr-min-ratio", "min-learning-rate-ratio"},
    {"lr-scheduler-type lr-scheduler lr-schedule scheduler-type schedule", "scheduler"},
    {"warmup-steps warmup-ratio num-warmup-steps lr-warmup-steps", "warmup"},
    {"num-stable-steps", "stable"},
    {"num-decay-steps", "decay"},
    {"wd", "weight-decay"},
    {"clip-grad gradient-clipping grad-clip max-norm", "max-grad-norm"},
    {"loraplus-lr-ratio", "loraplus-ratio"},
    {"max-seq-length max-seq-len max-sequence-length sequence-len sequence-length seq-len cutoff-len model-max-length "
     "block-size max-len",
     "max-length"},
    {"lora-rank rank lora-dim r", "lora-r"},
    {"alpha lora-scale", "lora-alpha"},
    {"dropout", "lora-dropout"},
    {"target-modules lora-target lora-target-modules lora-modules lora-layers", "lora-targets"},
    {"lora-target-linear", "lora-targets all-linear"},
    {"additional-target lora-modules-to-save", "modules-to-save"},
    {"use-rslora", "rslora"},
    {"use-dora peft-use-dora", "dora"},
    {"init-lora-weights pissa-init", "lora-init"},
    {"load-in-4bit use-qlora qlora use-4bit quantization-bit", "method qlora"},
    {"use-lora use-peft", "method lora"},
    {"full-finetune full-finetuning finetuning-type", "method full"},
    {"bf16", "precision bf16"},
    {"fp16", "precision fp16"},
    {"fp32", "precision fp32"},
    {"torch-dtype dtype mixed-precision compute-dtype bnb-4bit-compute-dtype", "precision"},
    {"torch-dtype", "dtype"},
    {"no-cuda use-cpu cpu", "device cpu"},
    {"gpu cuda", "device cuda"},
    {"eval-steps evaluation-steps eval-freq eval-interval validation-steps", "eval-every"},
    {"early-stopping-patience patience", "early-stopping"},
    {"early-stopping-min-delta min-delta", "early-stopping-threshold"},
    {"save-steps checkpoint-steps save-interval checkpointing-steps save-freq", "save-every"},
    {"save-total-limit checkpoints-total-limit", "keep"},
    {"logging-steps log-steps log-interval logging-interval log-freq", "log-every"},
    {"random-seed data-seed manual-seed", "seed"},
    {"sample-packing pack", "packing"},
    {"length-grouped-sampler", "group-by-length"},
    {"no-shuffle-data disable-shuffling", "no-shuffle"},
    {"neftune-noise-alpha", "neftune-alpha"},
    {"train-on-last-turn train-on-last mask-history", "trained-turns last"},
    {"assistant-only-loss completion-only-loss train-on-responses-only train-on-responses", "trained-turns all"},
    {"wandb wandb-name report-to", "wandb-project"},
    {"mlflow experiment-name", "mlflow-experiment"},
    {"num-workers num-proc dataset-num-proc preprocessing-num-workers dataloader-num-workers nproc jobs t j",
     "threads"},
    {"system-prompt system-message sys", "system"},
    {"max-tokens max-gen-toks num-predict n-predict new-tokens", "max-new-tokens"},
    {"verbosity debug log-level v", "verbose"},
    {"silent q", "quiet"},
    {"config-file c", "config"},
    {"dryrun n", "dry-run"},
    {"num-hidden-layers n-layers num-layers", "layers"},
    {"num-attention-heads n-heads num-heads", "heads"},
    {"num-key-value-heads num-kv-heads n-kv-heads", "kv-heads"},
    {"max-position-embeddings context-length", "max-positions"},
    {"tie-word-embeddings", "tie-embeddings"},
    {"initializer-range", "standard-deviation"},
};

/** Whether `name` is one of the words of `names`. */
bool has_word(std::string_view names, std::string_view name) {
  while (!names.empty()) {
    const std::size_t end = std::min(names.find(' '), names.size());
    if (names.substr(0, end) == name) return true;
    names.remove_prefix(std::min(end + 1, names.size()));
  }
  return false;
}

/** The name of the option in `row`. */
std::string option_of(const ForeignOption& row) {
  std::string option = row.ours;
  option.erase(std::min(option.find(' '), option.size()));
  return option.starts_with("no-") ? option.substr(3) : option;
}

/** The option, and perhaps its value, that means what `name` means elsewhere, without dashes; empty if there is none.
 */
std::string option_for_foreign_name(std::string_view name, const std::vector<std::string>& options) {
  const auto is_option = [&](std::string_view option) {
    return std::find(options.begin(), options.end(), option) != options.end();
  };
  std::string wanted(name);
  std::replace(wanted.begin(), wanted.end(), '_', '-');
  if (is_option(wanted)) return wanted;
  for (const ForeignOption& row : kForeignOptions) {
    if (has_word(row.names, wanted) && is_option(option_of(row))) return row.ours;
  }
  return "";
}

}  // namespace

std::string suggest_option(std::string_view name, const std::vector<std::string>& options) {
  const std::string foreign = option_for_foreign_name(name, options);
  return foreign.empty() ? did_you_mean(name, options, "--") : " (did you mean '--" + foreign + "'?)";
}

std::vector<std::string> suggested_options() {
  std::vector<std::string> options;
  for (const ForeignOption& row : kForeignOptions) options.push_back(option_of(row));
  return options;
}

std::string suggest_key(std::string_view name, const std::vector<std::string>& options) {
  const std::string foreign = option_for_foreign_name(name, options);
  return foreign.empty() ? did_you_mean(name, options)
                         : " (did you mean '" + foreign.substr(0, foreign.find(' ')) + "'?)";
}

}  // namespace intelia
