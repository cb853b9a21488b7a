#include "tracking/sample_log.hpp"

#include <fmt/format.h>

#include <optional>

#include "base/file.hpp"
#include "tracking/append_file.hpp"

namespace intelia {

namespace fs = std::filesystem;

namespace {

/** Bytes of the lines of `path` up to `last_step`; what follows belongs to steps that will be done again. */
std::int64_t kept_bytes(const fs::path& path, std::int64_t last_step) {
  if (last_step == 0 || !fs::is_regular_file(path)) return 0;
  std::int64_t num_bytes = 0;
  LineReader lines(path);
  while (const auto line = lines.next()) {
    const Json json = Json::parse(*line, nullptr, /*allow_exceptions=*/false);
    if (!json.is_object() || !json.contains("step") || !json["step"].is_number_integer() || json["step"] > last_step) break;
    num_bytes += static_cast<std::int64_t>(line->size()) + 1;
  }
  return std::min<std::int64_t>(num_bytes, static_cast<std::int64_t>(fs::file_size(path)));
}

class SampleLog final : public Tracker {
 public:
  SampleLog(const TrackedRun& run, std::vector<std::string> prompts,
            std::function<std::string(const std::vector<std::int32_t>&)> text_of, Log& log)
      : path_(run.output / "samples.jsonl"), prompts_(std::move(prompts)), text_of_(std::move(text_of)), log_(log) {}
  const char* name() const override { return "samples"; }

  void begin(const std::vector<MetricsLine>& kept) override {
    file_.emplace(path_, kept_bytes(path_, kept.empty() ? 0 : kept.back().step));
  }
  void line(const MetricsLine&) override {}
  void end(Outcome) override {}

  void answers(std::int64_t step, const std::vector<std::vector<std::int32_t>>& ids) override {
    for (std::size_t i = 0; i < ids.size(); ++i) {
      const std::string text = text_of_(ids[i]);
      file_->append(Json{{"step", step}, {"prompt", prompts_[i]}, {"answer", text}}.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
      if (i == 0) log_.info(fmt::format("step {}, {}: {}", step, prompts_[i], text));
    }
  }

 private:
  fs::path path_;
  std::vector<std::string> prompts_;
  std::function<std::string(const std::vector<std::int32_t>&)> text_of_;
  Log& log_;
  std::optional<AppendFile> file_;
};

}  // namespace

std::unique_ptr<Tracker> make_sample_log(const TrackedRun& run, std::vector<std::string> prompts,
                                         std::function<std::string(const std::vector<std::int32_t>&)> text_of, Log& log) {
  return std::make_unique<SampleLog>(run, std::move(prompts), std::move(text_of), log);
}

}  // namespace intelia
