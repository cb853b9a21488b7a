// Checks of training data that need no weights. It creates no tensors.
#pragma once

#include <filesystem>

#include "engine/jobs.hpp"
#include "training/report.hpp"
#include "training/training_data.hpp"

namespace intelia {

/**
 * Checks every record of both files, and that tokenizer and chat template are those of the adapter that training
 * continues (`adapter`, may be empty) and of the model that will be served. The first faults are logged, all of them
 * are in the summary. is_positive: there is none. Error{usage} when the schedule does not fit the run.
 */
TrainingReport check_training_data(const TextSide& text, const TrainingInputs& inputs,
                                   const std::filesystem::path& adapter, const EncodeOptions& options,
                                   const TrainingSettings& settings, const Sinks& sinks, int threads);

/** The cheap part of it, for every run: Error{refused} when the model that will be served has another tokenizer or chat
    template; warnings for an adapter trained with others, and for faults among the first records. */
void warn_about_training_data(const TextSide& text, const TrainingInputs& inputs, const std::filesystem::path& adapter,
                              const EncodeOptions& options, const Sinks& sinks);

}  // namespace intelia
