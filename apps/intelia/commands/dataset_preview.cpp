// intelia dataset preview: the records of a dataset as tokens, and which of them are trained.
#include <fmt/format.h>

#include "base/counted.hpp"
#include "base/file.hpp"
#include "base/held_folder.hpp"
#include "base/path.hpp"
#include "cli/line_pipe.hpp"
#include "cli/reject_options.hpp"
#include "options/model_options.hpp"
#include "tokens/preview_file.hpp"

namespace intelia {
namespace {

namespace fs = std::filesystem;

struct Options {
  fs::path file, model, output;
  PreviewStyle style;
  std::int64_t records = 10;
  std::int64_t line = 0;
  int max_length = 2048;
  TrainedTurns trained_turns = TrainedTurns::all;
  std::string date;
  TokenizerRules tokenizer_rules = TokenizerRules::transformers;
  RejectPolicy rejects;
};

void declare(OptionTable& table, Options& options) {
  table.add("file", options.file, "Conversations, plain texts or preferences, JSON Lines; -: standard input")
      .positional()
      .required();
  table.add("model", options.model, "Folder with tokenizer and chat template", "FOLDER").required();
  table.add("format", options.style.format, "Text with colours or marks, one JSON object per record, or an HTML page",
            {{"text", PreviewFormat::text}, {"json", PreviewFormat::json}, {"html", PreviewFormat::html}});
  table.add("ids", options.style.shows_ids, "Show token ids");
  table.add("records", options.records, "Maximum number of records to show (0 = all)");
  table.add("line", options.line, "Show only the record of this line (0 = not restricted)");
  declare_trained_turns(table, options.trained_turns);
  table.add("max-length", options.max_length,
            "Maximum number of tokens per sample; the rest is shown as truncated (0 = unlimited)");
  declare_date(table, options.date);
  declare_tokenizer_rules(table, options.tokenizer_rules);
  table.add("output", options.output, "Write to this file instead of standard output");
  declare_reject_options(table, options.rejects);
}

void check(const Options& options, const Context& context) {
  const auto need = [](bool holds, const std::string& what) {
    if (!holds) throw Error(Kind::usage, what);
  };
  check_date(options.date);
  check_reject_options(options.rejects);
  check_file_argument(options.file);
  check_is_folder("model", options.model);
  need(options.records >= 0, "--records must be 0 (all) or more");
  need(options.line >= 0, "--line must be a line number, from 1");
  need(options.max_length >= 0, "--max-length must be 0 (unlimited) or more");
  check_inputs_stay({options.output}, {options.file, options.model}, context.common);
  need(options.output.empty() || context.common.force || path_type(options.output) == PathType::missing,
       "'" + options.output.string() + "' already exists; choose another --output, or overwrite it with --force");
}

/** As in train sft: max_length is at most the model's context. A folder without config.json has none. */
PreviewModel load_model(const Options& options) {
  PreviewModel model{
      load_tokenizer(options.model, options.tokenizer_rules),
      load_chat_template(options.model, options.tokenizer_rules),
      {.render = {.date = options.date}, .max_length = options.max_length, .trained_turns = options.trained_turns}};
  if (!is_file(options.model / "config.json")) return model;
  const std::int64_t context = context_length(read_model_config(options.model));
  model.encode.max_length = options.max_length == 0 ? context : std::min(model.encode.max_length, context);
  return model;
}

int run(const Options& options, Context& context) {
  check(options, context);
  warn_without_date(options.model, {}, options.tokenizer_rules, options.date, context.log());
  const PreviewModel model = load_model(options);
  RecordLines lines(options.file == "-" ? LineReader::standard_input() : LineReader(options.file, InputType::stream));
  Rejects rejects(options.rejects, context.log());
  PreviewStyle style = options.style;
  style.uses_color = context.uses_color && options.output.empty();
  std::optional<HeldFolder> folder;
  std::optional<FileLock> lock;
  std::optional<AtomicFile> file;
  if (!options.output.empty() && !context.common.dry_run) {
    const fs::path place = options.output.has_parent_path() ? options.output.parent_path() : fs::path(".");
    if (is_folder(place)) folder.emplace(place, /*may_be_link=*/true);
    lock.emplace(place / ("." + options.output.filename().string() + ".lock"), context.command);
    file.emplace(options.output);
  }
  const auto write = [&](const std::string& text) {
    if (file)
      file->write(text);
    else if (options.output.empty())
      context.print(text);
  };
  const PreviewTotals totals =
      preview_file(lines, {style, options.records, options.line}, model, rejects, context.sinks.stop, write);
  if (file) file->commit();

  const Json summary{{"records", totals.records},
                     {"tokens", totals.tokens},
                     {"trained_tokens", totals.trained},
                     {"truncated_tokens", totals.truncated_tokens},
                     {"rejected", rejects.by_reason()}};
  std::string words = fmt::format("{}, {}, {} of them trained", counted(totals.records, "record"),
                                  counted(totals.tokens, "token"), totals.trained);
  if (totals.truncated_tokens > 0) words += fmt::format(", {} more truncated", totals.truncated_tokens);
  if (rejects.count() > 0) words += ", " + counted(rejects.count(), "record") + " rejected";
  if (options.output.empty())
    context.finish_after_data(summary, words);
  else
    context.finish(summary, words + " in '" + options.output.string() + "'");
  return 0;
}

}  // namespace

extern const Command dataset_preview{
    "dataset preview", "Show how records are rendered and tokenized for training",
    "Shows each record as rendered by the chat template and encoded by the tokenizer: which tokens are context, which "
    "are trained, which are truncated at --max-length, and which are control tokens rather than text that looks like "
    "them. Of a preference both continuations are shown. Invisible characters are written as \\u{…}. The defaults are "
    "those of train sft.\n\n"
    "Example: intelia dataset preview data/train.jsonl --model models/tiny --format html --output preview.html",
    bind<Options, declare, run>};

}  // namespace intelia
