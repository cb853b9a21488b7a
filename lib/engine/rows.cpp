#include "engine/rows.hpp"

#include "engine/packing.hpp"

namespace intelia {

std::vector<std::int64_t> sample_lengths(const SampleSource& samples) {
  std::vector<std::int64_t> lengths;
  lengths.reserve(static_cast<std::size_t>(samples.size()));
  for (std::int64_t i = 0; i < samples.size(); ++i) lengths.push_back(samples.size_at(i).tokens);
  return lengths;
}

std::vector<BatchRow> training_rows(const std::vector<std::int64_t>& lengths, const TrainingSettings& settings) {
  std::vector<BatchRow> rows;
  if (!settings.packs) {
    for (std::size_t i = 0; i < lengths.size(); ++i) rows.push_back({static_cast<std::int64_t>(i)});
    return rows;
  }
  constexpr std::int64_t kChunkOfDatasets = 1000;  // default batch size of datasets.Dataset.map, which TRL packs in
  const std::int64_t chunk = settings.compat == Compat::trl ? kChunkOfDatasets : 0;
  Packer packer({.max_length = settings.max_length, .chunk = chunk}, [&](std::span<const PackedPiece> pieces) {
    BatchRow& row = rows.emplace_back();
    for (const PackedPiece& piece : pieces) row.push_back(piece.sample);
  });
  for (const std::int64_t length : lengths) packer.add(length);
  packer.finish();
  return rows;
}

std::int64_t num_training_rows(const SampleSource& samples, const TrainingSettings& settings) {
  if (!settings.packs) return samples.size();
  return static_cast<std::int64_t>(training_rows(sample_lengths(samples), settings).size());
}

}  // namespace intelia
