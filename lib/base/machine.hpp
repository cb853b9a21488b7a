// This machine as commands meet it: cores, memory, and the disks that they write to.
#pragma once

#include <filesystem>

#include "base/finding.hpp"

namespace intelia {

/** Cores, memory, and what is free on the disk of the current folder. */
Finding inspect_machine();

/** Whether `folder`, or the nearest folder above it that exists, can be written to, and what is free there. */
Finding inspect_output(const std::filesystem::path& folder);

}  // namespace intelia
