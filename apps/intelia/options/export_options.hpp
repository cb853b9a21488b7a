// Options that commands which write models share.
#pragma once

#include <cstdint>

#include "cli/command.hpp"
#include "export/merged_model.hpp"

namespace intelia {

/** --onto. */
void declare_onto(OptionTable& table, Onto& onto);

/** --max-file-gigabytes. */
void declare_max_file_size(OptionTable& table, double& gigabytes);

/** The value of --max-file-gigabytes in bytes. Error{usage} unless it is above 0 and at most 1e6. */
std::uint64_t file_bytes_of(double gigabytes);

}  // namespace intelia
