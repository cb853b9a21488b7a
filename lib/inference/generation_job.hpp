// From a file of prompts to a file of answers: reading, generating, and continuing a run that was interrupted.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "engine/jobs.hpp"
#include "inference/text_side.hpp"
#include "record/jsonl.hpp"
#include "record/run.hpp"

namespace intelia {

struct GenerationSettings {
  ModelSettings model;
  std::filesystem::path prompts;  // see parse_prompt
  std::filesystem::path output;
  SamplingSettings sampling;
  std::vector<std::string> stop_strings;  // end an answer and are not part of it
  int batch_size = 16;                    // answers that are generated at the same time
  int num_samples = 1;                    // answers to each prompt
  bool answers_base = false;              // the model without the adapter answers, too
  bool with_ids = false;                  // answers have their token ids
  std::int64_t limit = 0;                 // prompts; 0: all
  RejectPolicy rejects;
  std::string date;  // of chat templates that read it
  TokenizerRules tokenizer_rules = TokenizerRules::transformers;
};

struct GenerationTotals {
  std::int64_t prompts = 0, answers = 0;
  std::int64_t continued = 0;                             // prompts that an interrupted run had answered
  std::int64_t prompt_tokens = 0, completion_tokens = 0;  // of the prompts that this run answered
  std::int64_t rejected = 0;
  std::map<std::string, std::int64_t> rejected_by_reason;
  double seconds = 0;
  double generation_seconds = 0;  // without loading
};

/** Throws Error{usage} for values that have no meaning. */
void check(const GenerationSettings& settings);

/** The keys of generation_config.json in `folder` that ask for another way of sampling than the largest logit. */
std::vector<std::string> sampling_keys(const std::filesystem::path& folder);

/** The files that run_generation() writes for this --output, hidden ones included. */
std::vector<std::filesystem::path> generation_outputs(const std::filesystem::path& output);

/** Reads the prompts without generating; prompts and prompt_tokens are set. */
GenerationTotals check_prompts(const GenerationSettings& settings, const Sinks& sinks);

/**
 * Writes for each prompt, in their order, a line {"id","prompt","answers":[{"text","finish_reason","prompt_tokens",
 * "completion_tokens"[,"ids"][,"logprobs"]}][,"base":[…]]} to settings.output, NAME.manifest.json next to it, and
 * NAME.rejected.jsonl with lines that are no prompts. An answer depends on its prompt, the settings and the sample
 * number alone (see LoadedModel::generate). Until the run is complete the answers are in a journal next to the output,
 * from which a run with the same inputs and options continues. Error{usage} for an output of another command, or a
 * journal of another run, unless info.force.
 */
GenerationTotals run_generation(const GenerationSettings& settings, const RunInfo& info, const Sinks& sinks);

}  // namespace intelia
