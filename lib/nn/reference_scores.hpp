// Log-probabilities of a reference model, kept in a file from one run to the next.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/sinks.hpp"

namespace intelia::nn {

/**
 * The `count` values for the samples with this hash: those in the file that `cache` and the hash name, or those that
 * `compute` returns, which are then stored there. `cache` names everything else that the values depend on; empty: no
 * file is used. A damaged file is replaced; where none can be written a warning is logged.
 */
std::vector<float> reference_scores(const std::filesystem::path& cache, const std::string& data_sha256,
                                    std::int64_t count, const Sinks& sinks,
                                    const std::function<std::vector<float>()>& compute);

}  // namespace intelia::nn
