#include "inference/answering.hpp"

#include <optional>

#include "base/error.hpp"

namespace intelia {

namespace {

/** Questions in their order, each with its variants one after the other. */
class QuestionClient final : public GenerationClient {
 public:
  QuestionClient(const Generator& generator, const std::vector<Question>& questions,
                 const std::vector<Variant>& variants, const Sinks& sinks)
      : generator_(generator),
        questions_(questions),
        variants_(variants),
        sinks_(sinks),
        answers_(variants.size(), std::vector<Completion>(questions.size())) {}

  std::optional<GenerationRequest> next() override {
    const std::size_t question = next_ / variants_.size(), variant = next_ % variants_.size();
    if (question == questions_.size()) return std::nullopt;
    if (variant == 0) {
      prompt_ = with_context("question '" + questions_[question].id + "'",
                             [&] { return generator_.encode(questions_[question].messages); });
      prompt_tokens_.push_back(static_cast<std::int64_t>(prompt_.size()));
    }
    ++next_;
    return GenerationRequest{prompt_, 0, variants_[variant] == Variant::adapted};
  }

  void finish(std::int64_t number, GeneratedTokens&& tokens) override {
    const auto question = static_cast<std::size_t>(number) / variants_.size();
    answers_[static_cast<std::size_t>(number) % variants_.size()][question] =
        generator_.completion(prompt_tokens_[question], std::move(tokens));
    ++num_finished_;
    sinks_.progress.update({"question", num_finished_ / static_cast<std::int64_t>(variants_.size()),
                            static_cast<std::int64_t>(questions_.size()), "answered"});
  }

  std::vector<std::vector<Completion>>& answers() { return answers_; }

 private:
  const Generator& generator_;
  const std::vector<Question>& questions_;
  const std::vector<Variant>& variants_;
  const Sinks& sinks_;
  std::size_t next_ = 0;  // request
  PromptIds prompt_;      // of the question that is next
  std::vector<std::int64_t> prompt_tokens_;
  std::int64_t num_finished_ = 0;
  std::vector<std::vector<Completion>> answers_;
};

}  // namespace

std::vector<std::vector<Completion>> answer_questions(const Generator& generator, const AnsweringSettings& settings,
                                                      const std::vector<Question>& questions,
                                                      const std::vector<Variant>& variants, const Sinks& sinks) {
  QuestionClient client(generator, questions, variants, sinks);
  generator.run(client, settings.sampling, settings.batch_size, sinks.stop);
  sinks.progress.finish();
  return std::move(client.answers());
}

}  // namespace intelia
