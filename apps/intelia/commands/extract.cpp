// `intelia extract`: extracts rated conversations from a PostgreSQL table or a file to training files. Options, checks
// of paths, and the summary; lib/extraction does the work.
#include <fmt/format.h>

#include <cstdlib>
#include <memory>

#include "base/counted.hpp"
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

void declare_selection(OptionTable& table, postgres::ExtractQuery& query) {
  table.add("min-rating", query.min_rating, "Minimum rating, on a scale of 1 to 5");
  table.add("min-messages", query.min_messages, "Minimum number of messages of a conversation, as stored");
  table.add("languages", query.languages, "Languages to extract; empty: any").changeable();
  table
      .add("limit", query.limit,
           "Maximum number of rows, newest first, before invalid and short ones are removed; 0 = unlimited")
      .changeable();
  table.add("since", query.since, "Extract conversations created at this UTC date or time, or later", "TIME")
      .changeable();
  table.add("until", query.until, "Extract conversations created before this UTC date or time", "TIME").changeable();
  table.add("system-prompt", query.system_prompt, "System message to prepend to each conversation");
  table.add(
      "signals", query.signals,
      "Sources of a conversation's rating, in order of precedence: rating, thumbs, turns (ratings inside messages), "
      "feedback, annotations; the last two can also correct answers");
  table.add(
      "rating-scale", query.rating_scale,
      "Scale of the rating column and of ratings inside messages, converted to 1 to 5: 1-5, 0-10, 0-5, 0-1, 0-100 or "
      "boolean",
      "SCALE");
  table.add("feedback-scale", query.feedback_scale, "Scale of the ratings in the feedback table", "SCALE");
  table.add("min-annotators", query.min_annotators,
            "Minimum number of annotators of an answer for their correction to be used");
  table.add("max-disagreement", query.max_disagreement,
            "Maximum difference between the mean scores of two annotators of an answer; conversations above it are "
            "quarantined");
  table.add("roles", query.roles, "Additional names of roles in messages, such as vet=assistant,farmer=user");
  table.add("time-zone", query.time_zone, "Time zone of a created_at column without time zone, such as Europe/Paris",
            "ZONE");
}

void declare_tables(OptionTable& table, postgres::ExtractQuery& query) {
  table.add("table", query.table, "Table or view to read, NAME or SCHEMA.NAME", "NAME");
  table.add(
      "columns", query.columns,
      "Names of its columns where they differ, such as messages=body,rating=stars; the defaults are conversation_id, "
      "messages, rating, created_at, language and thumbs");
  table.add("feedback-table", query.feedback_table, "Table or view with feedback of users", "NAME");
  table.add(
      "feedback-columns", query.feedback_columns,
      "Names of its columns where they differ, such as rating=stars; the defaults are feedback_id, conversation_id, "
      "turn, answer, rating, corrected_answer and created_at");
  table.add("annotations-table", query.annotations_table, "Table or view with annotations of experts", "NAME");
  table.add("annotations-columns", query.annotations_columns,
            "Names of its columns where they differ, such as annotator=expert; the defaults are annotation_id, "
            "conversation_id, turn, annotator, scores, corrected_answer and created_at");
}

void declare_reading(OptionTable& table, postgres::ReadSettings& read) {
  table.add("jobs", read.jobs, "Number of connections that read in parallel, in one snapshot").changeable();
  table
      .add("snapshot", read.snapshot,
           "Read the snapshot of another session: the result of pg_export_snapshot() in its open transaction")
      .changeable();
  table
      .add("statement-timeout", read.statement_timeout_seconds,
           "Timeout of the query in seconds, enforced by the database; 0 = none")
      .changeable();
  table.add("lock-timeout", read.lock_timeout_seconds, "Timeout in seconds for a table that is being altered; 0 = none")
      .changeable();
  table
      .add("idle-timeout", read.idle_timeout_seconds,
           "Timeout in seconds of a transaction that is idle, enforced by the database; 0 = none")
      .changeable();
}

void declare(OptionTable& table, Options& options) {
  ExtractSettings& extract = options.extract;
  table
      .add("output", extract.output,
           "Folder for train.jsonl, validation.jsonl, test.jsonl, rejected.jsonl, dropped.jsonl, quarantine.jsonl and "
           "manifest.json",
           "FOLDER")
      .required()
      .changeable();
  declare_selection(table, options.query);
  declare_tables(table, options.query);
  table.add("from", options.from,
            "Read this .jsonl, .csv or .tsv file instead of a database, with the same selection and order");
  table.add(
      "split", extract.split,
      "Fractions of the conversations for train.jsonl, validation.jsonl and test.jsonl, by a hash of their id, such as "
      "0.8,0.1,0.1; without a third, no test.jsonl is written");
  table
      .add("incremental", extract.incremental,
           "Read only conversations that are new or changed since the last run; the outputs are the same")
      .changeable();
  table.add("state", extract.state, "State file of incremental runs; default: extract.state in the output folder")
      .changeable();
  table.add("rescan", extract.rescan, "With --incremental: read all conversations again and write a new state")
      .changeable();
  declare_reading(table, options.read);
  table
      .add("retries", extract.retries,
           "Maximum number of retries after the database cancels the query for a conflict, as a standby does, or a "
           "table was altered meanwhile")
      .changeable();
  table
      .add("alarm-drift", extract.drift.alarm_drift,
           "Exit with 3 if the drift since the last run is above this fraction of the rows, or a reason for rejecting "
           "rows jumps; 0 = never")
      .changeable();
  table.add("allow-empty", extract.allow_empty, "Write empty files if no conversation qualifies").changeable();
  declare_reject_options(table, extract.rejects);
}

void check(const Options& options, const CommonOptions& common) {
  check(options.extract);
  postgres::check(options.query);
  postgres::check(options.read);
  const char* secret = std::getenv("DATABASE_URL_FILE");
  std::vector<fs::path> outputs = outputs_in(options.extract.output, {kOutputNames.begin(), kOutputNames.end()});
  outputs.push_back(state_path(options.extract));
  check_inputs_stay(outputs, {options.from, secret == nullptr ? "" : secret}, common);
  if (options.from.empty()) return;
  // The reader has a better message for pipes and standard input.
  if (options.from != "-") check_input_option("from", options.from, InputType::stream);
  const postgres::ReadSettings standard;
  if (options.extract.incremental || options.read.jobs != standard.jobs || !options.read.snapshot.empty())
    throw Error(Kind::usage, "--incremental, --jobs and --snapshot need a database; they cannot be used with --from");
}

std::unique_ptr<SourceFactory> make_sources(const Options& options, const StopFlag& stop) {
  if (!options.from.empty()) return std::make_unique<FileSourceFactory>(options.from, options.query);
  const auto connect = [&stop] {
    return std::make_unique<postgres::Connection>(postgres::database_url_from_environment(), stop);
  };
  return std::make_unique<postgres::DatabaseSourceFactory>(connect, options.query, options.read);
}

/** Tells that the limit, which is a default, has excluded conversations. */
void warn_of_limit(std::int64_t limit, const Json& unmatched, const Context& context) {
  if (const std::int64_t beyond = unmatched.value(kBeyondLimit, std::int64_t{0}); beyond > 0)
    context.log().warning(fmt::format("the limit of {} is reached: {} {} not read (--limit, 0 = unlimited)",
                                      counted(limit, "row"), counted(beyond, "older row"),
                                      beyond == 1 ? "matches and is" : "match and are"));
}

int print_preview(const ExtractPreview& preview, const Options& options, const Context& context) {
  warn_of_limit(options.query.limit, preview.selection.details.value("unmatched", Json::object()), context);
  Json summary{{"dry_run", true}, {"rows", preview.selection.rows}};
  summary.update(preview.selection.details);
  std::string words = counted(preview.selection.rows, "row") + (preview.selection.rows == 1 ? " matches" : " match");
  const std::string unmatched = unmatched_in_words(preview.selection.details.value("unmatched", Json::object()));
  if (!unmatched.empty()) words += ", " + unmatched;
  if (preview.increment) {
    summary["increment"] = to_json(*preview.increment);
    words += ": " + in_words(*preview.increment);
  } else if (!preview.why_in_full.empty()) {
    summary["in_full"] = preview.why_in_full;
    words += "; all of them would be read: " + preview.why_in_full;
  }
  context.finish(summary, words + "; nothing was written");
  return 0;
}

int print_result(const ExtractResult& result, const Options& options, const Context& context) {
  const ExtractSettings& settings = options.extract;
  warn_of_limit(options.query.limit, result.counts.value("unmatched", Json::object()), context);
  Json summary = result.counts;
  summary["train"] = result.train;
  summary["validation"] = result.validation;
  const bool has_test = split_of(settings.split).has_test();
  if (has_test) summary["test"] = result.test;
  summary["rejected_total"] = result.rejected;
  summary["dropped_total"] = result.dropped;
  summary["quarantined_total"] = result.quarantined;
  if (!result.snapshot.empty()) summary["snapshot"] = result.snapshot;
  summary["output"] = settings.output.string();
  for (const auto& [name, value] : result.manifest.at("measured").items()) summary[name] = value;
  const bool is_alarm = result.drift && result.drift->is_alarm();
  if (result.drift) {
    for (const std::string& line : to_lines(*result.drift))
      context.log().write(is_alarm ? Level::warning : Level::debug, line);
  }
  context.finish(summary,
                 fmt::format("{}; {} to train.jsonl, {} to validation.jsonl{} in '{}'{} ({:.1f} s)", in_words(result),
                             result.train, result.validation,
                             has_test ? fmt::format(", {} to test.jsonl", result.test) : "", settings.output.string(),
                             result.increment ? "; " + in_words(*result.increment) : "", result.seconds));
  return is_alarm ? 3 : 0;
}

int run(const Options& options, Context& context) {
  check(options, context.common);
  const std::unique_ptr<SourceFactory> sources = make_sources(options, context.sinks.stop);
  if (context.common.dry_run)
    return print_preview(preview(options.extract, *sources, context.run_info(), context.sinks), options, context);
  return print_result(extraction::extract(options.extract, *sources, context.run_info(), context.sinks), options,
                      context);
}

}  // namespace

extern const Command extract{
    "extract", "Extract rated conversations from PostgreSQL to training files",
    "Reads the table of DATABASE_URL (or of the URL in the file DATABASE_URL_FILE) in one read-only snapshot. The "
    "database filters by rating, language and time and sorts newest first; invalid rows are then written to "
    "rejected.jsonl with the reason, and only user and assistant turns are kept, of conversations with at least two of "
    "them. --limit counts rows before this step. A conversation always belongs to the same part of the split, whatever "
    "else is extracted.\n\n"
    "Example: DATABASE_URL=postgresql://reader@db/intelia intelia extract --since 2026-07-01 --output data/2026-q3",
    bind<Options, declare, run>};

}  // namespace intelia
