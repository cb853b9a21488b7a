// Converts an input line by line, in order, on several threads and in bounded memory: the common part of tokenize,
// detokenize and render. It does not know what the lines mean.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/file.hpp"
#include "cli/command.hpp"
#include "record/jsonl.hpp"

namespace intelia {

/** The result of one line. */
struct LineResult {
  std::optional<std::string> fault;  // why the line is invalid; the output is then the placeholder
  std::int64_t count = 0;            // of what the command counts, such as tokens
  bool is_repaired = false;          // invalid UTF-8 was replaced by U+FFFD
  std::string duplicate_key = {};    // of a record: see Conversation
};

/** Appends the output of `line`, without newline, to `out`. Called from several threads at once. */
using LineWork = std::function<LineResult(std::string_view line, std::string& out)>;

struct LinePipeSettings {
  std::filesystem::path file;  // empty or "-" for standard input
  RejectPolicy rejects;
  bool reads_records = false;  // the input is JSON Lines: see RecordLines
};

struct LinePipeTotals {
  std::int64_t num_lines = 0;
  std::int64_t count = 0;
  std::int64_t num_bad = 0;
  Json bad_by_reason = Json::object();
  std::int64_t num_repaired = 0;
};

/** FILE --max-rejected --strict. */
void declare_line_pipe(OptionTable& table, LinePipeSettings& settings, const std::string& what);

/**
 * Writes the output of `work` for each line to stdout. A bad line is reported on stderr and its output is
 * `placeholder`, so that line N of the output belongs to line N (or record N) of the input. Lines that have been read
 * are written before the next read blocks. Throws Error{input} at the end when more lines are bad than the settings
 * allow, or at the first one when they are strict.
 */
LinePipeTotals pipe_lines(const Context& context, const LinePipeSettings& settings, const std::string& placeholder,
                          const LineWork& work);

/** "3 lines, 12 tokens, 1 bad line". */
std::string describe_totals(const LinePipeTotals& totals, const std::string& noun);

/** {"lines":3,"tokens":12,"bad":{…}}. */
Json totals_json(const LinePipeTotals& totals, const std::string& noun);

}  // namespace intelia
