// One way to run another program and read what it says.
#pragma once

#include <string>
#include <vector>

namespace intelia {

struct ProcessResult {
  int exit_status = -1;  // 128 + N when a signal ended it; 127 when it could not be started
  std::string output;    // its standard output
};

/** Runs `arguments` (the first is sought in PATH) without a shell, standard error discarded, and waits for its end. */
ProcessResult run_process(const std::vector<std::string>& arguments);

}  // namespace intelia
