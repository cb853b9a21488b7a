// THE list of commands, in the order of help.
#include "command.hpp"

namespace intelia {

extern const Command completion, config, doctor, eval_run, extract, model_info, model_init, train_sft;

const std::vector<const Command*>& all_commands() {
  static const std::vector<const Command*> list = {
      &extract, &model_init, &model_info, &train_sft, &eval_run, &config, &doctor, &completion,
  };
  return list;
}

}  // namespace intelia
