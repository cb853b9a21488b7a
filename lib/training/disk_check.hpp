// Whether the disk has room for what a training will write.
#pragma once

#include <cstdint>

#include "engine/jobs.hpp"
#include "model/config.hpp"

namespace intelia {

/** Bytes of checkpoints and result of a run of `steps` optimizer steps, an upper bound to within the file headers: a
    checkpoint has the trained parameters, the state of the optimizer, the best parameters and the result. */
std::uint64_t training_disk_bytes(const ModelConfig& model, const TrainingSettings& settings, std::int64_t steps);

/** Error{io} when they do not fit beside what is there already. */
void check_training_disk(const ModelConfig& model, const TrainingSettings& settings, std::int64_t steps);

}  // namespace intelia
