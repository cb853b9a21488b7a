#include "tracking/loss_plot.hpp"

#include "base/clock.hpp"
#include "base/file.hpp"
#include "tracking/loss_curves.hpp"

namespace intelia {
namespace {

constexpr double kSecondsBetweenFiles = 10, kSecondsBetweenPictures = 0.5;
constexpr int kTextWidth = 72, kTextHeight = 6;

class LossPlot final : public Tracker {
 public:
  LossPlot(const TrackedRun& run, Progress& progress) : run_(run), progress_(progress), written_(monotonic_seconds()) {}
  ~LossPlot() override { progress_.picture(""); }
  const char* name() const override { return "loss plot"; }

  void begin(const std::vector<MetricsLine>& kept) override {
    for (const MetricsLine& before : kept) curves_.add(before);
    show();
  }

  void line(const MetricsLine& line) override {
    curves_.add(line);
    show();
    if (monotonic_seconds() - written_ >= kSecondsBetweenFiles) write();
  }

  void trained() override {
    progress_.picture("");
    write();
    is_whole_ = true;
  }

  void end(RunStatus) override {
    if (!is_whole_) trained();
  }

 private:
  void show() {
    const double now = monotonic_seconds();
    if (now - shown_ < kSecondsBetweenPictures) return;
    shown_ = now;
    progress_.picture(loss_text(curves_, kTextWidth, kTextHeight));
  }

  void write() {
    write_file(run_.output / "loss.svg", loss_svg(curves_, run_.command));
    written_ = monotonic_seconds();
  }

  TrackedRun run_;
  Progress& progress_;
  LossCurves curves_;
  double written_, shown_ = -1;
  bool is_whole_ = false;
};

}  // namespace

std::unique_ptr<Tracker> make_loss_plot(const TrackedRun& run, Progress& progress) {
  return std::make_unique<LossPlot>(run, progress);
}

}  // namespace intelia
