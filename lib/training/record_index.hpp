// The index of the records that a training reads (record/trained_records.hpp), and whether it trains on held-out ones.
#pragma once

#include <cstdint>

#include "engine/jobs.hpp"
#include "record/trained_records.hpp"
#include "training/training_data.hpp"

namespace intelia {

/**
 * Writes the index to `index`, which may be null: first the records that the base and the adapter were trained on
 * before, as far as they have an index (if one was trained and has none, the index says that it is incomplete, and a
 * warning does), then those of `inputs`. A record that cannot be used is in it, too, if it can
 * be read. Warns when training and validation data share records. Returns the number of records. Inputs that can be
 * read only once are left out.
 */
std::int64_t index_trained_records(const TrainingInputs& inputs, RecordKind records, const ModelSettings& base,
                                   AtomicFile* index, const Sinks& sinks);

}  // namespace intelia
