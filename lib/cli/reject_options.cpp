#include "cli/reject_options.hpp"

namespace intelia {

void declare_reject_options(OptionTable& table, RejectPolicy& policy) {
  table.add("max-rejected", policy.max_rejected, "Maximum fraction of bad records").changeable();
  table.add("strict", policy.is_strict, "Stop at the first bad record").changeable();
}

void check_reject_options(const RejectPolicy& policy) { check(policy); }

}  // namespace intelia
