// The options of commands that read records: how many bad ones they accept.
#pragma once

#include "cli/command.hpp"
#include "record/jsonl.hpp"

namespace intelia {

/** --max-rejected --strict. */
void declare_reject_options(OptionTable& table, RejectPolicy& policy);

/** Throws Error{usage} when --max-rejected is not a fraction. */
void check_reject_options(const RejectPolicy& policy);

}  // namespace intelia
