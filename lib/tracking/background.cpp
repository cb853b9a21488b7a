#include "tracking/background.hpp"

#include <signal.h>

namespace intelia {

std::thread thread_without_signals(std::function<void()> work) {
  sigset_t all, before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);  // the new thread inherits it
  std::thread thread(std::move(work));
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return thread;
}

double seconds_to_finish(RunStatus status) { return status == RunStatus::killed ? 1 : 30; }

}  // namespace intelia
