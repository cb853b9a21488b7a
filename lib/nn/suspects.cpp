#include "nn/suspects.hpp"

#include <cmath>

#include "base/file.hpp"
#include "nn/trainer.hpp"
#include "record/json.hpp"

namespace intelia::nn {

namespace fs = std::filesystem;

const char* kind_of_no_number(double value) { return std::isnan(value) ? "NaN" : "infinite"; }

std::string write_suspects(const fs::path& output, const std::string& what, std::int64_t step,
                           const std::vector<NumberedSamples>& micro_batches,
                           const std::vector<std::vector<SampleLoss>>& losses) {
  std::string text;
  std::int64_t num_samples = 0;
  for (std::size_t micro = 0; micro < micro_batches.size(); ++micro) {
    for (std::size_t i = 0; i < micro_batches[micro].samples.size(); ++i, ++num_samples) {
      const TokenSample& sample = micro_batches[micro].samples[i];
      const SampleLoss& score = losses[micro][i];
      const double loss = score.loss_sum / divisor_of(score.weight);
      Json line = {{"what", what},
                   {"step", step},
                   {"micro_batch", micro},
                   {"sample", micro_batches[micro].numbers[i]},
                   {"loss", std::isfinite(loss) ? Json(loss) : Json(nullptr)},
                   {"ids", sample.ids},
                   {"is_target", sample.is_target}};
      if (!sample.weights.empty()) line["weights"] = sample.weights;
      text += line.dump() + "\n";
    }
  }
  const fs::path path = output / kSuspectsFile;
  write_file(path, text);
  return "its " + std::to_string(num_samples) + " samples are in '" + path.string() + "'";
}

void remove_suspects(const fs::path& output) { fs::remove(output / kSuspectsFile); }

}  // namespace intelia::nn
