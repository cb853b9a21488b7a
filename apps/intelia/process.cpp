// Standard descriptors and signal handlers.
#include <fcntl.h>
#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstring>
#include <utility>

#include "base/file.hpp"
#include "program.hpp"

namespace intelia {

void open_standard_descriptors() {
  // open() returns the lowest free number, which is `descriptor` because those below it are open. What is written to a
  // closed standard output stays an error.
  for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; ++descriptor) {
    const int mode = descriptor == STDOUT_FILENO ? O_RDONLY : O_RDWR;
    if (::fcntl(descriptor, F_GETFD) < 0 && ::open("/dev/null", mode) != descriptor) ::_exit(1);
  }
}

namespace {

StopFlag* signal_target = nullptr;  // a signal handler can only use a static object

void on_checkpoint_signal(int) { signal_target->request_checkpoint(); }

void write_error(const char* text) {
  const ssize_t num_written = ::write(STDERR_FILENO, text, std::strlen(text));
  static_cast<void>(num_written);
}

void set_timer(long milliseconds) {
  itimerval timer{};
  timer.it_value = {milliseconds / 1000, milliseconds % 1000 * 1000};
  ::setitimer(ITIMER_REAL, &timer, nullptr);
}

/** Loops check the flag and end with a message. Whatever does not, such as reading from a pipe, is ended after this. */
constexpr long kMillisecondsToStop = 1500;
constexpr long kMillisecondsOfGrace = 50;  // between two looks at whether a checkpoint is written

void on_signal(int number) {
  const bool is_taken = signal_target->takes_interrupts();
  if (is_taken && number == SIGINT) return signal_target->set_if_unset(number);
  if (signal_target->is_set() && !(is_taken && signal_target->signal_number() == SIGINT)) ::_exit(128 + number);
  signal_target->set(number);
  set_timer(kMillisecondsToStop);
}

void on_deadline(int) {
  static bool had_grace = false;
  if (signal_target->has_grace()) {
    had_grace = true;
    return set_timer(kMillisecondsOfGrace);
  }
  if (std::exchange(had_grace, false)) return set_timer(kMillisecondsToStop);  // to tell what was finished
  write_error("intelia: interrupted\n");
  ::_exit(128 + signal_target->signal_number());
}

void on_bus_error(int, siginfo_t* information, void*) {
  const char* path = mapped_path(information->si_addr);
  write_error("intelia: cannot read '");
  write_error(path != nullptr ? path : "a mapped file");
  write_error("': it was truncated, or its disk failed, while it was being read\n");
  ::_exit(1);
}

}  // namespace

void install_signals(StopFlag& stop) {
  signal_target = &stop;
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;
  for (int number : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction before {};
    ::sigaction(number, nullptr, &before);
    if (before.sa_handler != SIG_IGN) ::sigaction(number, &action, nullptr);  // keeps what nohup has set
  }
  action.sa_handler = on_deadline;
  ::sigaction(SIGALRM, &action, nullptr);
  action.sa_handler = on_checkpoint_signal;
  ::sigaction(SIGUSR1, &action, nullptr);
  struct sigaction bus_action {};
  bus_action.sa_sigaction = on_bus_error;
  bus_action.sa_flags = SA_SIGINFO;
  ::sigaction(SIGBUS, &bus_action, nullptr);
  for (int number : {SIGPIPE, SIGXFSZ}) ::signal(number, SIG_IGN);
}

}  // namespace intelia
