// The exception type of this project, its kinds, and the exit status of each kind.
// Lower layers say why; callers add where, with with_context(); main prints the message once.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <utility>

namespace intelia {

enum class Kind {
  usage,        // wrong option, configuration, credentials, missing table: the user has to change something (2)
  input,        // unreadable or malformed input (1)
  io,           // cannot read or write: disk full, permission (1)
  unavailable,  // try again later: server unavailable, lock held (75)
  refused,      // done, with a negative result (3)
  internal,     // a bug in this program (1)
  interrupted,  // ended by a signal; the work can be resumed (128 + signal)
};

/** The length of a message, in bytes: it may quote names and values of any size. */
inline constexpr std::size_t kMaxMessageBytes = 4000;

class Error : public std::runtime_error {
 public:
  /** A longer message than kMaxMessageBytes loses its middle. */
  Error(Kind kind, const std::string& message);
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
 * An error about a setting. Libraries name the setting ("min-rating") but do not know how it is written in a user
 * interface; a command line prints it as --min-rating.
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

/** The exit status for `error`. */
int exit_status(const Error& error);

/** Runs `work` and prefixes the message of an Error with `where`. Keeps the kind, and a setting that would help; the
    message of a setting at fault is left unchanged. */
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

/** The system's message for the errno value `number`. */
std::string system_message(int number);

}  // namespace intelia
