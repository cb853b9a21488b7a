// Checkpoints: folders OUTPUT/checkpoint-STEP that are whole or not there. Everything is written into a hidden folder,
// its manifest (with every file's sha256) last; then the folder gets its name. A torn or altered one is skipped with a
// word.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/sinks.hpp"
#include "nn/shapes.hpp"
#include "record/json.hpp"

namespace intelia::nn {

/** One file of a checkpoint: its name and the tensors in it. */
struct CheckpointPart {
  std::string file;  // "optimizer.safetensors"
  NamedTensors tensors;
};

/** Writes checkpoint-STEP. `write_model` puts adapter or model files into the folder it is given. */
void save_checkpoint(const std::filesystem::path& output, std::int64_t step, const Json& state,
                     const std::vector<CheckpointPart>& parts,
                     const std::function<void(const std::filesystem::path&)>& write_model);

/** A whole checkpoint found on the disk. */
struct FoundCheckpoint {
  std::filesystem::path folder;
  std::int64_t step = 0;
  Json state;
};

/** The newest checkpoint of `output` whose every file has its checksum; broken ones are named in a warning. */
std::optional<FoundCheckpoint> find_checkpoint(const std::filesystem::path& output, Log& log);

/** Removes what killed runs left half-made, and of the checkpoints up to `current_step` all but the `keep` newest and
   that of `best_step`. Later ones are broken (the run went on from an older one) and are written again when it gets
   there. Those at steps that are not scheduled (a signal asked for them) go as soon as a newer one is there, so that an
   interrupted run leaves the same ones as an undisturbed run. */
void rotate_checkpoints(const std::filesystem::path& output, int keep, std::int64_t current_step,
                        std::int64_t best_step, const std::function<bool(std::int64_t)>& is_scheduled);

/** Removes every checkpoint: a run that starts anew must not find those of another. */
void remove_checkpoints(const std::filesystem::path& output);

}  // namespace intelia::nn
