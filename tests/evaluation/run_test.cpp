// The order in which conversations are scored.
#include "evaluation/run.hpp"

#include <doctest/doctest.h>

using namespace intelia;

namespace {

/** Samples of these lengths, which count how often one is read. */
class CountedSamples final : public SampleSource {
 public:
  explicit CountedSamples(std::vector<std::int32_t> lengths) : lengths_(std::move(lengths)) {}
  std::int64_t size() const override { return static_cast<std::int64_t>(lengths_.size()); }
  TokenSample at(std::int64_t index) const override {
    ++num_reads;
    return {std::vector<std::int32_t>(static_cast<std::size_t>(lengths_[static_cast<std::size_t>(index)])), {}};
  }
  SampleSize size_at(std::int64_t index) const override { return {lengths_[static_cast<std::size_t>(index)], 0}; }
  std::string content_sha256() const override { return ""; }
  mutable int num_reads = 0;

 private:
  std::vector<std::int32_t> lengths_;
};

}  // namespace

TEST_CASE("samples are sorted by length without being read") {
  const CountedSamples samples({5, 2, 9, 2, 1});
  CHECK(order_by_length(samples, {0, 1, 2, 3, 4}) == std::vector<std::size_t>{4, 1, 3, 0, 2});
  CHECK(order_by_length(samples, {2, 3, 4}) == std::vector<std::size_t>{2, 1, 0});
  CHECK(samples.num_reads == 0);
}
