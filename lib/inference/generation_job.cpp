#include "inference/generation_job.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <optional>
#include <unordered_map>

#include "base/clock.hpp"
#include "base/counted.hpp"
#include "base/held_folder.hpp"
#include "base/path.hpp"
#include "engine/sampling.hpp"
#include "inference/answer_text.hpp"
#include "inference/generation_journal.hpp"
#include "inference/generator.hpp"
#include "inference/provenance.hpp"
#include "record/manifest.hpp"
#include "record/record_lines.hpp"
#include "tokens/encode.hpp"

namespace intelia {

namespace fs = std::filesystem;

void check(const GenerationSettings& settings) {
  check(settings.sampling);
  check(settings.rejects);
  if (settings.batch_size < 1) throw SettingError(Kind::usage, "batch-size", "expected at least 1");
  if (settings.num_samples < 1) throw SettingError(Kind::usage, "num-samples", "expected at least 1");
  if (settings.limit < 0) throw SettingError(Kind::usage, "limit", "expected 0 (all) or more");
  if (settings.num_samples > 1 && settings.sampling.temperature <= 0)
    throw SettingError(Kind::usage, "num-samples", "several answers to a prompt need a temperature above 0");
  check_stop_strings(settings.stop_strings);
}

std::vector<std::string> sampling_keys(const fs::path& folder) {
  const fs::path path = folder / "generation_config.json";
  std::vector<std::string> keys;
  if (!is_file(path)) return keys;
  const Json config = parse_json(read_file(path), path.string());
  if (!config.is_object()) return keys;
  const std::map<std::string, Json> neutral = {
      {"do_sample", false},       {"temperature", 1.0},       {"top_k", 50},    {"top_p", 1.0},
      {"min_p", nullptr},         {"typical_p", 1.0},         {"num_beams", 1}, {"repetition_penalty", 1.0},
      {"penalty_alpha", nullptr}, {"no_repeat_ngram_size", 0}};
  for (const auto& [key, value] : neutral)
    if (config.contains(key) && !config[key].is_null() && config[key] != value) keys.push_back(key);
  return keys;
}

namespace {

/** A prompt that can be answered. */
struct ReadPrompt {
  std::int64_t record = 0;  // its number in the file, from 0; lines that are no prompts count
  Prompt prompt;
  PromptIds ids;
};

/** Reads the prompts of a file one by one; reports the others. */
class PromptReader {
 public:
  PromptReader(const GenerationSettings& settings, const TextSide& text, Rejects& rejects)
      : settings_(settings), text_(text), rejects_(rejects), lines_(settings.prompts) {}

  /** The next prompt that can be answered; of one for which `is_known` returns true, no more than its number. */
  template <class IsKnown>
  std::optional<ReadPrompt> next(const IsKnown& is_known) {
    while (settings_.limit == 0 || num_read_ < settings_.limit) {
      const auto line = lines_.next();
      if (!line) break;
      ReadPrompt read;
      read.record = num_read_++;
      if (is_known(read.record)) return read;
      std::optional<std::string> fault = kLineTooLong;
      if (!lines_.is_too_long()) fault = parse_prompt(*line, read.prompt);
      if (!fault) fault = encode(read);
      const std::string where = fmt::format("{}:{}", settings_.prompts.string(), lines_.line_number());
      if (fault) {
        rejects_.add(where, *fault, *line);
        continue;
      }
      duplicates_.add(where, read.prompt.duplicate_key);
      for (const std::string& key : read.prompt.ignored) ++ignored_[key];
      if (read.prompt.id.empty()) read.prompt.id = fmt::format("line {}", lines_.line_number());
      return read;
    }
    if (!is_checked_) {
      is_checked_ = true;
      duplicates_.warn(rejects_.log());
      warn_of_ignored();
      rejects_.check(num_read_);
    }
    return std::nullopt;
  }

 private:
  void warn_of_ignored() const {
    std::vector<std::string> counts;
    for (const auto& [key, count] : ignored_)
      counts.push_back(fmt::format("'{}' of {}", key, counted(count, "prompt")));
    if (!counts.empty()) rejects_.log().warning(fmt::format("members that are not used: {}", fmt::join(counts, ", ")));
  }

  std::optional<std::string> encode(ReadPrompt& read) const {
    const auto refusal = refusal_of([&] {
      // A text as in training: what looks like a control token is text.
      read.ids = read.prompt.messages.empty()
                     ? text_.tokenizer->encode(read.prompt.text, {.parse = false, .add = true})
                     : encode_prompt(*text_.tokenizer, text_.chat_template, read.prompt.messages,
                                     with_inputs({.date = settings_.date}, read.prompt.inputs));
    });
    if (refusal) return "the chat template raised an error: " + *refusal;
    const std::int64_t context = context_length(text_.config);
    if (static_cast<std::int64_t>(read.ids.size()) >= context)
      return fmt::format("prompt too long: {} tokens, and the model's context has {}", read.ids.size(), context);
    if (read.ids.empty()) return "the prompt has no tokens";
    return std::nullopt;
  }

  const GenerationSettings& settings_;
  const TextSide& text_;
  Rejects& rejects_;
  RecordLines lines_;
  DuplicateKeys duplicates_;
  std::map<std::string, std::int64_t> ignored_;  // members of prompts that are not read
  std::int64_t num_read_ = 0;
  bool is_checked_ = false;
};

void append_answer(std::string& line, const Completion& answer, const GenerationSettings& settings) {
  line += "{\"text\":";
  append_json_string(line, answer.text);
  line += fmt::format(R"(,"finish_reason":"{}","prompt_tokens":{},"completion_tokens":{})",
                      name_of(answer.finish_reason), answer.prompt_tokens, answer.completion_tokens);
  if (settings.with_ids) line += fmt::format(",\"ids\":[{}]", fmt::join(answer.ids, ","));
  if (settings.sampling.wants_log_probs) line += fmt::format(",\"logprobs\":[{}]", fmt::join(answer.log_probs, ","));
  line += '}';
}

/** Prompts from the file, lines into the journal. */
class FileClient final : public GenerationClient {
 public:
  FileClient(const GenerationSettings& settings, const Generator& generator, PromptReader& reader,
             GenerationJournal& journal, std::int64_t num_records, const Sinks& sinks)
      : settings_(settings),
        generator_(generator),
        reader_(reader),
        journal_(journal),
        num_records_(num_records),
        sinks_(sinks) {}

  std::optional<GenerationRequest> next() override {
    while (waiting_.empty()) {
      std::optional<ReadPrompt> read = reader_.next([&](std::int64_t record) { return journal_.has(record); });
      if (!read) return std::nullopt;
      if (journal_.has(read->record)) {
        ++totals_.continued;
        continue;
      }
      open(std::move(*read));
    }
    const Place& place = places_.emplace(num_requests_++, std::move(waiting_.front())).first->second;
    waiting_.pop_front();
    return GenerationRequest{place.prompt->read.ids, static_cast<std::uint64_t>(place.sample), !place.is_base};
  }

  bool add(std::int64_t number, std::int32_t id) override {
    ++totals_.completion_tokens;
    AnswerText& text = places_.at(number).text;
    text.add(id);
    return text.is_stopped();
  }

  void finish(std::int64_t number, GeneratedTokens&& tokens) override {
    const auto found = places_.find(number);
    const Place& place = found->second;
    OpenPrompt& prompt = *place.prompt;
    auto& answers = place.is_base ? prompt.base : prompt.answers;
    answers[static_cast<std::size_t>(place.sample)] = generator_.completion(
        static_cast<std::int64_t>(prompt.read.ids.size()), std::move(tokens), settings_.stop_strings);
    if (--prompt.num_open == 0) write(prompt);
    places_.erase(found);
    report();
  }

  GenerationTotals totals() const {
    GenerationTotals totals = totals_;
    totals.generation_seconds = monotonic_seconds() - started_;
    return totals;
  }

 private:
  struct OpenPrompt {
    ReadPrompt read;
    std::vector<Completion> answers, base;  // by sample
    int num_open = 0;
  };
  /** What a request is for. */
  struct Place {
    std::shared_ptr<OpenPrompt> prompt;
    int sample;
    bool is_base;
    AnswerText text;
  };

  void open(ReadPrompt&& read) {
    const auto num_samples = static_cast<std::size_t>(settings_.num_samples);
    auto prompt = std::make_shared<OpenPrompt>();
    prompt->read = std::move(read);
    prompt->answers.resize(num_samples);
    if (settings_.answers_base) prompt->base.resize(num_samples);
    prompt->num_open = settings_.num_samples * (settings_.answers_base ? 2 : 1);
    for (const bool is_base : {false, true})
      for (int sample = 0; sample < settings_.num_samples && (!is_base || settings_.answers_base); ++sample)
        waiting_.push_back({prompt, sample, is_base, AnswerText(*generator_.text().tokenizer, settings_.stop_strings)});
    totals_.prompt_tokens += static_cast<std::int64_t>(prompt->read.ids.size());
  }

  void write(const OpenPrompt& prompt) {
    std::string line = "{\"id\":";
    append_json_string(line, prompt.read.prompt.id);
    line += ',';
    append_prompt(line, prompt.read.prompt);
    const auto append_list = [&](const char* name, const std::vector<Completion>& answers) {
      line += fmt::format(",\"{}\":[", name);
      for (std::size_t i = 0; i < answers.size(); ++i) {
        if (i > 0) line += ',';
        append_answer(line, answers[i], settings_);
      }
      line += ']';
    };
    append_list("answers", prompt.answers);
    if (settings_.answers_base) append_list("base", prompt.base);
    line += '}';
    journal_.add(prompt.read.record, line);
    ++totals_.prompts;
    totals_.answers += static_cast<std::int64_t>(prompt.answers.size() + prompt.base.size());
  }

  void report() {
    const double seconds = std::max(1e-9, monotonic_seconds() - started_);
    sinks_.progress.update({"prompt", totals_.continued + totals_.prompts, num_records_,
                            fmt::format("{:.0f} tok/s", static_cast<double>(totals_.completion_tokens) / seconds)});
  }

  const GenerationSettings& settings_;
  const Generator& generator_;
  PromptReader& reader_;
  GenerationJournal& journal_;
  std::int64_t num_records_;
  const Sinks& sinks_;
  double started_ = monotonic_seconds();
  std::deque<Place> waiting_;                       // requests of prompts that are read
  std::unordered_map<std::int64_t, Place> places_;  // of requests that are being answered
  std::int64_t num_requests_ = 0;
  GenerationTotals totals_;
};

fs::path beside(const fs::path& output, const std::string& ending) {
  return output.parent_path() / (output.stem().string() + ending);
}
fs::path hidden_beside(const fs::path& output, const std::string& ending) {
  return output.parent_path() / ("." + output.filename().string() + ending);
}

/** Error{usage} for an output that this command did not write. */
void check_output(const fs::path& output, const RunInfo& info) {
  const PathType type = path_type(output);
  if (type == PathType::missing || (type == PathType::file && info.force)) return;
  if (type != PathType::file) throw Error(Kind::usage, "the output '" + output.string() + "' is not a regular file");
  // A run that was interrupted while it renamed its outputs has left its journal.
  if (is_file(hidden_beside(output, ".journal"))) return;
  const fs::path manifest = beside(output, ".manifest.json");
  if (is_file(manifest) && read_manifest_file(manifest).value("command", "") == info.command) return;
  throw SettingError(Kind::usage, "force",
                     "'" + output.string() +
                         "' already exists and was not written by this command; choose another output, or overwrite it",
                     SettingError::Role::remedy);
}

std::int64_t count_records(const GenerationSettings& settings) {
  RecordLines lines(settings.prompts);
  std::int64_t count = 0;
  while ((settings.limit == 0 || count < settings.limit) && lines.next()) ++count;
  return count;
}

Json manifest_of(const RunInfo& info, const Json& inputs, const GenerationTotals& totals, const AtomicFile& output,
                 std::int64_t num_lines, const AtomicFile* rejected) {
  Json manifest = make_manifest(info.command, info.version, info.options);
  manifest["inputs"] = inputs;
  manifest["origins"] = origins_of(inputs);
  manifest["outputs"] = Json::array({describe_output(output, num_lines)});
  if (rejected != nullptr) manifest["outputs"].push_back(describe_output(*rejected, totals.rejected));
  manifest["rejected"] = totals.rejected_by_reason;
  manifest["measured"] = {{"finished_at", utc_now()},
                          {"seconds", totals.seconds},
                          {"generation_seconds", totals.generation_seconds},
                          {"continued", totals.continued},
                          {"completion_tokens", totals.completion_tokens}};
  return manifest;
}

}  // namespace

std::vector<fs::path> generation_outputs(const fs::path& output) {
  return {output, beside(output, ".manifest.json"), beside(output, ".rejected.jsonl"),
          hidden_beside(output, ".journal"), hidden_beside(output, ".lock")};
}

GenerationTotals check_prompts(const GenerationSettings& settings, const Sinks& sinks) {
  check(settings);
  const TextSide text = load_text_side(settings.model.model, settings.tokenizer_rules, settings.model.adapter);
  check_adapter(
      settings.model, [&] { return describe_folder(settings.model.model); }, text, sinks.log);
  Rejects rejects(settings.rejects, sinks.log);
  PromptReader reader(settings, text, rejects);
  GenerationTotals totals;
  while (const auto read = reader.next([](std::int64_t) { return false; })) {
    sinks.stop.check("reading the prompts");
    ++totals.prompts;
    totals.prompt_tokens += static_cast<std::int64_t>(read->ids.size());
  }
  totals.rejected = rejects.count();
  totals.rejected_by_reason = rejects.by_reason();
  return totals;
}

GenerationTotals run_generation(const GenerationSettings& settings, const RunInfo& info, const Sinks& sinks) {
  check(settings);
  const double started = monotonic_seconds();
  const fs::path& output = settings.output;
  check_output(output, info);
  const TextSide text = load_text_side(settings.model.model, settings.tokenizer_rules, settings.model.adapter);
  const fs::path folder = output.has_parent_path() ? output.parent_path() : fs::path(".");
  make_folder(folder);
  const HeldFolder held(folder, /*may_be_link=*/true);
  const FileLock lock(hidden_beside(output, ".lock"), info.command);

  const std::int64_t num_records = count_records(settings);
  Json inputs = Json::array({describe_file(settings.prompts, num_records)});
  const Json base_files = describe_folder(settings.model.model);
  check_adapter(
      settings.model, [&] { return base_files; }, text, sinks.log);
  inputs.insert(inputs.end(), base_files.begin(), base_files.end());
  if (!settings.model.adapter.empty())
    for (Json& file : describe_folder(settings.model.adapter)) inputs.push_back(std::move(file));
  // What the answers depend on; not where the inputs are.
  Json identity = info.fixed_options;
  identity["version"] = info.version;
  for (const Json& input : inputs)
    identity[fs::path(input.value("path", "")).filename().string()] = input.value("sha256", "");
  GenerationJournal journal(hidden_beside(output, ".journal"), identity, info.force);
  if (journal.size() > 0)
    sinks.log.info(fmt::format("continuing an interrupted run: {} of {} answered", journal.size(),
                               counted(num_records, "prompt")));

  AtomicFile rejected(beside(output, ".rejected.jsonl"));
  Rejects rejects(settings.rejects, sinks.log, &rejected);
  PromptReader reader(settings, text, rejects);
  GenerationTotals totals;
  {
    const std::unique_ptr<LoadedModel> model = load_engine().load(settings.model, sinks);
    const Generator generator(text, *model, {.date = settings.date});
    FileClient client(settings, generator, reader, journal, num_records, sinks);
    try {
      generator.run(client, settings.sampling, settings.batch_size, sinks.stop);
    } catch (const Interrupted&) {
      sinks.progress.finish();
      sinks.log.info(
          fmt::format("{} answered; the same command continues from there", counted(journal.size(), "prompt")));
      throw;
    }
    totals = client.totals();
  }
  sinks.progress.finish();

  AtomicFile file(output);
  const std::int64_t num_lines = journal.write_to(file, num_records);
  file.close();
  rejected.close();
  totals.rejected = rejects.count();
  totals.rejected_by_reason = rejects.by_reason();
  totals.seconds = monotonic_seconds() - started;
  AtomicFile manifest(beside(output, ".manifest.json"));
  manifest.write(manifest_of(info, inputs, totals, file, num_lines, rejects.count() > 0 ? &rejected : nullptr).dump(2) +
                 "\n");
  manifest.close();
  check_held_folder(folder);
  // Without a manifest in between: an interrupted commit is not taken for a complete one.
  remove_file(manifest.path());
  if (rejects.count() > 0)
    rejected.commit();
  else
    remove_file(rejected.path());
  file.commit();
  manifest.commit();
  journal.remove();
  return totals;
}

}  // namespace intelia
