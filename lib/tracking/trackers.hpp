// All that listens to one training run. A listener that fails is named in one warning and hears no more; training goes
// on.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/sinks.hpp"
#include "tracking/tracker.hpp"

namespace intelia {

/** How answers are told: names of the run's prompts in their order, and what turns an answer's ids into text. */
struct AnswerTexts {
  std::vector<std::string> prompts;
  std::function<std::string(const std::vector<std::int32_t>&)> text_of;
};

class Trackers final : public MetricsListener {
 public:
  /** `metrics`: the file whose lines are heard of. */
  Trackers(std::vector<std::unique_ptr<Tracker>> trackers, std::filesystem::path metrics, AnswerTexts texts, Log& log);

  void begin(std::int64_t num_lines) override;
  void line(std::string_view json) override;
  void answers(std::int64_t step, const std::vector<std::vector<std::int32_t>>& ids) override;
  /** To be called within follow() when all was measured, before the files of the run are described. */
  void trained();

  /** Runs `work`, then tells how it ended. */
  template <class Work>
  auto follow(Work&& work) -> decltype(work()) {
    try {
      auto result = std::forward<Work>(work)();
      end(RunStatus::finished);
      return result;
    } catch (const Interrupted&) {
      end(RunStatus::killed);
      throw;
    } catch (...) {
      end(RunStatus::failed);
      throw;
    }
  }

 private:
  template <class Call>
  void tell(Call&& call);
  void end(RunStatus status);

  std::vector<std::unique_ptr<Tracker>> trackers_;
  std::filesystem::path metrics_;
  AnswerTexts texts_;
  Log& log_;
  bool has_begun_ = false;
};

}  // namespace intelia
