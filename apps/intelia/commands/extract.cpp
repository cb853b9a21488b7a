// `intelia extract`: rated conversations of a PostgreSQL table or a file → train.jsonl and validation.jsonl, what was
// rejected, and the manifest. Options, checks of paths, and the summary; lib/extraction does the work.
#include <fmt/format.h>

#include <cstdlib>
#include <memory>

#include "base/path.hpp"
#include "cli/reject_options.hpp"
#include "extraction/file_rows.hpp"
#include "extraction/run.hpp"
#include "options/path_options.hpp"
#include "postgres/conversations.hpp"

namespace intelia {

namespace {

namespace fs = std::filesystem;

using namespace extraction;

struct Options {
  postgres::ExtractQuery query;
  postgres::ReadSettings read;
  fs::path from;  // a file to read instead of a database
  ExtractSettings extract;
};

void declare(OptionTable& table, Options& options) {
  table
      .add(
          "output", options.extract.output,
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
  table.add("split", options.extract.split,
            "Fraction of the conversations that goes to train.jsonl, by a hash of their id");
  table
      .add("incremental", options.extract.incremental,
           "Read only conversations that are new or changed since the last run; what is written is the same")
      .changeable();
  table
      .add("state", options.extract.state,
           "What an incremental run remembers; default: extract.state in the output folder")
      .changeable();
  table.add("rescan", options.extract.rescan, "Read every conversation again and renew the state").changeable();
  table.add("jobs", options.read.jobs, "Connections that read at once, in one snapshot").changeable();
  table
      .add("snapshot", options.read.snapshot,
           "Read what another session sees: what pg_export_snapshot() gave it, while its transaction is open")
      .changeable();
  table
      .add("retries", options.extract.retries,
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
      .add("alarm-drift", options.extract.drift.alarm_drift,
           "End with 3 when the rows differ from the last run's by more than this share of them, chance allowed for, "
           "or a "
           "reason for rejecting jumps; 0: never")
      .changeable();
  table.add("allow-empty", options.extract.allow_empty, "Write empty files when no conversation qualifies")
      .changeable();
  declare_reject_options(table, options.extract.rejects);
}

void check(const Options& options) {
  check(options.extract);
  postgres::check(options.query);
  postgres::check(options.read);
  if (options.from.empty()) return;
  // The reader says itself what is wrong with standard input and other pipes.
  if (options.from != "-") check_input_option("from", options.from, InputType::stream);
  const postgres::ReadSettings standard;
  if (options.extract.incremental || options.read.jobs != standard.jobs || !options.read.snapshot.empty())
    throw Error(Kind::usage, "--from reads a file; --incremental, --jobs and --snapshot are for a database");
  for (const char* name : kOutputNames)
    if (is_same_file(options.from, options.extract.output / name))
      throw Error(Kind::usage,
                  "--from '" + options.from.string() + "' is the output " + name + "; name another folder");
}

/** The file with the connection's secret must not be one that is about to be replaced. */
void check_secret_is_no_output(const ExtractSettings& settings) {
  const char* secret = std::getenv("DATABASE_URL_FILE");
  if (secret == nullptr || *secret == '\0') return;
  std::vector<fs::path> outputs{settings.output / "manifest.json", settings.output / ".intelia.lock",
                                state_path(settings)};
  for (const char* name : kOutputNames) outputs.push_back(settings.output / name);
  for (const fs::path& output : outputs)
    if (is_same_file(output, secret))
      throw Error(Kind::usage, "DATABASE_URL_FILE is the output " + output.filename().string() + "; keep it elsewhere");
}

std::unique_ptr<SourceFactory> make_sources(const Options& options, const StopFlag& stop) {
  if (!options.from.empty()) return std::make_unique<FileSourceFactory>(options.from, options.query);
  check_secret_is_no_output(options.extract);
  const auto connect = [&stop] {
    return std::make_unique<postgres::Connection>(postgres::database_url_from_environment(), stop);
  };
  return std::make_unique<postgres::DatabaseSourceFactory>(connect, options.query, options.read);
}

int tell_preview(const ExtractPreview& preview, const Context& context) {
  Json summary{{"dry_run", true}, {"rows", preview.selection.rows}};
  summary.update(preview.selection.details);
  std::string words = fmt::format("{} rows match", preview.selection.rows);
  if (preview.increment) {
    summary["increment"] = to_json(*preview.increment);
    words += ": " + in_words(*preview.increment);
  } else if (!preview.why_in_full.empty()) {
    summary["in_full"] = preview.why_in_full;
    words += "; all would be read: " + preview.why_in_full;
  }
  context.finish(summary, words + "; nothing was written");
  return 0;
}

int tell_result(const ExtractResult& result, const ExtractSettings& settings, const Context& context) {
  Json summary = result.manifest.at("counts");
  summary["train"] = result.train;
  summary["validation"] = result.validation;
  summary["rejected_total"] = result.rejected;
  summary["dropped_total"] = result.dropped;
  summary["quarantined_total"] = result.quarantined;
  if (!result.snapshot.empty()) summary["snapshot"] = result.snapshot;
  summary["output"] = settings.output.string();
  for (const auto& [name, value] : result.manifest.at("measured").items()) summary[name] = value;
  const bool is_alarm = result.drift && result.drift->is_alarm();
  if (result.drift && (is_alarm || context.common.verbose)) context.log().warning(to_text(*result.drift));
  context.finish(summary, fmt::format("{}; {} to train.jsonl, {} to validation.jsonl in '{}'{} ({:.1f} s)",
                                      in_words(result), result.train, result.validation, settings.output.string(),
                                      result.increment ? "; " + in_words(*result.increment) : "", result.seconds));
  return is_alarm ? 3 : 0;
}

int run(const Options& options, Context& context) {
  check(options);
  const std::unique_ptr<SourceFactory> sources = make_sources(options, context.sinks.stop);
  if (context.common.dry_run)
    return tell_preview(preview(options.extract, *sources, context.run_info(), context.sinks), context);
  return tell_result(extraction::extract(options.extract, *sources, context.run_info(), context.sinks), options.extract,
                     context);
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
