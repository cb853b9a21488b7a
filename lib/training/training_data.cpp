#include "training/training_data.hpp"

#include "base/error.hpp"

namespace intelia {

namespace fs = std::filesystem;

TrainingData read_training_data(const TrainingInputs& inputs, const TextSide& text, const EncodeOptions& encode,
                                const TokenCacheSettings& cache, const RejectPolicy& policy, Rejects& rejects,
                                const Sinks& sinks, int threads) {
  const auto read = [&](const fs::path& path) {
    const std::int64_t num_rejected_before = rejects.count();
    TokenizedDataset dataset(path, *text.tokenizer, text.chat_template, encode, rejects, sinks, cache, threads);
    with_context(path.string(),
                 [&] { check_rejected(policy, rejects.count() - num_rejected_before, dataset.num_read()); });
    if (dataset.size() == 0) throw Error(Kind::input, "'" + path.string() + "' holds no record to train on");
    warn_about_dataset(path, dataset, encode, sinks.log);
    return dataset;
  };
  TrainingData data{read(inputs.train), std::nullopt};
  if (!inputs.validation.empty()) data.validation.emplace(read(inputs.validation));
  return data;
}

}  // namespace intelia
