// `intelia extract`: rated conversations of a PostgreSQL table → train.jsonl and validation.jsonl, what was rejected, and
// the manifest that lets every line be defended.
#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <map>

#include "base/clock.hpp"
#include "base/file.hpp"
#include "dataset/split.hpp"
#include "postgres/connection.hpp"
#include "postgres/conversations.hpp"
#include "postgres/query.hpp"
#include "record/jsonl.hpp"
#include "record/manifest.hpp"
#include "record_options.hpp"

namespace intelia {

namespace {

namespace fs = std::filesystem;

struct Options {
  postgres::ExtractQuery query;
  fs::path output;
  double split = 0.9;
  bool allow_empty = false;
  RejectPolicy rejects;
};

void declare(OptionTable& table, Options& options) {
  table.add("output", options.output,
            "Folder for train.jsonl, validation.jsonl, rejected.jsonl and manifest.json", "FOLDER").required();
  table.add("min-rating", options.query.min_rating, "Smallest rating that is taken");
  table.add("min-messages", options.query.min_messages, "Fewest messages, as stored, of a conversation that is taken");
  table.add("languages", options.query.languages, "Languages that are taken; empty: any");
  table.add("limit", options.query.limit,
            "Most rows that the database returns, newest first, before the program judges their shape; 0: all");
  table.add("since", options.query.since, "Take conversations created at this UTC date or time, or later", "TIME");
  table.add("until", options.query.until, "Take conversations created before this UTC date or time", "TIME");
  table.add("system-prompt", options.query.system_prompt, "System message to put before each conversation");
  table.add("table", options.query.table, "Table or view to read, NAME or SCHEMA.NAME", "NAME");
  table.add("columns", options.query.columns,
            "Names of the table's columns where they differ: conversation_id=id,messages=body,rating=…,created_at=…,"
            "language=…");
  table.add("split", options.split, "Fraction of the conversations that goes to train.jsonl, by a hash of their id");
  table.add("allow-empty", options.allow_empty, "Write empty files when no conversation qualifies");
  declare_reject_options(table, options.rejects);
}

void check(const Options& options) {
  check_fraction("split", options.split);
  check_reject_options(options.rejects);
  postgres::check(options.query);
}

/** The file with the connection's secret must not be one that is about to be replaced. */
void check_secret_is_no_output(const OutputFolder& folder) {
  const char* secret = std::getenv("DATABASE_URL_FILE");
  if (secret == nullptr || *secret == '\0') return;
  for (const char* name : {"train.jsonl", "validation.jsonl", "rejected.jsonl", "manifest.json", ".intelia.lock"}) {
    std::error_code status;
    if (fs::equivalent(folder / name, secret, status))
      throw Error(Kind::usage, std::string("DATABASE_URL_FILE is the output ") + name + "; keep it elsewhere");
  }
}

/** An estimate, so it refuses only what cannot fit by far: --force goes on all the same. */
void check_free_disk(const fs::path& folder, std::uint64_t estimated_bytes, bool force) {
  const std::uint64_t free_bytes = free_disk_bytes(folder);
  if (force || estimated_bytes <= free_bytes) return;
  throw Error(Kind::io, fmt::format("'{}' has {} MiB free and the conversations need about {} MiB; free some, narrow "
                                    "the selection, or pass --force",
                                    folder.string(), free_bytes >> 20, estimated_bytes >> 20));
}

Json to_json(const std::map<std::string, std::int64_t>& counts) {
  Json json = Json::object();
  for (const auto& [name, count] : counts) json[name] = count;
  return json;
}

std::int64_t total(const std::map<std::string, std::int64_t>& counts) {
  std::int64_t sum = 0;
  for (const auto& [name, count] : counts) sum += count;
  return sum;
}

int run(const Options& options, Context& context) {
  check(options);
  const double start_seconds = monotonic_seconds();
  postgres::Connection connection(postgres::database_url_from_environment(), context.sinks.stop);

  if (context.common.dry_run) {
    postgres::ConversationSource source(connection, options.query);
    const std::int64_t num_rows = source.count_rows();
    context.finish(Json{{"dry_run", true}, {"rows", num_rows}, {"sql", source.sql()}},
                   fmt::format("{} rows match; nothing was written", num_rows));
    return 0;
  }

  // The lock comes before the snapshot: of two runs the later one also reads the later state.
  OutputFolder folder(options.output, "extract", context.common.force);
  check_secret_is_no_output(folder);
  postgres::ConversationSource source(connection, options.query);
  check_free_disk(folder.path(), source.estimated_bytes(), context.common.force);

  AtomicFile train(folder / "train.jsonl"), validation(folder / "validation.jsonl"), rejected(folder / "rejected.jsonl");
  Rejects rejects(options.rejects, context.log(), &rejected);
  std::int64_t num_train = 0, num_validation = 0;
  const postgres::RowCounts counts =
      source.read(rejects, context.sinks, [&](std::string_view conversation_id, std::string_view line) {
        const bool is_train = is_in_training(conversation_id, options.split);
        (is_train ? train : validation).write(line);
        ++(is_train ? num_train : num_validation);
      });
  rejects.check(counts.matched);
  context.sinks.stop.check("extract");
  const std::int64_t num_dropped = total(counts.dropped_by_reason);
  const std::string tally = fmt::format("{} rows: {} kept, {} too short, {} rejected", counts.matched, counts.kept,
                                        num_dropped, rejects.count());
  if (counts.kept == 0 && !options.allow_empty)
    throw Error(Kind::input, "no conversation qualifies (" + tally + "); the old files, if any, are kept; widen the "
                             "selection, or pass --allow-empty to write empty files");

  train.close();
  validation.close();
  rejected.close();
  Json manifest = make_manifest(context.command, program_version(), context.options);
  manifest["inputs"] = Json::array({Json{{"database", connection.database()},
                                         {"host", connection.host()},
                                         {"server_version", connection.server_version()},
                                         {"server_encoding", connection.server_encoding()},
                                         {"table", options.query.table},
                                         {"snapshot", source.snapshot()},
                                         {"sql", source.sql()}}});
  manifest["outputs"] = Json::array({describe_output(train, num_train), describe_output(validation, num_validation),
                                     describe_output(rejected, rejects.count())});
  manifest["counts"] = Json{{"matched", counts.matched},
                            {"kept", counts.kept},
                            {"dropped", to_json(counts.dropped_by_reason)},
                            {"rejected", to_json(rejects.by_reason())},
                            {"kept_by_language", to_json(counts.kept_by_language)}};
  manifest["split_seed"] = kSplitSeed;
  const double seconds = monotonic_seconds() - start_seconds;
  manifest["measured"] = Json{{"finished_at", utc_now()},
                              {"seconds", seconds},
                              {"rows_per_second", static_cast<double>(counts.matched) / seconds}};

  // Everything is on the disk before the first file gets its name, so a full disk leaves the old files as they were.
  AtomicFile manifest_file(folder / "manifest.json");
  manifest_file.write(manifest.dump(2) + "\n");
  manifest_file.close();
  for (AtomicFile* file : {&train, &validation, &rejected, &manifest_file}) file->commit();

  Json summary = manifest["counts"];
  summary["train"] = num_train;
  summary["validation"] = num_validation;
  summary["rejected_total"] = rejects.count();
  summary["dropped_total"] = num_dropped;
  summary["output"] = options.output.string();
  summary["seconds"] = seconds;
  context.finish(summary, fmt::format("{}; {} to train.jsonl, {} to validation.jsonl in '{}' ({:.1f} s)", tally,
                                      num_train, num_validation, options.output.string(), seconds));
  return 0;
}

}  // namespace

extern const Command extract{
    "extract",
    "Rated conversations from PostgreSQL to training files",
    "Reads the table of DATABASE_URL (or of the file that DATABASE_URL_FILE names) in one read-only snapshot. The "
    "database selects by rating, language and time, newest first; the program judges the shape: malformed rows go to "
    "rejected.jsonl with their reason, and of each conversation the user and assistant turns are kept if at least two "
    "remain. --limit counts rows as the database returns them, so malformed and short ones count too. A conversation "
    "is always on the same side of the split, whatever else is extracted.\n\n"
    "Example: DATABASE_URL=postgresql://reader@db/intelia intelia extract --since 2026-07-01 --output data/2026-q3",
    bind<Options, declare, run>};

}  // namespace intelia
