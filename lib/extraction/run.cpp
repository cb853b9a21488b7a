#include "extraction/run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/counted.hpp"
#include "base/held_folder.hpp"
#include "base/path.hpp"
#include "dataset/split.hpp"
#include "extraction/baseline.hpp"
#include "extraction/dataset_files.hpp"
#include "extraction/state.hpp"

namespace intelia::extraction {

namespace fs = std::filesystem;

namespace {

/** The state must not overwrite a dataset or another file. */
void check_state_is_no_other_file(const fs::path& folder, const fs::path& state) {
  const auto fail = [&](const std::string& words) {
    throw SettingError(Kind::usage, "state", "'" + state.string() + "' " + words);
  };
  for (const char* name : kOutputNames)
    if (state.filename() == name) fail("has the name of an output; name another file");
  if (state.filename() == "manifest.json") fail("has the name of an output; name another file");
  const PathType type = path_type(state);
  if (is_same_file(state, folder)) fail("is the output folder; name a file");
  if (type != PathType::missing && type != PathType::file) fail("is not a file; name one");
}

/** Whether the last run in the folder wrote `name`. */
bool was_output(const fs::path& folder, const std::string& name) {
  try {
    const std::optional<Json> last = read_manifest(folder);
    if (!last) return false;
    const Json outputs = last->value("outputs", Json::array());
    return std::any_of(outputs.begin(), outputs.end(),
                       [&](const Json& output) { return output.value("path", "") == name; });
  } catch (const Error&) {
    return false;  // a forced run replaces a manifest that cannot be read
  }
}

/** Compares with the last run in the folder, if there is one. */
std::optional<DriftReport> drift_since_last_run(const fs::path& folder, const Json& counts, const DriftPolicy& policy,
                                                Log& log) {
  try {
    const std::optional<Json> last = read_manifest(folder);
    if (!last || last->value("command", "") != "extract" || !last->contains("counts")) return std::nullopt;
    return compare((*last)["counts"], counts, policy);
  } catch (const Error& error) {
    log.warning(std::string("not compared with the last run: ") + error.what());
    return std::nullopt;
  }
}

/** " (rating is NaN: 2, unknown role: 1)" of counts by reason, the most frequent first; empty for none. */
std::string reasons_in_words(const Json& counts) {
  std::vector<std::pair<std::int64_t, std::string>> reasons;
  for (const auto& [reason, count] : counts.items()) reasons.emplace_back(-count.get<std::int64_t>(), reason);
  std::sort(reasons.begin(), reasons.end());
  std::string words;
  for (const auto& [minus_count, reason] : reasons)
    words += fmt::format("{}{}: {}", words.empty() ? " (" : ", ", reason, -minus_count);
  return words.empty() ? words : words + ")";
}

/** Waits after the given number of attempts: 1, 2, 4 … seconds, at most a minute. */
void wait_before_retry(int num_attempts, const StopFlag& stop) {
  const double seconds = std::min(60.0, static_cast<double>(1 << std::min(num_attempts - 1, 6)));
  const double deadline = monotonic_seconds() + seconds;
  while (monotonic_seconds() < deadline) {
    stop.check("the extraction");
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

/** One attempt to extract a source, from reading to commit. */
class Attempt {
 public:
  Attempt(const ExtractSettings& settings, Source& source, Baseline baseline, const RunInfo& info, Run& run,
          const Sinks& sinks)
      : settings_(settings),
        source_(source),
        baseline_(std::move(baseline)),
        info_(info),
        run_(run),
        sinks_(sinks),
        warnings_(settings.rejects, sinks.log) {}

  ExtractResult extract() {
    check_disk();
    if (settings_.incremental) find_increment();
    read_rows();
    sinks_.stop.check("the extraction");
    check_rows();
    describe();
    if (state_) finish_state();
    result_.manifest = run_.close();
    run_.commit();
    return std::move(result_);
  }

 private:
  /** The required space is an estimate, so a forced run skips the check. */
  void check_disk() {
    if (info_.force) return;
    const std::string shortage =
        disk_shortage(run_.folder(), source_.estimated_bytes(), "the conversations need about");
    if (!shortage.empty())
      throw SettingError(Kind::io, "force", shortage + "; free some space, narrow the selection, or skip this check",
                         SettingError::Role::remedy);
  }

  RowClassifier make_classifier() const { return {source_.rules(), split_of(settings_.split)}; }

  void find_increment() {
    VersionedSource& source = *source_.versioned();
    compare_baseline(baseline_, source, info_);
    if (baseline_.state) {
      RowClassifier classifier = make_classifier();
      increment_ = read_increment(
          baseline_, source, classifier, [this](const RowResult& result) { warnings_.add(result); }, sinks_);
    }
    if (increment_) result_.increment = increment_->counts();
    result_.why_in_full = baseline_.why_in_full;
    if (!increment_) sinks_.log.info("reading all conversations: " + baseline_.why_in_full);
  }

  /** Writes the lines of the increment, or of all rows. The source is left as soon as it is read, so that a slow disk
      does not keep its transaction open. */
  void read_rows() {
    if (increment_) source_.finish();
    const bool has_test = split_of(settings_.split).has_test();
    files_.emplace(run_, has_test, increment_ ? increment_->tallies() : Tallies());
    if (!has_test) remove_test_part();
    if (settings_.incremental) state_.emplace(run_.stage_state(state_path(settings_)));
    if (increment_) return increment_->compose(run_.folder(), *files_, *state_);
    source_.read(
        [this] { return make_classifier(); }, sinks_,
        [this](std::optional<std::string_view> conversation_id, std::uint64_t version, const RowResult& row) {
          warnings_.add(row);
          const std::uint32_t tally = files_->add(row);
          if (state_)
            state_->add({conversation_key(conversation_id), version, tally, line_place(row.output, row.line.size())});
        });
    source_.finish();
  }

  /** That of an earlier run with three parts must not remain beside two new ones. */
  void remove_test_part() {
    const std::string name = kOutputNames[index_of(OutputKind::test)];
    if (was_output(run_.folder(), name)) run_.remove_at_commit(run_ / name);
  }

  void check_rows() {
    result_.rows = files_->num_rows();
    result_.kept = files_->num_kept();
    result_.train = files_->count(OutputKind::train);
    result_.validation = files_->count(OutputKind::validation);
    result_.test = files_->count(OutputKind::test);
    result_.rejected = files_->count(OutputKind::rejected);
    result_.dropped = files_->count(OutputKind::dropped);
    result_.quarantined = files_->count(OutputKind::quarantined);
    result_.counts = files_->counts();
    if (const auto unmatched = source_.unmatched_by_reason(); !unmatched.empty())
      result_.counts["unmatched"] = unmatched;
    check_rejected(settings_.rejects, result_.rejected, result_.rows);
    const bool was_empty = increment_ && baseline_.num_kept == 0;
    if (result_.kept == 0 && !settings_.allow_empty && !was_empty)
      throw SettingError(Kind::input, "allow-empty",
                         "no conversation qualifies (" + in_words(result_) +
                             "); existing files are kept; widen the selection, or allow empty files",
                         SettingError::Role::remedy);
  }

  void describe() {
    files_->set_records();
    const Json input = source_.describe();
    result_.snapshot = input.value("snapshot", "");
    run_.add_input(input);
    result_.drift = drift_since_last_run(run_.folder(), result_.counts, settings_.drift, sinks_.log);
    run_.manifest()["counts"] = result_.counts;
    run_.manifest()["split_seed"] = kSplitSeed;
    result_.seconds = run_.seconds();
    Json& measured = run_.measured();
    measured["rows_per_second"] = static_cast<double>(result_.rows) / result_.seconds;
    if (result_.increment) measured["increment"] = to_json(*result_.increment);
    if (!result_.why_in_full.empty()) measured["in_full"] = result_.why_in_full;
    if (result_.drift) measured["drift"] = to_json(*result_.drift);
  }

  void finish_state() {
    StateSummary summary{baseline_.identity, baseline_.next_transaction, result_.snapshot, files_->tallies(), {}, 0,
                         result_.kept};
    for (std::size_t i = 0; i < kNumOutputs; ++i) summary.outputs[i] = files_->state_of(static_cast<OutputKind>(i));
    state_->finish(summary);
  }

  const ExtractSettings& settings_;
  Source& source_;
  Baseline baseline_;
  const RunInfo& info_;
  Run& run_;
  const Sinks& sinks_;
  SetAsideWarnings warnings_;
  std::unique_ptr<Increment> increment_;
  std::optional<DatasetFiles> files_;
  std::optional<StateWriter> state_;
  ExtractResult result_;
};

void check_versioned(const ExtractSettings& settings, Source& source) {
  if (settings.incremental && source.versioned() == nullptr)
    throw SettingError(Kind::usage, "incremental", "the rows of this source have no versions; extract it in full");
}

}  // namespace

void check(const ExtractSettings& settings) {
  split_of(settings.split);
  check(settings.rejects);
  check(settings.drift);
  if (settings.retries < 0)
    throw SettingError(Kind::usage, "retries", fmt::format("expected 0 or more, got {}", settings.retries));
  if (settings.incremental) return;
  if (settings.rescan) throw SettingError(Kind::usage, "rescan", "requires an incremental extraction");
  if (!settings.state.empty()) throw SettingError(Kind::usage, "state", "requires an incremental extraction");
}

fs::path state_path(const ExtractSettings& settings) {
  return settings.state.empty() ? settings.output / kStateName : settings.state;
}

std::string in_words(const ExtractResult& result) {
  const auto reasons = [&](const char* name) { return reasons_in_words(result.counts.value(name, Json::object())); };
  std::string words =
      fmt::format("{} matched: {} kept, {} dropped{}, {} rejected{}", counted(result.rows, "row"), result.kept,
                  result.dropped, reasons("dropped"), result.rejected, reasons("rejected"));
  if (result.quarantined > 0) words += fmt::format(", {} quarantined{}", result.quarantined, reasons("quarantined"));
  const std::string unmatched = unmatched_in_words(result.counts.value("unmatched", Json::object()));
  return unmatched.empty() ? words : words + "; " + unmatched;
}

std::string unmatched_in_words(const Json& unmatched) {
  std::int64_t sum = 0;
  for (const Json& count : unmatched) sum += count.get<std::int64_t>();
  return sum == 0 ? "" : fmt::format("{} not selected{}", sum, reasons_in_words(unmatched));
}

ExtractResult extract(const ExtractSettings& settings, SourceFactory& sources, const RunInfo& info,
                      const Sinks& sinks) {
  check(settings);
  sources.connect();
  // Locks are taken before the snapshot, so that the later of two runs reads the later state.
  std::optional<HeldFolder> state_folder;
  Run run(info, settings.output);
  std::optional<FileLock> state_lock;
  if (settings.incremental) {
    const fs::path state = state_path(settings);
    check_state_is_no_other_file(run.folder(), state);
    const fs::path folder = state.has_parent_path() ? state.parent_path() : fs::path(".");
    if (is_folder(folder)) state_folder.emplace(folder, /*may_be_link=*/true);
    state_lock.emplace(state.parent_path() / ("." + state.filename().string() + ".lock"), "intelia " + info.command);
  }
  for (int num_attempts = 1;; ++num_attempts) {
    try {
      Baseline baseline;
      if (settings.incremental) baseline = open_baseline(state_path(settings), run.folder(), settings.rescan);
      const std::unique_ptr<Source> source = sources.open();
      check_versioned(settings, *source);
      return Attempt(settings, *source, std::move(baseline), info, run, sinks).extract();
    } catch (const Error& error) {
      if (!sources.is_conflict(error) || num_attempts > settings.retries) throw;
      sinks.log.warning(fmt::format("{}; retrying, {} of {}", error.what(), num_attempts, settings.retries));
    }
    run.restart();
    wait_before_retry(num_attempts, sinks.stop);
  }
}

ExtractPreview preview(const ExtractSettings& settings, SourceFactory& sources, const RunInfo& info,
                       const Sinks& sinks) {
  check(settings);
  sources.connect();
  Baseline baseline;
  if (settings.incremental) baseline = open_baseline(state_path(settings), settings.output, settings.rescan);
  const std::unique_ptr<Source> source = sources.open();
  check_versioned(settings, *source);
  ExtractPreview preview;
  preview.selection = source->count();
  if (settings.incremental) {
    VersionedSource& versioned = *source->versioned();
    compare_baseline(baseline, versioned, info);
    if (baseline.state)
      if (const auto increment = find_increment(baseline, versioned, sinks)) preview.increment = increment->counts();
    preview.why_in_full = baseline.why_in_full;
  }
  source->finish();
  return preview;
}

}  // namespace intelia::extraction
