// THE list of commands, in the order of help.
#include "command.hpp"

namespace intelia {

extern const Command completion, config;

const std::vector<const Command*>& all_commands() {
  static const std::vector<const Command*> list = {
      &config,
      &completion,
  };
  return list;
}

}  // namespace intelia
