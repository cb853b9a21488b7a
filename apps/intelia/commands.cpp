// The list of commands, in the order of the help.
#include "program.hpp"
#include "version.hpp"

namespace intelia {

extern const Command chat, completion, config, dataset_preview, detokenize, doctor, eval_run, extract, generate,
    lineage, model_export, model_info, model_init, model_merge, model_pull, model_push, model_quantize, render,
    tokenize, train_dpo, train_kto, train_sft;

const Program& this_program() {
  static const std::vector<const Command*> list = {
      &extract,      &dataset_preview, &model_pull, &model_init, &model_info, &model_quantize, &model_merge,
      &model_export, &model_push,      &train_sft,  &train_dpo,  &train_kto,  &generate,       &chat,
      &eval_run,     &tokenize,        &detokenize, &render,     &lineage,    &config,         &doctor,
      &completion,
  };
  static const Program program{kProgramVersion, kProgramCommit, list};
  return program;
}

}  // namespace intelia
