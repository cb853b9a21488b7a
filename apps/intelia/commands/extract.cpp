// `intelia extract`: rated conversations of a PostgreSQL table → train.jsonl and validation.jsonl, what was rejected,
// and the manifest that lets every line be defended.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <optional>
#include <thread>

#include "base/clock.hpp"
#include "base/file.hpp"
#include "cli/reject_options.hpp"
#include "dataset/split.hpp"
#include "extraction/dataset_files.hpp"
#include "extraction/drift.hpp"
#include "extraction/file_rows.hpp"
#include "extraction/increment.hpp"
#include "extraction/state.hpp"
#include "postgres/connection.hpp"
#include "postgres/conversations.hpp"
#include "postgres/query.hpp"
#include "record/jsonl.hpp"
#include "record/manifest.hpp"

namespace intelia {

namespace {

namespace fs = std::filesystem;

using namespace extraction;

struct Options {
  postgres::ExtractQuery query;
  postgres::ReadSettings read;
  fs::path from;  // a file to read instead of a database
  fs::path output;
  double split = 0.9;
  bool allow_empty = false;
  bool incremental = false;
  bool rescan = false;
  fs::path state;  // empty: kStateName in the output folder
  int retries = 3;
  DriftPolicy drift;
  RejectPolicy rejects;
};

constexpr const char* kStateName = "extract.state";

void declare(OptionTable& table, Options& options) {
  table
      .add(
          "output", options.output,
          "Folder for train.jsonl, validation.jsonl, rejected.jsonl, dropped.jsonl, quarantine.jsonl and manifest.json",
          "FOLDER")
      .required()
      .changeable();
  table.add("min-rating", options.query.min_rating, "Smallest rating that is taken");
  table.add("min-messages", options.query.min_messages, "Fewest messages, as stored, of a conversation that is taken");
  table.add("languages", options.query.languages, "Languages that are taken; empty: any").changeable();
  table
      .add("limit", options.query.limit,
           "Most rows that the database returns, newest first, before the program judges their shape; 0: all")
      .changeable();
  table.add("since", options.query.since, "Take conversations created at this UTC date or time, or later", "TIME")
      .changeable();
  table.add("until", options.query.until, "Take conversations created before this UTC date or time", "TIME")
      .changeable();
  table.add("system-prompt", options.query.system_prompt, "System message to put before each conversation");
  table.add("table", options.query.table, "Table or view to read, NAME or SCHEMA.NAME", "NAME");
  table.add(
      "columns", options.query.columns,
      "Names of the table's columns where they differ, such as messages=body,rating=stars; ours are conversation_id, "
      "messages, rating, created_at, language and thumbs");
  table.add(
      "signals", options.query.signals,
      "Where a conversation's rating comes from, the first that says something: rating, thumbs, turns (ratings inside "
      "messages), feedback, annotations; the last two correct answers as well");
  table.add(
      "rating-scale", options.query.rating_scale,
      "Scale of the rating column and of ratings inside messages, which becomes 1 to 5: 1-5, 0-10, 0-5, 0-1, 0-100 "
      "or boolean",
      "SCALE");
  table.add("feedback-scale", options.query.feedback_scale, "Scale of the ratings in the feedback table", "SCALE");
  table.add("feedback-table", options.query.feedback_table, "Table or view with the users' feedback", "NAME");
  table.add(
      "feedback-columns", options.query.feedback_columns,
      "Names of its columns where they differ, such as rating=stars; ours are feedback_id, conversation_id, turn, "
      "answer, rating, corrected_answer and created_at");
  table.add("annotations-table", options.query.annotations_table, "Table or view with the experts' annotations",
            "NAME");
  table.add(
      "annotations-columns", options.query.annotations_columns,
      "Names of its columns where they differ, such as annotator=expert; ours are annotation_id, conversation_id, "
      "turn, annotator, scores, corrected_answer and created_at");
  table.add("min-annotators", options.query.min_annotators,
            "Fewest experts on an answer for their correction of it to be used");
  table.add(
      "max-disagreement", options.query.max_disagreement,
      "Largest difference between two experts' mean scores of an answer; beyond it the conversation is put aside");
  table.add("roles", options.query.roles, "Names of roles in messages that are not known: vet=assistant,farmer=user");
  table.add("time-zone", options.query.time_zone, "What a created_at without a time zone means, such as Europe/Paris",
            "ZONE");
  table.add("from", options.from,
            "Read this .jsonl, .csv or .tsv file instead of a database; the selection and the order are the same");
  table.add("split", options.split, "Fraction of the conversations that goes to train.jsonl, by a hash of their id");
  table
      .add("incremental", options.incremental,
           "Read only conversations that are new or changed since the last run; what is written is the same")
      .changeable();
  table.add("state", options.state, "What an incremental run remembers; default: extract.state in the output folder")
      .changeable();
  table.add("rescan", options.rescan, "Read every conversation again and renew the state").changeable();
  table.add("jobs", options.read.jobs, "Connections that read at once, in one snapshot").changeable();
  table
      .add("snapshot", options.read.snapshot,
           "Read what another session sees: what pg_export_snapshot() gave it, while its transaction is open")
      .changeable();
  table
      .add("retries", options.retries,
           "Times to begin again when the database cancels the reading for a conflict, as a standby does")
      .changeable();
  table
      .add("statement-timeout", options.read.statement_timeout_seconds,
           "Seconds after which the database ends the reading; 0: none")
      .changeable();
  table
      .add("lock-timeout", options.read.lock_timeout_seconds,
           "Seconds to wait for a table that is being altered; 0: for ever")
      .changeable();
  table
      .add("alarm-drift", options.drift.alarm_drift,
           "End with 3 when the rows differ from the last run's by more than this share of them, chance allowed for, "
           "or a "
           "reason for rejecting jumps; 0: never")
      .changeable();
  table.add("allow-empty", options.allow_empty, "Write empty files when no conversation qualifies").changeable();
  declare_reject_options(table, options.rejects);
}

void check(const Options& options) {
  auto fail = [](const std::string& words) { throw Error(Kind::usage, words); };
  check_fraction("split", options.split);
  check_reject_options(options.rejects);
  postgres::check(options.query);
  if (options.read.jobs < 1 || options.read.jobs > 64)
    fail(fmt::format("--jobs: expected 1 to 64, got {}", options.read.jobs));
  if (options.retries < 0) fail(fmt::format("--retries: expected 0 or more, got {}", options.retries));
  if (options.read.statement_timeout_seconds < 0 || options.read.lock_timeout_seconds < 0)
    fail("--statement-timeout, --lock-timeout: expected 0 (none) or more seconds");
  if (options.drift.alarm_drift < 0 || options.drift.alarm_drift > 1)
    fail(fmt::format("--alarm-drift: expected a share from 0 to 1, got {}", options.drift.alarm_drift));
  const postgres::ReadSettings standard;
  if (!options.from.empty() &&
      (options.incremental || options.read.jobs != standard.jobs || !options.read.snapshot.empty()))
    fail("--from reads a file; --incremental, --jobs and --snapshot are for a database");
  if (!options.incremental && options.rescan) fail("--rescan renews the state of --incremental; pass both");
  if (!options.incremental && !options.state.empty()) fail("--state is kept by --incremental; pass both");
}

fs::path state_path(const Options& options) {
  return options.state.empty() ? options.output / kStateName : options.state;
}

/** The file with the connection's secret must not be one that is about to be replaced. */
void check_secret_is_no_output(const fs::path& folder, const fs::path& state) {
  const char* secret = std::getenv("DATABASE_URL_FILE");
  if (secret == nullptr || *secret == '\0') return;
  std::vector<fs::path> outputs{folder / "manifest.json", folder / ".intelia.lock", state};
  for (const char* name : kFileNames) outputs.push_back(folder / name);
  for (const fs::path& output : outputs) {
    std::error_code status;
    if (fs::equivalent(output, secret, status))
      throw Error(Kind::usage, "DATABASE_URL_FILE is the output " + output.filename().string() + "; keep it elsewhere");
  }
}

/** A state written over a dataset, or a file of somebody else, would be lost. */
void check_state_is_no_other_file(const fs::path& folder, const fs::path& state) {
  for (const char* name : kFileNames)
    if (state.filename() == name || state.filename() == "manifest.json")
      throw Error(Kind::usage, "--state '" + state.string() + "' has the name of an output; name another file");
  std::error_code status;
  if (fs::exists(state) && !fs::is_regular_file(state))
    throw Error(Kind::usage, "--state '" + state.string() + "' is not a file; name one");
  if (fs::equivalent(state, folder, status))
    throw Error(Kind::usage, "--state '" + state.string() + "' is the output folder; name a file");
}

/** An estimate, so it refuses only what cannot fit by far: --force goes on all the same. */
void check_free_disk(const fs::path& folder, std::uint64_t estimated_bytes, bool force) {
  const std::uint64_t free_bytes = free_disk_bytes(folder);
  if (force || estimated_bytes <= free_bytes) return;
  throw Error(Kind::io, fmt::format("'{}' has {} MiB free and the conversations need about {} MiB; free some, narrow "
                                    "the selection, or pass --force",
                                    folder.string(), free_bytes >> 20, estimated_bytes >> 20));
}

/** What the lines of a state depend on besides their rows: another one means that every line is made anew. Which rows
    are selected is found out anew each time, and so is not part of it. */
Json identity_of(postgres::ConversationSource& source, const Context& context) {
  Json identity{{"program", context.program.version}, {"source", source.identity()}};
  for (const auto& [name, value] : context.fixed_options.items()) identity["--" + name] = value;
  return identity;
}

/** What an incremental run starts from. */
struct Baseline {
  std::optional<State> state;
  std::string why_in_full;  // without a state to build on: every conversation is read, since …
  Json identity;
  std::uint64_t next_transaction = 0;
  std::int64_t num_kept = 0;
};

Baseline find_baseline(const Options& options, const Context& context, postgres::ConversationSource& source) {
  // Of a row's version the number of a transaction is known, of which 32 bits are kept: they come round.
  constexpr std::uint64_t kHalfRound = std::uint64_t{1} << 31;
  Baseline baseline;
  baseline.identity = identity_of(source, context);
  baseline.next_transaction = source.next_transaction();
  auto in_full = [&](std::string why) {
    baseline.state.reset();
    baseline.why_in_full = std::move(why);
    return std::move(baseline);
  };
  if (options.rescan) return in_full("--rescan asks for it");
  if (std::string why = source.why_not_incremental(); !why.empty()) return in_full(why);
  std::string why_not;
  baseline.state = State::open(state_path(options), options.output, why_not);
  if (!baseline.state) return in_full(why_not);
  const StateSummary& last = baseline.state->summary();
  for (const auto& [name, value] : baseline.identity.items())
    if (last.identity.value(name, Json()) != value)
      return in_full(name == "source" ? "the database or the table is another one, or was restored or altered"
                                      : "the last run's " + name + " was another one");
  if (baseline.next_transaction < last.next_transaction)
    return in_full("the database's transactions have gone back, as after a restore");
  if (baseline.next_transaction - last.next_transaction > kHalfRound)
    return in_full("too many transactions lie between");
  baseline.num_kept = last.num_kept;
  return baseline;
}

/** What is new, changed and gone since `state`. */
std::unique_ptr<Increment> find_increment(const State& state, postgres::ConversationSource& source,
                                          const Sinks& sinks) {
  auto increment = std::make_unique<Increment>(state);
  source.read_index(sinks, [&](std::string_view conversation_id, std::uint64_t version) {
    increment->add(conversation_id, version);
  });
  increment->resolve();
  return increment;
}

/** The increment on `baseline`, read; nothing when that is so much that reading all is less work. */
std::unique_ptr<Increment> read_increment(Baseline& baseline, postgres::ConversationSource& source, Judge& judge,
                                          Notices& notices, const Sinks& sinks) {
  constexpr std::size_t kConversationsAtOnce = 500;
  constexpr std::int64_t kFew = 1000;
  std::unique_ptr<Increment> increment = find_increment(*baseline.state, source, sinks);
  const IncrementCounts& counts = increment->counts();
  const std::int64_t num_changed = counts.added + counts.updated;
  if (num_changed > kFew && num_changed > counts.unchanged) {
    baseline.why_in_full = "more than half of the conversations are new or changed";
    return nullptr;
  }
  std::int64_t num_read = 0;
  increment->for_each_batch(kConversationsAtOnce, [&](const std::vector<std::string>& ids) {
    sinks.stop.check("extract");
    source.read_conversations(ids, judge,
                              [&](std::string_view conversation_id, std::uint64_t version, const Outcome& outcome) {
                                notices.note(outcome);
                                increment->put(conversation_id, version, outcome);
                              });
    num_read += static_cast<std::int64_t>(ids.size());
    sinks.progress.update({"changed conversation", num_read, num_changed, ""});
  });
  sinks.progress.finish();
  return increment;
}

Json to_json(const IncrementCounts& counts) {
  return {{"added", counts.added}, {"updated", counts.updated}, {"left", counts.left}, {"unchanged", counts.unchanged}};
}

std::string in_words(const IncrementCounts& counts) {
  return fmt::format("{} new, {} changed, {} gone, {} as before", counts.added, counts.updated, counts.left,
                     counts.unchanged);
}

int dry_run(const Options& options, Context& context, const postgres::ConversationSource::Connect& connect) {
  postgres::ConversationSource source(connect, options.query, options.read);
  Json summary{{"dry_run", true}, {"rows", source.count_rows()}, {"sql", source.sql()}};
  std::string words = fmt::format("{} rows match", summary["rows"].get<std::int64_t>());
  if (options.incremental) {
    Baseline baseline = find_baseline(options, context, source);
    if (baseline.state) {
      const IncrementCounts counts = find_increment(*baseline.state, source, context.sinks)->counts();
      summary["increment"] = to_json(counts);
      words += ": " + in_words(counts);
    } else {
      summary["in_full"] = baseline.why_in_full;
      words += "; all would be read: " + baseline.why_in_full;
    }
  }
  source.finish();
  context.finish(summary, words + "; nothing was written");
  return 0;
}

/** What was read and where its lines stand, before anything has its name. */
struct Extracted {
  DatasetFiles files;
  Json input;
  Json unmatched = Json::object();  // of a file: what a database would not have returned, by reason
  std::optional<IncrementCounts> increment;
  Baseline baseline;
  std::optional<StateWriter> state;
};

Extracted extract_from_database(const Options& options, Context& context, const fs::path& folder,
                                const postgres::ConversationSource::Connect& connect) {
  postgres::ConversationSource source(connect, options.query, options.read);
  if (options.read.jobs > 1 && !source.why_not_parallel().empty())
    context.log().warning("--jobs: one connection reads, since " + source.why_not_parallel());
  check_free_disk(folder, source.estimated_bytes(), context.common.force);

  Notices notices(options.rejects, context.log());
  auto make_judge = [&] { return Judge(row_rules(options.query, source.form()), options.split); };
  Baseline baseline;
  std::unique_ptr<Increment> increment;
  if (options.incremental) {
    baseline = find_baseline(options, context, source);
    if (baseline.state) {
      Judge judge = make_judge();
      increment = read_increment(baseline, source, judge, notices, context.sinks);
    }
    if (!increment) context.log().info("every conversation is read: " + baseline.why_in_full);
  }

  DatasetFiles files(folder, increment ? increment->tallies() : Tallies());
  std::optional<StateWriter> state;
  if (options.incremental) state.emplace(state_path(options));
  if (increment) {
    increment->compose(folder, files, *state);
  } else {
    source.read(make_judge, context.sinks,
                [&](std::string_view conversation_id, std::uint64_t version, const Outcome& outcome) {
                  notices.note(outcome);
                  const std::uint32_t tally = files.add(outcome);
                  if (state)
                    state->add({key128_of(conversation_id), version, tally, static_cast<std::uint32_t>(outcome.place),
                                static_cast<std::uint32_t>(outcome.line.size())});
                });
  }
  source.finish();
  Json input{{"database", source.connection().database()},
             {"host", source.connection().host()},
             {"server_version", source.connection().server_version()},
             {"server_encoding", source.connection().server_encoding()},
             {"table", options.query.table},
             {"snapshot", source.snapshot()},
             {"sql", source.sql()}};
  std::optional<IncrementCounts> counts;
  if (increment) counts = increment->counts();
  return {std::move(files), std::move(input), Json::object(), counts, std::move(baseline), std::move(state)};
}

Extracted extract_from_file(const Options& options, Context& context, const fs::path& folder) {
  FileRows rows(options.from, options.query);
  check_free_disk(folder, rows.size_bytes(), context.common.force);
  Notices notices(options.rejects, context.log());
  Judge judge(row_rules(options.query, MessagesForm::any), options.split);
  DatasetFiles files(folder);
  auto take = [&](const Outcome& outcome) {
    notices.note(outcome);
    files.add(outcome);
  };
  const FileCounts counts = rows.read(
      context.sinks, [&](const Row& row, const std::string& where) { take(judge.judge(row, where)); },
      [&](const std::string& where, const std::string& reason, std::string_view raw) {
        take(rejected(where, reason, raw));
      });
  Json input{{"path", options.from.string()},
             {"sha256", rows.sha256()},
             {"bytes", rows.size_bytes()},
             {"records", counts.read}};
  return {std::move(files), std::move(input), counts.unmatched_by_reason, std::nullopt, {}, std::nullopt};
}

/** Against what the last run left in the folder, if it left something that can be compared. */
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

/** Checks what was extracted, gives the files their names and says what they are. Returns the exit status. */
int finish(const Options& options, Context& context, const OutputFolder& folder, Extracted extracted,
           double start_seconds) {
  DatasetFiles& files = extracted.files;
  context.sinks.stop.check("extract");
  check_rejected(options.rejects, files.count(Place::rejected), files.num_rows());
  std::string tally = fmt::format("{} rows: {} kept, {} dropped, {} rejected", files.num_rows(), files.num_kept(),
                                  files.count(Place::dropped), files.count(Place::rejected));
  if (files.count(Place::quarantined) > 0) tally += fmt::format(", {} quarantined", files.count(Place::quarantined));
  const bool was_empty = extracted.increment && extracted.baseline.num_kept == 0;
  if (files.num_kept() == 0 && !options.allow_empty && !was_empty)
    throw Error(Kind::input, "no conversation qualifies (" + tally +
                                 "); the old files, if any, are kept; widen the "
                                 "selection, or pass --allow-empty to write empty files");

  files.close();
  Json manifest = make_manifest(context.command, context.program.version, context.options);
  manifest["inputs"] = Json::array({extracted.input});
  manifest["outputs"] = Json::array();
  for (std::size_t i = 0; i < kNumPlaces; ++i)
    manifest["outputs"].push_back(
        describe_output(files.file(static_cast<Place>(i)), files.count(static_cast<Place>(i))));
  manifest["counts"] = files.counts();
  if (!extracted.unmatched.empty()) manifest["counts"]["unmatched"] = extracted.unmatched;
  manifest["split_seed"] = kSplitSeed;
  const double seconds = monotonic_seconds() - start_seconds;
  manifest["measured"] = Json{{"finished_at", utc_now()},
                              {"seconds", seconds},
                              {"rows_per_second", static_cast<double>(files.num_rows()) / seconds}};
  if (extracted.increment) manifest["measured"]["increment"] = to_json(*extracted.increment);
  if (!extracted.baseline.why_in_full.empty()) manifest["measured"]["in_full"] = extracted.baseline.why_in_full;
  const std::optional<DriftReport> drift =
      drift_since_last_run(folder.path(), manifest["counts"], options.drift, context.log());
  if (drift) manifest["measured"]["drift"] = extraction::to_json(*drift);

  // Everything is on the disk before the first file gets its name, so a full disk leaves the old files as they were.
  AtomicFile manifest_file(folder / "manifest.json");
  manifest_file.write(manifest.dump(2) + "\n");
  manifest_file.close();
  if (extracted.state) {
    StateSummary summary{extracted.baseline.identity,
                         extracted.baseline.next_transaction,
                         extracted.input.at("snapshot"),
                         files.tallies(),
                         {},
                         0,
                         files.num_kept()};
    for (std::size_t i = 0; i < kNumPlaces; ++i)
      summary.outputs[i] = {files.file(static_cast<Place>(i)).num_bytes(), files.checksum(static_cast<Place>(i))};
    extracted.state->close(summary);
  }
  files.commit();
  manifest_file.commit();
  if (extracted.state) extracted.state->commit();

  Json summary = manifest["counts"];
  summary["train"] = files.count(Place::train);
  summary["validation"] = files.count(Place::validation);
  summary["rejected_total"] = files.count(Place::rejected);
  summary["dropped_total"] = files.count(Place::dropped);
  summary["quarantined_total"] = files.count(Place::quarantined);
  if (extracted.input.contains("snapshot")) summary["snapshot"] = extracted.input["snapshot"];
  summary["output"] = options.output.string();
  for (const auto& [name, value] : manifest["measured"].items()) summary[name] = value;
  if (drift && (drift->is_alarm() || context.common.verbose)) context.log().warning(to_text(*drift));
  context.finish(summary,
                 fmt::format("{}; {} to train.jsonl, {} to validation.jsonl in '{}'{} ({:.1f} s)", tally,
                             files.count(Place::train), files.count(Place::validation), options.output.string(),
                             extracted.increment ? "; " + in_words(*extracted.increment) : "", seconds));
  return drift && drift->is_alarm() ? 3 : 0;
}

/** Before attempt `attempt` + 1: 1, 2, 4 … seconds, a minute at most. */
void wait_before_retry(int attempt, const StopFlag& stop) {
  const double deadline = monotonic_seconds() + std::min(60.0, static_cast<double>(1 << std::min(attempt, 6)));
  while (monotonic_seconds() < deadline) {
    stop.check("extract");
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

int run_on_file(const Options& options, Context& context) {
  const double start_seconds = monotonic_seconds();
  if (context.common.dry_run) {
    SilentSinks silent;
    std::int64_t num_rejected = 0;
    const FileCounts counts =
        FileRows(options.from, options.query)
            .read(
                silent.sinks(), [](const Row&, const std::string&) {},
                [&](const std::string&, const std::string&, std::string_view) { ++num_rejected; });
    context.finish({{"dry_run", true},
                    {"rows", counts.matched},
                    {"unmatched", counts.unmatched_by_reason},
                    {"rejected", num_rejected}},
                   fmt::format("{} rows match; nothing was written", counts.matched));
    return 0;
  }
  for (const char* name : kFileNames) {
    std::error_code status;
    if (fs::equivalent(options.from, options.output / name, status))
      throw Error(Kind::usage,
                  "--from '" + options.from.string() + "' is the output " + name + "; name another folder");
  }
  OutputFolder folder(options.output, "extract", context.common.force);
  return finish(options, context, folder, extract_from_file(options, context, folder.path()), start_seconds);
}

int run_on_database(const Options& options, Context& context) {
  const double start_seconds = monotonic_seconds();
  // Nothing is made before a database has answered.
  std::unique_ptr<postgres::Connection> first;
  const postgres::ConversationSource::Connect connect = [&] {
    if (first) return std::move(first);
    return std::make_unique<postgres::Connection>(postgres::database_url_from_environment(), context.sinks.stop);
  };
  first = connect();
  if (context.common.dry_run) return dry_run(options, context, connect);
  // The locks come before the snapshot: of two runs the later one also reads the later state.
  OutputFolder folder(options.output, "extract", context.common.force);
  std::optional<FileLock> state_lock;
  if (options.incremental) {
    const fs::path state = state_path(options);
    check_state_is_no_other_file(folder.path(), state);
    state_lock.emplace(state.parent_path() / ("." + state.filename().string() + ".lock"), "intelia extract");
  }
  check_secret_is_no_output(folder.path(), state_path(options));
  for (int attempt = 0;; ++attempt) {
    try {
      return finish(options, context, folder, extract_from_database(options, context, folder.path(), connect),
                    start_seconds);
    } catch (const postgres::DatabaseError& error) {
      if (!error.is_conflict() || attempt == options.retries) throw;
      context.log().warning(fmt::format("{}; beginning again, {} of {}", error.what(), attempt + 1, options.retries));
    }
    wait_before_retry(attempt, context.sinks.stop);
  }
}

int run(const Options& options, Context& context) {
  check(options);
  return options.from.empty() ? run_on_database(options, context) : run_on_file(options, context);
}

}  // namespace

extern const Command extract{
    "extract", "Rated conversations from PostgreSQL to training files",
    "Reads the table of DATABASE_URL (or of the file that DATABASE_URL_FILE names) in one read-only snapshot. The "
    "database selects by rating, language and time, newest first; the program judges the shape: malformed rows go to "
    "rejected.jsonl with their reason, and of each conversation the user and assistant turns are kept if at least two "
    "remain. --limit counts rows as the database returns them, so malformed and short ones count too. A conversation "
    "is always on the same side of the split, whatever else is extracted.\n\n"
    "Example: DATABASE_URL=postgresql://reader@db/intelia intelia extract --since 2026-07-01 --output data/2026-q3",
    bind<Options, declare, run>};

}  // namespace intelia
