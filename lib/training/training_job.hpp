// A training from files to an output folder, for every method: this file handles files and text, the engine trains. A
// job can be checked, planned, run without training (dry run), or run; it prints nothing.
#pragma once

#include <functional>
#include <string>
#include <variant>

#include "inference/provenance.hpp"
#include "record/run.hpp"
#include "training/report.hpp"
#include "training/training_run.hpp"

namespace intelia {

/** The settings of one method, by which the method itself is chosen. */
using MethodSettings = std::variant<SftSettings, DpoSettings, KtoSettings>;

TrainingSettings& common(MethodSettings& settings);
const TrainingSettings& common(const MethodSettings& settings);

struct TrainingJobSettings {
  MethodSettings method;
  TrainingInputs inputs;
  std::string date;  // that a chat template may read, YYYY-MM-DD, or empty
  TokenizerRules tokenizer_rules = TokenizerRules::transformers;
  TrainedTurns trained_turns = TrainedTurns::all;
  bool rejects_long = false;  // records above max_length are rejected instead of truncated
  TokenCacheSettings token_cache;
  std::filesystem::path reference_cache;  // folder of precomputed log-probabilities of reference models, or empty
  RejectPolicy rejects;
  TrackingSettings tracking;
  int threads = 1;  // that read and tokenize
};

/** The options of a run whose settings are these: max_length within the context, the batch size that was chosen. */
using DescribeOptions = std::function<RunOptions(const TrainingSettings& effective)>;

class TrainingJob {
 public:
  /** Loads the text side of the model. Error{usage} or Error{input} when model and settings do not fit. */
  TrainingJob(TrainingJobSettings settings, Sinks sinks);

  /** Checks every record; trains nothing. */
  TrainingReport check() const;
  /** Memory and, with `measures_time`, time that the run will need; trains nothing. */
  TrainingReport plan(bool measures_time) const;
  /** Reads the data and logs the settings; trains nothing. */
  TrainingReport dry_run(const DescribeOptions& describe) const;
  /** Trains, and commits the output folder with its manifest. */
  TrainingReport run(RunInfo info, const DescribeOptions& describe);

 private:
  TrainingSettings& training() { return common(settings_.method); }
  const TrainingSettings& training() const { return common(settings_.method); }
  void warn() const;
  void check_adapters(const BaseFiles& base_files) const;
  /** Tokenizes the data and checks that the schedule fits it, whichever batch size is chosen. */
  TrainingData read_data(Rejects& rejects) const;
  void log_settings(const RunOptions& options, const TrainingData& data) const;
  TrainingPlan engine_plan(const TrainingData& data, bool measures_time) const;
  void choose_batch_size(const TrainingData& data);
  /** Adds the sample prompts to the engine's settings; returns their names. */
  std::vector<std::string> add_sample_prompts();
  /** Adds the reference to the identity of the run, and names the file of its log-probabilities. */
  void add_reference(Json& identity);

  TrainingJobSettings settings_;  // effective
  Sinks sinks_;
  TextSide text_;
  EncodeOptions encode_;
};

}  // namespace intelia
