// The program: its version, commit and commands, and the state of its process.
#pragma once

#include "cli/command.hpp"

namespace intelia {

const Program& this_program();

/** Opens /dev/null in place of standard input, output and error where they are closed: otherwise a file opened later
   would take the number and receive what is printed. Exits with status 1 if it cannot. */
void open_standard_descriptors();

/**
 * SIGINT, SIGTERM and SIGHUP set `stop`; a second one ends the program at once, and without a Grace the program ends
 * after 1.5 seconds, or so long after the end of the last Grace, even if it is blocked. While `stop` takes interrupts,
 * SIGINT does neither. SIGUSR1 requests a checkpoint. SIGPIPE and SIGXFSZ are ignored, so that the write fails. SIGBUS,
 * which reading a mapped file raises once it has been truncated, ends the program with status 1 and a message that
 * names the file.
 */
void install_signals(StopFlag& stop);

}  // namespace intelia
