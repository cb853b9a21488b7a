// intelia train kto: answers with a thumb up or down in, a PEFT adapter (or a whole model) out. The work is
// lib/training's.
#include "options/preference_options.hpp"
#include "options/training_command.hpp"
#include "options/training_options.hpp"

namespace intelia {
namespace {

struct Options : TrainingOptions {
  Options() : TrainingOptions(KtoSettings()) {}
  KtoSettings& kto() { return std::get<KtoSettings>(job.method); }
  const KtoSettings& kto() const { return std::get<KtoSettings>(job.method); }
};

void declare(OptionTable& table, Options& options) {
  KtoSettings& kto = options.kto();
  declare_training_files(table, options, "rated answers (prompt, completion, label) or preferences");
  table.add("loss", kto.loss, "Loss: kto, or apo_zero_unpaired, which has no KL term",
            {{"kto", AnswerLoss::kto}, {"apo_zero_unpaired", AnswerLoss::apo_zero_unpaired}});
  table.add("beta", kto.beta, "Strength of the reference: larger values keep the model closer to it");
  table.add("desirable-weight", kto.desirable_weight, "Weight of the answers with label true");
  table.add("undesirable-weight", kto.undesirable_weight, "Weight of the answers with label false");
  declare_reference_options(table, kto.reference);
  declare_loop_options(table, kto);
  table.find("learning-rate")->help = "Peak learning rate; for LoRA, 5e-6 to 5e-5 is usual";
  table.add("reject-long", options.job.rejects_long, "Reject answers above --max-length instead of truncating them");
  declare_lora_options(table, kto);
  declare_checkpoint_options(table, kto);
  declare_order_options(table, kto);
  declare_memory_options(table, kto);
  declare_training_environment(table, options);
}

int run(const Options& typed, Context& context) {
  Options options = typed;
  if (options.kto().compat == Compat::trl) options.kto().shuffle = false;  // as TRL's KTOTrainer
  const KtoSettings& kto = options.kto();
  const auto need = [](bool holds, const char* what) {
    if (!holds) throw Error(Kind::usage, what);
  };
  need(kto.beta >= 1e-6 && kto.beta <= 1e6, "--beta must be between 0.000001 and 1,000,000");
  const auto is_weight = [](double value) { return value == 0 || (value >= 1e-6 && value <= 1e6); };
  need(is_weight(kto.desirable_weight) && is_weight(kto.undesirable_weight) &&
           kto.desirable_weight + kto.undesirable_weight > 0,
       "--desirable-weight and --undesirable-weight must be 0 or between 0.000001 and 1,000,000, and one of them above "
       "0");
  need(kto.loss != AnswerLoss::kto || kto.batch_size != 1 || kto.packs,
       "--loss kto needs a --batch-size above 1: its KL term pairs each prompt with the answer to another one");
  check_reference_options(kto.reference, kto);
  return run_training_command(options, declare, context);
}

}  // namespace

extern const Command train_kto{
    "train kto", "Fine-tune on answers with a thumb up or down (KTO)",
    "Trains on single answers with a label: {\"prompt\":[…],\"completion\":[…],\"label\":true|false}; a preference "
    "counts as one answer of each kind. The model is compared with a reference, the model as training starts. An "
    "interrupted run is continued with --resume and ends with the same bytes as one that was never interrupted.\n\n"
    "Example: intelia train kto --model models/base --adapter runs/sft --train data/thumbs.jsonl --output runs/kto",
    bind<Options, declare, run>};

}  // namespace intelia
