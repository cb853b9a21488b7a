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

/**
 * An error about a setting. Libraries name it in words with dashes ("min-rating"), for they do not know what the
 * program calls it; a front end does, and says so: a command line writes --min-rating.
 */
class SettingError : public Error {
 public:
  enum class Role {
    at_fault,  // its value cannot be used; what() is "min-rating: expected a finite number"
    remedy,    // another value would help; what() is the message alone
  };
  SettingError(Kind kind, const std::string& setting, const std::string& message, Role role = Role::at_fault)
      : Error(kind, role == Role::at_fault ? setting + ": " + message : message), setting_(setting), role_(role) {}
  const std::string& setting() const { return setting_; }
  Role role() const { return role_; }

 private:
  std::string setting_;
  Role role_;
};

/** Throws SettingError{usage} when the value of `setting` is not a fraction from 0 to 1. */
void check_fraction(const std::string& setting, double value);

/** The exit status that product rules give to `error`. */
int exit_status(const Error& error);

/** Runs `work`; an Error that leaves it gets `where` in front of its message, its kind and a setting that would help
    kept. A setting at fault says where by itself. */
template <class Work>
auto with_context(const std::string& where, Work&& work) -> decltype(work()) {
  try {
    return std::forward<Work>(work)();
  } catch (const Interrupted&) {
    throw;
  } catch (const SettingError& error) {
    if (error.role() == SettingError::Role::at_fault) throw;
    throw SettingError(error.kind(), error.setting(), where + ": " + error.what(), error.role());
  } catch (const Error& error) {
    throw Error(error.kind(), where + ": " + error.what());
  }
}

/** The system's words for errno value `number`. */
std::string system_message(int number);

}  // namespace intelia
