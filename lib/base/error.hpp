// The one exception of the house, its kinds, and the exit status each kind tells cron.
// Lower layers say why; each caller adds where with with_context; main prints the chain once.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace intelia {

enum class Kind {
  usage,        // wrong option, configuration, credentials, missing table: the user must change something (2)
  input,        // unreadable or malformed input (1)
  io,           // cannot read or write: disk full, permission (1)
  unavailable,  // try again later: server away, lock held (75)
  refused,      // done, and the answer is no (3)
  internal,     // a fault of this program (1)
  interrupted,  // ended by a signal after leaving things resumable (128 + signal)
};

class Error : public std::runtime_error {
 public:
  Error(Kind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}
  Kind kind() const { return kind_; }

 private:
  Kind kind_;
};

/** The error of a run that a signal ended, exit status 128 + signal. */
class Interrupted : public Error {
 public:
  Interrupted(int signal_number, const std::string& message)
      : Error(Kind::interrupted, message), signal_number_(signal_number) {}
  int signal_number() const { return signal_number_; }

 private:
  int signal_number_;
};

/** The exit status that product rules give to `error`. */
int exit_status(const Error& error);

/** Runs `work`; an Error that leaves it gets `where` in front of its message, its kind kept. */
template <class Work>
auto with_context(const std::string& where, Work&& work) -> decltype(work()) {
  try {
    return std::forward<Work>(work)();
  } catch (const Interrupted&) {
    throw;
  } catch (const Error& error) {
    throw Error(error.kind(), where + ": " + error.what());
  }
}

/** The system's words for errno value `number`. */
std::string system_message(int number);

}  // namespace intelia
