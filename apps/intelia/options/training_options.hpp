// Options that every training command shares, whatever its loss.
#pragma once

#include "cli/command.hpp"
#include "engine/jobs.hpp"

namespace intelia {

/** --preset: sets of defaults for training adapters. docs/training.md explains them. */
void declare_presets(OptionTable& table, std::string& preset);

/** --epochs … --max-length: the loop, optimizer and schedule. */
void declare_loop_options(OptionTable& table, TrainingSettings& settings);

/** --lora-r … --adapter-dtype. */
void declare_lora_options(OptionTable& table, TrainingSettings& settings);

/** --eval-every … --log-every. */
void declare_checkpoint_options(OptionTable& table, TrainingSettings& settings);

/** --seed … --shuffle: which samples are drawn together, and in which order. */
void declare_order_options(OptionTable& table, TrainingSettings& settings);

/** --max-memory --probe. */
void declare_memory_options(OptionTable& table, TrainingSettings& settings);

/** Error{usage} for values out of range and for options that exclude each other. */
void check_training_options(const TrainingSettings& settings, bool has_validation);

}  // namespace intelia
