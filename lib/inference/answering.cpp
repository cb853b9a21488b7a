#include "inference/answering.hpp"

#include <algorithm>
#include <iterator>

#include "base/error.hpp"

namespace intelia {

std::vector<std::vector<Completion>> answer_questions(const Generator& generator, const AnsweringSettings& settings,
                                                      const std::vector<Question>& questions,
                                                      const std::vector<Variant>& variants, const Sinks& sinks) {
  const auto batch_size = static_cast<std::size_t>(settings.batch_size);
  std::vector<std::vector<Completion>> answers(variants.size());
  for (std::size_t begin = 0; begin < questions.size(); begin += batch_size) {
    sinks.stop.check("answering");
    const std::size_t end = std::min(questions.size(), begin + batch_size);
    std::vector<PromptIds> prompts;
    for (std::size_t i = begin; i < end; ++i)
      prompts.push_back(
          with_context("question '" + questions[i].id + "'", [&] { return generator.encode(questions[i].messages); }));
    for (std::size_t v = 0; v < variants.size(); ++v) {
      auto batch = generator.complete(prompts, settings.sampling, variants[v] == Variant::adapted, sinks.stop);
      std::move(batch.begin(), batch.end(), std::back_inserter(answers[v]));
    }
    sinks.progress.update(
        {"question", static_cast<std::int64_t>(end), static_cast<std::int64_t>(questions.size()), "answered"});
  }
  sinks.progress.finish();
  return answers;
}

}  // namespace intelia
