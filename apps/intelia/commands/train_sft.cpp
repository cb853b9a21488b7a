// intelia train sft: conversations in, a PEFT adapter (or a whole model) out. The work is lib/training's.
#include "options/training_command.hpp"
#include "options/training_options.hpp"

namespace intelia {
namespace {

struct Options : TrainingOptions {
  Options() : TrainingOptions(SftSettings()) {}
  SftSettings& sft() { return std::get<SftSettings>(job.method); }
};

void declare(OptionTable& table, Options& options) {
  SftSettings& sft = options.sft();
  declare_training_files(table, options, "conversations or plain texts");
  declare_presets(table, options.preset);
  declare_loop_options(table, sft);
  table.add("reject-long", options.job.rejects_long, "Reject samples above --max-length instead of truncating them");
  declare_trained_turns(table, options.job.trained_turns);
  declare_lora_options(table, sft);
  declare_checkpoint_options(table, sft);
  declare_order_options(table, sft);
  table.add("neftune-alpha", sft.neftune_alpha, "NEFTune: alpha of the noise on embeddings (0 = none)");
  declare_memory_options(table, sft);
  declare_training_environment(table, options);
}

int run(const Options& options, Context& context) {
  const double neftune_alpha = std::get<SftSettings>(options.job.method).neftune_alpha;
  if (!(neftune_alpha >= 0 && neftune_alpha <= 1e6))
    throw Error(Kind::usage, "--neftune-alpha must be 0 (none) or at most 1,000,000");
  return run_training_command(options, declare, context);
}

}  // namespace

extern const Command train_sft{
    "train sft", "Fine-tune on conversations (QLoRA, LoRA or full)",
    "Trains on the assistant turns of each conversation, end-of-turn token included; records of plain {\"text\":…} "
    "train on every token. The result is a PEFT adapter folder (with --method full: a model folder). An interrupted "
    "run is continued with --resume and ends with the same bytes as one that was never interrupted.\n\n"
    "Example: intelia train sft --model models/base --train data/train.jsonl --validation data/validation.jsonl "
    "--output runs/sft",
    bind<Options, declare, run>};

}  // namespace intelia
