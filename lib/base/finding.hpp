// What an inspection found out about one part of a system, and what can be done about it.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

namespace intelia {

enum class Condition {
  ok,
  note,     // works; something about it is worth knowing
  absent,   // not configured
  warning,  // works today; it can cost data, time or secrecy
  failed,   // does not work
};

struct Finding {
  std::string part;  // "privileges"; occurs at most once in an inspection
  Condition condition = Condition::ok;
  std::string message = {};
  std::vector<std::string> remedies = {};  // statements or shell commands, each to be run as it is
  std::string setting = {};                // another value of which would help; empty: none
};

/** Makes a finding worse, and adds to its message. */
inline void add(Finding& finding, Condition condition, const std::string& message) {
  finding.condition = std::max(finding.condition, condition);
  finding.message += (finding.message.empty() ? "" : "; ") + message;
}

}  // namespace intelia
