// What every training command is made of: its shared options, their checks, and one call of a TrainingJob. The command
// adds the options of its method.
#pragma once

#include <string>
#include <vector>

#include "cli/command.hpp"
#include "options/model_options.hpp"
#include "training/training_job.hpp"

namespace intelia {

/** The options of one training command; `method` has the settings of its method from the beginning. */
struct TrainingOptions {
  TrainingJobSettings job;
  std::vector<std::string> train;
  std::string preset = "product";
  bool only_checks = false, only_plans = false;
  TokenCacheOptions token_cache;

  explicit TrainingOptions(MethodSettings method) {
    job.method = std::move(method);
    training().base.method = Method::automatic;
  }
  TrainingSettings& training() { return common(job.method); }
  const TrainingSettings& training() const { return common(job.method); }
};

/** --model … --resume; `data` says what the training data is. */
void declare_training_files(OptionTable& table, TrainingOptions& options, const std::string& data);

/** --date … --sample-tokens: text side, caches, rejected records, trackers. */
void declare_training_environment(OptionTable& table, TrainingOptions& options);

/** The options of a run whose settings are `effective`: `declare` declares them. */
template <class Options>
RunOptions describe_run(const Options& typed, const TrainingSettings& effective,
                        void (*declare)(OptionTable&, Options&)) {
  Options options = typed, defaults;
  options.training() = effective;
  OptionTable table, default_table;
  declare(table, options);
  declare(default_table, defaults);
  RunOptions described{Json::object(), Json::object(), Json::object()};
  for (const Option& option : table.options()) {
    described.all[option.name] = option.json();
    if (!option.may_change) described.fixed[option.name] = option.json();
    if (option.get() != default_table.find(option.name)->get()) described.changed[option.name] = option.get();
  }
  return described;
}

/** Checks the shared options (Error{usage}), runs the job and prints its report; returns the exit status. `table`: the
   declared options, for their names in texts. */
int run_training_command(const TrainingOptions& typed, const DescribeOptions& describe, const OptionTable& table,
                         Context& context);

/** The body of a training command, after its own checks. */
template <class Options>
int run_training_command(const Options& typed, void (*declare)(OptionTable&, Options&), Context& context) {
  Options bound = typed;
  OptionTable table;
  declare(table, bound);
  return run_training_command(
      typed, [&](const TrainingSettings& effective) { return describe_run(typed, effective, declare); }, table,
      context);
}

}  // namespace intelia
