// What this program is: its version, its commit and its commands.
#pragma once

#include "cli/command.hpp"

namespace intelia {

const Program& this_program();

/** Routes SIGINT, SIGTERM and SIGHUP to `stop` (a second one ends the program at once) and ignores SIGPIPE. */
void install_signals(StopFlag& stop);

}  // namespace intelia
