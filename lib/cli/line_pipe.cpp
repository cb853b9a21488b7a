#include "cli/line_pipe.hpp"

#include <fmt/format.h>

#include <vector>

#include "base/counted.hpp"
#include "base/ordered_workers.hpp"
#include "cli/reject_options.hpp"

namespace intelia {

namespace {

/** The lines that a thread converts at once, and their output. */
struct Chunk {
  struct Line {
    std::size_t begin = 0, end = 0;  // in text
    std::int64_t number = 0;
    bool is_too_long = false;
  };
  struct Fault {
    std::size_t line = 0;  // in lines
    std::string reason;
  };
  std::string text;
  std::vector<Line> lines;

  std::string out;
  std::vector<Fault> faults, duplicates;
  std::int64_t count = 0;
  std::int64_t num_repaired = 0, first_repaired = 0;
};

void work_on(Chunk& chunk, const LineWork& work, const std::string& placeholder) {
  for (std::size_t i = 0; i < chunk.lines.size(); ++i) {
    const Chunk::Line& line = chunk.lines[i];
    const std::size_t begin = chunk.out.size();
    LineResult result;
    if (line.is_too_long) {
      result.fault = "line is longer than 64 MiB";
    } else {
      result = work(std::string_view(chunk.text).substr(line.begin, line.end - line.begin), chunk.out);
    }
    if (result.fault) {
      chunk.out.replace(begin, std::string::npos, placeholder);
      chunk.faults.push_back({i, std::move(*result.fault)});
    }
    if (!result.duplicate_key.empty()) chunk.duplicates.push_back({i, std::move(result.duplicate_key)});
    if (result.is_repaired && chunk.num_repaired++ == 0) chunk.first_repaired = line.number;
    chunk.count += result.count;
    chunk.out += '\n';
  }
}

/** The lines available without blocking, up to 1 MiB; at least one unless the input has ended. `Lines`: LineReader, or
    RecordLines for those that are records. */
template <class Lines>
Chunk read_chunk(Lines& lines) {
  constexpr std::size_t kMaxBytes = 1 << 20;
  Chunk chunk;
  do {
    const auto line = lines.next();
    if (!line) break;
    const std::size_t begin = chunk.text.size();
    chunk.text += *line;
    chunk.lines.push_back({begin, chunk.text.size(), lines.line_number(), lines.is_too_long()});
  } while (chunk.text.size() < kMaxBytes && lines.has_line());
  return chunk;
}

/** Writes the output of chunks in order, and counts. */
class LineWriter {
 public:
  LineWriter(const Context& context, const LinePipeSettings& settings, std::string input)
      : context_(context), input_(std::move(input)), rejects_(settings.rejects, context.log()) {}

  void write(const Chunk& chunk) {
    totals_.num_lines += static_cast<std::int64_t>(chunk.lines.size());
    totals_.count += chunk.count;
    if (totals_.num_repaired == 0) first_repaired_ = chunk.first_repaired;
    totals_.num_repaired += chunk.num_repaired;
    for (const Chunk::Fault& fault : chunk.faults) {
      const Chunk::Line& line = chunk.lines[fault.line];
      rejects_.add(fmt::format("{}:{}", input_, line.number), fault.reason, "");
    }
    for (const Chunk::Fault& duplicate : chunk.duplicates)
      duplicates_.add(fmt::format("{}:{}", input_, chunk.lines[duplicate.line].number), duplicate.reason);
    context_.print(chunk.out);
    context_.sinks.progress.update({"line", totals_.num_lines, 0, ""});
  }

  LinePipeTotals finish() {
    context_.sinks.progress.finish();
    if (totals_.num_repaired > 0)
      context_.log().warning(fmt::format("invalid UTF-8 in {} was replaced by U+FFFD; the first is {}:{}",
                                         counted(totals_.num_repaired, "line"), input_, first_repaired_));
    duplicates_.warn(context_.log());
    rejects_.check(totals_.num_lines);
    totals_.num_bad = rejects_.count();
    for (const auto& [reason, count] : rejects_.by_reason()) totals_.bad_by_reason[reason] = count;
    return totals_;
  }

 private:
  const Context& context_;
  std::string input_;
  Rejects rejects_;
  DuplicateKeys duplicates_;
  LinePipeTotals totals_;
  std::int64_t first_repaired_ = 0;
};

}  // namespace

void declare_line_pipe(OptionTable& table, LinePipeSettings& settings, const std::string& what) {
  table.add("file", settings.file, what + " (default: standard input)").positional();
  declare_reject_options(table, settings.rejects);
}

namespace {

template <class Lines>
LinePipeTotals pipe(Lines lines, const Context& context, const LinePipeSettings& settings,
                    const std::string& placeholder, const LineWork& work) {
  LineWriter writer(context, settings, lines.path().string());
  OrderedWorkers<Chunk> workers(num_threads(context.common), [&](Chunk& chunk) { work_on(chunk, work, placeholder); });
  const auto write_all = [&] {
    while (!workers.is_empty()) writer.write(workers.take());
  };
  for (;;) {
    context.sinks.stop.check("reading '" + lines.path().string() + "'");
    if (!lines.is_ready()) {
      write_all();
      if (!lines.is_ready(/*timeout_ms=*/100)) continue;
    }
    Chunk chunk = read_chunk(lines);
    if (chunk.lines.empty()) break;
    workers.give(std::move(chunk));
    if (workers.is_full()) writer.write(workers.take());
  }
  write_all();
  return writer.finish();
}

}  // namespace

LinePipeTotals pipe_lines(const Context& context, const LinePipeSettings& settings, const std::string& placeholder,
                          const LineWork& work) {
  check_reject_options(settings.rejects);
  const bool is_standard_input = settings.file.empty() || settings.file == "-";
  LineReader lines = is_standard_input ? LineReader::standard_input() : LineReader(settings.file, InputType::stream);
  if (settings.reads_records) return pipe(RecordLines(std::move(lines)), context, settings, placeholder, work);
  return pipe(std::move(lines), context, settings, placeholder, work);
}

std::string describe_totals(const LinePipeTotals& totals, const std::string& noun) {
  std::string text = counted(totals.num_lines, "line");
  if (!noun.empty()) text += ", " + counted(totals.count, noun);
  if (totals.num_bad > 0) text += ", " + counted(totals.num_bad, "bad line");
  return text;
}

Json totals_json(const LinePipeTotals& totals, const std::string& noun) {
  Json json = {{"lines", totals.num_lines}};
  if (!noun.empty()) json[noun + "s"] = totals.count;
  json["bad"] = totals.bad_by_reason;
  if (totals.num_repaired > 0) json["not_utf8"] = totals.num_repaired;
  return json;
}

}  // namespace intelia
