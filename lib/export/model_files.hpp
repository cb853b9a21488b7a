// What a model folder that is written needs besides its weights, and what must not be left over in it.
#pragma once

#include <cstdint>
#include <string>

#include "record/run.hpp"

namespace intelia {

/** Throws Error{io} unless `weight_bytes`, and some room for headers and the tokenizer, are free in the run's folder;
    `need` is "the model needs", `remedy` what else can be done besides freeing space, or empty. */
void check_room_for_weights(const Run& run, std::uint64_t weight_bytes, const std::string& need,
                            const std::string& remedy = "");

/** Has commit() remove weights and tokenizer files of an earlier run that this one does not replace: they would be read
    as this model's. */
void remove_stale_model_files(Run& run);

}  // namespace intelia
