#include "tracking/sample_log.hpp"

#include <fmt/format.h>

#include <optional>

#include "base/file.hpp"
#include "base/path.hpp"
#include "record/json.hpp"
#include "record/json_line.hpp"
#include "tracking/append_file.hpp"

namespace intelia {

namespace fs = std::filesystem;

namespace {

/** Bytes of the lines of `path` up to `last_step`; later lines belong to steps that will be repeated. */
std::int64_t kept_bytes(const fs::path& path, std::int64_t last_step) {
  if (last_step == 0 || !is_file(path)) return 0;
  std::int64_t num_bytes = 0;
  LineReader lines(path);
  while (const auto line = lines.next()) {
    const Json json = Json::parse(*line, nullptr, /*allow_exceptions=*/false);
    if (!json.is_object() || !json.contains("step") || !json["step"].is_number_integer() || json["step"] > last_step)
      break;
    num_bytes += static_cast<std::int64_t>(line->size()) + 1;
  }
  return std::min<std::int64_t>(num_bytes, static_cast<std::int64_t>(file_bytes(path)));
}

class SampleLog final : public Tracker {
 public:
  SampleLog(const TrackedRun& run, Log& log) : path_(run.output / "samples.jsonl"), log_(log) {}
  const char* name() const override { return "samples"; }

  void begin(const std::vector<MetricsLine>& kept) override {
    file_.emplace(path_, kept_bytes(path_, kept.empty() ? 0 : kept.back().step));
  }
  void line(const MetricsLine&) override {}
  void end(RunStatus) override {}

  void answers(std::int64_t step, const std::vector<SampleAnswer>& answers) override {
    for (const auto& [prompt, text] : answers)
      file_->append(json_line(Json{{"step", step}, {"prompt", prompt}, {"answer", text}}));
    if (!answers.empty()) log_.info(fmt::format("step {}, {}: {}", step, answers[0].prompt, answers[0].text));
  }

 private:
  fs::path path_;
  Log& log_;
  std::optional<AppendFile> file_;
};

}  // namespace

std::unique_ptr<Tracker> make_sample_log(const TrackedRun& run, Log& log) {
  return std::make_unique<SampleLog>(run, log);
}

}  // namespace intelia
