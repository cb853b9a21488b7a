// Checkpoints: folders OUTPUT/checkpoint-STEP, each complete or absent. Everything is written into a hidden folder, the
// manifest (with every file's sha256) last; then the folder is renamed. Incomplete or altered ones are skipped with a
// warning.
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

/** A file of a checkpoint. */
struct CheckpointPart {
  std::string file;  // "optimizer.safetensors"
  NamedTensors tensors;
};

/** Writes checkpoint-STEP. `write_model` writes adapter or model files into the given folder; `before_naming` is called
   when the checkpoint is complete, before it gets its name. */
void save_checkpoint(const std::filesystem::path& output, std::int64_t step, const Json& state,
                     const std::vector<CheckpointPart>& parts,
                     const std::function<void(const std::filesystem::path&)>& write_model,
                     const std::function<void()>& before_naming);

/** A complete checkpoint on disk. */
struct FoundCheckpoint {
  std::filesystem::path folder;
  std::int64_t step = 0;
  Json state;
};

/** The newest checkpoint of `output` whose files all match their checksums; others are named in a warning. */
std::optional<FoundCheckpoint> find_checkpoint(const std::filesystem::path& output, Log& log);

/** Removes unfinished checkpoints of killed runs, and of those up to `current_step` all but the `keep` newest and that
   of `best_step`. Later ones are damaged (the run was resumed from an older one) and will be written again. Those at
   steps that are not scheduled (a signal requested them) are removed as soon as there is a newer one, so that an
   interrupted run leaves the same checkpoints as an uninterrupted one. */
void rotate_checkpoints(const std::filesystem::path& output, int keep, std::int64_t current_step,
                        std::int64_t best_step, const std::function<bool(std::int64_t)>& is_scheduled);

/** Removes all checkpoints but the one that is being written: a run that starts over must not find those of another. */
void remove_checkpoints(const std::filesystem::path& output);

}  // namespace intelia::nn
