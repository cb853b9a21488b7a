#include "training/training_data.hpp"

#include <fmt/format.h>

#include <charconv>

#include "base/error.hpp"
#include "base/path.hpp"

namespace intelia {

namespace fs = std::filesystem;

TrainingFile training_file_from(const std::string& text) {
  const std::size_t equals = text.rfind('=');
  if (equals == std::string::npos || path_type(text) != PathType::missing) return {text, 1};
  TrainingFile file{text.substr(0, equals), 0};
  const char* end = text.data() + text.size();
  const auto [rest, status] = std::from_chars(text.data() + equals + 1, end, file.weight);
  if (status != std::errc{} || rest != end || !(file.weight > 0 && file.weight <= 1000) || file.path.empty())
    throw Error(Kind::usage, "expected FILE or FILE=WEIGHT with a weight above 0, at most 1000, got '" + text + "'");
  return file;
}

std::vector<fs::path> TrainingInputs::files() const {
  std::vector<fs::path> paths;
  for (const TrainingFile& file : train) paths.push_back(file.path);
  if (!validation.empty()) paths.push_back(validation);
  return paths;
}

TrainingData read_training_data(const TrainingInputs& inputs, const TextSide& text, const EncodeOptions& encode,
                                const TokenCacheSettings& cache, const RejectPolicy& policy, Rejects& rejects,
                                const Sinks& sinks, int threads, std::uint64_t seed) {
  const auto read = [&](const fs::path& path) {
    const std::int64_t num_rejected_before = rejects.count();
    TokenizedDataset dataset(path, *text.tokenizer, text.chat_template, encode, rejects, sinks, cache, threads);
    with_context(path.string(),
                 [&] { check_rejected(policy, rejects.count() - num_rejected_before, dataset.num_read()); });
    if (dataset.size() == 0) throw Error(Kind::input, "'" + path.string() + "' contains no record to train on");
    warn_about_dataset(path, dataset, encode, sinks.log);
    return dataset;
  };
  std::vector<TokenizedDataset> files;
  std::vector<double> weights;
  for (const TrainingFile& file : inputs.train) {
    files.push_back(read(file.path));
    weights.push_back(file.weight);
    if (file.weight * static_cast<double>(files.back().size()) < 0.5)
      throw Error(Kind::usage, fmt::format("the weight {} takes no record of '{}'", file.weight, file.path.string()));
  }
  TrainingData data{TrainingMix(std::move(files), weights, seed), std::nullopt};
  if (!inputs.validation.empty()) data.validation.emplace(read(inputs.validation));
  return data;
}

}  // namespace intelia
