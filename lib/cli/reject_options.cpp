#include "cli/reject_options.hpp"

namespace intelia {

void declare_reject_options(OptionTable& table, RejectPolicy& policy) {
  table.add("max-rejected", policy.max_rejected, "Largest fraction of the records that may be bad").changeable();
  table.add("strict", policy.is_strict, "End at the first bad record").changeable();
}

void check_reject_options(const RejectPolicy& policy) { check(policy); }

}  // namespace intelia
