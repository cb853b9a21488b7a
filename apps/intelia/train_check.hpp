// What a training command can prove about its data before any weight is read; no tensor is made here.
#pragma once

#include "options/model_options.hpp"

namespace intelia {

/** What a training run reads and what will serve its result. */
struct TrainInputs {
  std::filesystem::path train, validation;  // validation may be empty
  std::filesystem::path adapter;            // that training goes on from, or empty
  std::filesystem::path serve_model;        // folder that will be served, or empty
};

/**
 * Checks every record of both files and that tokenizer and chat template are those of what will be served. Names the
 * faults (the first ones in words, all of them with --json). Error{usage} when the schedule does not fit the run.
 * Returns 0 when the data is sound, else 3.
 */
int check_training_data(const TextSide& text, const TrainInputs& inputs, const EncodeOptions& options,
                        const SftSettings& settings, const Context& context);

/** The part of it that costs next to nothing, for a run that was not asked to check: Error{refused} when --serve-model
   is not what is trained; warnings for an adapter trained otherwise, and for faults among the first records. */
void warn_of_training_data(const TextSide& text, const TrainInputs& inputs, const EncodeOptions& options,
                           const Context& context);

}  // namespace intelia
