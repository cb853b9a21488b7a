#include "nn/nonfinite_batch.hpp"

#include <cmath>

#include "base/file.hpp"
#include "base/path.hpp"

namespace intelia::nn {

namespace fs = std::filesystem;

const char* describe_nonfinite(double value) { return std::isnan(value) ? "NaN" : "infinite"; }

std::string write_nonfinite_batch(const fs::path& output, const std::string& what, std::int64_t step,
                                  const std::vector<NumberedBatch>& batches,
                                  const std::vector<std::vector<SampleLoss>>& losses) {
  std::string text;
  std::int64_t num_samples = 0;
  for (std::size_t micro = 0; micro < batches.size(); ++micro) {
    const std::vector<Json> samples = batches[micro].batch->describe();
    for (std::size_t i = 0; i < samples.size(); ++i, ++num_samples) {
      const SampleLoss& score = losses[micro][i];
      const double loss = WeightedSum{score.loss_sum, score.weight}.mean();
      Json line = {{"what", what},
                   {"step", step},
                   {"micro_batch", micro},
                   {"sample", batches[micro].numbers[i]},
                   {"loss", std::isfinite(loss) ? Json(loss) : Json(nullptr)}};
      line.update(samples[i]);
      text += line.dump() + "\n";
    }
  }
  const fs::path path = output / kNonfiniteBatchFile;
  write_file(path, text);
  return "its " + std::to_string(num_samples) + " samples are in '" + path.string() + "'";
}

void remove_nonfinite_batch(const fs::path& output) { remove_file(output / kNonfiniteBatchFile); }

}  // namespace intelia::nn
