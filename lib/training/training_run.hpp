// What the runs of every training method share: what must be unchanged in a resumed run, what the manifest contains
// about data, model and result, and the trackers. It does not know the loss or the kind of training.
#pragma once

#include <filesystem>
#include <string>

#include "engine/jobs.hpp"
#include "record/run.hpp"
#include "record/trained_records.hpp"
#include "tracking/tracking_settings.hpp"
#include "training/training_data.hpp"

namespace intelia {

/** The options of a run by their names on the command line, with their effective values. */
struct RunOptions {
  Json all;
  Json fixed;    // those that a resumed run must not change
  Json changed;  // those that differ from the defaults, as a user would write them
};

/** What must be unchanged in a resumed run, wherever the files are: options and the hashes of model, adapter,
   tokenizer, chat template and validation data; and the number of threads, which may change with the last bits of the
   result. Loads the engine while the model is hashed. */
Json run_identity(const RunOptions& options, const ModelSettings& model, const TextSide& text,
                  const TokenizedDataset* validation);

/** Describes the inputs as they are now: data, and the files of `identity`. */
void add_training_inputs(Run& run, const TrainingInputs& inputs, const TrainingData& data, const Json& identity);

/** What trackers get of the run. */
TrackedRun tracked_run(const RunInfo& info, const RunOptions& options, const std::filesystem::path& output,
                       bool resumes, const Json& identity, const TrainingMix& train);

/** Removes the manifest of an earlier run in the folder, and for a run that starts over also its weights: what they
   were trained on is no longer known. Error{io}. */
void remove_earlier_result(Run& run, bool starts_over);

/** Passes everything on to `trackers`. Once training begins, the folder's files are replaced one by one: from then
   until commit() it has no manifest. begin() throws Error{io} when the earlier one cannot be removed, which ends the
   run. */
class RunListener final : public MetricsListener {
 public:
  RunListener(Run& run, Trackers& trackers) : run_(run), trackers_(trackers) {}
  void begin(std::int64_t num_lines) override {
    remove_earlier_result(run_, num_lines == 0);
    run_.commit_early(kTrainedRecordsFile);  // checkpoints need it, too
    trackers_.begin(num_lines);
  }
  void line(std::string_view json) override { trackers_.line(json); }
  void answers(std::int64_t step, const std::vector<std::vector<std::int32_t>>& ids) override {
    trackers_.answers(step, ids);
  }

 private:
  Run& run_;
  Trackers& trackers_;
};

/** Copies the tokenizer files of `text` into the run's folder, and for a whole model generation_config.json. */
void copy_text_side(const TextSide& text, Method method, const Run& run);

/** The model card of an adapter: the front matter that PEFT and TRL write, and how it was trained. `base`: its name or
    folder; `objective`: "sft". */
std::string model_card(const RunInfo& info, const std::string& base, const std::string& objective,
                       const TrainingData& data, const TrainingSummary& summary);

/** Adds the outputs and results of the run to its manifest: files of the folder, hashes of the text side,
    counts, result and measurements. */
void record_training(Run& run, const TextSide& text, const TrainingData& data, const Rejects& rejects,
                     const TrainingSettings& settings, const TrainingSummary& summary);

/** Lines for the log: the options that differ from the defaults, the sequences per optimizer step, and the data. */
std::vector<std::string> settings_lines(const RunOptions& options, std::int64_t sequences_per_step,
                                        const std::string& data);

}  // namespace intelia
