// The memory of the process: retained while work runs, returned afterwards.
#include "nn/memory.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <fstream>

#include "model_folder.hpp"
#include "nn/engine.hpp"
#include "nn/sft.hpp"

using namespace intelia;
namespace fs = std::filesystem;

namespace {

constexpr double kMiB = 1 << 20;

/** The resident memory of the process in bytes. */
double resident_bytes() {
  std::ifstream file("/proc/self/statm");
  double pages = 0;
  file >> pages >> pages;
  return pages * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

/** One sample of `count` tokens. */
class LongSample final : public SampleSource {
 public:
  explicit LongSample(std::size_t count) : sample_{std::vector<std::int32_t>(count, 3), {}} {
    sample_.is_target.assign(count, 1);
  }
  std::int64_t size() const override { return 1; }
  TokenSample at(std::int64_t) const override { return sample_; }
  std::string content_sha256() const override { return "long"; }

 private:
  TokenSample sample_;
};

fs::path make_wide_model(const fs::path& folder) {
  InitSettings settings;
  settings.hidden_size = 512;
  settings.intermediate_size = 1376;
  settings.layers = 4;
  settings.heads = 8;
  settings.kv_heads = 8;
  settings.vocab_size = 256;
  settings.max_positions = 2048;
  return write_model(folder, settings);
}

}  // namespace

#ifndef __SANITIZE_ADDRESS__  // whose allocator keeps freed memory
TEST_CASE("freed memory stays in the process while retained, and is returned to the system afterwards") {
  const auto fill = [] {
    std::vector<at::Tensor> tensors;
    for (int i = 0; i < 64; ++i) tensors.push_back(at::ones({1 << 20}, at::kFloat));
  };
  const double before = resident_bytes();
  {
    const nn::HeapRetention outer;
    {
      const nn::HeapRetention inner;
      fill();
    }
    CHECK(resident_bytes() - before > 200 * kMiB);
  }
  CHECK(resident_bytes() - before < 50 * kMiB);
}
#endif

TEST_CASE("training and a loaded model return their memory when they end") {
  const TemporaryFolder folder;
  TrainingSettings common;
  common.base.model = make_wide_model(folder / "model");
  common.base.precision = Precision::fp32;
  common.base.device = Device::cpu;
  common.base.threads = 2;
  SftSettings settings{common};
  settings.output = folder / "out";
  fs::create_directory(settings.output);
  settings.batch_size = settings.gradient_accumulation = 1;
  settings.max_steps = 2;
  settings.probes = false;
  const LongSample sample(2048);
  SilentSinks silent;
  const std::unique_ptr<Engine> engine = nn::make_engine();
  const double before = resident_bytes();
  const TrainingSummary summary = engine->train(settings, sample, nullptr, Json::object(), silent.sinks());
  CHECK(static_cast<double>(summary.allocator_peak_bytes) > 200 * kMiB);
  CHECK(resident_bytes() - before < 100 * kMiB);

  const std::vector<TokenSample> batch{sample.at(0), sample.at(0)};
  engine->load(settings.base, silent.sinks())->score(batch, /*use_adapter=*/false);
  CHECK(resident_bytes() - before < 100 * kMiB);

  settings.base.retains_memory = false;
  const std::unique_ptr<LoadedModel> served = engine->load(settings.base, silent.sinks());
  for (int i = 0; i < 2; ++i) {
    served->score(batch, /*use_adapter=*/false);
    CHECK(resident_bytes() - before < 150 * kMiB);  // 50 MiB of it are the model
  }
}
