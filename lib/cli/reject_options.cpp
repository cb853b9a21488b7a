#include "cli/reject_options.hpp"

#include <fmt/format.h>

namespace intelia {

void declare_reject_options(OptionTable& table, RejectPolicy& policy) {
  table.add("max-rejected", policy.max_rejected, "Maximum fraction of bad records").changeable();
  table.add("strict", policy.is_strict, "Stop at the first bad record").changeable();
}

void check_fraction(const char* name, double fraction) {
  if (!(fraction >= 0 && fraction <= 1))
    throw Error(Kind::usage, fmt::format("--{}: expected a fraction from 0 to 1, got {}", name, fraction));
}

void check_reject_options(const RejectPolicy& policy) { check_fraction("max-rejected", policy.max_rejected); }

}  // namespace intelia
