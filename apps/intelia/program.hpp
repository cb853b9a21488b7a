// The program: its version, commit and commands.
#pragma once

#include "cli/command.hpp"

namespace intelia {

const Program& this_program();

/** SIGINT, SIGTERM and SIGHUP set `stop` (a second one ends the program at once), SIGUSR1 requests a checkpoint,
   SIGPIPE is ignored. */
void install_signals(StopFlag& stop);

}  // namespace intelia
