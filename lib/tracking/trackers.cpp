#include "tracking/trackers.hpp"

#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/file.hpp"

namespace intelia {

Trackers::Trackers(std::vector<std::unique_ptr<Tracker>> trackers, std::filesystem::path metrics, AnswerTexts texts,
                   Log& log)
    : trackers_(std::move(trackers)), metrics_(std::move(metrics)), texts_(std::move(texts)), log_(log) {}

template <class Call>
void Trackers::tell(Call&& call) {
  for (std::unique_ptr<Tracker>& tracker : trackers_) {
    if (!tracker) continue;
    try {
      call(*tracker);
    } catch (const std::exception& fault) {
      log_.warning(fmt::format("{}: {}; nothing more is told there, training goes on", tracker->name(), fault.what()));
      tracker.reset();
    }
  }
}

void Trackers::begin(std::int64_t num_lines) {
  std::vector<MetricsLine> kept;
  try {
    const double now = unix_seconds();
    if (num_lines > 0) {
      LineReader lines(metrics_);
      while (static_cast<std::int64_t>(kept.size()) < num_lines)
        if (const auto line = lines.next())
          kept.push_back(parse_metrics_line(*line, now));
        else
          break;
    }
  } catch (const std::exception& fault) {
    log_.warning(fmt::format("what the run has measured before cannot be read: {}", fault.what()));
  }
  has_begun_ = true;
  tell([&](Tracker& tracker) { tracker.begin(kept); });
}

void Trackers::line(std::string_view json) {
  try {
    const MetricsLine line = parse_metrics_line(json, unix_seconds());
    tell([&](Tracker& tracker) { tracker.line(line); });
  } catch (const std::exception& fault) {
    log_.warning(fmt::format("what the run measures cannot be told: {}", fault.what()));
  }
}

void Trackers::answers(std::int64_t step, const std::vector<std::vector<std::int32_t>>& ids) {
  try {
    std::vector<SampleAnswer> answers;
    for (std::size_t i = 0; i < ids.size(); ++i) answers.push_back({texts_.prompts.at(i), texts_.text_of(ids[i])});
    tell([&](Tracker& tracker) { tracker.answers(step, answers); });
  } catch (const std::exception& fault) {
    log_.warning(fmt::format("what the model answers cannot be told: {}", fault.what()));
  }
}

void Trackers::trained() {
  tell([](Tracker& tracker) { tracker.trained(); });
}

void Trackers::end(RunStatus status) {
  if (has_begun_) tell([&](Tracker& tracker) { tracker.end(status); });
}

}  // namespace intelia
