// The names of a training run's checkpoints: OUTPUT/checkpoint-STEP. Does not know what is in them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <utility>
#include <vector>

namespace intelia {

/** (step, folder) of the checkpoints in `output`, newest first; none if there is no such folder. */
std::vector<std::pair<std::int64_t, std::filesystem::path>> list_checkpoints(const std::filesystem::path& output);

/** Whether `output` has checkpoints. */
bool has_checkpoints(const std::filesystem::path& output);

}  // namespace intelia
