// Checks of this machine: cores, memory, and the disks that commands write to.
#pragma once

#include <cstdint>
#include <filesystem>

#include "base/finding.hpp"

namespace intelia {

/** Cores, memory, and free space on the disk of the current folder. */
Finding inspect_machine();

/** Whether `folder`, or its nearest parent that exists, is writable, and the free space there. */
Finding inspect_output(const std::filesystem::path& folder);

/** Bytes of memory that this process has resident now; 0 when the system does not say. */
std::uint64_t resident_bytes();

}  // namespace intelia
