// Lines in, one line out for each, in their order, on several threads and in memory that does not grow with the input:
// what tokenize, detokenize and render have in common. It does not know what the lines mean.
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

/** What became of one line. */
struct LineResult {
  std::optional<std::string> fault;  // in words; what stands in the output is then the pipe's placeholder
  std::int64_t count = 0;            // of what the command counts
  bool is_mended = false;            // bytes that are not UTF-8 were read as U+FFFD
};

/** Appends the output of `line`, without newline, to `out`. Called from several threads at once. */
using LineWork = std::function<LineResult(std::string_view line, std::string& out)>;

struct LinePipeSettings {
  std::filesystem::path file;  // empty or "-": standard input
  RejectPolicy rejects;
};

struct LinePipeTotals {
  std::int64_t num_lines = 0;
  std::int64_t count = 0;
  std::int64_t num_bad = 0;
  Json bad_by_reason = Json::object();
  std::int64_t num_mended = 0;
};

/** FILE --max-rejected --strict. */
void declare_line_pipe(OptionTable& table, LinePipeSettings& settings, const std::string& what);

/**
 * Writes to stdout what `work` makes of each line; a bad line is named on stderr and leaves `placeholder` in its place,
 * so that line N of the output belongs to line N of the input. What was read is answered before more is waited for.
 * Throws Error{input} at the end when more lines were bad than the settings allow, or at the first with --strict.
 */
LinePipeTotals pipe_lines(const Context& context, const LinePipeSettings& settings, const std::string& placeholder,
                          const LineWork& work);

/** "3 lines, 12 tokens, 1 bad line", for the last word of a command. */
std::string describe_totals(const LinePipeTotals& totals, const std::string& counted);

/** {"lines":3,"tokens":12,"bad":{…}}. */
Json totals_json(const LinePipeTotals& totals, const std::string& counted);

}  // namespace intelia
