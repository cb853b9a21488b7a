// Questions in, answers of one or several variants of a model out, batch by batch.
#pragma once

#include <cstdint>
#include <vector>

#include "inference/generator.hpp"
#include "record/message.hpp"

namespace intelia {

/** Which weights answer: the base model, or base + adapter. */
enum class Variant { base, adapted };

struct AnsweringSettings {
  SamplingSettings sampling;
  int batch_size = 8;  // questions answered together
};

/** The answers of each variant, in the order of `variants`, to every question, in the order of `questions`.
   Error{input} names the question for which the template raises an error, or that does not fit the context. */
std::vector<std::vector<Completion>> answer_questions(const Generator& generator, const AnsweringSettings& settings,
                                                      const std::vector<Question>& questions,
                                                      const std::vector<Variant>& variants, const Sinks& sinks);

}  // namespace intelia
