// The result of checking one part of a system, and how to fix it.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

namespace intelia {

enum class Condition {
  ok,
  note,     // works; for information
  absent,   // not configured
  warning,  // works, with a risk to data, run time or confidentiality
  failed,   // does not work
};

struct Finding {
  std::string part;  // "privileges"; unique among the findings
  Condition condition = Condition::ok;
  std::string message = {};
  std::vector<std::string> remedies = {};  // SQL statements or shell commands that fix it
  std::string setting = {};                // whose value should be changed; empty: none
};

/** Raises the severity of a finding to at least `condition` and extends its message. */
inline void add(Finding& finding, Condition condition, const std::string& message) {
  finding.condition = std::max(finding.condition, condition);
  finding.message += (finding.message.empty() ? "" : "; ") + message;
}

}  // namespace intelia
