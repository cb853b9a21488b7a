// All trackers of one training run. A tracker that fails is named in one warning and disabled; training continues.
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

/** How answers are reported: the names of the run's prompts in order, and how an answer's ids become text. */
struct AnswerTexts {
  std::vector<std::string> prompts;
  std::function<std::string(const std::vector<std::int32_t>&)> text_of;
};

class Trackers final : public MetricsListener {
 public:
  /** `metrics`: the path of metrics.jsonl. */
  Trackers(std::vector<std::unique_ptr<Tracker>> trackers, std::filesystem::path metrics, AnswerTexts texts, Log& log);

  void begin(std::int64_t num_lines) override;
  void line(std::string_view json) override;
  void answers(std::int64_t step, const std::vector<std::vector<std::int32_t>>& ids) override;
  /** Call it within follow() after training, before the output files are hashed. */
  void trained();

  /** Runs `work`, then reports how it ended. */
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
