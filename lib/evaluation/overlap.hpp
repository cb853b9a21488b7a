// Which held-out conversations are compared: each distinct one once, by its tokens, and none that one of the models was
// trained on, by the indexes of trained records beside them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/sinks.hpp"
#include "tokens/dataset.hpp"

namespace intelia {

struct TrainedOverlap {
  bool is_known = false;                         // the candidate has an index, and it is complete
  std::int64_t num_excluded = 0;                 // conversations that a model was trained on; they are not compared
  std::vector<std::string> first_excluded = {};  // names of the first of them
  std::int64_t num_selection = 0;                // compared conversations whose loss selected the checkpoint
  std::int64_t num_duplicates = 0;               // copies of compared conversations; they are not compared again
  bool has_index = false;                        // of the candidate; if not is_known, it is incomplete
};

/** The samples of a dataset that may be compared, in order, and what is left out. */
struct HeldOut {
  std::vector<std::int64_t> samples;
  TrainedOverlap overlap;
};

/** Looks up every sample of `dataset`, which was made of `path`, in the indexes of `candidate` and, where it has one,
   of `base`; both are folders. Of samples with the same targets in the same context the first is kept. Error{input}
   when an index is malformed. */
HeldOut find_held_out(const TokenizedDataset& dataset, const std::filesystem::path& path,
                      const std::filesystem::path& base, const std::filesystem::path& candidate, const Sinks& sinks);

}  // namespace intelia
