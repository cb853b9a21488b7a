#include "options/generation_options.hpp"

#include <fmt/format.h>

#include "inference/generation_job.hpp"

namespace intelia {

void declare_sampling_options(OptionTable& table, SamplingSettings& sampling, std::vector<std::string>& stop_strings) {
  table.add("max-new-tokens", sampling.max_new_tokens, "Maximum number of new tokens of an answer");
  table.add("temperature", sampling.temperature, "Temperature of sampling; 0 = the most likely token");
  table.add("top-k", sampling.top_k, "Sample from the most likely tokens only, this many (0 = all)");
  table.add("top-p", sampling.top_p, "Sample from the most likely tokens that together have this probability");
  table.add("min-p", sampling.min_p,
            "Sample from tokens that are at least this times as likely as the most likely one (0 = all)");
  table.add("repetition-penalty", sampling.repetition_penalty,
            "Divides the positive logits of tokens that occurred already, and multiplies negative ones (1 = none)");
  table.add("seed", sampling.seed, "Random seed of sampling");
  table.add_texts("stop", stop_strings,
                  "Text that ends an answer and is not part of it, taken as it is; repeat the option for several");
}

void warn_of_unused_filters(const SamplingSettings& sampling, Log& log) {
  if (sampling.temperature > 0) return;
  std::vector<std::string> names;
  if (sampling.top_k > 0) names.emplace_back("--top-k");
  if (sampling.top_p < 1) names.emplace_back("--top-p");
  if (sampling.min_p > 0) names.emplace_back("--min-p");
  if (!names.empty())
    log.warning(fmt::format("{} {} no effect without a temperature above 0: the most likely token is chosen",
                            fmt::join(names, ", "), names.size() == 1 ? "has" : "have"));
}

void tell_ignored_sampling(const std::filesystem::path& model, Log& log) {
  const std::vector<std::string> keys = sampling_keys(model);
  if (keys.empty()) return;
  log.info(fmt::format("generation_config.json sets {}, which {} not used: sampling follows the options alone",
                       fmt::join(keys, ", "), keys.size() == 1 ? "is" : "are"));
}

}  // namespace intelia
